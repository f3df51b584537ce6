import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NightshiftClient, type Task } from "../../clients/typescript/index.js";
import type { Agent } from "../evaluation/agent.js";
import { evaluate } from "../evaluation/evaluation.js";
import { EvaluationFile } from "../evaluation/evaluation-file.js";
import { policyAgents } from "../evaluation/policy-agent.js";
import type { Figure } from "./figures.js";
import { ServiceProcess } from "./started-service.js";

/** Whole evaluations as a user runs them: over gRPC, each episode kept, against a server in a process of its own on the same machine. */

export interface EvaluationBenchOptions {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	readonly emit: (figure: Figure) => void;
}

const TASK = "sre/easy";
const AGENT = "tuned-rule";
/** Episodes at once, and how many are played in all. */
const ROUNDS = [
	{ parallel: 1, episodes: { quick: 40, full: 200 } },
	{ parallel: 8, episodes: { quick: 80, full: 600 } },
	{ parallel: 64, episodes: { quick: 128, full: 640 } },
] as const;
const WARM_UP = { parallel: 8, episodes: { quick: 40, full: 200 } } as const;

export async function benchEvaluation({
	quick,
	progress,
	emit,
}: EvaluationBenchOptions): Promise<void> {
	const size = quick ? "quick" : "full";
	progress("starting a server");
	const server = await ServiceProcess.start();
	const client = new NightshiftClient(`127.0.0.1:${server.port}`);
	try {
		await client.waitForReady(10_000);
		const task = (await client.listTasks("sre")).find(
			({ id }) => id === TASK,
		) as Task;
		progress("warming up");
		await play(client, task, WARM_UP.parallel, WARM_UP.episodes[size]);
		for (const { parallel, episodes } of ROUNDS) {
			const label = `${TASK} ${AGENT}, ${parallel} at once`;
			progress(`${label}: ${episodes[size]} episodes`);
			const before = await server.sample();
			const seconds = await play(client, task, parallel, episodes[size]);
			const after = await server.sample();
			emit({
				figure: label,
				value: episodes[size] / seconds,
				unit: "episodes/s",
			});
			emit({
				figure: `${label}: server's processor time an episode`,
				value: ((after.processor - before.processor) / episodes[size]) * 1e3,
				unit: "ms",
			});
		}
	} finally {
		client.close();
		server.stop();
	}
}

/** Seconds that an evaluation takes. */
async function play(
	client: NightshiftClient,
	task: Task,
	parallel: number,
	episodes: number,
): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-bench-"));
	try {
		const question = {
			agents: policyAgents().filter(({ name }) => name === AGENT) as Agent[],
			tasks: [task],
			seeds: Array.from({ length: episodes }, (_, seed) => String(seed)),
			split: "test" as const,
			limits: {},
		};
		const begun = performance.now();
		const { unplayed } = await evaluate(
			client,
			question,
			EvaluationFile.open(folder, question),
			{ parallel, attempts: 1 },
			new AbortController().signal,
			{
				planned() {},
				started() {},
				opened() {},
				acted() {},
				finished() {},
				failed() {},
			},
		);
		if (unplayed > 0)
			throw new Error(`${unplayed} episodes could not be played`);
		return (performance.now() - begun) / 1000;
	} finally {
		rmSync(folder, { recursive: true });
	}
}
