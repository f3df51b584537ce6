import { type CallOptions, type Client, Metadata } from "@grpc/grpc-js";
import { NightshiftRpcError } from "./errors.js";

/** What every call takes. */
export interface CallControl {
	/** Cancels the call; what it started stops within one batch. */
	readonly signal?: AbortSignal;
	/** Milliseconds after which the call is given up. */
	readonly timeoutMs?: number;
}

/** A method of the service, as its definition has it. */
export interface Method<Request, Response> {
	readonly path: string;
	readonly requestSerialize: (request: Request) => Buffer;
	readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** One unary call as a promise. Errors: NightshiftRpcError. */
export function callUnary<Request, Response>(
	client: Client,
	{ path, requestSerialize, responseDeserialize }: Method<Request, Response>,
	request: Request,
	control: CallControl = {},
): Promise<Response> {
	return new Promise((resolve, reject) => {
		const call = client.makeUnaryRequest(
			path,
			requestSerialize,
			responseDeserialize,
			request,
			new Metadata(),
			toOptions(control),
			(error, response) => {
				stopListening();
				if (error) reject(NightshiftRpcError.from(error));
				else resolve(response as Response);
			},
		);
		const stopListening = cancelOn(control.signal, () => call.cancel());
	});
}

/** A server stream as an async iterable; leaving the loop cancels the call. Errors: NightshiftRpcError. */
export async function* callStream<Request, Response>(
	client: Client,
	{ path, requestSerialize, responseDeserialize }: Method<Request, Response>,
	request: Request,
	control: CallControl = {},
): AsyncGenerator<Response> {
	const call = client.makeServerStreamRequest(
		path,
		requestSerialize,
		responseDeserialize,
		request,
		new Metadata(),
		toOptions(control),
	);
	const stopListening = cancelOn(control.signal, () => call.cancel());
	try {
		for await (const message of call) yield message as Response;
	} catch (error) {
		throw NightshiftRpcError.from(error);
	} finally {
		stopListening();
		call.cancel();
	}
}

function toOptions({ timeoutMs }: CallControl): CallOptions {
	return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}

function cancelOn(
	signal: AbortSignal | undefined,
	cancel: () => void,
): () => void {
	if (signal?.aborted) cancel();
	else signal?.addEventListener("abort", cancel, { once: true });
	return () => signal?.removeEventListener("abort", cancel);
}
