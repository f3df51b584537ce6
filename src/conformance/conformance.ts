import {
	envService,
	type LowLevelClient,
} from "../../clients/typescript/low-level.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import { workClock } from "../clock.js";
import {
	ConformanceFailure,
	NotApplicable,
	type Rule,
	Unimplemented,
} from "./rule.js";
import { ServerContext } from "./server-context.js";
import { TaskContext } from "./task-context.js";

export type Outcome = "ok" | "FAIL" | "n/a" | "unimplemented";

/** What came of one rule over all tasks that were looked at. */
export interface RuleResult {
	readonly rule: string;
	readonly outcome: Outcome;
	/** Why, where it is not plainly ok; one sentence a task. */
	readonly reason: string;
	readonly milliseconds: number;
}

/** Which outcome stands for all tasks: what fails or is not there for one is not told as held. */
const PRECEDENCE: readonly Outcome[] = ["FAIL", "unimplemented", "ok", "n/a"];
/** A check that waits longer than this waits for something that will not come. */
const LONGEST_CHECK_MS = 180_000;

/** The tasks of a server. Errors: NightshiftRpcError where it cannot be asked. */
export async function listTasks(
	client: LowLevelClient,
): Promise<readonly Task__Output[]> {
	const { tasks } = await client.unary(
		envService.ListTasks,
		{},
		{ timeoutMs: 10_000 },
	);
	return tasks;
}

/** One cheap task of each environment: the least difficult, then the smallest budget, then the first. */
export function cheapTasks(tasks: readonly Task__Output[]): Task__Output[] {
	const difficulty = ({ difficulty: name }: Task__Output) =>
		["easy", "medium", "hard"].indexOf(name);
	const environments = new Set(tasks.map(({ environment }) => environment));
	return [...environments].map(
		(name) =>
			tasks
				.filter(({ environment }) => environment === name)
				.toSorted(
					(a, b) => difficulty(a) - difficulty(b) || a.budget - b.budget,
				)[0] as Task__Output,
	);
}

/** Asks a server for the rules, one after another, over the chosen tasks; each result comes as soon as it is there. */
export async function* checkConformance(
	client: LowLevelClient,
	{
		all,
		chosen,
		rules,
		signal,
		onBegin = () => {},
	}: {
		readonly all: readonly Task__Output[];
		readonly chosen: readonly Task__Output[];
		readonly rules: readonly Rule[];
		readonly signal?: AbortSignal;
		/** Told before a rule is asked of a task. */
		readonly onBegin?: (rule: Rule, task: Task__Output | undefined) => void;
	},
): AsyncGenerator<RuleResult> {
	const anyTask = chosen.at(-1);
	if (anyTask === undefined)
		throw new ConformanceFailure(
			"The server lists no task to ask the rules of.",
		);
	const server = new ServerContext(client, all, anyTask);
	const contexts = chosen.map((task) => new TaskContext(server, task));
	try {
		for (const rule of rules) {
			const started = performance.now();
			const outcomes: { outcome: Outcome; reason: string }[] = [];
			const targets = rule.of === "server" ? [undefined] : contexts;
			for (const target of targets) {
				if (signal?.aborted) return;
				onBegin(rule, target?.task);
				const found = await outcomeOf(
					rule.of === "server"
						? rule.check(server)
						: rule.check(target as TaskContext),
				);
				await server.closeAll();
				outcomes.push({
					outcome: found.outcome,
					reason:
						found.reason && target
							? `${target.task.id}: ${found.reason}`
							: found.reason,
				});
			}
			yield {
				rule: rule.id,
				...merge(outcomes),
				milliseconds: Math.round(performance.now() - started),
			};
		}
	} finally {
		await server.closeAll();
	}
}

async function outcomeOf(
	check: Promise<void>,
): Promise<{ outcome: Outcome; reason: string }> {
	let stopTimer = () => {};
	const late = new Promise<never>((_, reject) => {
		stopTimer = workClock.after(LONGEST_CHECK_MS, () =>
			reject(
				new ConformanceFailure(
					`no end after ${LONGEST_CHECK_MS / 1000} s: some call is not answered.`,
				),
			),
		);
	});
	try {
		await Promise.race([check, late]);
		return { outcome: "ok", reason: "" };
	} catch (error) {
		const { message } = error as Error;
		if (error instanceof NotApplicable)
			return { outcome: "n/a", reason: message };
		if (error instanceof Unimplemented)
			return { outcome: "unimplemented", reason: message };
		return {
			outcome: "FAIL",
			reason:
				error instanceof ConformanceFailure
					? message
					: `a call that should be answered was not: ${message}`,
		};
	} finally {
		stopTimer();
		check.catch(() => {});
	}
}

function merge(outcomes: readonly { outcome: Outcome; reason: string }[]): {
	outcome: Outcome;
	reason: string;
} {
	const outcome = PRECEDENCE.find((each) =>
		outcomes.some((other) => other.outcome === each),
	) as Outcome;
	return {
		outcome,
		reason: outcomes
			.filter((each) => each.outcome === outcome)
			.flatMap(({ reason }) => (reason === "" ? [] : [reason]))
			.join(" "),
	};
}
