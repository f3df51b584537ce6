import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "./create-engine.js";
import {
	type Batch,
	batchOf,
	type Engine,
	type Model,
	type ModelState,
	type OptimizerName,
	type StepMetrics,
	type Update,
} from "./engine.js";
import { describeMachine } from "./machine.js";
import type { Network } from "./network.js";
import {
	drawBatch,
	drawMasks,
	drawState,
	SMALL_NET,
	TWO_CONVOLUTIONS_NET,
	testStream,
} from "./portable/drawn-cases.js";
import { createPortableEngine } from "./portable/portable-engine.js";
import type { RandomStream } from "./random-stream.js";
import {
	createTensorFlowEngine,
	tensorFlowVersion,
} from "./tensorflow/tensorflow-engine.js";

// TensorFlow reads these when the add-on loads, which is below.
process.env.TF_CPP_MIN_LOG_LEVEL = "3";
process.env.TF_NUM_INTRAOP_THREADS = "1";
process.env.TF_NUM_INTEROP_THREADS = "2";

/** Without convolutions, so that the native engine takes several steps at once. */
const FLAT_NET: Network = {
	name: "flat-net",
	input: [4, 4, 1],
	layers: [
		{ kind: "flatten" },
		{ kind: "dense", units: 6 },
		{ kind: "dense", units: 10 },
	],
};
const networks = [SMALL_NET, TWO_CONVOLUTIONS_NET, FLAT_NET];
const optimizers: readonly OptimizerName[] = ["sgd", "adam", "adamw"];
const STEPS = 20;

let skip: string | false = false;
try {
	tensorFlowVersion();
} catch (error) {
	skip = `The native TensorFlow add-on cannot be loaded here: ${String(error instanceof Error ? error.message : error).split("\n", 1)[0]}`;
}
const native =
	skip === false ? await createTensorFlowEngine("native", networks) : undefined;
const nativeModel = (network: Network): Model =>
	(native as Engine).model(network);

interface Training {
	readonly network: Network;
	readonly optimizer: OptimizerName;
	readonly weightDecay: number;
	readonly dropout: boolean;
}

/** Trains on batches of 32 of which each fifth is a short one of 11; the same training gives every model the same numbers. */
function* drawSteps(
	{ network, optimizer, weightDecay, dropout }: Training,
	learningRate: number,
	stream: RandomStream,
): Generator<readonly [Batch, Update]> {
	for (let step = 1; step <= STEPS; step++) {
		const count = step % 5 === 0 ? 11 : 32;
		const batch = drawBatch(network, count, stream);
		const masks = drawMasks(network, count, 0.25, stream);
		yield [
			batch,
			{
				optimizer,
				learningRate,
				weightDecay,
				dropoutMasks: dropout ? masks : undefined,
			},
		];
	}
}

/**
 * At these rates rounding does not grow much in 20 steps. At higher ones it does: a ReLU or a maximum changes over in one engine a step
 * before it does in the other.
 */
const CALM_RATES = { sgd: 0.01, adam: 1e-3, adamw: 1e-3 } as const;

function train(
	model: Model,
	training: Training,
): { metrics: StepMetrics[]; state: ModelState } {
	const stream = testStream("agreement");
	model.restore(drawState(training.network, stream));
	const metrics = Array.from(
		drawSteps(training, CALM_RATES[training.optimizer], stream),
		([batch, update]) => model.step(batch, update),
	);
	return { metrics, state: model.snapshot() };
}

function assertRelative(
	actual: number,
	expected: number,
	tolerance: number,
	what: string,
): void {
	assert.ok(
		Math.abs(actual - expected) <= tolerance * Math.abs(expected),
		`${what}: ${actual} and ${expected}`,
	);
}

function assertSameState(
	actual: ModelState,
	expected: ModelState,
	tolerance: number,
): void {
	for (const kind of ["weights", "first", "second"] as const) {
		const distance = Math.hypot(
			...actual[kind].map(
				(value, index) => value - (expected[kind][index] as number),
			),
		);
		assert.ok(
			distance <= tolerance * Math.hypot(...expected[kind]),
			`${kind} are ${distance} apart`,
		);
	}
	assert.equal(actual.steps, expected.steps);
}

