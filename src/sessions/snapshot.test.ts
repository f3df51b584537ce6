import assert from "node:assert/strict";
import { test } from "node:test";
import { serialize } from "node:v8";
import type { Session } from "./session.js";
import { readSnapshot, writeSnapshot } from "./snapshot.js";
import {
	add,
	bare,
	caller,
	collect,
	createCall,
	createWorld,
	defaultOptions,
	ManualClock,
	nameOf,
	openSession,
	patient,
	refused,
	resetCall,
	run,
	status,
	stepCall,
	submit,
} from "./testing.js";

const step = (
	session: Session,
	asked: Parameters<typeof stepCall>[0],
	number?: number,
) => session.step(stepCall(asked, number), patient);

/** The session of these bytes on a server of its own, whose clock shows the same time. */
async function restore(bytes: Uint8Array, nowMs: number) {
	const world = createWorld({ clock: new ManualClock(nowMs) });
	return { ...world, session: await world.sessions.restore(bytes) };
}

/** Plays a few numbered actions, a reset and a submission. */
async function play(session: Session, from: number): Promise<unknown[]> {
	return [
		bare(await step(session, run(2), from)),
		bare(await step(session, add(7), from + 1)),
		bare(await step(session, status)),
		bare(await step(session, submit, from + 2)),
		(await session.reset(resetCall("21", from + 3), patient)).observation,
		bare(await step(session, run(1), from + 4)),
		(await session.finish(patient)).result,
	];
}

test("A session written between steps and read elsewhere goes on exactly as it would have.", async () => {
	const world = createWorld();
	const session = await openSession(world, {
		options: { ...defaultOptions, views: ["typed", "flat", "text"] },
		ownerKey: "me",
	});
	const answer = await step(session, run(3), 5);
	const bytes = world.sessions.snapshot(session.record.id);
	const other = await restore(bytes, world.clock.now());
	assert.notEqual(other.session.record, session.record);
	assert.deepEqual(other.session.record, session.record);
	assert.deepEqual(other.session.describe(), session.describe());
	assert.deepEqual(other.sessions.listOf("me"), [other.session]);

	const again = await step(other.session, run(3), 5);
	assert.equal(again.replayed, true);
	assert.deepEqual(bare(again), bare(answer));
	await assert.rejects(
		step(other.session, run(2), 5),
		refused("REQUEST_MISMATCH"),
	);
	await assert.rejects(
		step(other.session, run(3), 4),
		refused("REQUEST_NUMBER_PASSED"),
	);
	assert.deepEqual(await play(other.session, 6), await play(session, 6));
	assert.deepEqual(other.session.record, session.record);
});

test("A session written in the middle of a step goes on from its last whole epoch, and its number takes the step up.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	await step(session, add(3), 1);
	const { epochGate } = world.environment;
	epochGate.shut();
	const running = step(session, run(3), 2);
	await epochGate.holds();
	epochGate.letOn();
	await epochGate.holds();
	const bytes = world.sessions.snapshot(session.record.id);
	epochGate.open();
	const expected = await running;

	const other = await restore(bytes, world.clock.now());
	assert.equal(other.session.message().state, "SESSION_STATE_IDLE");
	assert.equal(other.session.message().last_request_number, "2");
	assert.equal(other.session.describe().observation.training?.current_epoch, 1);
	assert.deepEqual(bare(await step(other.session, run(3), 2)), bare(expected));
	assert.deepEqual(await play(other.session, 3), await play(session, 3));
	assert.deepEqual(
		other.session.record.episode.state,
		session.record.episode.state,
	);
});

test("A session written while its last action waits for its grading does not do the action again.", async () => {
	const world = createWorld({ actionLimit: 1 });
	const session = await openSession(world);
	world.environment.gradeGate.shut();
	const running = step(session, run(2), 1);
	await world.environment.gradeGate.holds();
	const bytes = world.sessions.snapshot(session.record.id);
	world.environment.gradeGate.open();
	const expected = await running;
	const other = createWorld({ actionLimit: 1 });
	const restored = await other.sessions.restore(bytes);
	assert.deepEqual(bare(await step(restored, run(2), 1)), bare(expected));
	assert.deepEqual(other.environment.performed, ["grade"]);
});

test("Events, their offsets and what watchers get go on.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	await step(session, run(2), 1);
	const other = await restore(
		world.sessions.snapshot(session.record.id),
		world.clock.now(),
	);
	const watching = collect(other.session.watch(3, patient.signal));
	await step(other.session, add(1), 2);
	await other.session.close();
	const events = await watching;
	assert.deepEqual(
		events.map((event) => [event.offset, nameOf(event)]),
		[
			[3, "progress"],
			[4, "action_completed"],
			[5, "action_started"],
			[6, "action_completed"],
			[7, "episode_ended"],
			[8, "session_ended"],
		],
	);
});

