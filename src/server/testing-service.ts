import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { systemClock } from "../clock.js";
import type { Environment } from "../environments/environment.js";
import { policies } from "../environments/policies.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { networksOf, trainingTasks } from "../environments/training/tasks.js";
import { createTrainingEnvironment } from "../environments/training/training-environment.js";
import { startGateway } from "../gateway/gateway.js";
import { Sessions } from "../sessions/sessions.js";
import { ManualClock } from "../sessions/testing.js";
import {
	createTrainer,
	DrawnDataSets,
	HeldTrainer,
} from "../sessions/testing-training.js";
import { startGrpcServer } from "./grpc-server.js";

/**
 * A server on a free port for tests of clients in other languages: all SRE tasks, and the training tasks on few drawn images. Its clock stands
 * still until it is moved. It tells its addresses (gRPC's, HTTP's) and every call that ended on standard output, one line of JSON each, and takes
 * orders on standard input, each answered with a line: {"advance": milliseconds}; {"hold": true} makes epochs wait, {"hold": false} lets them on;
 * {"held": true} is answered once an epoch waits. It ends with its input. `--sre-only`: no training. `--max-sessions`: default 64.
 */

type Line = { readonly [key: string]: unknown };

interface Order {
	readonly advance?: number;
	readonly hold?: boolean;
	readonly held?: boolean;
}

const { values } = parseArgs({
	options: {
		"sre-only": { type: "boolean" },
		"max-sessions": { type: "string", default: "64" },
	},
});

const tasks = trainingTasks.map((task) => ({
	...task,
	trainImages: 128,
	validationImages: 64,
}));

const dataSets = new DrawnDataSets({ train: 256, test: 64, seed: 7 });

const tell = (line: Line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const clock = new ManualClock();
const trainer = values["sre-only"]
	? undefined
	: new HeldTrainer(await createTrainer({ networks: networksOf(tasks) }));
const environments = [
	...(trainer ? [createTrainingEnvironment(trainer, dataSets, tasks)] : []),
	createSreEnvironment(),
] as Environment[];
const sessions = new Sessions({
	clock,
	environments,
	maxSessions: Number(values["max-sessions"]),
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
	observe({ method, error, isInBand }) {
		if (!isInBand) tell({ call: method, reason: error?.reason ?? "" });
	},
});
const gateway = await startGateway({
	sessions,
	clock,
	host: "127.0.0.1",
	port: 0,
	environment: trainer ? "training" : "sre",
	allowedHosts: [],
	defaultLeaseMs: 600_000,
	maxSessionsPerAddress: 1000,
	policies,
	observe: ({ method, error }) =>
		tell({ call: method, reason: error?.reason ?? "" }),
});
tell({ address: server.address, http: gateway.address });

for await (const line of createInterface({ input: process.stdin })) {
	const order = JSON.parse(line) as Order;
	if (order.advance !== undefined) clock.advance(order.advance);
	if (order.hold === true) trainer?.epochGate.shut();
	if (order.hold === false) trainer?.epochGate.open();
	if (order.held) await trainer?.epochGate.holds();
	tell({ done: order });
}
trainer?.epochGate.open();
await server.drain();
await gateway.close();
await trainer?.close();
