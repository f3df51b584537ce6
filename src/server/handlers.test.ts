import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:http2";
import { after, type TestContext, test } from "node:test";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { callUnary } from "../../clients/typescript/calls.js";
import { envService } from "../../clients/typescript/contract.js";
import {
	NightshiftClient,
	NightshiftRpcError,
} from "../../clients/typescript/index.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { SessionEvent } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import type { Environment } from "../environments/environment.js";
import { EventLog } from "../sessions/event-log.js";
import type { Session } from "../sessions/session.js";
import { COUNTER, CounterEnvironment } from "../sessions/testing.js";
import {
	createTinyEnvironment,
	createTrainer,
	HeldTrainer,
	TINY,
} from "../sessions/testing-training.js";
import {
	fixedBytes,
	readWireError,
	refusal,
	startCuttableWay,
	startTestServer,
	streamStep,
	type TestServer,
} from "./testing.js";

const trainer = await createTrainer();
after(() => trainer.close());

const configure: Action = {
	configure_training: {
		learning_rate: 0.002,
		batch_size: 32,
		dropout: 0.2,
		augmentation: true,
	},
};
const runEpochs: Action = { run_epochs: { num_epochs: 3 } };
const submit: Action = { submit_model: {} };

interface Held {
	readonly server: TestServer;
	readonly held: HeldTrainer;
	readonly session: Session;
	readonly id: string;
	/** The step that is cut, as a request. */
	readonly request: {
		session_id: string;
		action: Action;
		request_number: number;
	};
}

/** A server with one configured session of the training environment, whose epochs can be held. */
async function open(context: TestContext): Promise<Held> {
	const held = new HeldTrainer(trainer);
	const server = await startTestServer(context, {
		environment: createTinyEnvironment(held),
	});
	const { session } = await server.ask(envService.CreateSession, {
		task_id: TINY,
		seed: 11,
	});
	const id = session?.session_id as string;
	await server.ask(envService.Step, {
		session_id: id,
		action: configure,
		request_number: 1,
	});
	return {
		server,
		held,
		id,
		session: server.sessions.get(id),
		request: { session_id: id, action: runEpochs, request_number: 2 },
	};
}

/** What the step, and the submission after it, come to when nothing cuts them. */
let uncutAnswers: Promise<[string, string]> | undefined;
function uncut(context: TestContext): Promise<[string, string]> {
	uncutAnswers ??= open(context).then(async ({ server, id, request }) => [
		fixedBytes(await server.ask(envService.Step, request)),
		fixedBytes(
			await server.ask(envService.Step, {
				session_id: id,
				action: submit,
				request_number: 3,
			}),
		),
	]);
	return uncutAnswers;
}

/** Lets one epoch through and waits until the next is held. */
async function trainOneEpoch({ held }: Held): Promise<void> {
	await held.epochGate.holds();
	held.epochGate.letOn();
	await held.epochGate.holds();
}

/** The session is usable, has its whole epochs, and the same number comes to the bytes of an uncut call. */
async function assertTakenUp(context: TestContext, cut: Held): Promise<void> {
	const { server, session, held, id, request } = cut;
	await session.settled();
	const now = await server.ask(envService.GetSession, { session_id: id });
	assert.equal(now.session?.state, "SESSION_STATE_IDLE");
	assert.equal(now.observation?.training?.current_epoch, 1);
	assert.equal(now.observation?.training?.remaining_budget, 4);
	held.epochGate.open();
	const [step, end] = await uncut(context);
	const { result } = await streamStep(server, request);
	assert.equal(fixedBytes(result), step);
	assert.equal(result.replayed, false);
	const again = await server.ask(envService.Step, request);
	assert.equal(again.replayed, true);
	assert.equal(fixedBytes(again), step);
	assert.equal(
		fixedBytes(
			await server.ask(envService.Step, {
				session_id: id,
				action: submit,
				request_number: 3,
			}),
		),
		end,
	);
}

const isCut = (code: string) => (error: unknown) =>
	error instanceof NightshiftRpcError && error.code === code;

