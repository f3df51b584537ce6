import { parentPort, workerData } from "node:worker_threads";
import { createEngine } from "../create-engine.js";
import type { Batch, Precision, Update } from "../engine.js";
import { drawInitialState } from "../initial-state.js";
import { type Network, product } from "../network.js";
import { RandomStream } from "../random-stream.js";
import { loadTfjs } from "./tfjs.js";
import { createMinimizeTraining, toTensors } from "./usual-tfjs.js";

/** A thread of a timing process: one contender, which trains batches that stand in memory and tells how long each took. */
export interface TimingWorkerData {
	readonly contender: "nightshift" | "tfjs";
	readonly precision: Precision;
	readonly networks: readonly Network[];
}

export interface TimingRequest {
	readonly network: string;
	readonly batchSize: number;
	readonly batches: number;
}

/** Trains so many batches with Adam and gives the milliseconds of each. */
type Trained = (batches: number) => Promise<number[]> | number[];

const KEY = new Uint8Array(32);
const LEARNING_RATE = 1e-3;
const { contender, precision, networks } = workerData as TimingWorkerData;
const engine =
	contender === "nightshift"
		? (await createEngine("tensorflow", networks, precision)).engine
		: undefined;
const prepared = new Map<string, Trained>();

parentPort?.on("message", (request: TimingRequest) => {
	void answer(request);
});
parentPort?.postMessage("ready");

async function answer(request: TimingRequest): Promise<void> {
	const name = `${request.network}/${request.batchSize}`;
	let train = prepared.get(name);
	if (train === undefined) {
		train = prepare(request);
		prepared.set(name, train);
	}
	parentPort?.postMessage(await train(request.batches));
}

function prepare({ network: name, batchSize }: TimingRequest): Trained {
	const network = networks.find((one) => one.name === name);
	if (network === undefined) throw new Error(`there is no network ${name}`);
	return engine === undefined
		? operationByOperation(network, batchSize)
		: ours(network, batchSize);
}

function ours(network: Network, batchSize: number): Trained {
	const model = (engine as NonNullable<typeof engine>).model(network);
	const steps = model.stepsPerRun;
	const update: Update = {
		optimizer: "adam",
		learningRate: LEARNING_RATE,
		weightDecay: 0,
		dropoutMasks: undefined,
	};
	const batches = drawBatch(network, batchSize * steps);
	model.restore(drawInitialState(network, KEY, 1));
	return (count) => {
		const times: number[] = [];
		while (times.length < count) {
			const begun = performance.now();
			model.train(batches, Array<Update>(steps).fill(update));
			const each = (performance.now() - begun) / steps;
			for (let step = 0; step < steps; step++) times.push(each);
		}
		return times;
	};
}

function operationByOperation(network: Network, batchSize: number): Trained {
	const tf = loadTfjs();
	const batch = toTensors(tf, network, drawBatch(network, batchSize));
	const training = createMinimizeTraining(
		tf,
		network,
		drawInitialState(network, KEY, 1),
		LEARNING_RATE,
	);
	return async (count) => {
		const times: number[] = [];
		while (times.length < count) {
			const begun = performance.now();
			await training.step(batch);
			times.push(performance.now() - begun);
		}
		return times;
	};
}

function drawBatch(network: Network, count: number): Batch {
	const stream = new RandomStream(KEY, "timing");
	const size = product(network.input);
	return {
		images: Float32Array.from({ length: count * size }, () =>
			stream.nextNormal(),
		),
		labels: Int32Array.from({ length: count }, () => stream.nextBelow(10)),
		count,
	};
}
