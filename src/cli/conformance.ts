import { Command } from "commander";
import { NightshiftRpcError } from "../../clients/typescript/errors.js";
import { LowLevelClient } from "../../clients/typescript/low-level.js";
import {
	cheapTasks,
	checkConformance,
	listTasks,
	type Outcome,
	type RuleResult,
} from "../conformance/conformance.js";
import type { Rule } from "../conformance/rule.js";
import { rules } from "../conformance/rules.js";
import { CommandFailure, EXIT } from "./exit-status.js";
import { choose, writeFile, wrongUsage } from "./report-options.js";

interface ConformanceOptions {
	readonly address?: string;
	readonly tasks?: string;
	readonly rules?: string;
	readonly quick?: boolean;
	readonly list?: boolean;
	readonly json?: string;
}

/** `nightshift conformance`: whether a server keeps the contract, one line a rule. */
export function conformanceCommand(): Command {
	return new Command("conformance")
		.description(
			"Ask a server for every rule of the contract, one line a rule; it may be any server of the contract.",
		)
		.option("--address <HOST:PORT>", "the server")
		.option(
			"--tasks <IDS>",
			"tasks, separated by commas (default: the cheapest of each environment)",
		)
		.option(
			"--rules <PATTERN>",
			'only rules whose id matches, for example "watch" or "^exactly-once"',
		)
		.option("--quick", "leave out the rules that take seconds")
		.option("--list", "list the rules and ask nothing")
		.option(
			"--json <FILE>",
			"also write a list of {rule, outcome, reason, milliseconds} to a file",
		)
		.addHelpText(
			"after",
			`
Outcomes: ok; FAIL with what was expected and what came; n/a where a rule says nothing about these tasks; unimplemented where the server says
itself that it does not have a call yet. docs/conformance.md lists the rules. Sessions that are opened are closed; nothing else is left behind.

Exit status: 0 no rule fails, 1 some fail or the server cannot be asked, 2 wrong usage, 130 interrupted.`,
		)
		.action(conformance);
}

async function conformance(options: ConformanceOptions): Promise<void> {
	const chosenRules = chooseRules(options);
	if (options.list) {
		process.stdout.write(listed(chosenRules));
		return;
	}
	if (options.address === undefined)
		throw wrongUsage("--address is missing; HOST:PORT of the server to ask");
	const controller = new AbortController();
	process.once("SIGINT", () => controller.abort());
	process.once("SIGTERM", () => controller.abort());
	const client = new LowLevelClient(options.address);
	try {
		const all = await listTasks(client).catch((error: unknown) => {
			const { message } = NightshiftRpcError.from(error);
			throw new CommandFailure(
				`${options.address} does not list its tasks (${message}); start a server with \`npx nightshift serve\`.`,
			);
		});
		const chosen = options.tasks
			? choose("--tasks", options.tasks, all, ({ id }) => id)
			: cheapTasks(all);
		if (chosen.length === 0)
			throw new CommandFailure(`${options.address} lists no tasks.`);
		process.stderr.write(
			`${chosenRules.length} rules, of ${chosen.map(({ id }) => id).join(", ")} at ${options.address}\n`,
		);
		await ask(client, options, {
			all,
			chosen,
			rules: chosenRules,
			signal: controller.signal,
		});
	} finally {
		client.close();
	}
}

async function ask(
	client: LowLevelClient,
	{ json }: ConformanceOptions,
	asked: Parameters<typeof checkConformance>[1],
): Promise<void> {
	const progress = process.stderr.isTTY
		? (text: string) => process.stderr.write(`\r\u001b[K${text}`)
		: () => {};
	const width = Math.max(...asked.rules.map(({ id }) => id.length));
	const results: RuleResult[] = [];
	for await (const result of checkConformance(client, {
		...asked,
		onBegin: (rule, task) =>
			progress(`${rule.id}${task ? ` of ${task.id}` : ""} ...`),
	})) {
		progress("");
		results.push(result);
		const rule = asked.rules.find(({ id }) => id === result.rule) as Rule;
		process.stdout.write(`${line(rule, result, width)}\n`);
	}
	progress("");
	if (json !== undefined)
		writeFile(json, `${JSON.stringify(results, undefined, "\t")}\n`);
	process.stdout.write(`${summary(results)}\n`);
	if (asked.signal?.aborted)
		throw new CommandFailure(
			"interrupted; the rules above were asked.",
			EXIT.interrupted,
		);
	const failed = results.filter(({ outcome }) => outcome === "FAIL");
	if (failed.length > 0)
		throw new CommandFailure(
			`${failed.length} of ${results.length} rules fail.`,
		);
}

function line(
	{ id, title }: Rule,
	{ outcome, reason }: RuleResult,
	width: number,
): string {
	const head = `${outcome.padEnd(13)}  ${id.padEnd(width)}  ${title}`;
	return reason === "" || outcome === "ok"
		? head
		: `${head}\n${" ".repeat(15)}${reason}`;
}

function summary(results: readonly RuleResult[]): string {
	const count = (outcome: Outcome) =>
		results.filter((result) => result.outcome === outcome).length;
	const seconds =
		results.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
	return `\n${count("ok")} ok, ${count("FAIL")} failed, ${count("unimplemented")} unimplemented, ${count("n/a")} not applicable, in ${seconds.toFixed(1)} s`;
}

function listed(chosen: readonly Rule[]): string {
	const width = Math.max(...chosen.map(({ id }) => id.length));
	return chosen
		.map(({ id, title }) => `${id.padEnd(width)}  ${title}\n`)
		.join("");
}

function chooseRules({ rules: pattern, quick }: ConformanceOptions): Rule[] {
	let matches: RegExp;
	try {
		matches = new RegExp(pattern ?? "");
	} catch {
		throw wrongUsage(
			`--rules: "${pattern}" is not allowed; a regular expression over the rules' ids`,
		);
	}
	const chosen = rules.filter(
		({ id, slow }) => matches.test(id) && !(quick && slow),
	);
	if (chosen.length === 0)
		throw wrongUsage(
			`--rules: "${pattern}" matches no rule; --list shows them`,
		);
	return chosen;
}
