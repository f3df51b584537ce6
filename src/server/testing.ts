import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";
import * as grpc from "@grpc/grpc-js";
import {
	type CallControl,
	callStream,
	callUnary,
} from "../../clients/typescript/calls.js";
import { envService, type Method } from "../../clients/typescript/contract.js";
import {
	NightshiftClient,
	NightshiftRpcError,
} from "../../clients/typescript/index.js";
import { lookupType } from "../../proto/contract-files.js";
import type { StepRequest } from "../../proto/generated/nightshift/v1/StepRequest.js";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import { type Clock, systemClock } from "../clock.js";
import type { CallObserver, ObservedCall } from "../door/call-observer.js";
import type { Environment } from "../environments/environment.js";
import type { Policy } from "../environments/policy.js";
import type { RequestTracer } from "../observability/request-tracer.js";
import { Sessions } from "../sessions/sessions.js";
import { type GrpcServer, startGrpcServer } from "./grpc-server.js";

/** What tests of the server stand on: a real server on a free port, clients of it, and a connection that can be cut. */

export interface TestServerOptions {
	readonly environment: Environment | readonly Environment[];
	readonly policies?: readonly Policy[];
	readonly operatorToken?: string;
	readonly clock?: Clock;
	/** Of the end of a drain; else the other one. */
	readonly shutdownClock?: Clock;
	readonly maxSessions?: number;
	readonly maxActions?: number;
	readonly maxWatchers?: number;
	readonly drainGraceMs?: number;
	/** Told beside `calls`. */
	readonly observe?: CallObserver;
	readonly tracer?: RequestTracer;
}

/** Calls as the server's log is told them; a test can wait for one. */
export class ObservedCalls {
	readonly all: ObservedCall[] = [];
	private waiting: (() => void)[] = [];

	add(call: ObservedCall): void {
		if (call.isInBand && call.error?.reason !== "INTERNAL") return;
		this.all.push(call);
		for (const wake of this.waiting.splice(0)) wake();
	}

	/** Waits until so many calls of a method have ended, and gives the last of them. */
	async ended(method: string, count = 1): Promise<ObservedCall> {
		for (;;) {
			const calls = this.all.filter((call) => call.method === method);
			if (calls.length >= count) return calls[count - 1] as ObservedCall;
			await new Promise<void>((resolve) => this.waiting.push(resolve));
		}
	}
}

export interface TestServer extends GrpcServer {
	readonly sessions: Sessions;
	readonly calls: ObservedCalls;
	/** A client of its own, closed after the test. */
	client(): NightshiftClient;
	/** A channel of its own, closed after the test. */
	channel(): grpc.Client;
	/** One unary call of the contract over a channel that these share. */
	ask<Request, Response>(
		method: Method<Request, Response>,
		request: Request,
		control?: CallControl,
	): Promise<Response>;
	/** One server stream, likewise. */
	stream<Request, Response>(
		method: Method<Request, Response>,
		request: Request,
		control?: CallControl,
	): AsyncGenerator<Response>;
}

/** A clock for what only waits for a limit: each limit is over at once. */
export const hastyClock: Clock = {
	now: () => systemClock.now(),
	after(_, callback) {
		const pending = setImmediate(callback);
		return () => clearImmediate(pending);
	},
};

/** Serves an environment on a free port until the test is over. */
export async function startTestServer(
	context: TestContext,
	{
		environment,
		policies,
		operatorToken,
		clock = systemClock,
		shutdownClock = clock,
		maxSessions = 64,
		maxActions = 64,
		maxWatchers = 256,
		drainGraceMs = 0,
		observe = () => {},
		tracer,
	}: TestServerOptions,
): Promise<TestServer> {
	const sessions = new Sessions({
		clock,
		environments: [environment].flat(),
		maxSessions,
		maxActions,
	});
	const calls = new ObservedCalls();
	const server = await startGrpcServer({
		sessions,
		clock: shutdownClock,
		host: "127.0.0.1",
		port: 0,
		defaultLeaseMs: 600_000,
		maxWatchers,
		...(policies && { policies }),
		operatorToken,
		drainGraceMs,
		observe(call) {
			observe(call);
			calls.add(call);
		},
		tracer,
	});
	const closing: (() => void)[] = [];
	context.after(async () => {
		for (const close of closing) close();
		await server.drain();
	});
	const channel = () => {
		const opened = openChannel(server.address);
		closing.push(() => opened.close());
		return opened;
	};
	const shared = channel();
	return {
		...server,
		sessions,
		calls,
		client() {
			const client = new NightshiftClient(server.address);
			closing.push(() => client.close());
			return client;
		},
		channel,
		ask: (method, request, control) =>
			callUnary(shared, method, request, control),
		stream: (method, request, control) =>
			callStream(shared, method, request, control),
	};
}