for (const kind of ["Step", "StepStream"] as const) {
	const ask = (
		{ server, request }: Held,
		control: Parameters<TestServer["ask"]>[2],
	) =>
		kind === "Step"
			? server.ask(envService.Step, request, control)
			: streamStep(server, request, control);

	test(`A client that cancels ${kind} in the middle of an epoch stops it, and its number takes it up with the bytes of an uncut call.`, async (context) => {
		const cut = await open(context);
		cut.held.epochGate.shut();
		const cancelling = new AbortController();
		const asked = ask(cut, { signal: cancelling.signal });
		await trainOneEpoch(cut);
		cancelling.abort();
		await assert.rejects(asked, isCut("CANCELLED"));
		const told = await cut.server.calls.ended(kind, kind === "Step" ? 2 : 1);
		assert.equal(told.error?.reason, "CALL_CANCELLED");
		await assertTakenUp(context, cut);
	});

	test(`A deadline that passes in the middle of an epoch of ${kind} stops it likewise.`, async (context) => {
		const cut = await open(context);
		cut.held.epochGate.shut();
		const cancelling = new AbortController();
		const first = ask(cut, { signal: cancelling.signal });
		await trainOneEpoch(cut);
		cancelling.abort();
		await assert.rejects(first, isCut("CANCELLED"));
		await cut.session.settled();
		// Taken up, it waits where it was cut until its time is over.
		await assert.rejects(
			ask(cut, { timeoutMs: 250 }),
			isCut("DEADLINE_EXCEEDED"),
		);
		await assertTakenUp(context, cut);
	});
}

for (const kind of ["Step", "StepStream"] as const)
	test(`A deadline that passes before the request of ${kind} has ended lets nothing begin.`, async (context) => {
		const { server, held, id, request } = await open(context);
		held.epochGate.shut();
		const connection = connect(`http://${server.address}`);
		context.after(() => connection.close());
		const call = connection.request(
			{
				":method": "POST",
				":path": envService[kind].path,
				"content-type": "application/grpc",
				te: "trailers",
				"grpc-timeout": "50m",
			},
			{ endStream: false },
		);
		const message = envService[kind].requestSerialize(request);
		const head = Buffer.alloc(5);
		head.writeUInt32BE(message.length, 1);
		call.write(Buffer.concat([head, message]));
		const [{ "grpc-status": status }] = await once(call, "response");
		assert.equal(Number(status), grpc.status.DEADLINE_EXCEEDED);
		call.end();
		// Answered after the end of the request was read.
		await promisify(connection.ping.bind(connection))();
		const now = await server.ask(envService.GetSession, { session_id: id });
		assert.equal(now.session?.state, "SESSION_STATE_IDLE");
	});

test("A lost connection stops the step likewise, and another connection takes it up.", async (context) => {
	const cut = await open(context);
	const way = await startCuttableWay(context, cut.server);
	const client = new NightshiftClient(way.address);
	context.after(() => client.close());
	const session = await client.openSession(cut.id);
	cut.held.epochGate.shut();
	const giveUp = new AbortController();
	const asked = session.step(runEpochs, {
		onProgress: () => {},
		signal: giveUp.signal,
	});
	await trainOneEpoch(cut);
	way.cut();
	const told = await cut.server.calls.ended("StepStream");
	assert.equal(told.error?.reason, "CALL_CANCELLED");
	giveUp.abort();
	await assert.rejects(asked, NightshiftRpcError);
	await assertTakenUp(context, cut);
});

test("Cut anywhere within real epochs, again and again, a step comes to the bytes of an uncut call.", async (context) => {
	const { server, request } = await open(context);
	const [expected] = await uncut(context);
	// Each round leaves after one message more of progress; the last one is left to end.
	for (let patience = 1; ; patience++) {
		let heard = 0;
		let bytes: string | undefined;
		for await (const { progress, result } of server.stream(
			envService.StepStream,
			request,
		)) {
			if (result) bytes = fixedBytes(result);
			if (progress && ++heard === patience) break;
		}
		await server.calls.ended("StepStream", patience);
		if (bytes !== undefined) {
			assert.equal(bytes, expected);
			break;
		}
	}
});

test("After a cut the session takes another action, and the cut epoch stays charged.", async (context) => {
	const cut = await open(context);
	const { server, held, session, id } = cut;
	held.epochGate.shut();
	const cancelling = new AbortController();
	const asked = server.ask(envService.Step, cut.request, cancelling);
	await trainOneEpoch(cut);
	cancelling.abort();
	await assert.rejects(asked);
	await session.settled();
	held.epochGate.open();
	const answer = await server.ask(envService.Step, {
		session_id: id,
		action: { run_epochs: { num_epochs: 1 } },
		request_number: 3,
	});
	assert.equal(answer.step, 2);
	assert.equal(answer.observation?.training?.current_epoch, 2);
	assert.equal(answer.observation?.training?.remaining_budget, 3);
	const passed = await refusal(server.ask(envService.Step, cut.request));
	assert.equal(passed.reason, "REQUEST_NUMBER_PASSED");
});

