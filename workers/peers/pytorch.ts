import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type {
	Batch,
	EvaluationMetrics,
	ModelState,
	StepMetrics,
	Update,
} from "../engine.js";
import type { Network } from "../network.js";

/** How PyTorch is used in a timing: as most people write it, or at its best (channels last, fused Adam); with bfloat16 autocast or without. */
export type PyTorchVariant = "usual" | "best" | "usual-bf16" | "best-bf16";

export interface PyTorchTiming {
	readonly network: Network;
	readonly variant: PyTorchVariant;
	readonly batchSize: number;
	/** Steps that are not told. */
	readonly warmUp: number;
	readonly batches: number;
	readonly learningRate: number;
}

/** A Python process with PyTorch that trains one model at a time: `Model` of engine.ts, but each answer has to be waited for. */
export interface PyTorch {
	/** For example "2.8.0+cpu". */
	readonly version: string;
	/** PyTorch's word for the instructions that it uses, for example "AVX512". */
	readonly instructions: string;
	restore(network: Network, state: ModelState): Promise<void>;
	snapshot(): Promise<ModelState>;
	/** By torch.optim. Another optimizer than that of the step before takes a `restore` between. */
	step(batch: Batch, update: Update): Promise<StepMetrics>;
	evaluate(batch: Batch): Promise<EvaluationMetrics>;
	/** Milliseconds of each step with Adam on random batches that are in memory: zero_grad, forward, backward, step, loss.item(). */
	time(timing: PyTorchTiming): Promise<number[]>;
	/** The best of some float32 matrix products of size x size, 10^9 operations a second. */
	matrixProductPeak(size: number, repeats: number): Promise<number>;
	/** Ends the process. */
	close(): Promise<void>;
}

export type PyTorchSearch =
	| { readonly found: true; readonly pytorch: PyTorch }
	| {
			readonly found: false;
			/** One line. */
			readonly why: string;
	  };

/** Starts a Python interpreter with `threads` threads an operation. That it, or PyTorch in it, is missing is an answer, not an error. */
export async function startPyTorch(
	python: string,
	threads: number,
): Promise<PyTorchSearch> {
	const peer = new PythonProcess(python, ["--threads", String(threads)]);
	try {
		const { torch, why, instructions } = await peer.greeting();
		if (typeof torch === "string")
			return {
				found: true,
				pytorch: new PyTorchProcess(peer, torch, instructions as string),
			};
		await peer.close();
		return {
			found: false,
			why: `${python} cannot load PyTorch: ${why as string}`,
		};
	} catch (error) {
		await peer.close();
		return { found: false, why: (error as Error).message };
	}
}

type Answer = Readonly<Record<string, unknown>>;

class PyTorchProcess implements PyTorch {
	constructor(
		private readonly peer: PythonProcess,
		readonly version: string,
		readonly instructions: string,
	) {}

	async restore(network: Network, state: ModelState): Promise<void> {
		await this.peer.ask({
			command: "restore",
			network,
			weights: encode(state.weights),
			first: encode(state.first),
			second: encode(state.second),
			steps: state.steps,
		});
	}

	async snapshot(): Promise<ModelState> {
		const answer = await this.peer.ask({ command: "snapshot" });
		return {
			weights: decode(answer.weights),
			first: decode(answer.first),
			second: decode(answer.second),
			steps: Number(answer.steps),
		};
	}

	async step(
		batch: Batch,
		{ optimizer, learningRate, weightDecay, dropoutMasks }: Update,
	): Promise<StepMetrics> {
		const answer = await this.peer.ask({
			command: "step",
			...encodeBatch(batch),
			optimizer,
			learningRate,
			weightDecay,
			masks: dropoutMasks?.map(encode) ?? null,
		});
		return {
			loss: Number(answer.loss),
			gradientNorm: Number(answer.gradientNorm),
		};
	}

