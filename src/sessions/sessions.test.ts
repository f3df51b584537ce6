import assert from "node:assert/strict";
import { test } from "node:test";
import { NightshiftError } from "../errors.js";
import type { Session } from "./session.js";
import {
	add,
	collect,
	createCall,
	createWorld,
	defaultOptions,
	episodeStart,
	impossible,
	nameOf,
	openSession,
	patient,
	refused,
	resetCall,
	run,
	status,
	stepCall,
	submit,
	type World,
} from "./testing.js";

const LEASE_MS = defaultOptions.leaseMs;
const HOUR_MS = 3_600_000;
const tooMany = refused("TOO_MANY_SESSIONS", /close one/);

/** Waits until a session is over and gives all its events. */
const untilEnded = (session: Session) =>
	collect(session.watch(undefined, patient.signal));

async function openMany(world: World, count: number): Promise<Session[]> {
	const sessions: Session[] = [];
	for (let index = 0; index < count; index++)
		sessions.push(await openSession(world));
	return sessions;
}

test("A created session tells its seed, options, episode 1 and lease; ids are 128 random bits.", async () => {
	const world = createWorld();
	const { session, observation } = await world.sessions.create(
		createCall({ start: episodeStart("18446744073709551615") }),
		new AbortController().signal,
	);
	assert.match(session?.session_id as string, /^[0-9a-f]{32}$/);
	assert.equal(session?.seed, "18446744073709551615");
	assert.equal(session?.split, "SPLIT_TRAIN");
	assert.equal(session?.episode, 1);
	assert.equal(session?.step, 0);
	assert.equal(session?.state, "SESSION_STATE_IDLE");
	assert.equal(session?.last_request_number, undefined);
	assert.equal(session?.next_event_offset, 1);
	assert.deepEqual(session?.options, {
		reward_mode: "REWARD_MODE_SHAPED",
		views: ["VIEW_TYPED"],
		lease: { seconds: 600, nanos: 0 },
	});
	assert.equal(observation?.training?.current_epoch, 0);
	const other = await openSession(world);
	assert.notEqual(other.record.id, session?.session_id);
});

test("An idempotency key gives the session of the first call, also to a call at the same moment; other contents are refused.", async () => {
	const world = createWorld();
	const call = createCall({ idempotencyKey: "k", ownerKey: "me" });
	world.environment.startGate.shut();
	const both = [
		world.sessions.create(call, new AbortController().signal),
		world.sessions.create(call, new AbortController().signal),
	];
	await world.environment.startGate.holds();
	world.environment.startGate.open();
	const [one, other] = await Promise.all(both);
	assert.deepEqual(one, other);
	assert.deepEqual(
		await world.sessions.create(call, new AbortController().signal),
		one,
	);
	assert.equal(world.sessions.openCount, 1);
	await assert.rejects(
		world.sessions.create(
			{ ...call, fingerprint: "else" },
			new AbortController().signal,
		),
		refused("REQUEST_MISMATCH", /idempotency key "k"/),
	);
	await world.sessions.create(
		{ ...call, ownerKey: "you" },
		new AbortController().signal,
	);
	await world.sessions.create(
		{ ...call, idempotencyKey: "k2" },
		new AbortController().signal,
	);
	assert.equal(world.sessions.openCount, 3);
});

test("An idempotency key whose first call failed can be used again.", async () => {
	const world = createWorld({ maxSessions: 1 });
	const [first] = await openMany(world, 1);
	const call = createCall({ idempotencyKey: "k" });
	await assert.rejects(
		world.sessions.create(call, new AbortController().signal),
		tooMany,
	);
	await first?.close();
	await world.sessions.create(call, new AbortController().signal);
});

test("An idempotency key is free again once its session is no longer kept.", async () => {
	const world = createWorld();
	const call = createCall({ idempotencyKey: "k" });
	const first = await world.sessions.create(call, new AbortController().signal);
	await world.sessions.get(first.session?.session_id as string).close();
	world.clock.advance(HOUR_MS);
	const second = await world.sessions.create(
		call,
		new AbortController().signal,
	);
	assert.notEqual(second.session?.session_id, first.session?.session_id);
});

test("As many sessions as allowed are open at once; a closed one and an expired one give their slot back.", async () => {
	const world = createWorld({ maxSessions: 2 });
	const [first, second] = await openMany(world, 2);
	await assert.rejects(openSession(world), tooMany);
	await first?.close();
	const [third] = await openMany(world, 1);
	await assert.rejects(openSession(world), tooMany);
	world.clock.advance(LEASE_MS);
	await untilEnded(second as Session);
	await untilEnded(third as Session);
	await openMany(world, 2);
});

