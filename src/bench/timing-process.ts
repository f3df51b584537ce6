import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Precision } from "../../workers/engine.js";
import type { Network } from "../../workers/network.js";
import type {
	TimingAnswer,
	TimingQuestion,
} from "../../workers/peers/timing-process.js";

export interface TimingOptions {
	readonly contender: "nightshift" | "tfjs";
	readonly precision: Precision;
	readonly networks: readonly Network[];
	readonly sessions: number;
	/** TensorFlow's threads: within an operation, between operations. */
	readonly intra: number;
	readonly inter: number;
}

/** A contender in a process of its own; errors come as rejections. */
export class TimingProcess {
	private constructor(private readonly child: ChildProcess) {}

	static async start({
		intra,
		inter,
		...start
	}: TimingOptions): Promise<TimingProcess> {
		const child = fork(
			fileURLToPath(
				new URL("../../workers/peers/timing-process.js", import.meta.url),
			),
			{
				env: {
					...process.env,
					TF_NUM_INTRAOP_THREADS: String(intra),
					TF_NUM_INTEROP_THREADS: String(inter),
					TF_CPP_MIN_LOG_LEVEL: "3",
				},
				// TensorFlow's greeting is not what this is about.
				stdio: ["ignore", "ignore", "ignore", "ipc"],
			},
		);
		const started = new TimingProcess(child);
		await started.ask({ ask: "start", ...start });
		return started;
	}

	async time(
		network: Network,
		batches: number,
		{ batchSize = 64, sessions = 1 } = {},
	): Promise<{ milliseconds: readonly number[]; wallMs: number }> {
		const answer = await this.ask({
			ask: "time",
			network: network.name,
			batchSize,
			batches,
			sessions,
		});
		return answer as { milliseconds: readonly number[]; wallMs: number };
	}

	async productPeak(size: number, repeats: number): Promise<number> {
		const answer = await this.ask({ ask: "peak", size, repeats });
		return (answer as { gigaflops: number }).gigaflops;
	}

	close(): void {
		this.child.kill();
	}

	private ask(question: TimingQuestion): Promise<TimingAnswer> {
		return new Promise((resolve, reject) => {
			const ended = (code: number | null) =>
				reject(new Error(`a timing process ended with status ${code}`));
			this.child.once("exit", ended);
			this.child.once("message", (message) => {
				this.child.off("exit", ended);
				const answer = message as TimingAnswer;
				if ("failed" in answer) reject(new Error(answer.failed));
				else resolve(answer);
			});
			this.child.send(question);
		});
	}
}
