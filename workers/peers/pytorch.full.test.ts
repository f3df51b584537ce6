import assert from "node:assert/strict";
import { after, test } from "node:test";
import { torchPython } from "../../src/configuration.js";
import { cnn, deepCnn, mlp } from "../../src/training/networks.js";
import type { Engine, ModelState, OptimizerName } from "../engine.js";
import {
	drawBatch,
	SMALL_NET,
	TWO_CONVOLUTIONS_NET,
	testStream,
} from "../portable/drawn-cases.js";
import { createPortableEngine } from "../portable/portable-engine.js";
import {
	createTensorFlowEngine,
	tensorFlowVersion,
} from "../tensorflow/tensorflow-engine.js";
import {
	assertNear,
	assertSameStep,
	assertSameTraining,
	describeTraining,
	drawSteps,
	initialState,
	type Rates,
	train,
	trainingsOf,
	WEIGHT_DECAY,
} from "./agreement.js";
import { type PyTorch, startPyTorch } from "./pytorch.js";

// TensorFlow reads these when the add-on loads, which is below.
process.env.TF_CPP_MIN_LOG_LEVEL = "3";
process.env.TF_NUM_INTRAOP_THREADS = "1";
process.env.TF_NUM_INTEROP_THREADS = "2";

const search = await startPyTorch(torchPython(), 1);
const skip = search.found ? false : search.why;
const pytorch = search.found ? search.pytorch : (undefined as never as PyTorch);
after(() => (search.found ? search.pytorch.close() : undefined));

const small = [SMALL_NET, TWO_CONVOLUTIONS_NET];
const large = [mlp, cnn, deepCnn];
const engines: Engine[] = [createPortableEngine()];
let withoutNative: string | false = skip;
try {
	tensorFlowVersion();
	engines.push(await createTensorFlowEngine("native", [...small, ...large]));
} catch {
	withoutNative ||= "The native TensorFlow add-on cannot be loaded here.";
}
const native = engines.at(-1) as Engine;

/** PyTorch as a model of one network. */
const peerOf = (network: (typeof large)[number]) => ({
	restore: (state: ModelState) => pytorch.restore(network, state),
	snapshot: () => pytorch.snapshot(),
	step: (...step: Parameters<PyTorch["step"]>) => pytorch.step(...step),
	evaluate: (...batch: Parameters<PyTorch["evaluate"]>) =>
		pytorch.evaluate(...batch),
});

for (const network of large)
	for (const training of trainingsOf(network))
		test(`The native engine trains ${describeTraining(training)} as PyTorch does.`, {
			skip: withoutNative,
		}, async () => {
			assertSameTraining(
				await train(native.model(network), training, 64),
				await train(peerOf(network), training, 64),
			);
		});

for (const training of trainingsOf(mlp))
	test(`The portable engine trains ${describeTraining(training)} as PyTorch does.`, {
		skip,
	}, async () => {
		assertSameTraining(
			await train(createPortableEngine().model(mlp), training, 64),
			await train(peerOf(mlp), training, 64),
		);
	});

/** Small networks have few maxima, so rounding does not grow at rates as they are used. */
const usualRates: Rates = { sgd: 0.01, adam: 1e-3, adamw: 1e-3 };
for (const network of small)
	for (const training of trainingsOf(network, usualRates))
		test(`Both engines train ${describeTraining(training)} as PyTorch does.`, {
			skip,
		}, async () => {
			const expected = await train(peerOf(network), training, 32);
			for (const engine of engines)
				assertSameTraining(
					await train(engine.model(network), training, 32),
					expected,
				);
		});

