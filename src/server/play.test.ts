import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { type ClientDuplexStream, Metadata } from "@grpc/grpc-js";
import { envService } from "../../clients/typescript/contract.js";
import type {
	Autoreset,
	LanesResult,
	NightshiftRpcError,
	PlayStream,
} from "../../clients/typescript/index.js";
import type { PlayRequest } from "../../proto/generated/nightshift/v1/PlayRequest.js";
import type { PlayResponse__Output } from "../../proto/generated/nightshift/v1/PlayResponse.js";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { COUNTER, CounterEnvironment } from "../sessions/testing.js";
import { refusal, startTestServer, type TestServer } from "./testing.js";

const AUTORESETS = ["disabled", "next-step", "same-step"] as const;
const WAIT = [4, 0, 0, 0, 0];
const COLUMNS = 528;

async function serve(context: TestContext) {
	const counter = new CounterEnvironment();
	const server = await startTestServer(context, {
		environment: [
			createSreEnvironment() as Environment,
			counter as Environment,
		],
	});
	return { server, counter };
}

async function create(
	server: TestServer,
	task_id = "sre/hard",
	seed: number | string = 1,
): Promise<string> {
	const { session } = await server.ask(envService.CreateSession, {
		task_id,
		seed,
		options: { views: ["VIEW_FLAT"] },
	});
	return session?.session_id as string;
}

/** The numbers 0..2^32-1 of a small generator. */
function numbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return state >>> 8;
	};
}

/** What a lane tells, out of the columns of all. */
function laneOf(told: LanesResult, lane: number, lanes: number) {
	const width = told.observations.length / lanes;
	const actions = told.actionMasks.length / lanes;
	return {
		observation: [
			...told.observations.subarray(lane * width, (lane + 1) * width),
		],
		mask: [...told.actionMasks.subarray(lane * actions, (lane + 1) * actions)],
		reward: told.rewards[lane],
		terminated: told.terminated[lane] === 1,
		truncated: told.truncated[lane] === 1,
		step: told.steps[lane],
	};
}

/** One lane as a client would play it by unary calls, with the seeds that the stream told. */
class UnaryLane {
	private hasEnded = false;

	constructor(
		private readonly server: TestServer,
		private readonly id: string,
		private readonly autoreset: Autoreset,
	) {}

	/** What a lane tells for a step, and beside it the final observation in same-step mode. */
	async step(levels: number[], seed: string | undefined) {
		if (this.hasEnded && this.autoreset !== "disabled")
			return { told: await this.reset(seed), final: undefined };
		const answer = await this.server.ask(envService.Step, {
			session_id: this.id,
			action: { flat: { levels } },
		});
		this.hasEnded = answer.result !== null && answer.result !== undefined;
		const told = {
			...toFlat(answer.observation?.flat),
			reward: answer.reward,
			terminated: answer.terminated,
			truncated: answer.truncated,
			step: answer.step,
		};
		if (!this.hasEnded || this.autoreset !== "same-step")
			return { told, final: undefined, result: answer.result };
		const first = await this.reset(seed);
		return {
			told: {
				...told,
				...first,
				reward: told.reward,
				terminated: told.terminated,
			},
			final: { observation: told.observation, mask: told.mask },
			result: answer.result,
		};
	}

	async reset(seed: string | undefined) {
		assert.ok(seed !== undefined, "the lane told no seed");
		const { observation } = await this.server.ask(envService.Reset, {
			session_id: this.id,
			seed,
		});
		this.hasEnded = false;
		return {
			...toFlat(observation?.flat),
			reward: 0,
			terminated: false,
			truncated: false,
			step: 0,
		};
	}
}

function toFlat(
	flat: { columns?: unknown[]; action_mask?: boolean[] } | null | undefined,
) {
	return {
		observation: (flat?.columns ?? []).map(Number),
		mask: (flat?.action_mask ?? []).map(Number),
	};
}

