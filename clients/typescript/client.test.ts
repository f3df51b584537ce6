import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import type { Environment } from "../../src/environments/environment.js";
import { NightshiftError } from "../../src/errors.js";
import {
	startCuttableWay,
	startTestServer,
	type TestServerOptions,
} from "../../src/server/testing.js";
import {
	COUNTER,
	CounterEnvironment,
	ManualClock,
} from "../../src/sessions/testing.js";
import {
	type Action,
	type EnvSession,
	NightshiftClient,
	NightshiftRpcError,
} from "./index.js";

const run = (num_epochs: number): Action => ({ run_epochs: { num_epochs } });
const add = (new_lr: number): Action => ({ adjust_learning_rate: { new_lr } });
const submit: Action = { submit_model: {} };
const impossible: Action = { configure_training: {} };

async function serve(
	context: TestContext,
	options: Partial<TestServerOptions> = {},
) {
	const environment = new CounterEnvironment();
	const server = await startTestServer(context, {
		environment: environment as Environment,
		...options,
	});
	const client = server.client();
	return { environment, server, client };
}

/** What a call was rejected with. */
async function rejection(call: Promise<unknown>): Promise<NightshiftRpcError> {
	const error = await call.then(
		() => assert.fail("it was answered"),
		(thrown: unknown) => thrown,
	);
	assert.ok(error instanceof NightshiftRpcError, String(error));
	return error;
}

const epochsOf = ({ observation }: Pick<EnvSession, "observation">) =>
	observation.training?.current_epoch;

test("An episode through the client: created, stepped, watched over, finished and reset.", async (context) => {
	const { client } = await serve(context);
	await client.waitForReady(10_000);
	assert.deepEqual(
		(await client.listTasks("training")).map(({ id }) => id),
		[COUNTER, "training/score_only"],
	);
	const session = await client.createSession(COUNTER, {
		seed: 2n ** 64n - 1n,
		split: "validation",
		rewardMode: "score",
		views: ["typed", "text"],
		leaseSeconds: 30.5,
		ownerKey: "me",
	});
	assert.equal(session.info.seed, "18446744073709551615");
	assert.equal(session.info.split, "SPLIT_VALIDATION");
	assert.equal(session.info.options?.reward_mode, "REWARD_MODE_SCORE");
	assert.deepEqual(session.info.options?.lease, {
		seconds: "30",
		nanos: 500_000_000,
	});
	const progress: unknown[] = [];
	const answer = await session.step(run(3), {
		onProgress: (told) => progress.push(told.training?.epoch_of_call),
	});
	assert.deepEqual(progress, [1, 2, 3]);
	assert.equal(answer.step, 1);
	assert.equal(epochsOf(session), 3);
	assert.match(session.observation.text as string, /after 3 epochs/);
	await session.renew(60);
	assert.equal(session.info.options?.lease?.seconds, "60");
	const finished = await session.finish();
	assert.equal(finished.reward, finished.result?.score);
	assert.deepEqual((await session.finish()).result, finished.result);
	const first = await session.reset({ seed: 5 });
	assert.equal(first.training?.current_epoch, 0);
	assert.equal(session.info.episode, 2);
	assert.equal(session.info.seed, "5");
	assert.equal((await session.refresh()).state, "SESSION_STATE_IDLE");
	assert.deepEqual(
		(await client.listSessions("me")).map(({ session_id }) => session_id),
		[session.id],
	);
	await session.close();
	assert.equal((await session.refresh()).state, "SESSION_STATE_ENDED");
});

test("Errors come with code, reason, fields, delay and facts, and say whether the agent is at fault.", async (context) => {
	const { client, environment } = await serve(context, { maxSessions: 1 });
	const session = await client.createSession(COUNTER);
	const malformed = await rejection(session.step(run(21)));
	assert.equal(malformed.code, "INVALID_ARGUMENT");
	assert.equal(malformed.reason, "INVALID_FIELD");
	assert.deepEqual(malformed.violations, [
		{
			field: "action.run_epochs.num_epochs",
			description: "21 is not allowed; 1 to 20.",
		},
	]);
	assert.match(malformed.message, /21 is not allowed/);
	assert.equal(malformed.isAgentFault, true);
	const refused = await rejection(session.step(impossible));
	assert.equal(refused.code, "FAILED_PRECONDITION");
	assert.equal(refused.reason, "ACTION_NOT_POSSIBLE");
	assert.equal(refused.isAgentFault, true);
	const many = await rejection(client.createSession(COUNTER));
	assert.equal(many.code, "RESOURCE_EXHAUSTED");
	assert.equal(many.reason, "TOO_MANY_SESSIONS");
	assert.equal(many.retryAfterMs, 5000);
	assert.equal(many.isAgentFault, false);
	environment.failure = new Error("a defect");
	const defect = await rejection(session.step(run(1)));
	assert.equal(defect.code, "INTERNAL");
	assert.match(defect.metadata.incident as string, /^[0-9a-f]{12}$/);
	await session.step(submit);
	const ended = await rejection(session.step(run(1)));
	assert.equal(ended.reason, "EPISODE_ENDED");
	assert.equal(ended.isAgentFault, false);
});

