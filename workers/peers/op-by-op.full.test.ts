import { test } from "node:test";
import { cnn, deepCnn } from "../../src/training/networks.js";
import { createPortableEngine } from "../portable/portable-engine.js";
import {
	assertSameTraining,
	describeTraining,
	train,
	trainingsOf,
} from "./agreement.js";
import { createOpByOpEngine } from "./op-by-op.js";
import { loadTfjs, type Tfjs } from "./tfjs.js";

let tf: Tfjs | undefined;
let skip: string | false = false;
try {
	tf = loadTfjs();
} catch {
	skip = "The native TensorFlow add-on cannot be loaded here.";
}

for (const network of [cnn, deepCnn])
	for (const training of trainingsOf(network))
		test(`The portable engine trains ${describeTraining(training)} as tfjs does operation by operation.`, {
			skip,
		}, async () => {
			const peer = createOpByOpEngine(tf as Tfjs).model(network);
			assertSameTraining(
				await train(createPortableEngine().model(network), training, 8),
				await train(peer, training, 8),
			);
		});
