import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import * as protoLoader from "@grpc/proto-loader";
import { protoPath as healthProto } from "grpc-health-check";
import protobufDescriptor from "protobufjs/ext/descriptor/index.js";
import { callStream, callUnary } from "../../clients/typescript/calls.js";
import { envService, type Method } from "../../clients/typescript/contract.js";
import { NightshiftRpcError } from "../../clients/typescript/index.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { Environment } from "../environments/environment.js";
import type { Session } from "../sessions/session.js";
import {
	COUNTER,
	CounterEnvironment,
	ManualClock,
} from "../sessions/testing.js";
import { startGrpcServer } from "./grpc-server.js";
import {
	hastyClock,
	readWireError,
	refusal,
	startTestServer,
	streamStep,
	type TestServer,
	type TestServerOptions,
} from "./testing.js";

const runEpochs: Action = { run_epochs: { num_epochs: 2 } };
const status: Action = { get_training_status: {} };

async function serve(
	context: TestContext,
	options: Partial<TestServerOptions> = {},
) {
	const environment = new CounterEnvironment();
	const server = await startTestServer(context, {
		environment: environment as Environment,
		...options,
	});
	return { environment, server };
}

async function openSession(server: TestServer): Promise<Session> {
	const { session } = await server.ask(envService.CreateSession, {
		task_id: COUNTER,
		seed: 7,
	});
	return server.sessions.get(session?.session_id as string);
}

/** Methods of a service that is not the contract's. */
function methodsOf(path: string, service: string) {
	const definition = protoLoader.loadSync(path, {
		keepCase: true,
		enums: String,
		oneofs: true,
	});
	return definition[service] as unknown as Record<
		string,
		Method<object, Record<string, unknown>>
	>;
}

const health = methodsOf(healthProto, "grpc.health.v1.Health");
const SERVICES = ["", "nightshift.v1.EnvService"];

test("Health says SERVING, and NOT_SERVING as soon as the server drains.", async (context) => {
	const { server, environment } = await serve(context, {
		clock: new ManualClock(),
	});
	const check = (service: string) =>
		server.ask(health.Check as Method<object, object>, { service });
	for (const service of SERVICES)
		assert.deepEqual(await check(service), { status: "SERVING" });
	await assert.rejects(
		check("nightshift.v1.Nothing"),
		(error) =>
			error instanceof NightshiftRpcError && error.code === "NOT_FOUND",
	);
	const watching = server.stream(health.Watch as Method<object, object>, {
		service: "nightshift.v1.EnvService",
	});
	assert.deepEqual((await watching.next()).value, { status: "SERVING" });

	const session = await openSession(server);
	environment.epochGate.shut();
	const running = server.ask(envService.Step, {
		session_id: session.record.id,
		action: runEpochs,
	});
	await environment.epochGate.holds();
	const drained = server.drain();
	assert.deepEqual((await watching.next()).value, { status: "NOT_SERVING" });
	for (const service of SERVICES)
		assert.deepEqual(await check(service), { status: "NOT_SERVING" });
	await watching.return(undefined);
	environment.epochGate.open();
	assert.equal((await running).step, 1);
	await drained;
});

