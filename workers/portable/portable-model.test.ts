import assert from "node:assert/strict";
import { test } from "node:test";
import type { Batch, Update } from "../engine.js";
import { type Network, parametersOf } from "../network.js";
import {
	drawBatch,
	drawMasks,
	drawState,
	SMALL_CONVOLUTIONAL_NET,
	SMALL_NET,
	TWO_CONVOLUTIONS_NET,
	testStream,
} from "./drawn-cases.js";
import { PortableModel } from "./portable-model.js";

const networks = [SMALL_NET, SMALL_CONVOLUTIONAL_NET, TWO_CONVOLUTIONS_NET];
const plain: Update = {
	optimizer: "sgd",
	learningRate: 0.1,
	weightDecay: 0,
	dropoutMasks: undefined,
};
const adam: Update = { ...plain, optimizer: "adam", learningRate: 1e-2 };

function drawModel(network: Network, name: string) {
	const stream = testStream(`portable-model ${name}`);
	const model = new PortableModel(network);
	const state = drawState(network, stream);
	model.restore(state);
	return { model, state, stream };
}

/** sgd's momentum after the first step is the gradient. */
function gradientOf(
	model: PortableModel,
	weights: Float32Array,
	batch: Batch,
	update: Update,
): Float32Array {
	const zeros = new Float32Array(weights.length);
	model.restore({ weights, first: zeros, second: zeros, steps: 0 });
	model.step(batch, update);
	return model.snapshot().first;
}

test("The gradient norm is that of the loss gradient, without weight decay.", () => {
	const { model, state, stream } = drawModel(SMALL_NET, "norm");
	const batch = drawBatch(SMALL_NET, 8, stream);
	const expected = Math.hypot(
		...gradientOf(model, state.weights, batch, plain),
	);
	for (const optimizer of ["sgd", "adam", "adamw"] as const) {
		model.restore(state);
		const { gradientNorm } = model.step(batch, {
			...plain,
			optimizer,
			weightDecay: 0.1,
		});
		assert.ok(Math.abs(gradientNorm - expected) < 1e-6 * expected);
	}
});

test("A step gives the mean loss before its update, the same that evaluation gives.", () => {
	const { model, stream } = drawModel(TWO_CONVOLUTIONS_NET, "loss");
	const batch = drawBatch(TWO_CONVOLUTIONS_NET, 10, stream);
	const { lossSum } = model.evaluate(batch);
	assert.equal(model.step(batch, adam).loss, lossSum / 10);
});

test("Evaluation knows no dropout and changes nothing.", () => {
	const { model, stream } = drawModel(SMALL_NET, "evaluation");
	const batch = drawBatch(SMALL_NET, 10, stream);
	model.step(batch, {
		...adam,
		dropoutMasks: drawMasks(SMALL_NET, 10, 0.5, stream),
	});
	const state = model.snapshot();
	const metrics = model.evaluate(batch);
	assert.deepEqual(model.snapshot(), state);
	assert.equal(model.step(batch, adam).loss, metrics.lossSum / 10);
});

test("Evaluation of many images gives what evaluating them one by one gives.", () => {
	const { model, stream } = drawModel(SMALL_CONVOLUTIONAL_NET, "many images");
	const { images, labels, count } = drawBatch(
		SMALL_CONVOLUTIONAL_NET,
		150,
		stream,
	);
	let lossSum = 0;
	let correct = 0;
	for (let image = 0; image < count; image++) {
		const one = model.evaluate({
			images: images.slice(image * 72, image * 72 + 72),
			labels: labels.slice(image, image + 1),
			count: 1,
		});
		lossSum += one.lossSum;
		correct += one.correct;
	}
	const all = model.evaluate({ images, labels, count });
	assert.ok(Math.abs(all.lossSum - lossSum) < 1e-9);
	assert.equal(all.correct, correct);
});

test("Training on one batch halves its loss at least, with every optimiser.", () => {
	for (const network of networks) {
		for (const optimizer of ["sgd", "adam", "adamw"] as const) {
			const { model, stream } = drawModel(network, "training");
			const batch = drawBatch(network, 16, stream);
			const before = model.step(batch, { ...adam, optimizer }).loss;
			for (let step = 0; step < 150; step++)
				model.step(batch, { ...adam, optimizer });
			const after = model.evaluate(batch).lossSum / 16;
			assert.ok(
				after < before / 2,
				`${network.name} with ${optimizer}: from ${before} to ${after}`,
			);
		}
	}
});

test("What is restored is what a snapshot gives, to the last bit.", () => {
	const { model, state, stream } = drawModel(
		SMALL_CONVOLUTIONAL_NET,
		"round trip",
	);
	const drawn = () => state.weights.map(() => stream.nextNormal());
	const saved = {
		weights: drawn(),
		first: drawn(),
		second: drawn(),
		steps: 12,
	};
	model.restore(saved);
	assert.deepEqual(model.snapshot(), saved);
});