for (const autoreset of AUTORESETS)
	test(`1,000 random steps of lanes are byte for byte those of unary calls (${autoreset}).`, async (context) => {
		const { server } = await serve(context);
		const tasks = ["sre/hard", "sre/easy", "sre/hard_aliased", "sre/medium"];
		const lanes = tasks.length;
		const mine = await Promise.all(
			tasks.map((task, seed) => create(server, task, seed)),
		);
		const theirs = await Promise.all(
			tasks.map(
				async (task, seed) =>
					new UnaryLane(server, await create(server, task, seed), autoreset),
			),
		);
		const play = server.client().play();
		await play.setLanes(
			// Two seeds each, then the server draws.
			mine.map((session, lane) => ({
				session,
				autoreset,
				seeds: [`${2n ** 64n - 1n - BigInt(lane)}`, 7 + lane],
			})),
		);
		const next = numbers(3);
		let finals = 0;
		for (let step = 0; step < 1000 / lanes; step++) {
			const levels = Array.from({ length: 5 * lanes }, (_, at) =>
				at % 5 === 0 ? next() % 5 : next() % 16,
			);
			const told = await play.stepLanes({ levels });
			assert.deepEqual(told.errors, []);
			const seeds = new Map(
				told.startedLanes.map((lane, place) => [
					lane,
					String(told.startedSeeds[place]),
				]),
			);
			for (const [lane, other] of theirs.entries()) {
				const row = levels.slice(5 * lane, 5 * lane + 5);
				const expected = await other.step(row, seeds.get(lane));
				assert.deepEqual(laneOf(told, lane, lanes), expected.told);
				const ended = told.endedLanes.indexOf(lane);
				assert.deepEqual(told.results[ended], expected.result ?? undefined);
				if (expected.final === undefined) continue;
				const row2 = told.endedLanes.indexOf(lane);
				assert.deepEqual(
					[
						...told.finalObservations.subarray(
							row2 * COLUMNS,
							(row2 + 1) * COLUMNS,
						),
					],
					expected.final.observation,
				);
				assert.deepEqual(
					[...told.finalActionMasks.subarray(row2 * 5, (row2 + 1) * 5)],
					expected.final.mask,
				);
				finals += 1;
			}
			if (step < 60 && seeds.size > 0 && autoreset !== "disabled")
				assert.equal(seeds.get(1), step < 40 ? `${2n ** 64n - 2n}` : "8");
			if (autoreset === "disabled" && told.endedLanes.length > 0) {
				const again = await play.resetLanes({ lanes: told.endedLanes });
				assert.deepEqual(again.startedLanes, told.endedLanes);
				for (const [place, lane] of told.endedLanes.entries())
					assert.deepEqual(
						laneOf(again, lane, lanes),
						await theirs[lane]?.reset(String(again.startedSeeds[place])),
					);
			}
		}
		assert.equal(finals > 0, autoreset === "same-step");
		await play.close();
	});

test("Columns that were chosen are told alone, in the order that was asked for.", async (context) => {
	const { server } = await serve(context);
	const sessions = [await create(server), await create(server, "sre/easy", 2)];
	const twins = [await create(server), await create(server, "sre/easy", 2)];
	for (const columns of [
		[16, 17, 18, 19],
		[400, 0, 23, 5],
	]) {
		const play = server.client().play();
		const whole = server.client().play();
		const lanesOf = (ids: string[]) =>
			ids.map((session) => ({
				session,
				autoreset: "same-step" as const,
				seeds: [5],
			}));
		await play.setLanes(lanesOf(sessions), { columns });
		await whole.setLanes(lanesOf(twins));
		for (let step = 0; step < 31; step++) {
			const levels = [...WAIT, 0, 2, 0, 0, 0];
			const some = await play.stepLanes({ levels });
			const all = await whole.stepLanes({ levels });
			const chosen = (from: Float32Array) =>
				Array.from({ length: from.length / COLUMNS }, (_, row) =>
					columns.map((column) => from[row * COLUMNS + column]),
				).flat();
			assert.deepEqual([...some.observations], chosen(all.observations));
			assert.deepEqual(
				[...some.finalObservations],
				chosen(all.finalObservations),
			);
		}
		await play.close();
		await whole.close();
	}
});