test("Sessions that are still starting count, and one that cannot start gives its slot back.", async () => {
	const world = createWorld({ maxSessions: 1 });
	world.environment.startGate.shut();
	const starting = openSession(world);
	await world.environment.startGate.holds();
	await assert.rejects(openSession(world), tooMany);
	world.environment.startGate.open();
	await (await starting).close();
	await assert.rejects(
		openSession(world, { start: episodeStart("1", "training/none") }),
		refused("UNKNOWN_TASK", /training\/counter, training\/score_only/),
	);
	await openSession(world);
});

test("Past the limit of actions a step is refused and nothing has changed; what runs goes on.", async () => {
	const world = createWorld({ maxActions: 2 });
	const [one, two, three] = (await openMany(world, 3)) as [
		Session,
		Session,
		Session,
	];
	world.environment.epochGate.shut();
	const running = [one, two].map((session) =>
		session.step(stepCall(run(1), 1), patient),
	);
	await world.environment.epochGate.holds(2);
	const before = three.describe();
	const events = three.events.nextOffset;
	const full = refused("QUEUE_FULL");
	await assert.rejects(three.step(stepCall(run(1), 1), patient), full);
	await assert.rejects(three.step(stepCall(submit, 1), patient), full);
	await assert.rejects(three.finish(patient), full);
	assert.deepEqual(three.describe(), before);
	assert.equal(three.events.nextOffset, events);
	assert.equal(
		(await three.step(stepCall(status), patient)).observation?.training
			?.current_epoch,
		0,
	);
	world.environment.epochGate.open();
	await Promise.all(running);
	assert.equal((await three.step(stepCall(run(1), 1), patient)).step, 1);
});

test("A cut step that finds the queue full can still be taken up.", async () => {
	const world = createWorld({ maxActions: 1 });
	const [one, two] = (await openMany(world, 2)) as [Session, Session];
	const { epochGate } = world.environment;
	epochGate.shut();
	const gone = new AbortController();
	const cut = one.step(stepCall(run(2), 1), {
		...patient,
		signal: gone.signal,
	});
	await epochGate.holds();
	gone.abort();
	await assert.rejects(cut, refused("CALL_CANCELLED"));
	const running = two.step(stepCall(run(2), 1), patient);
	await epochGate.holds();
	await assert.rejects(
		one.step(stepCall(run(2), 1), patient),
		refused("QUEUE_FULL"),
	);
	epochGate.open();
	const expected = await running;
	const taken = await one.step(stepCall(run(2), 1), patient);
	assert.deepEqual(taken.observation, expected.observation);
});

test("A lease that runs out ends the episode as truncated with its score, and the session.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	await session.step(stepCall(run(2), 1), patient);
	world.clock.advance(LEASE_MS - 1);
	assert.equal(session.message().state, "SESSION_STATE_IDLE");
	world.clock.advance(1);
	const events = await untilEnded(session);
	const { result, state } = session.message();
	assert.equal(state, "SESSION_STATE_ENDED");
	assert.equal(result?.end_reason, "END_REASON_LEASE_EXPIRED");
	assert.equal(result?.truncated, true);
	assert.equal(result?.terminated, false);
	assert.equal(typeof result?.score, "number");
	assert.deepEqual(events.slice(-3).map(nameOf), [
		"action_completed",
		"episode_ended",
		"session_ended",
	]);
	assert.equal(events.at(-3)?.action_completed?.reward, result?.score);
	assert.match(
		events.at(-1)?.session_ended?.reason as string,
		/lease of 600 s ran out/,
	);
	await assert.rejects(
		session.step(stepCall(add(1)), patient),
		refused("SESSION_ENDED", /lease of 600 s/),
	);
	assert.equal(
		(await session.step(stepCall(run(2), 1), patient)).replayed,
		true,
	);
});

test("A lease that runs out after the end of the episode leaves its result as it was.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	const { result } = await session.step(stepCall(submit), patient);
	world.clock.advance(LEASE_MS);
	await untilEnded(session);
	assert.deepEqual(session.message().result, result);
});

test("Every call but get, list and watch renews the lease, also one that is refused or free.", async () => {
	const renewing: Record<string, (session: Session) => unknown> = {
		step: (session) => session.step(stepCall(add(1)), patient),
		status: (session) => session.step(stepCall(status), patient),
		refused: (session) =>
			session.step(stepCall(impossible), patient).catch(() => {}),
		reset: (session) => session.reset(resetCall("8"), patient),
		finish: (session) => session.finish(patient),
		renew: (session) => session.renewLease(undefined),
	};
	for (const [name, call] of Object.entries(renewing)) {
		const world = createWorld();
		const session = await openSession(world);
		world.clock.advance(LEASE_MS - 1);
		await call(session);
		world.clock.advance(LEASE_MS - 1);
		assert.equal(session.record.ended, undefined, name);
		world.clock.advance(1);
		await untilEnded(session);
	}
	const reading: Record<string, (world: World, session: Session) => unknown> = {
		get: (_, session) => session.describe(),
		list: ({ sessions }) => sessions.listOf("").map((one) => one.message()),
		watch: (_, session) => session.watch(0, patient.signal).next(),
	};
	for (const [name, call] of Object.entries(reading)) {
		const world = createWorld();
		const session = await openSession(world);
		world.clock.advance(LEASE_MS - 1);
		await call(world, session);
		world.clock.advance(1);
		await session.settled();
		assert.notEqual(session.record.episode.result, undefined, name);
	}
});

