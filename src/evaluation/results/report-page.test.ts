import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Observation } from "../../../clients/typescript/index.js";
import type { EvaluationLine } from "../episode-record.js";
import { makeResults } from "./results.js";
import {
	createAttempt,
	createEpisode,
	createHeader,
	createIncidentObservation,
	createStep,
	createTraining,
	createTrainingObservation,
	writeEvaluation,
} from "./testing.js";

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	"'/><svg onload=alert(1)>",
	"</style></title></text></svg>]]><b>",
	"{a|b}{b} &lt;i&gt; \u0000\u001b\u202e\ud800",
].join(" ");

const ELEMENTS =
	/^(html|head|meta|title|style|body|header|h[123]|p|dl|div|dt|dd|ul|li|span|nav|a|main|section|b|table|caption|thead|tbody|tr|th|td|figure|figcaption|svg|g|path|rect|circle|line|text|defs|clipPath|details|summary|footer|small)$/;
const ATTRIBUTES =
	/^(lang|charset|name|content|http-equiv|class|aria-[a-z]+|role|tabindex|href|id|scope|viewBox|xmlns|fill(-[a-z]+)?|stroke(-[a-z]+)?|d|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|width|height|points|transform|clip-path|style|text-anchor|dominant-baseline|paint-order|xml:space)$/;

test("Whatever stands in a record is text in the page.", async (context) => {
	const agents = [{ name: HOSTILE, version: HOSTILE }];
	const mine = { agent: HOSTILE, agentVersion: HOSTILE };
	const incident = createIncidentObservation(0).sre;
	const firstObservation = {
		sre: {
			...incident,
			metrics: [{ service_id: HOSTILE, missing: false }],
			sla_status: [{ service_id: HOSTILE, met: false }],
		},
	} as unknown as Observation;
	const step = {
		...createStep({ restart: { service_id: HOSTILE } }, 1),
		observation: firstObservation,
		refusal: HOSTILE,
		note: HOSTILE,
	};
	const training = createTraining();
	const page = await pageOf(context, [
		createHeader({
			agents,
			tasks: [HOSTILE, "training/tiny"],
			createdAt: HOSTILE,
		}),
		createEpisode(
			{
				...mine,
				task: HOSTILE,
				firstObservation,
				steps: [step],
				outcome: "agent-failed",
				error: HOSTILE,
			},
			{ fault_class: HOSTILE, root_service_id: HOSTILE },
		),
		createTraining(
			{
				...mine,
				steps: [
					createStep(
						{ configure_training: { [HOSTILE]: HOSTILE } } as object,
						0,
					),
					...training.steps,
				],
			},
			{ engine: HOSTILE, data_set: { name: HOSTILE, digest: HOSTILE } },
		),
		createAttempt({ ...mine, task: HOSTILE, seed: "2", error: HOSTILE }),
	]);
	assert.ok(page.includes("&lt;script&gt;alert(1)&lt;/script&gt;"));
	assertPlain(page);
});

test("The page asks no other host for anything and runs nothing.", async (context) => {
	const page = await pageOf(context, [
		createHeader({ tasks: ["sre/easy", "training/tiny"] }),
		createEpisode(),
		createTraining({ seed: "1" }),
		createTraining({ seed: "2" }),
	]);
	assertPlain(page);
	assert.match(page, /default-src 'none'/);
	const addresses = [...page.matchAll(/(?:https?:)?\/\/[\w.]+[^"\s]*/g)].map(
		([address]) => address,
	);
	assert.deepEqual(new Set(addresses), new Set(["http://www.w3.org/2000/svg"]));
	for (const [, target] of page.matchAll(/(?:href|url\()="?([^")]+)/g))
		assert.match(target as string, /^#/);
	const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
	assert.ok(ids.length > 4);
	assert.equal(new Set(ids).size, ids.length);
});

test("The same lines give the same bytes, in whatever order the episodes ended.", async (context) => {
	const lines = [
		createEpisode({ seed: "1", score: 0.25 }),
		createEpisode({ seed: "2", score: 0.75 }),
		createAttempt({ seed: "3" }),
		createTraining({ seed: "2" }),
	];
	const header = createHeader({ tasks: ["sre/easy", "training/tiny"] });
	const once = await resultsOf(context, [header, ...lines]);
	const again = await resultsOf(context, [header, ...lines.reverse()]);
	assert.equal(again.page, once.page);
	assert.equal(again.summaryJson, once.summaryJson);
});

test("A page has pictures with labels, and tables of what they show.", async (context) => {
	const page = await pageOf(context, [
		createHeader({ tasks: ["sre/easy", "training/tiny"] }),
		createEpisode({ seed: "1", score: 0.25 }),
		createEpisode({ seed: "2", score: 0.75 }),
		createTraining({ seed: "2", score: 0.625 }),
	]);
	const labels = [
		...page.matchAll(/<svg [^>]*role="img" aria-label="([^"]*)"/g),
	];
	assert.deepEqual(
		labels.map(([, label]) => label),
		[
			"Mean scores on sre/easy: first 0.500 ± 3.177",
			"Distribution of scores on sre/easy, first: 2 episodes",
			"Mean scores on sre/easy by fault, of first; the table beside it has the figures",
			"Actions per episode on sre/easy, of first; the table beside it has the figures",
			"first, sre/easy, seed 2, score 0.750: single oom at auth_service, not mitigated; 1 actions other than waiting",
			"first, sre/easy, seed 1, score 0.250: single oom at auth_service, not mitigated; 1 actions other than waiting",
			"Mean scores on training/tiny: first 0.625",
			"Distribution of scores on training/tiny, first: 1 episodes",
			"Actions per episode on training/tiny, of first; the table beside it has the figures",
			"first, training/tiny, seed 2, score 0.625: learning curves by epoch, validation accuracy up to 0.5",
		],
	);
	assert.match(page, /<td>0\.500 ± 3\.177<\/td>/);
	assert.match(page, /<th scope="row">single oom<\/th><td>0\.500 \(2\)<\/td>/);
});

