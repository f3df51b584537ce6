import { test } from "node:test";
import { cnn, deepCnn, mlp } from "../../src/training/networks.js";
import type { Engine } from "../engine.js";
import {
	drawBatch,
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
	CALM_RATES,
	describeTraining,
	drawSteps,
	initialState,
	train,
	trainingsOf,
	WEIGHT_DECAY,
} from "./agreement.js";
import { createOpByOpEngine } from "./op-by-op.js";
import { loadTfjs } from "./tfjs.js";
import {
	createLayersTraining,
	createMinimizeTraining,
	toTensors,
} from "./usual-tfjs.js";

// TensorFlow reads these when the add-on loads, which is below.
process.env.TF_CPP_MIN_LOG_LEVEL = "3";
process.env.TF_NUM_INTRAOP_THREADS = "1";
process.env.TF_NUM_INTEROP_THREADS = "2";

const networks = [mlp, cnn, deepCnn];

let skip: string | false = false;
try {
	tensorFlowVersion();
} catch (error) {
	skip = `The native TensorFlow add-on cannot be loaded here: ${String(error instanceof Error ? error.message : error).split("\n", 1)[0]}`;
}
const native =
	skip === false ? await createTensorFlowEngine("native", networks) : undefined;

for (const network of networks)
	for (const training of trainingsOf(network)) {
		test(`The native engine trains ${describeTraining(training)} as tfjs does operation by operation.`, {
			skip,
		}, async () => {
			const peer = createOpByOpEngine(loadTfjs()).model(network);
			assertSameTraining(
				await train((native as Engine).model(network), training, 8),
				await train(peer, training, 8),
			);
		});

		// The others of the large networks are in op-by-op.full.test.ts, since it is slow.
		if (network !== mlp && !(training.dropout && training.weightDecay > 0))
			continue;
		test(`The portable engine trains ${describeTraining(training)} as tfjs does operation by operation.`, {
			skip,
		}, async () => {
			const peer = createOpByOpEngine(loadTfjs()).model(network);
			assertSameTraining(
				await train(createPortableEngine().model(network), training, 3),
				await train(peer, training, 3),
			);
		});
	}

for (const network of networks)
	for (const optimizer of ["sgd", "adam", "adamw"] as const)
		test(`From one and the same state, a step of ${network.name} with ${optimizer} comes out alike at a rate of 0.01, too.`, {
			skip,
		}, () => {
			const theirs = createOpByOpEngine(loadTfjs()).model(network);
			const ours = (native as Engine).model(network);
			const training = {
				network,
				optimizer,
				learningRate: 0.01,
				weightDecay: WEIGHT_DECAY,
				dropout: true,
			};
			let before = initialState(network);
			for (const [batch, update] of drawSteps(training, 8).slice(0, 5)) {
				ours.restore(before);
				theirs.restore(before);
				const [found, expected] = [
					ours.step(batch, update),
					theirs.step(batch, update),
				];
				assertNear(found.loss, expected.loss, 1e-5, "loss");
				const after = ours.snapshot();
				assertSameStep(
					{ before, after },
					{ before, after: theirs.snapshot() },
					1e-2,
				);
				before = after;
			}
		});

for (const network of [mlp, TWO_CONVOLUTIONS_NET])
	for (const create of [createLayersTraining, createMinimizeTraining])
		test(`${create.name} of ${network.name} comes to the losses of tfjs operation by operation.`, {
			skip,
		}, async () => {
			const tf = loadTfjs();
			const model = createOpByOpEngine(tf).model(network);
			const state = initialState(network);
			model.restore(state);
			const usual = create(tf, network, state, CALM_RATES.adam);
			const training = {
				network,
				optimizer: "adam",
				learningRate: CALM_RATES.adam,
				weightDecay: 0,
				dropout: false,
			} as const;
			for (const [batch, update] of drawSteps(training, 8)) {
				const tensors = toTensors(tf, network, batch);
				assertNear(
					await usual.step(tensors),
					model.step(batch, { ...update, learningRate: CALM_RATES.adam }).loss,
					1e-4,
					"loss",
				);
				tf.dispose([tensors.images, tensors.labels]);
			}
			usual.close();
		});

test("Neither usual training nor the operations leave tensors behind.", {
	skip,
}, async () => {
	const tf = loadTfjs();
	const network = TWO_CONVOLUTIONS_NET;
	const state = initialState(network);
	const tensors = toTensors(
		tf,
		network,
		drawBatch(network, 8, testStream("batch")),
	);
	const before = tf.memory().numTensors;
	for (const create of [createLayersTraining, createMinimizeTraining]) {
		const usual = create(tf, network, state, 1e-3);
		await usual.step(tensors);
		usual.close();
	}
	assertNear(tf.memory().numTensors, before, 0, "tensors");
});
