import { Duplex } from "node:stream";
import type { TestContext } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { openChannel } from "../../clients/typescript/contract.js";
import {
	envService,
	healthCheck,
	operatorService,
} from "../../clients/typescript/low-level.js";

/**
 * A server of the contract that hands every call on to another one and bends what one fault says: a request before it goes on, an answer or an
 * error before it comes back, or the whole call.
 */

/** A message as it comes: any. */
// biome-ignore lint/suspicious/noExplicitAny: faults change any field of any message.
export type Message = any;

/** What is wrong with a server, by the names of its calls. A call is bent in the order request, call, answer, error. */
export interface Fault {
	/** Changes a request, in place or by giving another. */
	readonly request?: Bends<(request: Message) => Message>;
	/** Does a unary call, or answers each message of Play, instead of handing it on; `on` hands a request on to a method of the contract. */
	readonly call?: Bends<
		(
			request: Message,
			on: (request: Message, method?: string) => Promise<Message>,
		) => Promise<Message>
	>;
	/** Changes an answer, or each message of a stream, in place or by giving another; null leaves a message out, a list sends several. */
	readonly answer?: Bends<(answer: Message, request: Message) => Message>;
	/** Changes what a call is refused with. */
	readonly error?: Bends<(error: grpc.ServiceError) => grpc.ServiceError>;
}

/** By method; "*" for all. */
type Bends<Bend> = Readonly<Record<string, Bend>>;

type Definition = grpc.MethodDefinition<Message, Message>;

/** Serves a bent form of the server at an address on a free port until the test is over. */
export async function startBentServer(
	context: TestContext,
	straight: string,
	fault: Fault,
): Promise<string> {
	const far = openChannel(straight);
	const server = new grpc.Server();
	for (const service of [envService, operatorService])
		server.addService(
			service as unknown as grpc.ServiceDefinition,
			Object.fromEntries(
				Object.entries(service as unknown as Record<string, Definition>).map(
					([name, method]) => [name, handler(far, name, method, fault)],
				),
			),
		);
	const health = {
		Check: { ...healthCheck, requestStream: false, responseStream: false },
	};
	server.addService(health as unknown as grpc.ServiceDefinition, {
		Check: handler(far, "Check", health.Check as unknown as Definition, fault),
	});
	for (const version of ["v1", "v1alpha"])
		addReflection(server, far, version, fault);
	const port = await new Promise<number>((resolve, reject) =>
		server.bindAsync(
			"127.0.0.1:0",
			grpc.ServerCredentials.createInsecure(),
			(error, bound) => (error ? reject(error) : resolve(bound)),
		),
	);
	context.after(() => {
		server.forceShutdown();
		far.close();
	});
	return `127.0.0.1:${port}`;
}