test("A running step holds the lease, and the lease begins anew when it is done.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	world.environment.epochGate.shut();
	const running = session.step(stepCall(run(1), 1), patient);
	await world.environment.epochGate.holds();
	assert.equal(session.message().lease_expire_time, undefined);
	world.clock.advance(5 * LEASE_MS + 17);
	assert.equal(session.record.ended, undefined);
	world.environment.epochGate.open();
	await running;
	assert.deepEqual(session.message().lease_expire_time, {
		seconds: Math.floor((world.clock.now() + LEASE_MS) / 1000),
		nanos: 17_000_000,
	});
	world.clock.advance(LEASE_MS - 1);
	assert.equal(session.record.ended, undefined);
	world.clock.advance(1);
	await untilEnded(session);
});

test("A renewal can make the lease longer and shorter, from now on.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	const longer = session.renewLease(2 * LEASE_MS);
	assert.deepEqual(longer.options?.lease, { seconds: 1200, nanos: 0 });
	world.clock.advance(2 * LEASE_MS - 1);
	assert.equal(session.record.ended, undefined);
	session.renewLease(10_000);
	world.clock.advance(9_999);
	assert.equal(session.record.ended, undefined);
	world.clock.advance(1);
	await untilEnded(session);
});

test("A shorter lease that a reset asks for holds from then on.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	await session.reset(
		resetCall("8", 1, { ...defaultOptions, leaseMs: 10_000 }),
		patient,
	);
	world.clock.advance(10_000);
	await session.settled();
	assert.equal(
		session.message().result?.end_reason,
		"END_REASON_LEASE_EXPIRED",
	);
});

test("A lease begins when the session has started, not while its data is being loaded.", async () => {
	const world = createWorld();
	world.environment.startGate.shut();
	const opening = openSession(world);
	await world.environment.startGate.holds();
	world.clock.advance(2 * LEASE_MS);
	world.environment.startGate.open();
	const session = await opening;
	world.clock.advance(LEASE_MS - 1);
	await session.settled();
	assert.equal(session.message().state, "SESSION_STATE_IDLE");
});

test("An episode whose lease ran out is graded again where a worker was lost over it.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	world.environment.failure = new NightshiftError("WORKER_LOST", "lost");
	world.clock.advance(LEASE_MS);
	await untilEnded(session);
	assert.equal(
		session.message().result?.end_reason,
		"END_REASON_LEASE_EXPIRED",
	);
});

test("An episode that cannot be graded when its lease runs out ends ungraded.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	world.environment.failure = new Error("a defect");
	world.clock.advance(LEASE_MS);
	await untilEnded(session);
	const { result } = session.message();
	assert.equal(result?.end_reason, "END_REASON_ABANDONED");
	assert.equal(result?.score, undefined);
});

test("The result of an ended session is kept for an hour; then its id gives the reason for its end.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	const { id } = session.record;
	const { result } = await session.step(stepCall(submit), patient);
	await session.close();
	world.clock.advance(HOUR_MS - 1);
	assert.deepEqual(world.sessions.get(id).message().result, result);
	world.clock.advance(1);
	assert.throws(
		() => world.sessions.get(id),
		refused("RESULT_EXPIRED", /The session was closed.*more than an hour ago/),
	);
	assert.throws(
		() => world.sessions.get("0".repeat(32)),
		refused("SESSION_LOST", /never given out, or the server was restarted/),
	);
});

test("Of the sessions that are over a thousand are kept; past that the oldest is forgotten, with its reason.", async () => {
	const world = createWorld({ maxSessions: 1 });
	const ids: string[] = [];
	for (let index = 0; index <= 1000; index++) {
		const session = await openSession(world);
		ids.push(session.record.id);
		await session.close();
	}
	assert.throws(
		() => world.sessions.get(ids[0] as string),
		refused("RESULT_EXPIRED", /was closed.*1000 sessions have ended since/),
	);
	assert.equal(world.sessions.get(ids[1] as string).record.id, ids[1]);
	assert.equal(world.sessions.openCount, 0);
});