test("An evaluation without a finished episode has a page that says so.", async (context) => {
	const bare = await pageOf(context, [createHeader()]);
	assert.match(bare, /No episode is finished yet/);
	const cut = await pageOf(context, [createHeader(), createAttempt()]);
	assert.match(cut, /No episode is finished yet/);
	assert.match(cut, /the server went away/);
	assert.ok(!cut.includes("NaN") && !cut.includes("undefined"));
});

test("Odd episodes have a page: no action, no epoch, no typed view, more agents than colours.", async (context) => {
	const agents = Array.from({ length: 10 }, (_, k) => ({
		name: `agent-${k}`,
		version: "1",
	}));
	const page = await pageOf(context, [
		createHeader({ agents, tasks: ["sre/easy", "training/tiny"] }),
		...agents.map(({ name }) => createEpisode({ agent: name, steps: [] })),
		createTraining(
			{
				agent: "agent-0",
				score: 0,
				steps: [],
				firstObservation: createTrainingObservation(0),
			},
			{ epoch: 0, epochs_charged: 0, test_accuracy: undefined },
		),
		createTraining({
			agent: "agent-9",
			steps: [],
			firstObservation: { text: "an observation" } as Observation,
		}),
	]);
	assertPlain(page);
	assert.ok(!page.includes("NaN") && !page.includes("undefined"));
	assert.match(page, /No agent acted in any episode/);
});

async function resultsOf(
	context: TestContext,
	lines: readonly EvaluationLine[],
) {
	return makeResults(writeEvaluation(context, lines), 0.5);
}

async function pageOf(
	context: TestContext,
	lines: readonly EvaluationLine[],
): Promise<string> {
	return (await resultsOf(context, lines)).page;
}

/** Only elements and attributes that the page's own templates and the pictures have, and no sign that is not allowed in a page. */
function assertPlain(page: string): void {
	const [, inside = ""] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
	const markup = page.replace(inside, "").replace("<!doctype html>", "");
	for (const [, name, attributes] of markup.matchAll(
		/<([^\s/>]+)((?:\s+[^\s"=>/]+(?:="[^"]*")?)*)\s*\/?>/g,
	)) {
		if (name?.startsWith("/")) continue;
		assert.match(name as string, ELEMENTS);
		for (const [, attribute] of (attributes as string).matchAll(
			/\s([^\s"=>/]+)(?:="[^"]*")?/g,
		))
			assert.match(attribute as string, ATTRIBUTES);
	}
	// Every sign that opens an element was one of those above.
	const left = markup.replace(
		/<\/?[a-zA-Z][\w-]*(?:\s+[\w:-]+(?:="[^"<]*")?)*\s*\/?>/g,
		"",
	);
	assert.ok(
		!left.includes("<"),
		left.slice(left.indexOf("<"), left.indexOf("<") + 200),
	);
	const wrong = /.{0,80}(?![\t\n])[\p{Cc}\p{Cs}\p{Bidi_Control}]/u.exec(page);
	assert.equal(wrong?.[0], undefined);
}
