import { drawDataSet } from "../../datasets/load.js";
import { cnn } from "./networks.js";
import { createWorkerPool } from "./worker-pool.js";

/** The processes of engine-identity.full.test.ts: trains an epoch of a convolution network, and writes the engine's name and what came of it. */

const pool = await createWorkerPool({
	engine: "auto",
	threads: 1,
	networks: [cnn],
});
const { shape, mean, deviation, train, test } = await drawDataSet(
	"fashion-mnist",
	{ train: 384, test: 10, seed: 7 },
);
const { state } = await pool.trainEpoch(
	{
		network: cnn,
		images: {
			shape,
			mean,
			deviation,
			train,
			test,
			trainCount: 256,
			validationCount: 128,
		},
		key: new Uint8Array(32).fill(4),
		trial: 1,
		epoch: 1,
		state: undefined,
		optimizer: "adam",
		learningRate: 1e-3,
		batchSize: 64,
		weightDecay: 1e-4,
		dropout: 0.2,
		augmentation: undefined,
	},
	{ signal: new AbortController().signal, onProgress: () => {} },
);
await pool.close();
process.stdout.write(
	JSON.stringify({
		kind: pool.engine.kind,
		name: pool.engine.name,
		weights: Buffer.from(state.weights.slice().buffer).toString("base64"),
	}),
);