test("A step cut off in the last epoch of the budget is taken up over the wire too.", async (context) => {
	const cut = await open(context);
	const { server, held, session } = cut;
	const request = {
		...cut.request,
		action: { run_epochs: { num_epochs: 6 } },
	};
	held.epochGate.shut();
	const cancelling = new AbortController();
	const asked = server.ask(envService.Step, request, cancelling);
	for (let epoch = 1; epoch < 6; epoch++) await trainOneEpoch(cut);
	cancelling.abort();
	await assert.rejects(asked);
	await session.settled();
	held.epochGate.open();
	const answer = await server.ask(envService.Step, request);
	assert.equal(answer.observation?.training?.current_epoch, 6);
	assert.equal(answer.info?.training?.stop, "RUN_STOP_COMPLETED");
});

test("A submission and a finish can be cut and asked again.", async (context) => {
	const { server, held, session, id } = await open(context);
	const calls = [
		(signal?: AbortSignal) =>
			server.ask(
				envService.Step,
				{ session_id: id, action: submit, request_number: 2 },
				signal && { signal },
			),
		(signal?: AbortSignal) =>
			server.ask(envService.Finish, { session_id: id }, signal && { signal }),
	];
	for (const [index, call] of calls.entries()) {
		if (index > 0) {
			await server.ask(envService.Reset, { session_id: id });
		}
		held.gradeGate.shut();
		const cancelling = new AbortController();
		const asked = call(cancelling.signal);
		await held.gradeGate.holds();
		cancelling.abort();
		await assert.rejects(asked, isCut("CANCELLED"));
		await session.settled();
		held.gradeGate.open();
		assert.equal(session.record.episode.result, undefined);
		const answer = await call();
		assert.equal(answer.result?.episode, index + 1);
		assert.equal(typeof answer.result?.score, "number");
	}
});

test("Closing a session ends its running step with a sentence, and its watchers' streams.", async (context) => {
	const cut = await open(context);
	const { server, held, id, request } = cut;
	const watching = (async () => {
		const events = [];
		for await (const { event } of server.stream(envService.Watch, {
			session_id: id,
		}))
			events.push(event?.event);
		return events;
	})();
	held.epochGate.shut();
	const asked = server.ask(envService.Step, request);
	await trainOneEpoch(cut);
	const closing = server.ask(envService.CloseSession, { session_id: id });
	const error = await refusal(asked);
	assert.equal(error.reason, "CALL_CANCELLED");
	assert.match(error.message, /closed/);
	await closing;
	assert.deepEqual((await watching).slice(-3), [
		"action_interrupted",
		"episode_ended",
		"session_ended",
	]);
	await server.ask(envService.CloseSession, { session_id: id });
	const ended = await refusal(server.ask(envService.Step, request));
	assert.equal(ended.code, "FAILED_PRECONDITION");
	const { session } = await server.ask(envService.GetSession, {
		session_id: id,
	});
	assert.equal(session?.result?.score, undefined);
	assert.equal(session?.result?.end_reason, "END_REASON_ABANDONED");
});

test("Two clients that ask for the same number share the step, and one that leaves does not stop it.", async (context) => {
	const cut = await open(context);
	const { server, held, request } = cut;
	held.epochGate.shut();
	const first = streamStep(server, request);
	await trainOneEpoch(cut);
	const leaving = new AbortController();
	const channel = server.channel();
	const joined = callUnary(channel, envService.Step, request, leaving);
	// A connection's calls come in order: once this one is refused, the one before it has joined.
	const error = await refusal(
		callUnary(channel, envService.Step, { ...request, action: submit }),
	);
	assert.equal(error.reason, "REQUEST_MISMATCH");
	leaving.abort();
	await assert.rejects(joined, isCut("CANCELLED"));
	held.epochGate.open();
	const [expected] = await uncut(context);
	assert.equal(fixedBytes((await first).result), expected);
});

/** Tells a session's watchers so many events, of about a kilobyte. */
function tellMuch(session: Session, events: number): void {
	for (let index = 0; index < events; index++)
		session.events.append(index, 1, {
			session_ended: { reason: String(index).padEnd(1000, ".") },
		});
}