function heldOut(network: Network): Batch {
	return drawBatch(network, 300, testStream("held out"));
}

for (const network of networks) {
	for (const optimizer of optimizers) {
		for (const weightDecay of [0, 0.05]) {
			for (const dropout of [false, true]) {
				const training = { network, optimizer, weightDecay, dropout };
				test(`Both engines train ${network.name} alike with ${optimizer}, weight decay ${weightDecay} and ${dropout ? "dropout" : "no dropout"}.`, {
					skip,
				}, () => {
					const [theirs, ours] = [
						nativeModel(network),
						createPortableEngine().model(network),
					];
					const expected = train(theirs, training);
					const actual = train(ours, training);
					expected.metrics.forEach(({ loss, gradientNorm }, step) => {
						assertRelative(
							actual.metrics[step]?.loss as number,
							loss,
							1e-4,
							`loss of step ${step}`,
						);
						assertRelative(
							actual.metrics[step]?.gradientNorm as number,
							gradientNorm,
							1e-3,
							`gradient norm of step ${step}`,
						);
					});
					assertSameState(actual.state, expected.state, 1e-3);
					const batch = heldOut(network);
					assertRelative(
						ours.evaluate(batch).lossSum,
						theirs.evaluate(batch).lossSum,
						1e-4,
						"loss of the evaluation",
					);
					assert.equal(
						ours.evaluate(batch).correct,
						theirs.evaluate(batch).correct,
					);
				});
			}
		}
	}

	for (const optimizer of optimizers) {
		test(`From one and the same state, one step of ${optimizer} of ${network.name} comes out alike, also where training is rough.`, {
			skip,
		}, () => {
			const [theirs, ours] = [
				nativeModel(network),
				createPortableEngine().model(network),
			];
			const stream = testStream("rough");
			theirs.restore(drawState(network, stream));
			const training = { network, optimizer, weightDecay: 0.05, dropout: true };
			for (const [batch, update] of drawSteps(
				training,
				10 * CALM_RATES[optimizer],
				stream,
			)) {
				ours.restore(theirs.snapshot());
				const [expected, actual] = [
					theirs.step(batch, update),
					ours.step(batch, update),
				];
				assertRelative(actual.loss, expected.loss, 1e-5, "loss");
				assertRelative(
					actual.gradientNorm,
					expected.gradientNorm,
					1e-5,
					"gradient norm",
				);
				// TensorFlow's Adam takes 1 - 0.999 in single precision: 1.3e-5 less than 0.001.
				assertSameState(ours.snapshot(), theirs.snapshot(), 1e-4);
			}
		});
	}

	test(`Native training of ${network.name} gives the same bytes twice.`, {
		skip,
	}, () => {
		const training = {
			network,
			optimizer: "adamw",
			weightDecay: 0.05,
			dropout: true,
		} as const;
		assert.deepEqual(
			train(nativeModel(network), training),
			train(nativeModel(network), training),
		);
	});

	test(`What is restored into native ${network.name} is what a snapshot gives, to the last bit.`, {
		skip,
	}, () => {
		const stream = testStream("round trip");
		const { weights } = drawState(network, stream);
		const drawn = () => weights.map(() => stream.nextNormal());
		const state = {
			weights: drawn(),
			first: drawn(),
			second: drawn(),
			steps: 12,
		};
		nativeModel(network).restore(state);
		assert.deepEqual(nativeModel(network).snapshot(), state);
	});

	test(`A training of ${network.name} that diverges shows it in both engines, and neither throws.`, {
		skip,
	}, () => {
		const stream = testStream("divergence");
		const [state, batch] = [
			drawState(network, stream),
			drawBatch(network, 32, stream),
		];
		for (const model of [
			nativeModel(network),
			createPortableEngine().model(network),
		]) {
			model.restore(state);
			const update: Update = {
				optimizer: "sgd",
				learningRate: 1e30,
				weightDecay: 0,
				dropoutMasks: undefined,
			};
			model.step(batch, update);
			const { loss, gradientNorm } = model.step(batch, update);
			// TensorFlow's ReLU can take a NaN for 0 and so give a finite loss, but a huge one.
			assert.ok(!(loss < 1e6), `loss ${loss}`);
			assert.ok(
				!Number.isFinite(gradientNorm),
				`gradient norm ${gradientNorm}`,
			);
		}
	});
}

