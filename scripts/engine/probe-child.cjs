// Run by probe.mjs in a process of its own: loads the add-on in a worker thread, as the trainings do, and checks a few operations.
"use strict";
const { createRequire } = require("node:module");
const { join } = require("node:path");
const {
	isMainThread,
	parentPort,
	Worker,
	workerData,
} = require("node:worker_threads");
require("./removed-calls.cjs");

if (isMainThread) {
	const worker = new Worker(__filename, { workerData: process.argv[2] });
	worker.once("message", (answer) =>
		console.log(`\nengine-probe ${JSON.stringify(answer)}`),
	);
	worker.once("error", (error) => {
		console.log(`\nengine-probe ${JSON.stringify({ error: error.message })}`);
		process.exitCode = 1;
	});
} else {
	const tf = createRequire(join(workerData, "package.json"))(
		"@tensorflow/tfjs-node",
	);
	const product = tf.tidy(() => [
		...tf
			.matMul(
				[
					[1, 2],
					[3, 4],
				],
				[
					[5, 6],
					[7, 8],
				],
			)
			.dataSync(),
		...tf.topk([3, 9, 6], 2).indices.dataSync(),
	]);
	const expected = [19, 22, 43, 50, 1, 2];
	if (product.join() !== expected.join())
		throw new Error(
			`it calculates wrongly: ${product.join()} instead of ${expected.join()}`,
		);
	parentPort?.postMessage({
		tensorflowVersion: tf.backend().binding.TF_Version,
	});
}
