import { layerShapes, type Network, product } from "../../workers/network.js";
import {
	type PyTorch,
	type PyTorchVariant,
	startPyTorch,
} from "../../workers/peers/pytorch.js";
import { torchPython } from "../configuration.js";
import { cnn, deepCnn, mlp } from "../training/networks.js";
import { type Figure, median, medianRatio } from "./figures.js";
import { TimingProcess } from "./timing-process.js";

/** Forward pass, backward pass and Adam on batches in memory: ours against PyTorch and tfjs, each network, one thread and two. */

export interface TrainingPassOptions {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	/** Whether a part that takes so many seconds can still begin. */
	readonly hasTime: (seconds: number) => boolean;
	/** Called with every figure once it is known. */
	readonly emit: (figure: Figure) => void;
}

const BATCH = 64;
/** The whole of a row is timed in so many rounds, in each of which every contender has its turn. */
const ROUNDS = { quick: 4, full: 10 };
const ROUND_BATCHES: Readonly<Record<string, { quick: number; full: number }>> =
	{ mlp: { quick: 5, full: 80 } };
const OTHER_BATCHES = { quick: 5, full: 10 };
const WARM_UP = { quick: 1, full: 5 };

const FLOAT32_VARIANTS = ["usual", "best"] as const;
const VARIANTS = [...FLOAT32_VARIANTS, "best-bf16"] as const;

/** Milliseconds a batch of one contender's turn. */
interface Contender {
	readonly name: string;
	turn(network: Network, batches: number): Promise<number>;
}

export async function benchTrainingPass(
	options: TrainingPassOptions,
): Promise<void> {
	const { quick, progress, emit } = options;
	const size = quick ? "quick" : "full";
	progress("starting contenders");
	const python = torchPython();
	for (const threads of [1, 2]) {
		const networks = [mlp, cnn, deepCnn];
		const closing: (() => unknown)[] = [];
		const contenders: Contender[] = [];
		const add = async (
			name: string,
			contender: "nightshift" | "tfjs",
			precision: "float32" | "bf16",
			parallel: { intra: number; inter: number },
		) => {
			try {
				const timing = await TimingProcess.start({
					contender,
					precision,
					networks,
					sessions: 1,
					...parallel,
				});
				closing.push(() => timing.close());
				contenders.push({
					name,
					turn: async (network, batches) =>
						median((await timing.time(network, batches)).milliseconds),
				});
				return timing;
			} catch (error) {
				progress(`${name} is left out: ${(error as Error).message}`);
				return undefined;
			}
		};
		const searching = startPyTorch(python, threads);
		try {
			// Ours computes parts of a batch beside each other, TensorFlow's and PyTorch's own way is threads within an operation.
			const ours = await add("nightshift", "nightshift", "float32", {
				intra: 1,
				inter: threads,
			});
			if (ours === undefined) return;
			if (!quick)
				await add("nightshift bf16", "nightshift", "bf16", {
					intra: 1,
					inter: threads,
				});
			if (!quick || threads === 1)
				await add("tfjs op by op", "tfjs", "float32", {
					intra: threads,
					inter: 1,
				});
			const search = await searching;
			if (search.found) {
				const { pytorch } = search;
				closing.push(() => pytorch.close());
				if (threads === 1)
					progress(`PyTorch ${pytorch.version}, ${pytorch.instructions}`);
				for (const variant of quick ? FLOAT32_VARIANTS : VARIANTS)
					contenders.push(torchContender(pytorch, variant));
			} else if (threads === 1) progress(`PyTorch is left out: ${search.why}`);
			const peak = await ours.productPeak(quick ? 1024 : 2048, 5);
			emit({
				figure: `matrix product float32, ${threads === 1 ? "1 thread" : "1 of 2 threads"}`,
				value: peak,
				unit: "GFLOP/s",
			});
			for (const network of networks) {
				const label = `${network.name}, ${threads} thread${threads === 1 ? "" : "s"}`;
				if (!options.hasTime(4)) {
					progress(`${label}: left out, there is no time`);
					continue;
				}
				progress(label);
				const times = await alternate(contenders, network, size);
				tellRow(label, network, threads, times, peak, emit);
			}
		} finally {
			await Promise.all(closing.map((close) => close()));
		}
	}
	if (options.hasTime(6)) await benchTwoSessions(options);
	else progress("two sessions: left out, there is no time");
}

