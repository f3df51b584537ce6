import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog, emptyEventLog } from "./event-log.js";
import { collect, nameOf, refused } from "./testing.js";

const never = new AbortController().signal;

function createLog(events = 0): EventLog {
	const log = new EventLog(emptyEventLog());
	for (let index = 0; index < events; index++) tell(log, index);
	return log;
}

function tell(log: EventLog, step: number, episode = 1): void {
	log.append(1_700_000_000_123, episode, { action_completed: { step } });
}

const steps = (events: readonly { action_completed?: unknown }[]) =>
	events.map(
		({ action_completed }) => (action_completed as { step: number }).step,
	);

test("Events count from 0 and carry their episode and time.", async () => {
	const log = createLog(2);
	log.close();
	const [first, second] = await collect(log.read(undefined, never));
	assert.deepEqual(first, {
		offset: 0,
		episode: 1,
		time: { seconds: 1_700_000_000, nanos: 123_000_000 },
		action_completed: { step: 0 },
	});
	assert.equal(second?.offset, 1);
	assert.equal(log.nextOffset, 2);
});

test("A reader begins at its offset, gets what is told while it reads, and ends when the log is closed.", async () => {
	const log = createLog(3);
	const reading = collect(log.read(1, never));
	tell(log, 3);
	await Promise.resolve();
	tell(log, 4);
	log.close();
	assert.deepEqual(steps(await reading), [1, 2, 3, 4]);
});

test("An offset still to come waits for it.", async () => {
	const log = createLog(1);
	const reader = log.read(2, never);
	const next = reader.next();
	tell(log, 1);
	tell(log, 2);
	assert.deepEqual(steps([(await next).value as object]), [2]);
});

test("The last 10,000 events are kept; an earlier offset is refused with the oldest kept one.", async () => {
	const log = createLog(10_003);
	assert.equal(EventLog.CAPACITY, 10_000);
	assert.equal(log.record.kept.length, 10_000);
	await assert.rejects(log.read(2, never).next(), (error) => {
		assert.ok(refused("EVENTS_DROPPED", /go on from offset 3/)(error));
		assert.deepEqual((error as { metadata: object }).metadata, {
			oldest_offset: "3",
		});
		return true;
	});
	const [oldest, fromThree] = await Promise.all([
		log.read(undefined, never).next(),
		log.read(3, never).next(),
	]);
	assert.deepEqual(steps([oldest.value as object]), [3]);
	assert.deepEqual(steps([fromThree.value as object]), [3]);
});

test("Events of the current episode and of the eight before it carry their observations; those of earlier ones are kept without.", async () => {
	const log = createLog();
	const observation = { text: "seen" };
	for (let episode = 1; episode <= 20; episode++) {
		log.append(0, episode, { episode_started: { seed: "7", observation } });
		log.append(0, episode, {
			action_completed: { step: 1, reward: 0.5, observation },
		});
		log.append(0, episode, { session_ended: { reason: "x" } });
	}
	log.close();
	const events = await collect(log.read(0, never));
	assert.equal(events.length, 60);
	for (const { episode, episode_started, action_completed } of events) {
		const expected = Number(episode) >= 12 ? observation : null;
		if (episode_started)
			assert.deepEqual(episode_started, { seed: "7", observation: expected });
		if (action_completed)
			assert.deepEqual(action_completed, {
				step: 1,
				reward: 0.5,
				observation: expected,
			});
	}
});

test("A reader that falls more than 10,000 events behind is told so, instead of being sent others.", async () => {
	const log = createLog(1);
	const reader = log.read(undefined, never);
	await reader.next();
	for (let index = 0; index <= 10_001; index++) tell(log, index);
	await assert.rejects(reader.next(), refused("EVENTS_DROPPED"));
});

test("A reader that goes away stops waiting, and another goes on.", async () => {
	const log = createLog();
	const gone = new AbortController();
	const leaving = collect(log.read(0, gone.signal));
	const staying = log.read(0, never);
	const next = staying.next();
	gone.abort();
	assert.deepEqual(await leaving, []);
	tell(log, 7);
	assert.equal(nameOf((await next).value), "action_completed");
});

test("Two readers of a closed log both get all of it.", async () => {
	const log = createLog(5);
	log.close();
	const [one, other] = await Promise.all([
		collect(log.read(0, never)),
		collect(log.read(undefined, never)),
	]);
	assert.deepEqual(steps(one), [0, 1, 2, 3, 4]);
	assert.deepEqual(one, other);
});

test("Flat steps are two events each between the others, are dropped like them, and a reader says that the log is watched.", async () => {
	const log = createLog();
	const flat = (step: number, episode: number) =>
		log.appendStep(1_700_000_000_123, episode, {
			action: { levels: [9, 9, step, 7], from: 2, width: 2 },
			step,
			reward: 0.5,
			info: { notice: `${step}` },
		});
	tell(log, 0);
	for (let step = 1; step <= 40; step++) flat(step, 1);
	tell(log, 41);
	flat(1, 2);
	log.close();
	const events = await collect(log.read(undefined, never));
	assert.deepEqual(
		events.map(({ offset }) => offset),
		Array.from({ length: 84 }, (_, offset) => offset),
	);
	assert.deepEqual(events[1 + 2 * 34]?.action_started, {
		action: { flat: { levels: [35, 7] } },
	});
	assert.deepEqual(events[1 + 2 * 34 + 1]?.action_completed, {
		step: 35,
		reward: 0.5,
		reward_breakdown: [],
		terminated: false,
		truncated: false,
		info: { notice: "35" },
	});
	assert.equal(events[81]?.action_completed?.step, 41);
	assert.equal(events[83]?.episode, 2);
	assert.deepEqual(events[83]?.time, events[0]?.time);
	assert.equal(log.isWatched, false);

	const long = createLog();
	for (let step = 1; step <= 5_010; step++)
		long.appendStep(0, step, {
			action: { levels: [1], from: 0, width: 1 },
			step,
			reward: 0,
			info: {},
		});
	const reading = long.read(undefined, never);
	const { value: oldest } = await reading.next();
	assert.equal(oldest?.offset, 20);
	assert.equal(oldest?.episode, 11);
	assert.equal(long.isWatched, true);
	await reading.return(undefined);
	assert.equal(long.isWatched, false);
	assert.ok(long.record.runs.length <= 5000);
});