test("A lane that has ended answers EPISODE_ENDED in-band until it is reset, where it does not start again by itself; the others go on.", async (context) => {
	const { server } = await serve(context);
	const play = server.client().play();
	const ids = [await create(server), await create(server, "sre/easy")];
	await play.setLanes([
		{ session: ids[0] as string },
		{ session: ids[1] as string, autoreset: "next-step" },
	]);
	const levels = [...WAIT, ...WAIT];
	for (let step = 1; step < 30; step++) await play.stepLanes({ levels });
	const last = await play.stepLanes({ levels });
	assert.deepEqual(last.endedLanes, [0, 1]);
	assert.deepEqual(
		[...last.rewards],
		last.results.map(({ score }) => score),
	);
	const after = await play.stepLanes({ levels });
	assert.deepEqual(
		after.errors.map(({ lane, error }) => [lane, error.reason]),
		[[0, "EPISODE_ENDED"]],
	);
	assert.deepEqual([...after.rewards], [0, 0]);
	assert.deepEqual([...after.terminated], [0, 0]);
	assert.deepEqual([...after.steps], [30, 0]);
	assert.deepEqual(after.startedLanes, [1]);
	assert.deepEqual(
		[...after.observations.subarray(0, COLUMNS)],
		[...last.observations.subarray(0, COLUMNS)],
	);
	const reset = await play.resetLanes({ lanes: [0], seeds: [9n] });
	assert.deepEqual([...reset.startedSeeds], [9n]);
	assert.deepEqual([...reset.steps], [0, 0]);
	assert.deepEqual([...reset.episodes], [2, 2]);
	const on = await play.stepLanes({ levels });
	assert.deepEqual(on.errors, []);
	await play.close();
});

test("What is wrong with one lane is told in-band, with the field at fault, and costs the others nothing.", async (context) => {
	const { server } = await serve(context);
	const play = server.client().play();
	const ids = [
		await create(server),
		await create(server),
		await create(server),
	];
	await play.setLanes(ids.map((session) => ({ session })));
	const told = await play.stepLanes({
		levels: [...WAIT, 9, 0, 0, 0, 0, ...WAIT],
	});
	assert.deepEqual([...told.steps], [1, 0, 1]);
	const [failed] = told.errors;
	assert.equal(failed?.lane, 1);
	assert.equal(failed?.error.code, "INVALID_ARGUMENT");
	assert.equal(failed?.error.reason, "INVALID_FIELD");
	assert.deepEqual(failed?.error.violations, [
		{
			field: "action.flat.levels[0]",
			description: "9 is not allowed; 0 to 4.",
		},
	]);
	assert.equal(
		server.sessions.get(ids[1] as string).record.episode.freeCalls,
		1,
	);
	await server.ask(envService.CloseSession, {
		session_id: ids[2] as string,
	});
	const closed = await play.stepLanes({ levels: [...WAIT, ...WAIT, ...WAIT] });
	assert.deepEqual(
		closed.errors.map(({ lane, error }) => [lane, error.reason]),
		[[2, "SESSION_ENDED"]],
	);
	assert.ok(
		closed.observations.subarray(2 * COLUMNS).every((value) => value === 0),
	);
	assert.deepEqual([...closed.steps], [2, 1, 1]);
	await play.close();
});