function handler(
	far: grpc.Client,
	name: string,
	method: Definition,
	fault: Fault,
): grpc.UntypedHandleCall {
	const bendOf = <Bend>(bends: Bends<Bend> | undefined) =>
		bends?.[name] ?? bends?.["*"];
	const bendRequest = (request: Message): Message =>
		bendOf(fault.request)?.(request) ?? request;
	const bendAnswer = (answer: Message, request: Message): Message => {
		const bent = bendOf(fault.answer)?.(answer, request);
		return bent === undefined ? answer : bent;
	};
	const bendError = (error: grpc.ServiceError) =>
		bendOf(fault.error)?.(error) ?? error;
	const play = bendOf(fault.call);
	if (method.requestStream && play)
		return ((call: grpc.ServerDuplexStream<Message, Message>) => {
			const on = (message: Message, other = name) =>
				begin(far, methodOf(other), message).answer;
			let answered = Promise.resolve();
			call.on("data", (request: Message) => {
				answered = answered.then(async () => {
					call.write(await play(request, on));
				});
			});
			call.on("end", () => void answered.then(() => call.end()));
		}) as grpc.UntypedHandleCall;
	if (method.responseStream)
		return ((call: grpc.ServerWritableStream<Message, Message>) => {
			const request = bendRequest(call.request ?? {});
			const stream = method.requestStream
				? far.makeBidiStreamRequest(
						method.path,
						method.requestSerialize,
						method.responseDeserialize,
					)
				: far.makeServerStreamRequest(
						method.path,
						method.requestSerialize,
						method.responseDeserialize,
						request,
					);
			if (stream instanceof Duplex) {
				const both = call as unknown as grpc.ServerDuplexStream<
					Message,
					Message
				>;
				both.on("data", (asked: Message) => stream.write(bendRequest(asked)));
				both.on("end", () => stream.end());
			}
			stream.on("data", (message: Message) => {
				const bent = bendAnswer(message, request);
				for (const each of Array.isArray(bent) ? bent : [bent])
					if (each !== null) call.write(each);
			});
			stream.on("error", (error: grpc.ServiceError) =>
				call.emit("error", bendError(error)),
			);
			stream.on("end", () => call.end());
			call.on("cancelled", () => stream.cancel());
		}) as grpc.handleServerStreamingCall<
			Message,
			Message
		> as grpc.UntypedHandleCall;
	return ((
		call: grpc.ServerUnaryCall<Message, Message>,
		callback: grpc.sendUnaryData<Message>,
	) => {
		const passed = new Set<grpc.ClientUnaryCall>();
		call.on("cancelled", () => {
			for (const each of passed) each.cancel();
		});
		const on = (message: Message, other = name) => {
			const begun = begin(
				far,
				other === name ? method : methodOf(other),
				message,
			);
			passed.add(begun.call);
			return begun.answer;
		};
		const request = bendRequest(call.request);
		const bent = bendOf(fault.call);
		(bent ? bent(request, on) : on(request)).then(
			(answer: Message) => callback(null, bendAnswer(answer, request)),
			(error: grpc.ServiceError) => callback(bendError(error)),
		);
	}) as grpc.UntypedHandleCall;
}

function methodOf(name: string): Definition {
	return (envService as unknown as Record<string, Definition>)[
		name
	] as Definition;
}

/** Begins a unary call to the other server. */
function begin(
	far: grpc.Client,
	{ path, requestSerialize, responseDeserialize }: Definition,
	request: Message,
): { call: grpc.ClientUnaryCall; answer: Promise<Message> } {
	let settle: grpc.requestCallback<Message> = () => {};
	const answer = new Promise<Message>((resolve, reject) => {
		settle = (error, message) => (error ? reject(error) : resolve(message));
	});
	const call = far.makeUnaryRequest(
		path,
		requestSerialize,
		responseDeserialize,
		request,
		(error, message) => settle(error, message),
	);
	return { call, answer };
}

/** Reflection goes through byte by byte, unless the fault is that it has nothing to tell. */
function addReflection(
	server: grpc.Server,
	far: grpc.Client,
	version: string,
	fault: Fault,
): void {
	const same = (bytes: Buffer) => bytes;
	const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
	server.addService(
		{
			ServerReflectionInfo: {
				path,
				requestStream: true,
				responseStream: true,
				requestSerialize: same,
				requestDeserialize: same,
				responseSerialize: same,
				responseDeserialize: same,
			},
		},
		{
			ServerReflectionInfo: ((
				call: grpc.ServerDuplexStream<Buffer, Buffer>,
			) => {
				const stream = far.makeBidiStreamRequest(path, same, same);
				call.on("data", (bytes: Buffer) => stream.write(bytes));
				call.on("end", () => stream.end());
				stream.on("data", (bytes: Buffer) =>
					call.write(
						fault.answer?.[`reflection-${version}`]?.(bytes, {}) ?? bytes,
					),
				);
				stream.on("error", () => call.end());
				stream.on("end", () => call.end());
			}) as grpc.UntypedHandleCall,
		},
	);
}

/** An error of the service out of nothing: with ErrorInfo's bytes taken from another one, or without. */
export function refusal(
	code: grpc.status,
	details: string,
	metadata = new grpc.Metadata(),
): grpc.ServiceError {
	return Object.assign(new Error(details), { code, details, metadata });
}