test("Each step has a number of its own; a number that is given again gives the stored answer.", async (context) => {
	const { client, environment } = await serve(context);
	const session = await client.createSession(COUNTER);
	await session.step(run(1));
	await rejection(session.step(impossible));
	const answer = await session.step(run(2));
	assert.equal(session.lastRequestNumber, 3n);
	const again = await session.step(run(2), { requestNumber: 3n });
	assert.equal(again.replayed, true);
	assert.deepEqual(again.observation, answer.observation);
	assert.deepEqual(environment.performed, ["run", "run"]);
	const same = await rejection(session.step(add(1), { requestNumber: 3n }));
	assert.equal(same.reason, "REQUEST_MISMATCH");
	await session.step(add(1), { requestNumber: 10n });
	await session.step(add(1));
	assert.equal(session.lastRequestNumber, 11n);
});

test("A cancelled step's number is not used for another action, and can be asked for again.", async (context) => {
	const { client, environment, server } = await serve(context);
	const session = await client.createSession(COUNTER);
	const cancel = async () => {
		environment.epochGate.shut();
		const cancelling = new AbortController();
		const asked = rejection(
			session.step(run(2), { signal: cancelling.signal }),
		);
		await environment.epochGate.holds();
		cancelling.abort();
		const error = await asked;
		assert.equal(error.code, "CANCELLED");
		await server.sessions.get(session.id).settled();
		environment.epochGate.open();
	};
	await cancel();
	const taken = await session.step(run(2), {
		requestNumber: session.lastRequestNumber,
	});
	assert.equal(taken.step, 1);
	assert.equal(epochsOf(session), 2);
	assert.equal(session.observation.training?.remaining_budget, 98);
	await cancel();
	assert.equal((await session.step(run(1))).step, 2);
	assert.equal(epochsOf(session), 3);
	assert.equal(session.observation.training?.remaining_budget, 96);
});

test("Two steps at the same moment are two steps: the second is asked again until the first is done.", async (context) => {
	const { client, environment, server } = await serve(context);
	const session = await client.createSession(COUNTER);
	environment.epochGate.shut();
	const both = [session.step(run(1)), session.step(run(1))];
	await environment.epochGate.holds();
	const busy = await server.calls.ended("Step");
	assert.equal(busy.error?.reason, "SESSION_BUSY");
	environment.epochGate.open();
	const answers = await Promise.all(both);
	assert.deepEqual(new Set(answers.map(({ step }) => step)), new Set([1, 2]));
	assert.equal(epochsOf(session), 2);
});

test("A step whose worker is lost is asked again by its number, and trains no epoch twice.", async (context) => {
	const { client, environment, server } = await serve(context);
	const session = await client.createSession(COUNTER);
	environment.epochGate.shut();
	const asked = session.step(run(3));
	await environment.epochGate.holds();
	environment.epochGate.letOn();
	await environment.epochGate.holds();
	environment.failure = new NightshiftError("WORKER_LOST", "lost");
	environment.epochGate.open();
	const answer = await asked;
	assert.equal((await server.calls.ended("Step")).error?.reason, "WORKER_LOST");
	assert.equal(answer.step, 1);
	assert.equal(epochsOf(session), 3);
	assert.equal(session.observation.training?.remaining_budget, 97);
});