for (const network of large)
	test(`From one and the same state, a step of ${network.name} comes out as PyTorch's at a rate of 0.01, too.`, {
		skip: withoutNative,
	}, async () => {
		const ours = native.model(network);
		for (const optimizer of ["sgd", "adam", "adamw"] as const) {
			const training = {
				network,
				optimizer,
				learningRate: 0.01,
				weightDecay: WEIGHT_DECAY,
				dropout: true,
			};
			let before = initialState(network);
			for (const [batch, update] of drawSteps(training, 64).slice(0, 6)) {
				ours.restore(before);
				await pytorch.restore(network, before);
				const found = ours.step(batch, update);
				const expected = await pytorch.step(batch, update);
				assertNear(found.loss, expected.loss, 1e-5, "loss");
				const after = ours.snapshot();
				assertSameStep(
					{ before, after },
					{ before, after: await pytorch.snapshot() },
					1e-2,
				);
				before = after;
			}
		}
	});

test("Another optimizer in the middle begins with moments of 0, in both engines as in PyTorch.", {
	skip,
}, async () => {
	const network = TWO_CONVOLUTIONS_NET;
	for (const engine of engines) {
		const ours = engine.model(network);
		let before = initialState(network);
		for (const optimizer of ["adam", "sgd", "adamw"] as OptimizerName[]) {
			// What the environment does when the configuration changes.
			const zeros = new Float32Array(before.weights.length);
			before = { ...before, first: zeros, second: zeros, steps: 0 };
			ours.restore(before);
			await pytorch.restore(network, before);
			const training = {
				network,
				optimizer,
				learningRate: usualRates[optimizer],
				weightDecay: WEIGHT_DECAY,
				dropout: true,
			};
			for (const [batch, update] of drawSteps(training, 32)) {
				const expected = await pytorch.step(batch, update);
				assertNear(ours.step(batch, update).loss, expected.loss, 1e-4, "loss");
			}
			const after = ours.snapshot();
			assertSameStep(
				{ before, after },
				{ before, after: await pytorch.snapshot() },
				5e-3,
			);
			before = after;
		}
	}
	const batch = drawBatch(network, 4, testStream("unannounced"));
	await assert.rejects(
		pytorch.step(batch, {
			optimizer: "sgd",
			learningRate: 1,
			weightDecay: 0,
			dropoutMasks: undefined,
		}),
		/the optimizer changes; restore the state before/,
	);
});

test("What PyTorch was given comes back, to the last bit, in our order and layout.", {
	skip,
}, async () => {
	for (const network of [...small, cnn]) {
		const stream = testStream("layout");
		const state = initialState(network);
		const drawn = () => state.weights.map(() => stream.nextNormal());
		const given = {
			weights: drawn(),
			first: drawn(),
			second: drawn(),
			steps: 7,
		};
		await pytorch.restore(network, given);
		assert.deepEqual(await pytorch.snapshot(), given);
	}
});

test("A diverging training gives losses that are not finite, and PyTorch goes on answering.", {
	skip,
}, async () => {
	await pytorch.restore(SMALL_NET, initialState(SMALL_NET));
	const batch = drawBatch(SMALL_NET, 8, testStream("divergence"));
	const update = {
		optimizer: "sgd",
		learningRate: 1e30,
		weightDecay: 0,
		dropoutMasks: undefined,
	} as const;
	await pytorch.step(batch, update);
	await pytorch.step(batch, update);
	const { loss } = await pytorch.step(batch, update);
	assert.ok(!Number.isFinite(loss), `loss ${loss}`);
	await assert.rejects(
		pytorch.restore(mlp, initialState(SMALL_NET)),
		/PyTorch: ValueError: 903 numbers were given instead of 101770/,
	);
});

test("Every variant is timed, a positive number of milliseconds for each step.", {
	skip,
}, async () => {
	for (const variant of ["usual", "best", "usual-bf16", "best-bf16"] as const) {
		const milliseconds = await pytorch.time({
			network: TWO_CONVOLUTIONS_NET,
			variant,
			batchSize: 8,
			warmUp: 2,
			batches: 5,
			learningRate: 1e-3,
		});
		assert.equal(milliseconds.length, 5);
		for (const step of milliseconds) assert.ok(step > 0);
	}
	assert.ok((await pytorch.matrixProductPeak(64, 3)) > 0);
});
