import assert from "node:assert/strict";
import { test } from "node:test";
import { RandomStream } from "../../../../workers/random-stream.js";
import { readTrainingAction } from "../actions.js";
import { toMessage } from "../testing.js";
import { drawPoint, type Point, toConfiguration } from "./search-space.js";

test("Every point that is drawn means a whole, lawful configuration, and each level comes.", () => {
	const stream = new RandomStream(new Uint8Array(32), "points");
	const seen = new Set<string>();
	for (let draw = 0; draw < 300; draw++) {
		const configuration = toConfiguration(drawPoint(stream));
		const { action } = readTrainingAction(
			toMessage("configure_training", configuration),
		);
		assert.ok(action.name === "configure_training");
		assert.deepEqual(Object.keys(action.changes).sort(), [
			"augmentation",
			"augmentation_strength",
			"batch_size",
			"dropout",
			"learning_rate",
			"optimizer",
			"weight_decay",
		]);
		for (const [name, value] of Object.entries(action.changes))
			seen.add(`${name} ${value}`);
	}
	// 3 optimizers, 7 rates and 4 of SGD's that are none of Adam's, 3 batch sizes, 4 decays, 6 shares, 5 strengths and whether.
	assert.equal(seen.size, 3 + 7 + 4 + 3 + 4 + 6 + 5 + 2);
});

test("SGD takes ten times Adam's rate, and augmentation of strength 0 is off.", () => {
	const point: Point = {
		optimizer: 0,
		rate: 0,
		batchSize: 2,
		weightDecay: 0,
		dropout: 1,
		augmentation: 0,
	};
	assert.deepEqual(toConfiguration(point), {
		optimizer: "OPTIMIZER_SGD",
		learning_rate: 0.003,
		batch_size: 128,
		weight_decay: 0,
		dropout: 0.1,
		augmentation: false,
		augmentation_strength: 0,
	});
	const adam = toConfiguration({ ...point, optimizer: 1, augmentation: 4 });
	assert.equal(adam.learning_rate, 0.0003);
	assert.equal(adam.augmentation, true);
	assert.equal(adam.augmentation_strength, 1);
});