test("A step whose connection is lost is asked again over a new one by its number.", async (context) => {
	const { environment, server } = await serve(context);
	const way = await startCuttableWay(context, server);
	const client = new NightshiftClient(way.address);
	context.after(() => client.close());
	const session = await client.createSession(COUNTER);
	environment.epochGate.shut();
	for (const onProgress of [undefined, () => {}]) {
		const asked = session.step(run(2), onProgress && { onProgress });
		await environment.epochGate.holds();
		environment.epochGate.letOn();
		await environment.epochGate.holds();
		way.cut();
		// The second attempt is held in the epoch that was cut.
		await server.sessions.get(session.id).settled();
		await environment.epochGate.holds();
		environment.epochGate.open();
		const answer = await asked;
		assert.equal(answer.replayed, false);
		environment.epochGate.shut();
	}
	assert.equal(session.lastRequestNumber, 2n);
	assert.equal(epochsOf(session), 4);
	assert.equal(session.observation.training?.remaining_budget, 96);
});

test("A server that cannot be reached is an UNAVAILABLE error in the end, and a sentence for who waits for it.", async (context) => {
	const { client, server } = await serve(context);
	const session = await client.createSession(COUNTER);
	await server.drain();
	const error = await rejection(session.step(run(1), { timeoutMs: 400 }));
	assert.match(error.code, /UNAVAILABLE|DEADLINE_EXCEEDED/);
	const late = new NightshiftClient(server.address);
	context.after(() => late.close());
	await assert.rejects(
		late.waitForReady(50),
		/No Nightshift server answers at 127\.0\.0\.1:\d+; start one with/,
	);
});

test("A client that is closed while it waits for its server waits no longer, and asks no more.", {
	timeout: 60_000,
}, async (context) => {
	let connections = 0;
	const silent = createServer((socket) => {
		connections += 1;
		context.after(() => socket.destroy());
	}).listen(0, "127.0.0.1");
	await once(silent, "listening");
	const { port } = silent.address() as { port: number };
	const client = new NightshiftClient(`127.0.0.1:${port}`);
	const ready = client.waitForReady(2 ** 31 - 1);
	await once(silent, "connection");
	client.close();
	await assert.rejects(ready, /No Nightshift server answers/);
	silent.close();
	assert.equal(connections, 1);
});

test("A time-out holds for all attempts of a call together: none is made that would come too late.", async (context) => {
	const { client, environment, server } = await serve(context);
	const session = await client.createSession(COUNTER);
	environment.start = async () => {
		throw new RangeError("Array buffer allocation failed");
	};
	// The server says to ask again in five seconds.
	const error = await rejection(session.reset({ timeoutMs: 5000 }));
	assert.equal(error.reason, "OUT_OF_MEMORY");
	assert.equal(error.retryAfterMs, 5000);
	assert.equal(
		server.calls.all.filter(({ method }) => method === "Reset").length,
		1,
	);
});

test("A signal ends a call that waits to be repeated, and one that was aborted before it begins.", async (context) => {
	const { client, environment, server } = await serve(context);
	const session = await client.createSession(COUNTER);
	environment.epochGate.shut();
	const running = session.step(run(1));
	await environment.epochGate.holds();
	const cancelling = new AbortController();
	const repeated = rejection(
		session.step(add(1), { signal: cancelling.signal }),
	);
	await server.calls.ended("Step");
	cancelling.abort();
	assert.equal((await repeated).code, "CANCELLED");
	environment.epochGate.open();
	await running;
	const aborted = { signal: AbortSignal.abort() };
	const calls = [
		() => session.step(add(1), aborted),
		() => session.step(run(1), { ...aborted, onProgress: () => {} }),
		() => session.finish(aborted),
		() => session.reset(aborted),
		() => session.watch(aborted).next(),
		() => client.createSession(COUNTER, aborted),
	];
	for (const call of calls)
		assert.equal((await rejection(call())).code, "CANCELLED");
	assert.equal((await session.refresh()).step, 1);
	assert.equal(session.info.episode, 1);
});

test("Watching is an async iteration: it waits, it ends with the session, and leaving it gives the stream back.", async (context) => {
	const { client, server } = await serve(context, { maxWatchers: 1 });
	const session = await client.createSession(COUNTER);
	for await (const event of session.watch()) {
		assert.equal(event.event, "episode_started");
		break;
	}
	await server.calls.ended("Watch");
	const watching = session.watch({ fromOffset: 1n });
	const next = watching.next();
	await session.step(add(1));
	assert.equal((await next).value?.event, "action_started");
	const names: unknown[] = [];
	const rest = (async () => {
		for await (const { event } of watching) names.push(event);
	})();
	await session.close();
	await rest;
	assert.deepEqual(names, [
		"action_completed",
		"episode_ended",
		"session_ended",
	]);
	const controller = new AbortController();
	const aborted = session.watch({
		fromOffset: 1000,
		signal: controller.signal,
	});
	assert.equal((await aborted.next()).done, true);
});