for (const version of ["v1", "v1alpha"])
	test(`Reflection ${version} lists the services and gives the files of the contract, of health and of error details.`, async (context) => {
		const { server } = await serve(context);
		const folder = dirname(
			createRequire(import.meta.url).resolve("@grpc/reflection/package.json"),
		);
		const service = `grpc.reflection.${version}.ServerReflection`;
		const { ServerReflectionInfo: method } = methodsOf(
			join(folder, `build/proto/grpc/reflection/${version}/reflection.proto`),
			service,
		) as { ServerReflectionInfo: Method<object, object> };
		const call = server
			.channel()
			.makeBidiStreamRequest(
				method.path,
				method.requestSerialize,
				method.responseDeserialize,
			);
		const ask = async (request: object) => {
			call.write(request);
			return (await once(call, "data"))[0];
		};
		const { list_services_response } = await ask({ list_services: "" });
		const names = list_services_response.service.map(
			({ name }: { name: string }) => name,
		);
		for (const name of ["nightshift.v1.EnvService", "grpc.health.v1.Health"])
			assert.ok(names.includes(name), `${name} of ${names.join(", ")}`);
		for (const [symbol, file] of Object.entries({
			"nightshift.v1.EnvService": "nightshift/v1/env_service.proto",
			"nightshift.v1.EnvService.StepStream": "nightshift/v1/env_service.proto",
			"nightshift.v1.TrainingObservation": "nightshift/v1/training.proto",
			"nightshift.v1.ErrorReason": "nightshift/v1/errors.proto",
			"google.rpc.ErrorInfo": "google/rpc/error_details.proto",
			"google.rpc.BadRequest": "google/rpc/error_details.proto",
			"grpc.health.v1.Health": "",
		})) {
			const { file_descriptor_response, error_response } = await ask({
				file_containing_symbol: symbol,
			});
			assert.equal(error_response, undefined, symbol);
			const files = file_descriptor_response.file_descriptor_proto.map(
				(bytes: Buffer) =>
					(
						protobufDescriptor.FileDescriptorProto.decode(
							bytes,
						) as unknown as protobufDescriptor.IFileDescriptorProto
					).name,
			);
			assert.ok(files.length > 0, symbol);
			if (file) assert.ok(files.includes(file), `${symbol} in ${files}`);
		}
		const { error_response } = await ask({
			file_containing_symbol: "nightshift.v1.Nothing",
		});
		assert.equal(error_response.error_code, grpc.status.NOT_FOUND);
		call.end();
	});

test("A drain tells watchers and a running step SERVER_DRAINING, ends, and frees the port.", async (context) => {
	const { server, environment } = await serve(context);
	const [working, idle] = [
		await openSession(server),
		await openSession(server),
	];
	const watching = server.stream(envService.Watch, {
		session_id: working.record.id,
	});
	const waiting = server.stream(envService.Watch, {
		session_id: idle.record.id,
		from_offset: 1000,
	});
	await watching.next();
	const waited = refusal(waiting.next());
	environment.epochGate.shut();
	const request = {
		session_id: working.record.id,
		action: runEpochs,
		request_number: 1,
	};
	const streamed = refusal(streamStep(server, request));
	await environment.epochGate.holds();
	environment.epochGate.letOn();
	await environment.epochGate.holds();
	const drained = server.drain();
	assert.equal(server.drain(), drained);
	const watched = refusal(
		(async () => {
			for await (const _ of watching);
		})(),
	);
	for (const error of await Promise.all([waited, streamed, watched])) {
		assert.equal(error.reason, "SERVER_DRAINING");
		assert.equal(error.code, "UNAVAILABLE");
		assert.ok((error.retryDelayMs ?? 0) > 0);
	}
	await drained;
	assert.equal(working.describe().observation.training?.current_epoch, 1);
	const socket = connect(server.port, "127.0.0.1");
	const [error] = await once(socket, "error");
	assert.equal(error.code, "ECONNREFUSED");
});

test("While a server drains, what starts work is refused and what reads is answered.", async (context) => {
	const { server, environment } = await serve(context, {
		clock: new ManualClock(),
	});
	const [working, idle] = [
		await openSession(server),
		await openSession(server),
	];
	environment.epochGate.shut();
	const running = streamStep(server, {
		session_id: working.record.id,
		action: runEpochs,
		request_number: 1,
	});
	await environment.epochGate.holds();
	const drained = server.drain();
	const id = idle.record.id;
	const starting = [
		() => server.ask(envService.CreateSession, { task_id: COUNTER }),
		() => server.ask(envService.Step, { session_id: id, action: runEpochs }),
		() => streamStep(server, { session_id: id, action: runEpochs }),
		() => server.ask(envService.Reset, { session_id: id }),
		() => server.ask(envService.Finish, { session_id: id }),
		() => server.stream(envService.Watch, { session_id: id }).next(),
	];
	for (const call of starting)
		assert.equal((await refusal(call())).reason, "SERVER_DRAINING");
	await server.ask(envService.Step, { session_id: id, action: status });
	await server.ask(envService.GetSession, { session_id: id });
	await server.ask(envService.RenewSession, { session_id: id });
	await server.ask(envService.ListTasks, {});
	await server.ask(envService.CloseSession, { session_id: id });
	environment.epochGate.open();
	assert.equal((await running).result.step, 1);
	await drained;
});