test("The lease goes on where it stood; one that has run out meanwhile ends the session with its score.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	world.clock.advance(400_000);
	const bytes = world.sessions.snapshot(session.record.id);
	const later = await restore(bytes, world.clock.now() + 199_999);
	assert.equal(later.session.message().state, "SESSION_STATE_IDLE");
	later.clock.advance(1);
	await collect(later.session.watch(undefined, patient.signal));
	const late = await restore(bytes, world.clock.now() + 200_000);
	late.clock.advance(0);
	await collect(late.session.watch(undefined, patient.signal));
	for (const { session } of [later, late])
		assert.equal(
			session.message().result?.end_reason,
			"END_REASON_LEASE_EXPIRED",
		);
});

test("A session of another version of its task is not taken in.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	session.record.episode = { ...session.record.episode, taskVersion: 99 };
	await assert.rejects(
		restore(world.sessions.snapshot(session.record.id), world.clock.now()),
		/plays version 99 of training\/counter, and this server has version/,
	);
});

test("An ended session keeps its result for what is left of its hour.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	const { result } = await step(session, submit, 1);
	await session.close();
	world.clock.advance(3_000_000);
	const other = await restore(
		world.sessions.snapshot(session.record.id),
		world.clock.now(),
	);
	assert.deepEqual(other.session.message().result, result);
	assert.equal((await step(other.session, submit, 1)).replayed, true);
	assert.equal(
		(await collect(other.session.watch(0, patient.signal))).length,
		5,
	);
	other.clock.advance(600_000);
	assert.throws(
		() => other.sessions.get(session.record.id),
		refused("RESULT_EXPIRED"),
	);
});

test("An idempotency key still gives the session it made, and a session is taken in once.", async () => {
	const world = createWorld();
	const call = createCall({ idempotencyKey: "k" });
	const created = await world.sessions.create(
		call,
		new AbortController().signal,
	);
	const id = created.session?.session_id as string;
	const bytes = world.sessions.snapshot(id);
	const other = await restore(bytes, world.clock.now());
	assert.deepEqual(
		await other.sessions.create(call, new AbortController().signal),
		created,
	);
	await assert.rejects(
		other.sessions.create(
			{ ...call, fingerprint: "else" },
			new AbortController().signal,
		),
		refused("REQUEST_MISMATCH"),
	);
	await assert.rejects(other.sessions.restore(bytes), /is here already/);
	assert.equal(other.sessions.openCount, 1);
});

test("A restored session owns its memory: the bytes it came from can be used again.", async () => {
	const world = createWorld();
	const session = await openSession(world);
	await step(session, run(3), 1);
	const bytes = world.sessions.snapshot(session.record.id);
	const { record } = (await restore(bytes, world.clock.now())).session;
	bytes.fill(255);
	assert.deepEqual(record, session.record);
	const { history } = record.episode.state as { history: Float32Array[] };
	assert.equal(history.length, 3);
	for (const values of history) assert.equal(values.buffer.byteLength, 4);
});

test("What is shared in a record is shared again, and NaN and absent values come back.", () => {
	const weights = Float32Array.of(1, Number.NaN);
	const record = {
		current: weights,
		best: weights,
		key: Uint8Array.of(1, 2, 3),
		loss: Number.POSITIVE_INFINITY,
		none: undefined,
	};
	const read = readSnapshot(
		writeSnapshot(record as unknown as Session["record"]),
	) as unknown as typeof record;
	assert.deepEqual(read, record);
	assert.equal(read.current, read.best);
	assert.ok(Object.hasOwn(read, "none"));
});

test("Bytes of another kind or version are refused with what is needed.", () => {
	for (const value of [
		{ format: "nightshift/session", version: 99, record: {} },
		{ format: "else", version: 2, record: {} },
		{},
	])
		assert.throws(
			() => readSnapshot(serialize(value)),
			/nightshift\/session 3 is needed/,
		);
	assert.throws(() => readSnapshot(Uint8Array.of(1, 2, 3)));
});

test("A cut step that was written can be taken up elsewhere, with its epoch charged once.", async () => {
	const uncut = createWorld();
	const expected = await step(await openSession(uncut), run(2), 1);
	const world = createWorld();
	const session = await openSession(world);
	world.environment.epochGate.shut();
	const leaver = caller();
	const cut = session.step(stepCall(run(2), 1), leaver);
	await world.environment.epochGate.holds();
	leaver.leave();
	await assert.rejects(cut, refused("CALL_CANCELLED"));
	const other = await restore(
		world.sessions.snapshot(session.record.id),
		world.clock.now(),
	);
	assert.deepEqual(bare(await step(other.session, run(2), 1)), bare(expected));
});