test("A session whose caller went away while it was created is closed again, unless its key lets the caller ask again.", async () => {
	const world = createWorld();
	const gone = AbortSignal.abort();
	await assert.rejects(
		world.sessions.create(createCall(), gone),
		refused("CALL_CANCELLED"),
	);
	assert.equal(world.sessions.openCount, 0);
	await world.sessions.create(createCall({ idempotencyKey: "k" }), gone);
	assert.equal(world.sessions.openCount, 1);
});

test("Sessions of an owner are listed in the order in which they were created, ended ones too.", async () => {
	const world = createWorld();
	const mine: Session[] = [];
	for (const ownerKey of ["me", "you", "me", "me"]) {
		const session = await openSession(world, { ownerKey });
		if (ownerKey === "me") mine.push(session);
	}
	await mine[1]?.close();
	assert.deepEqual(world.sessions.listOf("me"), mine);
	assert.deepEqual(world.sessions.listOf("nobody"), []);
});

test("A draining server starts nothing new, and still answers what it has.", async () => {
	const world = createWorld();
	const session = await openSession(world, { idempotencyKey: "k" });
	const answer = await session.step(stepCall(run(1), 1), patient);
	const other = await openSession(world);
	const reset = await other.reset(resetCall("8", 1), patient);
	world.sessions.startDraining();
	const draining = refused("SERVER_DRAINING");
	await assert.rejects(openSession(world), draining);
	await assert.rejects(session.step(stepCall(run(1), 2), patient), draining);
	await assert.rejects(session.reset(resetCall("9", 2), patient), draining);
	await assert.rejects(session.finish(patient), draining);
	assert.equal(session.message().last_request_number, "1");
	const again = await session.step(stepCall(run(1), 1), patient);
	assert.deepEqual(again.observation, answer.observation);
	assert.deepEqual(await other.reset(resetCall("8", 1), patient), reset);
	await session.step(stepCall(status), patient);
	session.renewLease(undefined);
	assert.equal(
		(await openSession(world, { idempotencyKey: "k" })).record.id,
		session.record.id,
	);
	await session.close();
});

test("A drain lets running actions end within its time.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	world.environment.epochGate.shut();
	const running = session.step(stepCall(run(1), 1), patient);
	await world.environment.epochGate.holds();
	world.sessions.startDraining();
	const settled = world.sessions.settle(10_000);
	world.clock.advance(9_999);
	world.environment.epochGate.open();
	assert.equal((await running).step, 1);
	await settled;
});

test("After a drain's time what still runs is cut off with SERVER_DRAINING, and its whole epochs are kept.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	const { epochGate } = world.environment;
	epochGate.shut();
	const running = session.step(stepCall(run(3), 1), patient);
	await epochGate.holds();
	epochGate.letOn();
	await epochGate.holds();
	world.sessions.startDraining();
	const settled = world.sessions.settle(10_000);
	world.clock.advance(10_000);
	await assert.rejects(running, refused("SERVER_DRAINING", /whole epochs/));
	await settled;
	assert.equal(session.describe().observation.training?.current_epoch, 1);
	assert.deepEqual(session.record.events.kept.at(-1)?.action_interrupted, {
		reason: "SERVER_DRAINING",
	});
});

test("A drain waits for the grading of a lease that runs out in the middle of it.", async () => {
	const world = createWorld();
	const [first, second] = (await openMany(world, 2)) as [Session, Session];
	const { epochGate, gradeGate } = world.environment;
	epochGate.shut();
	gradeGate.shut();
	const running = second.step(stepCall(run(1), 1), patient);
	await epochGate.holds();
	world.sessions.startDraining();
	let isSettled = false;
	const settled = world.sessions.settle(2 * LEASE_MS).then(() => {
		isSettled = true;
	});
	world.clock.advance(LEASE_MS);
	await gradeGate.holds();
	epochGate.open();
	await running;
	assert.equal(isSettled, false);
	gradeGate.open();
	await settled;
	assert.equal(first.message().result?.end_reason, "END_REASON_LEASE_EXPIRED");
});

test("A drain does not hang on work that does not stop.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	world.environment.startGate.shut();
	const resetting = session.reset(resetCall("9"), patient);
	await world.environment.startGate.holds();
	world.sessions.startDraining();
	const settled = world.sessions.settle(1000);
	world.clock.advance(1000);
	await assert.rejects(
		Promise.race([
			resetting,
			// The grace is over; from here the drain waits for what was cut off.
			new Promise((_, reject) => setImmediate(reject, new Error("waiting"))),
		]),
		/waiting/,
	);
	world.clock.advance(60_000);
	await settled;
	world.environment.startGate.open();
	await resetting;
});