test("A drain does not wait for a stream that nobody reads, nor for a connection that stays open.", async (context) => {
	const environment = new CounterEnvironment({ textLength: 3000 });
	const { server } = await serve(context, {
		environment: environment as Environment,
		shutdownClock: hastyClock,
	});
	const session = await openSession(server);
	const unread = server
		.channel()
		.makeServerStreamRequest(
			envService.Watch.path,
			envService.Watch.requestSerialize,
			(bytes: Buffer) => bytes,
			{ session_id: session.record.id },
		);
	unread.on("error", () => {});
	await once(unread, "readable");
	for (let told = 0; told < 2000; told++)
		session.events.append(0, 1, {
			session_ended: { reason: "x".repeat(1000) },
		});
	const idle = connect(server.port, "127.0.0.1");
	idle.on("error", () => {});
	await once(idle, "connect");
	const closed = once(idle, "close");
	await server.drain();
	idle.destroy();
	await closed;
});

test("A port that is taken is refused with a sentence that says what to do.", async (context) => {
	const { server } = await serve(context);
	await assert.rejects(
		startGrpcServer({
			sessions: server.sessions,
			clock: hastyClock,
			host: "127.0.0.1",
			port: server.port,
			defaultLeaseMs: 600_000,
			maxWatchers: 1,
			drainGraceMs: 0,
			observe: () => {},
		}),
		/Cannot listen on 127\.0\.0\.1:\d+: the port is in use; choose another --port/,
	);
});

/** Numbers that look random and are the same in every run (a linear congruential generator, Numerical Recipes). */
function* drawBytes(seed: number): Generator<number> {
	for (let state = seed; ; ) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		yield state >>> 24;
	}
}

const asBytes = (bytes: Buffer) => bytes;

/** Sends these bytes as the request of a method, and gives what the server answered. */
async function send(
	channel: grpc.Client,
	method: Method<never, unknown> & {
		requestStream: boolean;
		responseStream: boolean;
	},
	bytes: Buffer,
): Promise<grpc.ServiceError | undefined> {
	const raw = {
		path: method.path,
		requestSerialize: asBytes,
		responseDeserialize: asBytes,
	};
	try {
		if (method.requestStream) {
			const call = channel.makeBidiStreamRequest(method.path, asBytes, asBytes);
			call.on("data", () => {});
			// Rejects with the error where the stream ends with one; else what was refused was refused in-band.
			const ended = once(call, "end");
			call.write(bytes);
			call.end();
			await ended;
			return undefined;
		}
		if (method.responseStream) await callStream(channel, raw, bytes).next();
		else await callUnary(channel, raw, bytes);
		return undefined;
	} catch (error) {
		if (!method.requestStream) readWireError(error);
		return (
			error instanceof Error && error.cause ? error.cause : error
		) as grpc.ServiceError;
	}
}

test("Whatever bytes come as a request, the answer is a result or a refusal with its reason, and the server goes on.", async (context) => {
	const { server } = await serve(context);
	const session = await openSession(server);
	const channel = server.channel();
	const drawn = drawBytes(7);
	const next = () => drawn.next().value as number;
	const valid: Record<string, Buffer> = {
		CreateSession: envService.CreateSession.requestSerialize({
			task_id: COUNTER,
			seed: 1,
			options: { views: ["VIEW_TEXT"], lease: { seconds: 30 } },
		}),
		Step: envService.Step.requestSerialize({
			session_id: session.record.id,
			action: runEpochs,
			request_number: 1,
		}),
		Reset: envService.Reset.requestSerialize({
			session_id: session.record.id,
			request_number: 2,
		}),
		Watch: envService.Watch.requestSerialize({
			session_id: session.record.id,
			from_offset: 0,
		}),
	};
	valid.StepStream = valid.Step as Buffer;
	const codes = new Set<number | undefined>();
	for (const [name, method] of Object.entries(envService)) {
		const requests = [
			Buffer.from([0xff]),
			Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
			// Groups within groups, each of one byte.
			Buffer.alloc(100_000, 0x0b),
			...Array.from({ length: 15 }, () =>
				Buffer.from(Array.from({ length: next() }, next)),
			),
			...Array.from({ length: valid[name] ? 40 : 0 }, () => {
				const bytes = Buffer.from(valid[name] as Buffer);
				for (let flips = next() % 3; flips >= 0; flips--)
					bytes[next() % bytes.length] = next();
				return bytes;
			}),
		];
		for (const bytes of requests) {
			const error = await send(
				channel,
				method as unknown as Parameters<typeof send>[1],
				bytes,
			);
			codes.add(error?.code);
			assert.ok(
				error?.code !== grpc.status.INTERNAL &&
					error?.code !== grpc.status.UNKNOWN,
				`${name} answered ${error?.message} to ${bytes.toString("hex").slice(0, 200)}`,
			);
		}
	}
	assert.ok(codes.has(grpc.status.INVALID_ARGUMENT));
	assert.equal((await server.ask(envService.ListTasks, {})).tasks.length, 2);
	for (const { error } of server.calls.all)
		assert.notEqual(error?.reason, "INTERNAL", String(error?.cause));
});