test("A request that is wrong as a whole is refused in-band and changes nothing; the stream goes on.", async (context) => {
	const { server } = await serve(context);
	const play = server.client().play();
	const ids = [await create(server), await create(server)];
	const [first = "", second = ""] = ids;
	const unknown = "0".repeat(32);
	const counter = await create(server, COUNTER);
	const cases: [() => Promise<unknown>, string, RegExp][] = [
		[() => play.stepLanes({ levels: WAIT }), "INVALID_FIELD", /send PlayLanes/],
		[() => play.setLanes([]), "INVALID_FIELD", /1 to 512/],
		[() => play.setLanes([{ session: unknown }]), "SESSION_LOST", /./],
		[() => play.setLanes([{ session: "x" }]), "INVALID_FIELD", /32 hex/],
		[
			() => play.setLanes([{ session: first }, { session: first }]),
			"INVALID_FIELD",
			/lanes\[1\].*one lane/,
		],
		[
			() => play.setLanes([{ session: first }, { session: counter }]),
			"INVALID_FIELD",
			/lanes\[1\].*training environment/,
		],
		[
			() => play.setLanes([{ session: first }], { columns: [528] }),
			"INVALID_FIELD",
			/columns\[0\].*0 to 527/,
		],
		[() => play.step(unknown, { wait: {} }), "SESSION_LOST", /./],
		[() => play.step(first, {}), "WRONG_ACTION", /./],
		[() => play.reset(first, { taskId: "sre/none" }), "UNKNOWN_TASK", /./],
	];
	const refusedBy = async (
		call: () => Promise<unknown>,
		reason: string,
		message: RegExp,
	) => {
		const error = await call().then(
			() => assert.fail(`${reason}: it was answered`),
			(thrown: NightshiftRpcError) => thrown,
		);
		assert.equal(error.reason, reason);
		assert.match(error.message, message);
	};
	for (const [call, reason, message] of cases)
		await refusedBy(call, reason, message);
	await play.setLanes([{ session: first }, { session: second }]);
	const later: typeof cases = [
		[
			() => play.stepLanes({ levels: WAIT }),
			"INVALID_FIELD",
			/has 5 entries; 5 are needed for each of 2 lanes/,
		],
		[
			() => play.stepLanes({ levels: [...WAIT, ...WAIT], seeds: { 2: [1] } }),
			"INVALID_FIELD",
			/seeds\[0\]\.lane.*0 to 1/,
		],
		[() => play.resetLanes({ lanes: [2] }), "INVALID_FIELD", /0 to 1/],
		[
			() => play.resetLanes({ lanes: [0], seeds: [1, 2] }),
			"INVALID_FIELD",
			/has 2 entries; one for each of 1 lanes/,
		],
	];
	for (const [call, reason, message] of later)
		await refusedBy(call, reason, message);
	const told = await play.stepLanes({
		levels: [...WAIT, ...WAIT],
		seeds: { 1: [4] },
	});
	assert.deepEqual([...told.steps], [1, 1]);
	await play.close();
});

/** A play stream without a client's care: it reads only when it is told to. */
function rawPlay(
	server: TestServer,
): ClientDuplexStream<PlayRequest, PlayResponse__Output> {
	return server
		.channel()
		.makeBidiStreamRequest(
			envService.Play.path,
			envService.Play.requestSerialize,
			envService.Play.responseDeserialize,
			new Metadata(),
		);
}

async function answers(
	call: ClientDuplexStream<PlayRequest, PlayResponse__Output>,
	count: number,
): Promise<PlayResponse__Output[]> {
	const all: PlayResponse__Output[] = [];
	for await (const answer of call) if (all.push(answer) === count) break;
	return all;
}