	async evaluate(batch: Batch): Promise<EvaluationMetrics> {
		const answer = await this.peer.ask({
			command: "evaluate",
			...encodeBatch(batch),
		});
		return {
			lossSum: Number(answer.lossSum),
			correct: Number(answer.correct),
		};
	}

	async time(timing: PyTorchTiming): Promise<number[]> {
		const { milliseconds } = await this.peer.ask({
			command: "time",
			...timing,
		});
		return milliseconds as number[];
	}

	async matrixProductPeak(size: number, repeats: number): Promise<number> {
		const { gigaflops } = await this.peer.ask({
			command: "peak",
			size,
			repeats,
		});
		return Number(gigaflops);
	}

	close(): Promise<void> {
		return this.peer.close();
	}
}

/** One line of JSON each way for each request, in order. */
class PythonProcess {
	private readonly child: ChildProcess;
	private readonly ended: Promise<void>;
	private readonly waiting: {
		resolve: (answer: Answer) => void;
		reject: (error: Error) => void;
	}[] = [];
	private readonly greeted: Promise<Answer>;
	private failure: Error | undefined;
	private complaint = "";

	constructor(python: string, options: readonly string[]) {
		this.child = spawn(python, [program(), ...options], {
			stdio: ["pipe", "pipe", "pipe"],
		});
		this.greeted = this.next();
		// A process that has ended cannot be written to; its end is what is told.
		this.child.stdin?.on("error", () => {});
		this.child.stderr?.setEncoding("utf8").on("data", (text: string) => {
			this.complaint = (this.complaint + text).slice(-2000);
		});
		createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on(
			"line",
			(line) => this.take(line),
		);
		this.ended = new Promise((resolve) => {
			this.child.once("error", (error) => {
				this.fail(new Error(`${python} cannot be started: ${error.message}`));
				resolve();
			});
			this.child.once("close", (code, signal) => {
				const last = this.complaint.trim().split("\n").at(-1) ?? "";
				this.fail(
					new Error(
						`${python} ended with ${signal ?? `status ${code}`}${last && `: ${last}`}`,
					),
				);
				resolve();
			});
		});
	}

	/** The first line, which comes by itself. */
	greeting(): Promise<Answer> {
		return this.greeted;
	}

	async ask(request: object): Promise<Answer> {
		if (this.failure !== undefined) throw this.failure;
		const answer = this.next();
		this.child.stdin?.write(`${JSON.stringify(request)}\n`);
		const { error, ...fields } = await answer;
		if (error !== undefined) throw new Error(`PyTorch: ${error as string}`);
		return fields;
	}

	async close(): Promise<void> {
		this.child.stdin?.end();
		this.child.kill();
		await this.ended;
	}

	private next(): Promise<Answer> {
		return new Promise((resolve, reject) => {
			this.waiting.push({ resolve, reject });
		});
	}

	private take(line: string): void {
		const first = this.waiting.shift();
		try {
			first?.resolve(JSON.parse(line) as Answer);
		} catch {
			first?.reject(new Error(`this is no answer: ${line.slice(0, 200)}`));
		}
	}

	private fail(error: Error): void {
		this.failure ??= error;
		for (const { reject } of this.waiting.splice(0)) reject(this.failure);
	}
}

/** Python's source is not compiled, so it stands beside this file's own source and not in dist/. */
function program(): string {
	const root = dirname(fileURLToPath(import.meta.resolve("#package")));
	return join(root, "workers", "peers", "pytorch.py");
}

function encodeBatch({ images, labels, count }: Batch) {
	return { images: encode(images), labels: encode(labels), count };
}

function encode({
	buffer,
	byteOffset,
	byteLength,
}: Float32Array | Int32Array): string {
	return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

function decode(text: unknown): Float32Array {
	// A copy, since a Buffer need not begin at a multiple of four bytes.
	return new Float32Array(
		Uint8Array.from(Buffer.from(text as string, "base64")).buffer,
	);
}
