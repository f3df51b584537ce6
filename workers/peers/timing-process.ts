import { Worker } from "node:worker_threads";
import type { Precision } from "../engine.js";
import type { Network } from "../network.js";
import { loadTfjs } from "./tfjs.js";
import type { TimingRequest, TimingWorkerData } from "./timing-worker.js";

/**
 * A process of its own for one contender, since TensorFlow takes its numbers of threads from the process's environment. Asked over Node's
 * message channel; every question is answered in turn.
 */
export type TimingQuestion =
	| {
			readonly ask: "start";
			readonly contender: TimingWorkerData["contender"];
			readonly precision: Precision;
			readonly networks: readonly Network[];
			/** Threads that train at once, each its own model. */
			readonly sessions: number;
	  }
	/** Every thread trains so many batches, all beginning together. */
	| ({ readonly ask: "time"; readonly sessions: number } & TimingRequest)
	/** TensorFlow's own float32 product of square matrices. */
	| {
			readonly ask: "peak";
			readonly size: number;
			readonly repeats: number;
	  };

export type TimingAnswer =
	| { readonly failed: string }
	| {
			/** Each batch's milliseconds in the first thread. */
			readonly milliseconds: readonly number[];
			/** From the beginning of all to the end of the last. */
			readonly wallMs: number;
	  }
	| { readonly gigaflops: number }
	| { readonly started: true };

const workers: Worker[] = [];

process.on("message", (question: TimingQuestion) => {
	void answerTo(question)
		.catch((error: Error): TimingAnswer => ({ failed: error.message }))
		.then((answer) => process.send?.(answer));
});

async function answerTo(question: TimingQuestion): Promise<TimingAnswer> {
	switch (question.ask) {
		case "start": {
			const { contender, precision, networks } = question;
			// One after the other: TensorFlow's add-on must not load in two threads at once.
			for (let session = 0; session < question.sessions; session++)
				workers.push(await startWorker({ contender, precision, networks }));
			return { started: true };
		}
		case "time": {
			const { network, batchSize, batches } = question;
			const begun = performance.now();
			const times = await Promise.all(
				workers
					.slice(0, question.sessions)
					.map((worker) => askWorker(worker, { network, batchSize, batches })),
			);
			return {
				milliseconds: times[0] as number[],
				wallMs: performance.now() - begun,
			};
		}
		case "peak":
			return { gigaflops: productPeak(question.size, question.repeats) };
	}
}

async function startWorker(data: TimingWorkerData): Promise<Worker> {
	const worker = new Worker(new URL("./timing-worker.js", import.meta.url), {
		workerData: data,
	});
	await nextMessage(worker);
	return worker;
}

function askWorker(worker: Worker, request: TimingRequest): Promise<number[]> {
	const answer = nextMessage(worker) as Promise<number[]>;
	worker.postMessage(request);
	return answer;
}

function nextMessage(worker: Worker): Promise<unknown> {
	return new Promise((resolve, reject) => {
		const settled = () => {
			worker.off("message", take);
			worker.off("error", fail);
		};
		const take = (message: unknown) => {
			settled();
			resolve(message);
		};
		const fail = (error: Error) => {
			settled();
			reject(error);
		};
		worker.on("message", take);
		worker.on("error", fail);
	});
}

/** The best of some products, 10^9 operations a second. */
function productPeak(size: number, repeats: number): number {
	const tf = loadTfjs();
	const a = tf.randomNormal([size, size]);
	let best = Number.POSITIVE_INFINITY;
	for (let repeat = 0; repeat < repeats; repeat++) {
		const begun = performance.now();
		const product = tf.matMul(a, a);
		product.dataSync();
		best = Math.min(best, performance.now() - begun);
		product.dispose();
	}
	a.dispose();
	return (2 * size ** 3) / best / 1e6;
}