test("Bytes that are no request end the stream, once what came before is answered; a request without contents is refused in-band.", async (context) => {
	const { server } = await serve(context);
	const call = server
		.channel()
		.makeBidiStreamRequest(
			envService.Play.path,
			(bytes: Buffer) => bytes,
			envService.Play.responseDeserialize,
		);
	const told: PlayResponse__Output[] = [];
	call.on("data", (answer: PlayResponse__Output) => told.push(answer));
	call.write(
		envService.Play.requestSerialize({ request_id: "18446744073709551615" }),
	);
	call.write(Buffer.from([0xff, 0xff, 0xff]));
	const [error] = await once(call, "error");
	assert.equal(told.length, 1);
	assert.equal(told[0]?.request_id, "18446744073709551615");
	assert.match(told[0]?.error?.message ?? "", /request: is missing/);
	assert.equal(error.code, 3);
	assert.match(error.details, /no message of this call's type/);
	assert.equal(
		(await server.calls.ended("Play")).error?.reason,
		"INVALID_FIELD",
	);
});

/** Waits until a session has taken so many steps: the server has read all requests up to that one. */
async function stepsTaken(
	server: TestServer,
	id: string,
	count: number,
): Promise<void> {
	const never = new AbortController().signal;
	for await (const event of server.sessions.get(id).watch(undefined, never))
		if (event.action_completed?.step === count) return;
}

test("Answers come in the order of the requests, whatever they take; sessions that train do so at the same time.", async (context) => {
	const { server, counter } = await serve(context);
	const play = server.client().play();
	const [one, two, incident] = [
		await create(server, COUNTER),
		await create(server, COUNTER),
		await create(server),
	];
	await play.setLanes([{ session: incident }]);
	counter.epochGate.shut();
	const done: string[] = [];
	const note = (name: string) => (value: unknown) => {
		done.push(name);
		return value;
	};
	const all = [
		play.step(one, { run_epochs: { num_epochs: 1 } }).then(note("one")),
		play.step(two, { run_epochs: { num_epochs: 1 } }).then(note("two")),
		play
			.step(one, { adjust_learning_rate: { new_lr: 1 } })
			.then(note("one again")),
		play.reset(two, { seed: 3 }).then(note("two again")),
		play.stepLanes({ levels: WAIT }).then(note("lane")),
		play.step(incident, { wait: {} }).then(note("incident")),
	];
	await stepsTaken(server, incident, 2);
	await counter.epochGate.holds(2);
	// Quick requests behind them are done, and wait for their places.
	assert.deepEqual(done, []);
	assert.equal(server.sessions.get(one).record.episode.step, 0);
	counter.epochGate.open();
	await Promise.all(all);
	assert.deepEqual(done, [
		"one",
		"two",
		"one again",
		"two again",
		"lane",
		"incident",
	]);
	assert.equal(server.sessions.get(incident).record.episode.step, 2);
	assert.equal(server.sessions.get(one).record.episode.step, 2);
	await play.close();
});

test("Lanes that train take one step each at the same time, and batches queue; a masked flat action counts as a status.", async (context) => {
	const { server, counter } = await serve(context);
	const play = server.client().play();
	const ids = [
		await create(server, COUNTER, 1),
		await create(server, COUNTER, 2),
	];
	await play.setLanes(
		ids.map((session) => ({ session, autoreset: "same-step" })),
	);
	counter.epochGate.shut();
	const first = play.stepLanes({ levels: [1, 1] });
	const second = play.stepLanes({ levels: [1, 0] });
	const incident = await create(server);
	const last = play.step(incident, { wait: {} });
	await stepsTaken(server, incident, 1);
	await counter.epochGate.holds(2);
	counter.epochGate.open();
	const told = [await first, await second];
	await last;
	assert.deepEqual([...(told[0]?.steps ?? [])], [1, 1]);
	assert.deepEqual([...(told[1]?.steps ?? [])], [2, 1]);
	assert.deepEqual([...(told[1]?.rewards ?? [])], [0.25, 0]);
	const twin = await create(server, COUNTER, 1);
	for (const answer of told) {
		const { observation } = await server.ask(envService.Step, {
			session_id: twin,
			action: { flat: { levels: [1] } },
		});
		assert.deepEqual(
			[...answer.observations.subarray(0, 2)],
			observation?.flat?.columns,
		);
	}
	await play.close();
});

test("A step from outside is busy while a lane's runs, and a lane is busy in-band while one from outside runs.", async (context) => {
	const { server, counter } = await serve(context);
	const play = server.client().play();
	const ids = [
		await create(server, COUNTER, 1),
		await create(server, COUNTER, 2),
	];
	const [one = ""] = ids;
	await play.setLanes(ids.map((session) => ({ session })));
	const outside = () =>
		server.ask(envService.Step, {
			session_id: one,
			action: { run_epochs: { num_epochs: 1 } },
		});
	counter.epochGate.shut();
	const batch = play.stepLanes({ levels: [1, 1] });
	await counter.epochGate.holds(2);
	assert.equal((await refusal(outside())).reason, "SESSION_BUSY");
	counter.epochGate.open();
	assert.deepEqual((await batch).errors, []);
	counter.epochGate.shut();
	const running = outside();
	await counter.epochGate.holds();
	const other = play.stepLanes({ levels: [1, 1] });
	await counter.epochGate.holds(2);
	counter.epochGate.open();
	const told = await other;
	assert.deepEqual(
		told.errors.map(({ lane, error }) => [
			lane,
			error.reason,
			error.retryAfterMs,
		]),
		[[0, "SESSION_BUSY", 500]],
	);
	assert.equal((await running).step, 2);
	assert.deepEqual([...told.steps.subarray(1)], [2]);
	await play.close();
});

test("A client that does not read stops the server from taking its requests; what it reads later is all there, in order.", async (context) => {
	const { server } = await serve(context);
	const id = await create(server);
	const call = rawPlay(server);
	// grpc-js fills its own buffer of a few messages, and takes everything where nobody ever asks.
	call.on("readable", () => {});
	const requests = 6000;
	call.write({
		request_id: 1,
		lanes: {
			lanes: [{ session_id: id, autoreset_mode: "AUTORESET_MODE_SAME_STEP" }],
		},
	});
	for (let request = 2; request <= requests; request++)
		call.write({ request_id: request, batch: { levels: WAIT } });
	const { record } = server.sessions.get(id);
	const taken = () => (record.episode.number - 1) * 30 + record.episode.step;
	// Each of these calls lets the server read all that it would.
	let before = -1;
	for (let quiet = 0; quiet < 20; quiet = taken() === before ? quiet + 1 : 0) {
		before = taken();
		await server.ask(envService.GetSession, { session_id: id });
	}
	assert.ok(before > 0, "nothing was taken");
	assert.ok(
		before < 1500,
		`${before} steps were taken for a reader that does not read`,
	);
	const told = await answers(call, requests);
	assert.deepEqual(
		told.map(({ request_id }) => Number(request_id)),
		Array.from({ length: requests }, (_, index) => index + 1),
	);
	assert.equal(taken(), requests - 1);
	call.cancel();
});

test("Work of a stream whose caller goes away stops, what waits behind it is not begun, and the sessions stay usable.", async (context) => {
	const { server, counter } = await serve(context);
	const controller = new AbortController();
	const play = server.client().play({ signal: controller.signal });
	const id = await create(server, COUNTER);
	counter.epochGate.shut();
	const calls = [1, 2].map(() =>
		play.step(id, { run_epochs: { num_epochs: 9 } }),
	);
	const outcomes = Promise.allSettled(calls);
	await counter.epochGate.holds();
	controller.abort();
	for (const outcome of await outcomes) {
		assert.equal(outcome.status, "rejected");
		assert.equal(outcome.reason.code, "CANCELLED");
	}
	assert.equal(
		(await server.calls.ended("Play")).error?.reason,
		"CALL_CANCELLED",
	);
	await server.sessions.get(id).settled();
	counter.epochGate.open();
	assert.deepEqual(counter.performed, ["run"]);
	const answer = await server.ask(envService.Step, {
		session_id: id,
		action: { adjust_learning_rate: { new_lr: 2 } },
	});
	assert.equal(answer.step, 1);
	await assert.rejects(play.step(id, { wait: {} }), /cancelled/i);
});

test("A numbered step that a lost stream did not answer is taken exactly once when it is asked for again.", async (context) => {
	const { server, counter } = await serve(context);
	const id = await create(server, COUNTER);
	const epochs = { run_epochs: { num_epochs: 3 } };
	const lost = server.client().play();
	counter.epochGate.shut();
	const unanswered = lost.step(id, epochs, { requestNumber: 1n });
	unanswered.catch(() => {});
	await counter.epochGate.holds();
	counter.epochGate.letOn();
	await counter.epochGate.holds();
	lost.cancel();
	await server.calls.ended("Play");
	counter.epochGate.open();
	const play = server.client().play();
	const answer = await play.step(id, epochs, { requestNumber: 1n });
	const again = await play.step(id, epochs, { requestNumber: 1n });
	assert.equal(again.replayed, true);
	assert.deepEqual(again.observation, answer.observation);
	assert.equal(answer.step, 1);
	const twin = await create(server, COUNTER);
	const whole = await play.step(twin, epochs);
	assert.deepEqual(answer.observation, whole.observation);
	await assert.rejects(
		play.step(id, { submit_model: {} }, { requestNumber: 1n }),
		/used before with other contents/,
	);
	await play.close();
});

test("Watch tells the steps of lanes with their observations, also those that were taken before anybody watched.", async (context) => {
	const { server } = await serve(context);
	const id = await create(server);
	const play = server.client().play();
	await play.setLanes([{ session: id, autoreset: "same-step", seeds: [2] }]);
	const levels = [1, 0, 3, 0, 0];
	const { observations: first } = await play.stepLanes({ levels });
	for (let step = 1; step < 30; step++) await play.stepLanes({ levels });
	const events = server.stream(envService.Watch, { session_id: id });
	const read = async (count: number) => {
		const told = [];
		while (told.length < count) {
			const { value } = await events.next();
			told.push(value?.event);
		}
		return told;
	};
	// An episode's start; 30 steps of two events; its end; the next one's start.
	const told = await read(1 + 60 + 1 + 1);
	assert.deepEqual(
		told.map((event) => Number(event?.offset)),
		told.map((_, index) => index),
	);
	const [start, started, completed] = told;
	assert.equal(start?.event, "episode_started");
	assert.deepEqual(started?.action_started?.action?.flat?.levels, levels);
	assert.equal(completed?.action_completed?.step, 1);
	assert.deepEqual(completed?.action_completed?.observation?.flat?.columns, [
		...first,
	]);
	assert.equal(completed?.action_completed?.info?.sre?.cost, 0.04);
	const last = told[60]?.action_completed;
	assert.equal(last?.step, 30);
	assert.equal(last?.terminated, true);
	assert.ok(told[61]?.episode_ended?.result?.score);
	assert.equal(told[62]?.episode_started?.seed, "2");
	const { observations } = await play.stepLanes({ levels: WAIT });
	const watched = await read(2);
	assert.deepEqual(
		watched.map((event) => event?.event),
		["action_started", "action_completed"],
	);
	assert.deepEqual(watched[1]?.action_completed?.observation?.flat?.columns, [
		...observations,
	]);
	await events.return(undefined);
	await play.close();
});

test("A stream ends with SERVER_DRAINING when the server drains, after what ran is answered.", async (context) => {
	const { server, counter } = await serve(context);
	const play = server.client().play();
	const id = await create(server, COUNTER);
	counter.epochGate.shut();
	const running = play.step(id, { run_epochs: { num_epochs: 1 } });
	await counter.epochGate.holds();
	const drained = server.drain();
	assert.equal(
		await running.then(
			() => "answered",
			(error: NightshiftRpcError) => error.reason,
		),
		"SERVER_DRAINING",
	);
	await drained;
	await assert.rejects(
		play.step(id, { submit_model: {} }),
		(error: NightshiftRpcError) => error.reason === "SERVER_DRAINING",
	);
});

test("Steps out of an iterable are taken only as far as their answers are read.", async (context) => {
	const { server } = await serve(context);
	const play: PlayStream = server.client().play();
	await play.setLanes([
		{ session: await create(server), autoreset: "next-step" },
	]);
	let given = 0;
	function* rows() {
		for (; given < 100; given++) yield { levels: WAIT };
	}
	let read = 0;
	for await (const { steps } of play.steps(rows(), { inFlight: 4 })) {
		read += 1;
		assert.equal(steps[0], read % 31);
		assert.ok(given - read <= 4);
	}
	assert.equal(read, 100);
	await play.close();
});
