import type { CallOptions, Client } from "@grpc/grpc-js";
import { CallSpan } from "./call-span.js";
import type { Method } from "./contract.js";
import { NightshiftRpcError } from "./errors.js";

/** What every call takes. */
export interface CallControl {
	/** Cancels the call; what it started stops within one batch. */
	readonly signal?: AbortSignal;
	/** Milliseconds after which the call is given up. */
	readonly timeoutMs?: number;
}

/** One unary call as a promise. Errors: NightshiftRpcError. */
export async function callUnary<Request, Response>(
	client: Client,
	{ path, requestSerialize, responseDeserialize }: Method<Request, Response>,
	request: Request,
	control: CallControl = {},
): Promise<Response> {
	throwIfAborted(control);
	const span = new CallSpan(path);
	return new Promise<Response>((resolve, reject) => {
		const call = client.makeUnaryRequest(
			path,
			requestSerialize,
			responseDeserialize,
			request,
			span.metadata,
			toOptions(control),
			(error, response) => {
				stopListening();
				span.end(error ?? undefined);
				if (error) reject(error);
				else resolve(response as Response);
			},
		);
		const stopListening = cancelOn(control.signal, () => call.cancel());
	}).catch((error: unknown) => {
		throw NightshiftRpcError.from(error);
	});
}

/** A server stream as an async iterable; leaving the loop cancels the call. Errors: NightshiftRpcError. */
export async function* callStream<Request, Response>(
	client: Client,
	{ path, requestSerialize, responseDeserialize }: Method<Request, Response>,
	request: Request,
	control: CallControl = {},
): AsyncGenerator<Response> {
	throwIfAborted(control);
	const span = new CallSpan(path);
	let cancel = () => {};
	const stopListening = cancelOn(control.signal, () => cancel());
	try {
		const call = client.makeServerStreamRequest(
			path,
			requestSerialize,
			responseDeserialize,
			request,
			span.metadata,
			toOptions(control),
		);
		cancel = () => call.cancel();
		for await (const message of call) yield message as Response;
	} catch (error) {
		span.end(error);
		throw NightshiftRpcError.from(error);
	} finally {
		stopListening();
		cancel();
		span.end();
	}
}

/** A call that is cancelled as it is sent may still be taken by the server. */
function throwIfAborted({ signal }: CallControl): void {
	if (signal?.aborted) throw NightshiftRpcError.cancelled(signal.reason);
}

function toOptions({ timeoutMs }: CallControl): CallOptions {
	return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}

function cancelOn(
	signal: AbortSignal | undefined,
	cancel: () => void,
): () => void {
	signal?.addEventListener("abort", cancel, { once: true });
	return () => signal?.removeEventListener("abort", cancel);
}