test("Of equal logits both engines guess the first.", { skip }, () => {
	const batch = heldOut(SMALL_NET);
	const zeros = () =>
		new Float32Array(drawState(SMALL_NET, testStream("zeros")).weights.length);
	const metrics = [
		nativeModel(SMALL_NET),
		createPortableEngine().model(SMALL_NET),
	].map((model) => {
		model.restore({
			weights: zeros(),
			first: zeros(),
			second: zeros(),
			steps: 0,
		});
		return model.evaluate(batch);
	});
	assert.equal(
		metrics[0]?.correct,
		batch.labels.filter((label) => label === 0).length,
	);
	assert.equal(metrics[1]?.correct, metrics[0]?.correct);
});

test("Several steps at once come to the same numbers as one by one, and to the same bytes each time.", {
	skip,
}, () => {
	const stream = testStream("several at once");
	const model = nativeModel(FLAT_NET);
	assert.ok(model.stepsPerRun > 1);
	const steps = model.stepsPerRun;
	const batches = drawBatch(FLAT_NET, 32 * steps, stream);
	const before = drawState(FLAT_NET, stream);
	for (const optimizer of optimizers)
		for (const dropout of [false, true]) {
			const updates: Update[] = Array.from({ length: steps }, (_, step) => ({
				optimizer,
				learningRate: 0.01 / (step + 1),
				weightDecay: 0.1,
				dropoutMasks: dropout
					? drawMasks(FLAT_NET, 32, 0.25, stream)
					: undefined,
			}));
			model.restore(before);
			const together = model.train(batches, updates);
			const after = model.snapshot();
			model.restore(before);
			updates.forEach((update, step) => {
				const { loss, gradientNorm } = model.step(
					batchOf(batches, step, steps),
					update,
				);
				const expected = together[step] as StepMetrics;
				assertRelative(loss, expected.loss, 1e-6, "loss");
				assertRelative(gradientNorm, expected.gradientNorm, 1e-6, "norm");
			});
			assertSameState(model.snapshot(), after, 1e-6);
			model.restore(before);
			assert.deepEqual(model.train(batches, updates), together);
		}
});

test("In bf16 a training is another one than in float32, and comes to nearly the same losses.", {
	skip: skip || (describeMachine().hasBf16 ? false : "no bf16 here"),
}, async () => {
	const { engine, description } = await createEngine(
		"tensorflow",
		networks,
		"bf16",
	);
	assert.match(description.name, /bf16\)$/);
	const training: Training = {
		network: TWO_CONVOLUTIONS_NET,
		optimizer: "adam",
		weightDecay: 0,
		dropout: false,
	};
	const rounded = train(engine.model(TWO_CONVOLUTIONS_NET), training);
	const full = train(nativeModel(TWO_CONVOLUTIONS_NET), training);
	rounded.metrics.forEach(({ loss }, step) => {
		assertRelative(
			loss,
			full.metrics[step]?.loss as number,
			0.03,
			`loss of step ${step + 1}`,
		);
	});
	assert.notDeepEqual(rounded.metrics, full.metrics);
	assert.deepEqual(
		train(engine.model(TWO_CONVOLUTIONS_NET), training),
		rounded,
	);
});

test("A precision that cannot be had is refused in a sentence, never replaced.", async () => {
	await assert.rejects(
		createEngine("portable", networks, "bf16"),
		/the portable engine has no bf16; use native TensorFlow, or precision float32/,
	);
});
