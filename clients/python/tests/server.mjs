// A server for the client's tests, on a free port: all SRE tasks, and the training tasks on few drawn images. Its clock stands still until it is
// moved. It tells on standard output what was called, one line of JSON each, and takes orders on standard input, likewise:
// {"advance": milliseconds}, {"hold": true or false} (epochs wait), {"held": true} (answered once one waits).
import { createInterface } from "node:readline";
import { DataSets } from "../../../dist/src/training/data-sets.js";
import { drawDataSet } from "../../../dist/datasets/load.js";
import { systemClock } from "../../../dist/src/clock.js";
import { createSreEnvironment } from "../../../dist/src/environments/sre/sre-environment.js";
import {
	networksOf,
	trainingTasks,
} from "../../../dist/src/environments/training/tasks.js";
import { createTrainingEnvironment } from "../../../dist/src/environments/training/training-environment.js";
import { startGrpcServer } from "../../../dist/src/server/grpc-server.js";
import { Sessions } from "../../../dist/src/sessions/sessions.js";
import { ManualClock } from "../../../dist/src/sessions/testing.js";
import {
	createTrainer,
	HeldTrainer,
} from "../../../dist/src/sessions/testing-training.js";
import { policies } from "../../../dist/src/environments/policies.js";

const tasks = trainingTasks.map((task) => ({
	...task,
	trainImages: 128,
	validationImages: 64,
}));

class DrawnDataSets extends DataSets {
	drawn = new Map();

	constructor() {
		super({ directories: [], cacheDirectory: "", download: "never" });
	}

	get(family) {
		const drawing =
			this.drawn.get(family) ??
			drawDataSet(family, { train: 256, test: 64, seed: 7 });
		this.drawn.set(family, drawing);
		return drawing;
	}
}

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const maxSessions = Number(process.env.TEST_MAX_SESSIONS ?? 64);

const clock = new ManualClock();
const trainer = process.env.TEST_SRE_ONLY
	? undefined
	: new HeldTrainer(await createTrainer({ networks: networksOf(tasks) }));
const sessions = new Sessions({
	clock,
	environments: [
		...(trainer
			? [createTrainingEnvironment(trainer, new DrawnDataSets(), tasks)]
			: []),
		createSreEnvironment(),
	],
	maxSessions,
	maxActions: 64,
});
const server = await startGrpcServer({
	sessions,
	clock: systemClock,
	host: "127.0.0.1",
	port: 0,
	defaultLeaseMs: 600_000,
	maxWatchers: 16,
	policies,
	operatorToken: undefined,
	drainGraceMs: 0,
	observe: ({ method, error }) =>
		tell({ call: method, reason: error?.reason ?? "" }),
});
tell({ address: server.address });

const orders = createInterface({ input: process.stdin });
orders.on("line", async (line) => {
	const order = JSON.parse(line);
	if (order.advance !== undefined) clock.advance(order.advance);
	if (order.hold === true) trainer.epochGate.shut();
	if (order.hold === false) trainer.epochGate.open();
	if (order.held) await trainer.epochGate.holds();
	tell({ done: order });
});
orders.on("close", async () => {
	trainer?.epochGate.open();
	await server.drain();
	await trainer?.close();
	process.exit(0);
});