test("Bytes that are no message are refused as such.", async (context) => {
	const { server } = await serve(context);
	for (const method of [envService.Step, envService.StepStream]) {
		const raw = {
			path: method.path,
			requestSerialize: asBytes,
			responseDeserialize: asBytes,
		};
		const bytes = Buffer.from([0x12, 0x7f]);
		const error = await refusal(
			method === envService.Step
				? server.ask(raw, bytes)
				: server.stream(raw, bytes).next(),
		);
		assert.equal(error.code, "INVALID_ARGUMENT");
		assert.equal(error.reason, "INVALID_FIELD");
		assert.match(error.message, /no message of this call's type/);
	}
});

test("Texts that are long, or that cannot stand in a header, are refused with a reason and a quotation.", async (context) => {
	const { server } = await serve(context);
	const { id } = (await openSession(server)).record;
	const long = "x".repeat(3_000_000);
	const cases: [string, RegExp, () => Promise<unknown>][] = [
		[
			"task_id",
			/No task is called "xxx/,
			() => server.ask(envService.CreateSession, { task_id: long }),
		],
		[
			"task_id",
			/No task is called "\uFFFD?😀/,
			() =>
				server.ask(envService.CreateSession, { task_id: "😀".repeat(2000) }),
		],
		[
			"environment",
			/"xxx/,
			() => server.ask(envService.ListTasks, { environment: long }),
		],
		[
			"session_id",
			/"x{39}.?"? is not a session id/,
			() =>
				server.ask(envService.GetSession, {
					session_id: `${"x".repeat(39)}😀`,
				}),
		],
		[
			"session_id",
			/is not a session id/,
			() =>
				server
					.stream(envService.Watch, { session_id: `${"x".repeat(39)}😀` })
					.next(),
		],
		[
			"session_id",
			/"\n%0a/,
			() => server.ask(envService.GetSession, { session_id: "\n%0a" }),
		],
		[
			"options.views",
			/VIEW_TEXT, VIEW_TEXT/,
			() =>
				server.ask(envService.CreateSession, {
					task_id: COUNTER,
					options: {
						views: Array.from({ length: 100_000 }, () => "VIEW_TEXT" as const),
					},
				}),
		],
		[
			"page_token",
			/page_token/,
			() =>
				server.ask(envService.ListSessions, {
					owner_key: "o",
					page_token: long,
				}),
		],
		[
			"idempotency_key",
			/3000000 characters/,
			() =>
				server.ask(envService.CreateSession, {
					task_id: COUNTER,
					idempotency_key: long,
				}),
		],
	];
	for (const [field, message, call] of cases) {
		const error = await refusal(call());
		assert.deepEqual(error.fields, [field]);
		assert.equal(error.code, "INVALID_ARGUMENT");
		assert.match(error.message, message);
	}
	await server.ask(envService.GetSession, { session_id: id });
});

test("Bytes that are no gRPC at all, and connections that break off, do not disturb the server.", async (context) => {
	const { server } = await serve(context);
	const drawn = drawBytes(11);
	for (const bytes of [
		Buffer.from("GET / HTTP/1.1\r\nhost: x\r\n\r\n"),
		Buffer.from(
			Array.from({ length: 5000 }, () => drawn.next().value as number),
		),
		Buffer.concat([
			Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
			Buffer.from(
				Array.from({ length: 5000 }, () => drawn.next().value as number),
			),
		]),
		Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"),
	]) {
		const socket = connect(server.port, "127.0.0.1");
		socket.on("error", () => {});
		await once(socket, "connect");
		const closed = once(socket, "close");
		await new Promise<void>((resolve) => socket.end(bytes, () => resolve()));
		socket.destroy();
		await closed;
		await server.ask(envService.ListTasks, {});
	}
});