function openChannel(address: string): grpc.Client {
	return new grpc.Client(address, grpc.credentials.createInsecure(), {
		// Else all channels of a process to one address share a connection.
		"grpc.use_local_subchannel_pool": 1,
	});
}

/** A way to a server that can be cut. */
export interface CuttableWay {
	readonly address: string;
	/** Breaks every connection that is open. New ones can be made. */
	cut(): void;
	/** Breaks every connection that is open, and each new one until it is open again. */
	shut(): void;
	open(): void;
}

export async function startCuttableWay(
	context: TestContext,
	{ port }: { port: number },
): Promise<CuttableWay> {
	const open = new Set<Socket>();
	let isShut = false;
	const server = createServer((near) => {
		if (isShut) {
			near.destroy();
			return;
		}
		const far = connect(port, "127.0.0.1");
		for (const [from, to] of [
			[near, far],
			[far, near],
		] as const) {
			open.add(from);
			from.pipe(to);
			from.on("error", () => {});
			from.on("close", () => {
				open.delete(from);
				to.destroy();
			});
		}
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const cut = () => {
		for (const socket of open) socket.destroy();
	};
	context.after(() => {
		cut();
		server.close();
	});
	const { port: bound } = server.address() as { port: number };
	return {
		address: `127.0.0.1:${bound}`,
		cut,
		shut() {
			isShut = true;
			cut();
		},
		open() {
			isShut = false;
		},
	};
}

/** A step's answer without what may differ between runs. */
export const fixedStep = (response: StepResponse): StepResponse => ({
	...response,
	timing: null,
	replayed: false,
});

/** The same as the wire carries it. */
export function fixedBytes(response: StepResponse): string {
	return envService.Step.responseSerialize(fixedStep(response)).toString(
		"base64",
	);
}

/** The one result of a streamed step, and how many progress messages came before it. */
export async function streamStep(
	server: TestServer,
	request: StepRequest,
	control?: CallControl,
) {
	let progress = 0;
	for await (const message of server.stream(
		envService.StepStream,
		request,
		control,
	)) {
		if (message.progress) progress += 1;
		if (message.result) return { progress, result: message.result };
	}
	throw new Error("the stream ended without a result");
}

/** What a call was refused with, out of the status that came over the wire. */
export interface WireError {
	readonly code: string;
	readonly message: string;
	readonly domain: string;
	readonly reason: string;
	readonly metadata: Readonly<Record<string, string>>;
	/** Fields of BadRequest; absent where there is none. */
	readonly fields: readonly string[] | undefined;
	readonly retryDelayMs: number | undefined;
}

/** Waits for a call to be refused. Fails where it is answered, or where the error carries no ErrorInfo. */
export async function refusal(call: Promise<unknown>): Promise<WireError> {
	const thrown = await call.then(
		(answer) => {
			throw new Error(`it was answered: ${JSON.stringify(answer)}`);
		},
		(error: unknown) => error,
	);
	return readWireError(thrown);
}

export function readWireError(thrown: unknown): WireError {
	if (!(thrown instanceof NightshiftRpcError)) throw thrown;
	const { metadata, details } = thrown.cause as grpc.ServiceError;
	const bytes = metadata?.get("grpc-status-details-bin")[0];
	if (!(bytes instanceof Buffer))
		throw new Error(`${thrown.code} (${details}) carries no details`, {
			cause: thrown,
		});
	const decode = (type: string, value: Uint8Array) =>
		lookupType(type).toObject(lookupType(type).decode(value), {
			longs: Number,
			defaults: true,
		});
	const status = decode("google.rpc.Status", bytes);
	const found = new Map<string, Record<string, unknown>>();
	for (const { type_url, value } of status.details)
		found.set(
			type_url,
			decode(type_url.replace("type.googleapis.com/", ""), value),
		);
	const info = found.get("type.googleapis.com/google.rpc.ErrorInfo");
	if (info === undefined) throw new Error("no ErrorInfo", { cause: thrown });
	if (
		status.message !== details ||
		status.code !== grpc.status[thrown.code as "OK"]
	)
		throw new Error("the status and its details do not agree", {
			cause: thrown,
		});
	const bad = found.get("type.googleapis.com/google.rpc.BadRequest") as
		| { field_violations: { field: string; description: string }[] }
		| undefined;
	const retry = found.get("type.googleapis.com/google.rpc.RetryInfo") as
		| { retry_delay: { seconds: number; nanos: number } }
		| undefined;
	return {
		code: thrown.code,
		message: details,
		domain: info.domain as string,
		reason: info.reason as string,
		metadata: info.metadata as Record<string, string>,
		fields: bad?.field_violations.map(({ field, description }) => {
			if (description === "") throw new Error(`${field} has no description`);
			return field;
		}),
		retryDelayMs:
			retry && retry.retry_delay.seconds * 1000 + retry.retry_delay.nanos / 1e6,
	};
}
