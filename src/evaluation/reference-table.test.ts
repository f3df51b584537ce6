import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { MeasuredScore } from "../environments/reference-scores.js";
import { measuredScores as onCall } from "../environments/sre/measured-scores.js";
import { measuredScores as training } from "../environments/training/measured-scores.js";
import {
	renderReferenceTable,
	replaceReferenceTable,
} from "./reference-table.js";

const readme = readFileSync(
	new URL("../../../README.md", import.meta.url),
	"utf8",
);

for (const [environment, scores] of [
	["training", training],
	["sre", onCall],
] as const)
	test(`The README's table of ${environment} tells what ListTasks tells.`, () => {
		assert.equal(
			replaceReferenceTable(readme, environment, scores),
			readme,
			`run: npx nightshift report ${environment} --docs`,
		);
		const [changed, ...rest] = scores as [MeasuredScore, ...MeasuredScore[]];
		assert.notEqual(
			replaceReferenceTable(readme, environment, [
				{ ...changed, score: 0.4321 },
				...rest,
			]),
			readme,
		);
	});

const score = (task: string, policy: string, more: Partial<MeasuredScore>) => ({
	task,
	task_version: 1,
	policy,
	policy_version: 1,
	score: 0.5,
	measured: "mean of 2 episodes; an engine",
	...more,
});

test("The table has a row for each policy, a column for each task, and - where nothing was measured.", () => {
	assert.equal(
		renderReferenceTable("sre", [
			score("sre/a", "do-nothing", { half_width: 0.01249 }),
			score("sre/a", "hopeless-rate", {}),
			score("sre/single_oom", "do-nothing", {}),
			score("sre/b", "random", {}),
		]),
		`Score: mean of 2 episodes, ± half of the 95 % interval. [docs/sre-report.md](docs/sre-report.md) has the rest.

| policy | \`sre/a\` | \`sre/b\` |
| --- | ---: | ---: |
| \`do-nothing\` | 0.500 ± 0.012 | - |
| \`random\` | - | 0.500 |`,
	);
});

test("What stands around a table stays, and a page without its marks is refused.", () => {
	const marks = readme.match(/^<!--.*sre.*-->$/gm) as string[];
	const page = `before\n\n${marks[0]}\nold\n${marks[1]}\n\nafter\n`;
	const scores = [score("sre/a", "random", {})];
	assert.equal(
		replaceReferenceTable(page, "sre", scores),
		`before\n\n${marks[0]}\n\n${renderReferenceTable("sre", scores)}\n\n${marks[1]}\n\nafter\n`,
	);
	assert.throws(
		() => replaceReferenceTable(page, "training", scores),
		/the lines "<!-- scores of training: .* are missing/,
	);
});