test("A watch is ended by its signal, and by its time-out.", async (context) => {
	const { client, server } = await serve(context);
	const session = await client.createSession(COUNTER);
	const controller = new AbortController();
	const watching = session.watch({ signal: controller.signal });
	await watching.next();
	const next = rejection(watching.next());
	controller.abort();
	assert.equal((await next).code, "CANCELLED");
	await server.calls.ended("Watch");
	const timed = session.watch({ fromOffset: 1000, timeoutMs: 100 });
	assert.equal((await rejection(timed.next())).code, "DEADLINE_EXCEEDED");
});

test("What progress is told to may throw: the call fails with that, and the work stops.", async (context) => {
	const { client, environment, server } = await serve(context);
	const session = await client.createSession(COUNTER);
	environment.epochGate.shut();
	const asked = session.step(run(2), {
		onProgress: () => {
			throw new Error("enough");
		},
	});
	const failed = assert.rejects(asked, /enough/);
	await environment.epochGate.holds();
	environment.epochGate.letOn();
	await failed;
	const told = await server.calls.ended("StepStream");
	assert.equal(told.error?.reason, "CALL_CANCELLED");
});

test("What the wire would drop, round or change of an action is refused before it is sent, with its field; nothing is counted.", async (context) => {
	const { client } = await serve(context);
	const session = await client.createSession(COUNTER);
	const wrong: readonly (readonly [unknown, string])[] = [
		[{ configure_training: { optimizer: "adam" } }, "optimizer"],
		[{ configure_training: { lr: 0.1 } }, "lr"],
		[{ run_epochs: { num_epochs: 1.5 } }, "num_epochs"],
		[{ run_epochs: { num_epochs: -1 } }, "num_epochs"],
	];
	for (const [action, field] of wrong)
		await assert.rejects(session.step(action as Action), (error) => {
			assert.ok(error instanceof NightshiftRpcError);
			assert.deepEqual(
				[error.code, error.reason, error.isAgentFault],
				["INVALID_ARGUMENT", "INVALID_FIELD", true],
			);
			assert.ok(error.violations[0]?.field.endsWith(`.${field}`));
			return true;
		});
	assert.equal(session.lastRequestNumber, 0n);
	await session.step(add(0.5));
	assert.equal(session.lastRequestNumber, 1n);
});

test("A seed that is no whole number of 64 bits, or not exact, is refused before it is sent.", async (context) => {
	const { client } = await serve(context);
	for (const seed of [
		-1,
		-1n,
		1.5,
		2 ** 53,
		2n ** 64n,
		"1e3",
		"",
		" 7",
		"99999999999999999999",
	])
		await assert.rejects(
			client.createSession(COUNTER, { seed }),
			/The seed .* is not allowed; a whole number from 0 to 2\^64-1/,
		);
	const session = await client.createSession(COUNTER, {
		seed: "18446744073709551615",
	});
	assert.equal(session.info.seed, "18446744073709551615");
	await assert.rejects(session.reset({ seed: -1 }), RangeError);
});

test("After the client is closed its calls fail with the client's own error.", async (context) => {
	const { client } = await serve(context);
	const session = await client.createSession(COUNTER);
	client.close();
	for (const call of [
		client.listTasks(),
		session.step(run(1)),
		session.watch().next(),
	])
		await rejection(call);
});

test("A session's object shows how it ended when its lease ran out.", async (context) => {
	const clock = new ManualClock();
	const { client, server } = await serve(context, { clock });
	const session = await client.createSession(COUNTER, { leaseSeconds: 10 });
	await session.step(run(1));
	const watching = session.watch({ fromOffset: 5 });
	const ending = (async () => {
		for await (const { episode_ended } of watching)
			if (episode_ended) return episode_ended.result;
		return undefined;
	})();
	clock.advance(10_000);
	const result = await ending;
	assert.equal(result?.end_reason, "END_REASON_LEASE_EXPIRED");
	assert.deepEqual((await session.refresh()).result, result);
	const ended = await rejection(session.step(run(1)));
	assert.equal(ended.reason, "SESSION_ENDED");
	assert.equal(server.sessions.openCount, 0);
});
