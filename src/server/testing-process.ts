import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Client } from "@grpc/grpc-js";
import {
	type CallControl,
	callStream,
	callUnary,
} from "../../clients/typescript/calls.js";
import { type Method, openChannel } from "../../clients/typescript/contract.js";
import { systemClock } from "../clock.js";
import { Sessions } from "../sessions/sessions.js";
import {
	createTinyEnvironment,
	createTrainer,
} from "../sessions/testing-training.js";
import { startGrpcServer } from "./grpc-server.js";
import type { Host } from "./testing-player.js";
import { sequenceNetworks, sequenceTasks } from "./testing-sequences.js";

/** A server in a process of its own, that can be killed. Sessions leave it and come into it as bytes. */

type Order = { readonly id: number } & (
	| { readonly snapshot: string }
	| { readonly restore: Uint8Array }
);

type Report =
	| { readonly address: string }
	| { readonly id: number; readonly bytes: Uint8Array }
	| { readonly id: number; readonly error: string };

export class ServerProcess implements Host {
	private readonly channel: Client;
	private readonly waiting = new Map<number, (report: Report) => void>();
	private orders = 0;

	private constructor(
		private readonly process: ChildProcess,
		address: string,
	) {
		this.channel = openChannel(address);
		process.on("message", (report: Report) => {
			if ("id" in report) this.waiting.get(report.id)?.(report);
		});
	}

	static async start(): Promise<ServerProcess> {
		const child = fork(import.meta.filename, { serialization: "advanced" });
		const ended = once(child, "exit").then(([code]) => {
			throw new Error(`the server's process ended with ${code}`);
		});
		const [{ address }] = await Promise.race([once(child, "message"), ended]);
		ended.catch(() => {});
		return new ServerProcess(child, address);
	}

	ask<Request, Response>(
		method: Method<Request, Response>,
		request: Request,
		control?: CallControl,
	): Promise<Response> {
		return callUnary(this.channel, method, request, control);
	}

	stream<Request, Response>(
		method: Method<Request, Response>,
		request: Request,
		control?: CallControl,
	): AsyncGenerator<Response> {
		return callStream(this.channel, method, request, control);
	}

	async snapshot(sessionId: string): Promise<Uint8Array> {
		return this.order({ snapshot: sessionId });
	}

	async restore(bytes: Uint8Array): Promise<void> {
		await this.order({ restore: bytes });
	}

	/** Ends the process at once, whatever it does. */
	async kill(): Promise<void> {
		this.channel.close();
		if (this.process.signalCode !== null) return;
		const ended = once(this.process, "exit");
		this.process.kill("SIGKILL");
		await ended;
	}

	private async order(
		what: { snapshot: string } | { restore: Uint8Array },
	): Promise<Uint8Array> {
		this.orders += 1;
		const id = this.orders;
		const report = await new Promise<Report>((resolve) => {
			this.waiting.set(id, resolve);
			this.process.send({ id, ...what } satisfies Order);
		});
		this.waiting.delete(id);
		if ("error" in report) throw new Error(report.error);
		return (report as { bytes: Uint8Array }).bytes;
	}
}

if (process.argv[1] === import.meta.filename && process.send) {
	const report = (message: Report) => process.send?.(message);
	process.once("disconnect", () => process.exit());
	const trainer = await createTrainer({
		networks: sequenceNetworks,
		threads: 1,
	});
	const sessions = new Sessions({
		clock: systemClock,
		environments: [createTinyEnvironment(trainer, sequenceTasks)],
		maxSessions: 1000,
		maxActions: 1000,
	});
	const obey = async (order: Order): Promise<Uint8Array> => {
		if ("snapshot" in order) return sessions.snapshot(order.snapshot);
		await sessions.restore(order.restore);
		return new Uint8Array();
	};
	process.on("message", (order: Order) => {
		obey(order).then(
			(bytes) => report({ id: order.id, bytes }),
			(error: unknown) => report({ id: order.id, error: String(error) }),
		);
	});
	const { address } = await startGrpcServer({
		sessions,
		clock: systemClock,
		host: "127.0.0.1",
		port: 0,
		defaultLeaseMs: 600_000,
		maxWatchers: 256,
		drainGraceMs: 0,
		observe: () => {},
	});
	report({ address });
}
