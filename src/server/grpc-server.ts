import * as grpc from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import type { Clock } from "../clock.js";
import type { CallObserver } from "../door/call-observer.js";
import { policies as registry } from "../environments/policies.js";
import type { Policy } from "../environments/policy.js";
import { NightshiftError } from "../errors.js";
import type { RequestTracer } from "../observability/request-tracer.js";
import type { Sessions } from "../sessions/sessions.js";
import { callSpans, notingReasons } from "./call-spans.js";
import { envService, operatorService } from "./contract.js";
import { createEnvService } from "./env-service.js";
import { createOperatorService } from "./operator-service.js";
import { addReflection } from "./reflection.js";

export interface GrpcServerOptions {
	readonly sessions: Sessions;
	readonly clock: Clock;
	readonly host: string;
	/** 0 picks a free one. */
	readonly port: number;
	readonly defaultLeaseMs: number;
	readonly maxWatchers: number;
	/** What RunPolicy can play; default: the registry. */
	readonly policies?: readonly Policy[];
	/** Turns the operator's calls on. */
	readonly operatorToken?: string | undefined;
	/** How long a drain waits for running actions. */
	readonly drainGraceMs: number;
	readonly observe: CallObserver;
	/** Absent: nothing is traced. */
	readonly tracer?: RequestTracer | undefined;
}

export interface GrpcServer {
	/** "host:port" as bound. */
	readonly address: string;
	readonly port: number;
	/** What health checks are told until the server drains. */
	setServing(isServing: boolean): void;
	/**
	 * Ends the server: not serving to health checks, no new work, watchers told, running actions waited for and then cut off. Never hangs on a
	 * stream or connection that stays open.
	 */
	drain(): Promise<void>;
	/** Done once a drain has begun, also by the operator's call. */
	readonly draining: Promise<void>;
}

const SERVICE = "nightshift.v1.EnvService";
/** Messages of up to half of this share memory with others; memory of its own for each one costs more than sending it (Node's default is 8 kB). */
const BUFFER_POOL_BYTES = 2 ** 16;
/** What is left of open calls after running actions have stopped. */
const SHUTDOWN_MS = 2000;

/** Binds and serves. Errors: a sentence where the address cannot be had. */
export async function startGrpcServer({
	sessions,
	clock,
	host,
	port,
	defaultLeaseMs,
	maxWatchers,
	policies = registry,
	operatorToken,
	drainGraceMs,
	observe: told,
	tracer,
}: GrpcServerOptions): Promise<GrpcServer> {
	// Its errors reach the caller; the library need not print them too.
	grpc.setLogVerbosity(grpc.logVerbosity.NONE);
	Buffer.poolSize = BUFFER_POOL_BYTES;
	const observe = tracer === undefined ? told : notingReasons(tracer, told);
	const ending = new AbortController();
	const server = new grpc.Server({
		"grpc.keepalive_time_ms": 30_000,
		"grpc.keepalive_timeout_ms": 10_000,
		"grpc.keepalive_permit_without_calls": 1,
		...(tracer && { interceptors: [callSpans(tracer)] }),
	});
	server.addService(
		envService,
		createEnvService({
			sessions,
			defaultLeaseMs,
			maxWatchers,
			policies,
			observe,
			ending: ending.signal,
		}),
	);
	server.addService(
		operatorService,
		createOperatorService({
			sessions,
			token: operatorToken,
			observe,
			drain: () => void startDraining(),
		}),
	);
	const health = new HealthImplementation({
		"": "SERVING",
		[SERVICE]: "SERVING",
	});
	health.addToServer(server);
	addReflection(server);
	const bound = await bind(server, host, port);

	let drained: Promise<void> | undefined;
	const tellHealth = (status: "SERVING" | "NOT_SERVING") => {
		for (const service of ["", SERVICE]) health.setStatus(service, status);
	};
	let tellDraining = () => {};
	const draining = new Promise<void>((resolve) => {
		tellDraining = resolve;
	});
	const startDraining = () => (drained ??= drain());
	const drain = async () => {
		tellDraining();
		tellHealth("NOT_SERVING");
		sessions.startDraining();
		ending.abort(
			new NightshiftError(
				"SERVER_DRAINING",
				"The server is shutting down; ask again when it is back.",
			),
		);
		await sessions.settle(drainGraceMs);
		await shutDown(server, clock);
	};
	return {
		address: `${host.includes(":") ? `[${host}]` : host}:${bound}`,
		port: bound,
		setServing(isServing) {
			if (drained === undefined)
				tellHealth(isServing ? "SERVING" : "NOT_SERVING");
		},
		drain: startDraining,
		draining,
	};
}

function bind(
	server: grpc.Server,
	host: string,
	port: number,
): Promise<number> {
	const target = `${host.includes(":") ? `[${host}]` : host}:${port}`;
	return new Promise((resolve, reject) => {
		server.bindAsync(
			target,
			grpc.ServerCredentials.createInsecure(),
			(error, bound) => {
				if (error === null) resolve(bound);
				else
					reject(
						new Error(
							`Cannot listen on ${target}: ${whyNot(error)}; choose another --port (0 picks a free one) or --host.`,
							{ cause: error },
						),
					);
			},
		);
	});
}

/** The library's message around the system's own words is left out. */
function whyNot({ message }: Error): string {
	if (/EADDRINUSE/.test(message)) return "the port is in use";
	if (/EACCES/.test(message)) return "this user may not use that port";
	return /\[(?:listen )?(.*)\]/.exec(message)?.[1] ?? message;
}

/** `tryShutdown` waits for open streams for ever, so it races with a timer. */
async function shutDown(server: grpc.Server, clock: Clock): Promise<void> {
	let stopTimer = () => {};
	const late = new Promise<void>((resolve) => {
		stopTimer = clock.after(SHUTDOWN_MS, resolve);
	});
	const closed = new Promise<void>((resolve) =>
		server.tryShutdown(() => resolve()),
	);
	await Promise.race([closed, late]);
	stopTimer();
	server.forceShutdown();
}