test("A snapshot stays as it is while training goes on.", () => {
	const { model, state, stream } = drawModel(SMALL_NET, "snapshot");
	const snapshot = model.snapshot();
	model.step(drawBatch(SMALL_NET, 8, stream), adam);
	assert.deepEqual(snapshot, state);
	assert.notDeepEqual(model.snapshot(), state);
});

test("Training that goes on from a snapshot in another model ends with the same bytes.", () => {
	const { model, stream } = drawModel(TWO_CONVOLUTIONS_NET, "continuation");
	const batches = Array.from({ length: 6 }, () =>
		drawBatch(TWO_CONVOLUTIONS_NET, 9, stream),
	);
	for (const batch of batches.slice(0, 3)) model.step(batch, adam);
	const other = new PortableModel(TWO_CONVOLUTIONS_NET);
	other.restore(model.snapshot());
	for (const batch of batches.slice(3))
		assert.deepEqual(model.step(batch, adam), other.step(batch, adam));
	assert.deepEqual(model.snapshot(), other.snapshot());
});

test("The same step gives the same bytes, whatever the model did before.", () => {
	for (const network of networks) {
		const { model, state, stream } = drawModel(network, "bytes");
		const [large, small] = [
			drawBatch(network, 130, stream),
			drawBatch(network, 67, stream),
		];
		const run = (used: PortableModel) => {
			used.restore(state);
			const metrics = used.step(small, {
				...adam,
				dropoutMasks: drawMasks(network, 67, 0.5, testStream("masks")),
			});
			return {
				metrics,
				evaluation: used.evaluate(large),
				state: used.snapshot(),
			};
		};
		const first = run(model);
		model.step(large, adam);
		assert.deepEqual(run(model), first);
		assert.deepEqual(run(new PortableModel(network)), first);
	}
});

test("A diverging training gives losses that are not finite, and no error.", () => {
	for (const network of networks) {
		for (const optimizer of ["sgd", "adam", "adamw"] as const) {
			const { model, stream } = drawModel(network, "divergence");
			const batch = drawBatch(network, 8, stream);
			for (let step = 0; step < 6; step++)
				model.step(batch, { ...plain, optimizer, learningRate: 1e38 });
			const { loss, gradientNorm } = model.step(batch, plain);
			assert.ok(
				!Number.isFinite(loss) && !Number.isFinite(gradientNorm),
				`${network.name} with ${optimizer}: loss ${loss}, norm ${gradientNorm}`,
			);
			assert.ok(!Number.isFinite(model.evaluate(batch).lossSum));
			model.restore(drawState(network, stream));
			assert.ok(Number.isFinite(model.step(batch, plain).loss));
		}
	}
});

test("A weight that is not a number shows in the loss, whichever it is.", () => {
	for (const network of networks) {
		const { model, state, stream } = drawModel(network, "not a number");
		const batch = drawBatch(network, 8, stream);
		for (const { name, offset } of parametersOf(network)) {
			const weights = state.weights.slice();
			weights[offset] = Number.NaN;
			model.restore({ ...state, weights });
			assert.ok(
				Number.isNaN(model.evaluate(batch).lossSum),
				`${network.name}, ${name}`,
			);
		}
	}
});

test("A dropped unit gets no gradient.", () => {
	const { model, state, stream } = drawModel(SMALL_NET, "dropped unit");
	const batch = drawBatch(SMALL_NET, 5, stream);
	const masks = [
		new Float32Array(60).fill(1),
		Float32Array.from({ length: 35 }, (_, index) => (index % 7 === 3 ? 0 : 2)),
	];
	const gradient = gradientOf(model, state.weights, batch, {
		...plain,
		dropoutMasks: masks,
	});
	const [into, bias, outOf] = ["kernel_2", "bias_2", "kernel_3"].map((name) => {
		const { offset, size } = parametersOf(SMALL_NET).find(
			(parameter) => parameter.name === name,
		) as { offset: number; size: number };
		return gradient.subarray(offset, offset + size);
	}) as [Float32Array, Float32Array, Float32Array];
	for (let input = 0; input < 12; input++) assert.equal(into[input * 7 + 3], 0);
	assert.equal(bias[3], 0);
	assert.deepEqual(outOf.slice(30, 40), new Float32Array(10));
	assert.ok(bias.some((value) => value !== 0));
});

test("What does not fit the network is refused with a sentence.", () => {
	const { model, state, stream } = drawModel(SMALL_NET, "refusal");
	const batch = drawBatch(SMALL_NET, 4, stream);
	assert.throws(
		() => model.restore({ ...state, first: new Float32Array(3) }),
		/^Error: first for network small-net has 3 entries instead of /,
	);
	assert.throws(
		() => model.step({ ...batch, count: 3 }, plain),
		/the batch of images for network small-net has 240 entries instead of 180/,
	);
	assert.throws(
		() => model.evaluate({ ...batch, labels: new Int32Array(5) }),
		/the batch of labels for network small-net has 5 entries instead of 4/,
	);
	assert.throws(
		() => model.step(batch, { ...plain, dropoutMasks: [] }),
		/the list of dropout masks for network small-net has 0 entries instead of 2/,
	);
	assert.deepEqual(model.snapshot(), state);
});
