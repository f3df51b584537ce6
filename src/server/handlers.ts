import { setMaxListeners } from "node:events";
import type {
	handleBidiStreamingCall,
	handleServerStreamingCall,
	handleUnaryCall,
	Metadata,
	ServerUnaryCall,
	ServerWritableStream,
} from "@grpc/grpc-js";
import { systemClock } from "../clock.js";
import { Departing, type Departure } from "../departure.js";
import type { CallObserver } from "../door/call-observer.js";
import { NightshiftError, throwIfCancelled } from "../errors.js";
import type { Soon } from "../sessions/soon.js";
import { MalformedRequest } from "./contract.js";
import { toStatus } from "./status.js";

/** A unary handler out of an async function, which is told when the caller goes away or its deadline passes. The library tells it after each answer, too. */
export function unary<Request, Response>(
	method: string,
	observe: CallObserver,
	handle: (
		request: Request,
		signal: Departure,
		metadata: Metadata,
	) => Promise<Response> | Response,
): handleUnaryCall<Request, Response> {
	return (call, callback) => {
		const departing = new Departing();
		call.on("cancelled", () => departing.leave());
		if (isLate(call)) departing.leave();
		const started = performance.now();
		const finish = (error: NightshiftError | undefined) =>
			observe({ method, error, durationMs: performance.now() - started });
		Promise.resolve()
			.then(() => handle(wellFormed(call.request), departing, call.metadata))
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
		if (isLate(call)) {
			gone.abort();
			stop();
		}
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

/** Requests of a stream that are not answered yet, and bytes of answers that are not sent yet, past which the stream is not read on. */
const MOST_UNANSWERED = 256;
const MOST_UNSENT_BYTES = 2 ** 20;

/** An answer that is to come, that is there, or an error that ends the stream. */
interface Place {
	answer: Buffer | NightshiftError | undefined;
}

/**
 * A bidirectional stream out of a function that answers each request with bytes, at once or later. Answers go out in the order of the requests.
 * It is read on only while few requests and little unsent data wait. An error that the function throws ends it, once what came before is
 * answered; so does `ending`, with its own error.
 */
export function bidiStream<Request>(
	method: string,
	observe: CallObserver,
	ending: AbortSignal,
	open: (signal: AbortSignal) => (request: Request) => Soon<Buffer>,
): handleBidiStreamingCall<Request, Buffer> {
	// As many streams listen as are open.
	setMaxListeners(0, ending);
	return (call) => {
		const gone = new AbortController();
		const started = performance.now();
		const places: Place[] = [];
		let unsent = 0;
		let isReadToEnd = false;
		let isOver = false;
		const answer = open(gone.signal);
		const finish = (error: NightshiftError | undefined) => {
			if (isOver) return;
			isOver = true;
			ending.removeEventListener("abort", goOn);
			observe({ method, error, durationMs: performance.now() - started });
			call.pause();
			if (gone.signal.aborted) return;
			if (error === undefined) call.end();
			else call.emit("error", toStatus(error));
		};
		const fill = (place: Place, value: Buffer | NightshiftError) => {
			place.answer = value;
			if (value instanceof Buffer) unsent += value.length;
			if (places[0] === place) goOn();
		};
		/** Sends what is next, and looks whether there is room to read on, or nothing more to do. */
		const goOn = () => {
			for (;;) {
				const next = places[0]?.answer;
				if (isOver || next === undefined) break;
				if (next instanceof NightshiftError) return finish(next);
				places.shift();
				call.write(next, () => {
					unsent -= next.length;
					goOn();
				});
			}
			if (isOver) return;
			const isDone = isReadToEnd || ending.aborted;
			if (isDone && places.length === 0)
				return finish(isReadToEnd ? undefined : ending.reason);
			const hasRoom =
				!ending.aborted &&
				places.length < MOST_UNANSWERED &&
				unsent < MOST_UNSENT_BYTES;
			if (hasRoom && call.isPaused()) call.resume();
			else if (!hasRoom && !call.isPaused()) call.pause();
		};
		call.on("cancelled", () => {
			gone.abort();
			finish(cancelled(gone.signal));
		});
		call.on("data", (request: Request) => {
			const place: Place = { answer: undefined };
			places.push(place);
			const broken = (thrown: unknown) =>
				fill(place, NightshiftError.from(thrown));
			try {
				const bytes = answer(wellFormed(request));
				if (bytes instanceof Promise)
					bytes.then((there) => fill(place, there), broken);
				else fill(place, bytes);
			} catch (thrown) {
				broken(thrown);
			}
			goOn();
		});
		call.on("end", () => {
			isReadToEnd = true;
			goOn();
		});
		ending.addEventListener("abort", goOn, { once: true });
		goOn();
	};
}

/**
 * Whether a call's deadline passed before its handler was called, which is when the client has ended its request: the library tells of a deadline
 * once, at its time, and then nobody listened.
 */
function isLate(
	call: Pick<ServerUnaryCall<unknown, unknown>, "getDeadline">,
): boolean {
	// A timer may fire a millisecond early.
	return Number(call.getDeadline()) <= systemClock.now() + 1;
}

function cancelled(signal: AbortSignal): NightshiftError {
	try {
		throwIfCancelled(signal);
	} catch (error) {
		return NightshiftError.from(error);
	}
	throw new Error("the signal is not aborted");
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