function torchContender(pytorch: PyTorch, variant: PyTorchVariant): Contender {
	return {
		name: `pytorch ${variant}`,
		turn: async (network, batches) =>
			median(
				await pytorch.time({
					network,
					variant,
					batchSize: BATCH,
					warmUp: 1,
					batches,
					learningRate: 1e-3,
				}),
			),
	};
}

/** Every contender's milliseconds a batch in each round. */
async function alternate(
	contenders: readonly Contender[],
	network: Network,
	size: "quick" | "full",
): Promise<Map<string, number[]>> {
	const batches = (ROUND_BATCHES[network.name] ?? OTHER_BATCHES)[size];
	for (const contender of contenders)
		await contender.turn(network, WARM_UP[size]);
	const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
	for (let round = 0; round < ROUNDS[size]; round++)
		for (const contender of contenders)
			times.get(contender.name)?.push(await contender.turn(network, batches));
	return times;
}

function tellRow(
	label: string,
	network: Network,
	threads: number,
	times: ReadonlyMap<string, number[]>,
	peak: number,
	emit: (figure: Figure) => void,
): void {
	for (const [name, values] of times)
		emit({
			figure: `${label}: ${name}`,
			value: median(values),
			unit: "ms/batch",
		});
	const ours = times.get("nightshift") as number[];
	const rate =
		(operationsOfStep(network) * BATCH) / (median(ours) / 1000) / 1e9;
	emit({ figure: `${label}: nightshift`, value: rate, unit: "GFLOP/s" });
	emit({
		figure: `${label}: nightshift / matrix product`,
		value: rate / (peak * threads),
		unit: "share",
	});
	const compare = (one: string, other: string) => {
		const [first, second] = [times.get(one), times.get(other)];
		if (first && second)
			emit({
				figure: `${label}: ${one} / ${other}`,
				value: medianRatio(first, second),
				unit: "ratio",
			});
	};
	for (const peer of ["pytorch usual", "pytorch best", "tfjs op by op"])
		compare("nightshift", peer);
	compare("nightshift bf16", "pytorch best-bf16");
	compare("nightshift bf16", "nightshift");
}

/** How much more two sessions at once train than one alone, which has both threads, and than one on one thread. */
async function benchTwoSessions({
	quick,
	progress,
	emit,
}: TrainingPassOptions): Promise<void> {
	const networks = [mlp, cnn, deepCnn];
	const both = await TimingProcess.start({
		contender: "nightshift",
		precision: "float32",
		networks,
		sessions: 2,
		intra: 1,
		inter: 2,
	});
	const single = await TimingProcess.start({
		contender: "nightshift",
		precision: "float32",
		networks,
		sessions: 1,
		intra: 1,
		inter: 1,
	});
	try {
		for (const network of networks) {
			progress(`${network.name}, two sessions`);
			const size = quick ? "quick" : "full";
			const batches = (ROUND_BATCHES[network.name] ?? OTHER_BATCHES)[size];
			await both.time(network, 1, { sessions: 2 });
			await single.time(network, 1);
			const wall: Record<"two" | "one" | "thread", number[]> = {
				two: [],
				one: [],
				thread: [],
			};
			for (let round = 0; round < ROUNDS[size]; round++) {
				wall.two.push(
					(await both.time(network, batches, { sessions: 2 })).wallMs,
				);
				wall.one.push((await both.time(network, batches)).wallMs);
				wall.thread.push((await single.time(network, batches)).wallMs);
			}
			emit({
				figure: `${network.name}: two sessions at once / one alone`,
				value: 2 * medianRatio(wall.one, wall.two),
				unit: "ratio",
			});
			emit({
				figure: `${network.name}: two sessions at once / one on one thread`,
				value: 2 * medianRatio(wall.thread, wall.two),
				unit: "ratio",
			});
		}
	} finally {
		both.close();
		single.close();
	}
}

/**
 * Multiplications and additions of one image's step: each layer forward, its weights' gradient, and, but for the first, its input's.
 */
export function operationsOfStep(network: Network): number {
	const shapes = layerShapes(network);
	let passes = 2;
	let sum = 0;
	network.layers.forEach((layer, index) => {
		const input = shapes[index] as readonly number[];
		let forward: number;
		if (layer.kind === "convolution")
			forward = 2 * 9 * product(input) * layer.filters;
		else if (layer.kind === "dense") forward = 2 * product(input) * layer.units;
		else return;
		sum += passes * forward;
		passes = 3;
	});
	return sum;
}