test("A watcher that does not read is waited for: what it has not taken is dropped in the end, and not kept for it.", async (context) => {
	const server = await startTestServer(context, {
		environment: new CounterEnvironment() as Environment,
	});
	const { session } = await server.ask(envService.CreateSession, {
		task_id: COUNTER,
	});
	const id = session?.session_id as string;
	const watched = server.sessions.get(id);
	const slow = server.stream(envService.Watch, { session_id: id });
	const fast = server.stream(envService.Watch, { session_id: id });
	await Promise.all([slow.next(), fast.next()]);
	const read: SessionEvent[] = [];
	for (let told = 0; told < 2 * EventLog.CAPACITY; told += 1000) {
		tellMuch(watched, 1000);
		while (read.length < told + 1000)
			read.push((await fast.next()).value?.event as SessionEvent);
	}
	assert.equal(read.length, 2 * EventLog.CAPACITY);
	let late = 0;
	const error = await refusal(
		(async () => {
			for await (const { event } of slow) {
				late += 1;
				assert.equal(Number(event?.offset), late);
			}
		})(),
	);
	assert.equal(error.reason, "EVENTS_DROPPED");
	assert.equal(error.code, "OUT_OF_RANGE");
	assert.ok(late < EventLog.CAPACITY, `${late} events were kept`);
	const oldest = error.metadata.oldest_offset as string;
	const next = await server
		.stream(envService.Watch, { session_id: id, from_offset: oldest })
		.next();
	assert.equal(next.value?.event?.offset, oldest);
	const gone = await refusal(
		server.stream(envService.Watch, { session_id: id, from_offset: 0 }).next(),
	);
	assert.equal(gone.reason, "EVENTS_DROPPED");
});

test("A step whose stream is not read runs to its end, and its answer is kept.", async (context) => {
	const environment = new CounterEnvironment({ textLength: 4000 });
	const server = await startTestServer(context, {
		environment: environment as Environment,
	});
	const { session } = await server.ask(envService.CreateSession, {
		task_id: COUNTER,
		options: { views: ["VIEW_TEXT"] },
	});
	const request = {
		session_id: session?.session_id as string,
		action: { run_epochs: { num_epochs: 20 } },
		request_number: 1,
	};
	const unread = server.stream(envService.StepStream, request);
	const first = await unread.next();
	assert.equal(first.value?.event, "progress");
	const repeated = await server.ask(envService.Step, request);
	assert.equal(repeated.step, 1);
	let last: string | undefined;
	for await (const { event } of unread) last = event;
	assert.equal(last, "result");
});

test("A stream that its reader leaves counts as cancelled, and the log says so.", async (context) => {
	const { server, id } = await open(context);
	for await (const _ of server.stream(envService.Watch, { session_id: id }))
		break;
	const told = await server.calls.ended("Watch");
	assert.equal(told.error?.reason, "CALL_CANCELLED");
});

test("Many streams at once are nothing to warn of, and leave nothing behind.", async (context) => {
	const { server, id } = await open(context);
	const warnings: Error[] = [];
	const warn = (warning: Error) => warnings.push(warning);
	process.on("warning", warn);
	context.after(() => process.off("warning", warn));
	const watching = Array.from({ length: 30 }, () =>
		server.stream(envService.Watch, { session_id: id }),
	);
	await Promise.all(watching.map((stream) => stream.next()));
	await server.ask(envService.CloseSession, { session_id: id });
	for (const stream of watching) for await (const _ of stream);
	await server.calls.ended("Watch", 30);
	assert.deepEqual(warnings, []);
});

test("A defect becomes INTERNAL with the name under which the log has its cause, and not the cause itself.", async (context) => {
	const environment = new CounterEnvironment();
	const server = await startTestServer(context, {
		environment: environment as Environment,
	});
	const { session } = await server.ask(envService.CreateSession, {
		task_id: COUNTER,
	});
	const secret = new Error("a secret of the server");
	environment.failure = secret;
	const error = await server
		.ask(envService.Step, {
			session_id: session?.session_id as string,
			action: { run_epochs: { num_epochs: 1 } },
		})
		.then(() => assert.fail("it was answered"), readWireError);
	assert.equal(error.code, "INTERNAL");
	assert.equal(error.reason, "INTERNAL");
	assert.doesNotMatch(error.message, /secret/);
	const told = await server.calls.ended("Step");
	assert.equal(told.error?.cause, secret);
	assert.equal(told.error?.metadata.incident, error.metadata.incident);
	assert.match(error.message, new RegExp(error.metadata.incident as string));
});
