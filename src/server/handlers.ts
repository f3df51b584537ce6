import { setMaxListeners } from "node:events";
import type {
	handleServerStreamingCall,
	handleUnaryCall,
	Metadata,
	ServerWritableStream,
} from "@grpc/grpc-js";
import { NightshiftError, throwIfCancelled } from "../errors.js";
import { MalformedRequest } from "./contract.js";
import { toStatus } from "./status.js";

/** Tells what happened to a call. */
export type CallObserver = (call: {
	readonly method: string;
	readonly error: NightshiftError | undefined;
	readonly durationMs: number;
}) => void;

/** A unary handler out of an async function; its signal is aborted when the caller goes away or its deadline passes. */
export function unary<Request, Response>(
	method: string,
	observe: CallObserver,
	handle: (
		request: Request,
		signal: AbortSignal,
		metadata: Metadata,
	) => Promise<Response> | Response,
): handleUnaryCall<Request, Response> {
	return (call, callback) => {
		const gone = new AbortController();
		call.on("cancelled", () => gone.abort());
		const started = performance.now();
		const finish = (error: NightshiftError | undefined) =>
			observe({ method, error, durationMs: performance.now() - started });
		Promise.resolve()
			.then(() => handle(wellFormed(call.request), gone.signal, call.metadata))
			.then(
				(response) => {
					finish(undefined);
					callback(null, response);
				},
				(thrown: unknown) => {
					const error = NightshiftError.from(thrown);
					finish(error);
					callback(toStatus(error));
				},
			);
	};
}

/**
 * A server stream out of an async generator. It waits for a slow reader, and ends when the caller goes away; `ending` ends it from the
 * server's side, with the error that it is aborted with.
 */
export function serverStream<Request, Response>(
	method: string,
	observe: CallObserver,
	ending: AbortSignal,
	handle: (request: Request, signal: AbortSignal) => AsyncGenerator<Response>,
): handleServerStreamingCall<Request, Response> {
	// As many streams listen as are open.
	setMaxListeners(0, ending);
	return (call) => {
		const gone = new AbortController();
		// Linked by hand: what AbortSignal.any makes stays with a signal that outlives it, in Node 20.
		const stopped = new AbortController();
		const { signal } = stopped;
		const stop = () => stopped.abort(ending.reason);
		call.on("cancelled", () => {
			gone.abort();
			stop();
		});
		ending.addEventListener("abort", stop, { once: true });
		if (ending.aborted) stop();
		const started = performance.now();
		const finish = (error: NightshiftError | undefined) =>
			observe({ method, error, durationMs: performance.now() - started });
		Promise.resolve()
			.then(() =>
				writeAll(call, handle(wellFormed(call.request), signal), signal),
			)
			.then(() => {
				throwIfCancelled(gone.signal);
				if (ending.aborted) throw ending.reason;
				finish(undefined);
				call.end();
			})
			.catch((thrown: unknown) => {
				const error = NightshiftError.from(thrown);
				finish(error);
				call.emit("error", toStatus(error));
			})
			.finally(() => ending.removeEventListener("abort", stop));
	};
}

function wellFormed<Request>(request: Request): Request {
	if (!(request instanceof MalformedRequest)) return request;
	throw new NightshiftError(
		"INVALID_FIELD",
		"The request's bytes are no message of this call's type; the contract is in proto/nightshift/v1, and server reflection gives it.",
	);
}

async function writeAll<Request, Response>(
	call: ServerWritableStream<Request, Response>,
	responses: AsyncGenerator<Response>,
	signal: AbortSignal,
): Promise<void> {
	for await (const response of responses) {
		if (signal.aborted) return;
		if (!call.write(response)) await drained(call, signal);
	}
}

async function drained<Request, Response>(
	call: ServerWritableStream<Request, Response>,
	signal: AbortSignal,
): Promise<void> {
	if (signal.aborted) return;
	let ready = () => {};
	await new Promise<void>((resolve) => {
		ready = resolve;
		call.once("drain", ready);
		signal.addEventListener("abort", ready, { once: true });
	});
	call.off("drain", ready);
	signal.removeEventListener("abort", ready);
}
