import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { deserialize } from "node:v8";
import type { TrainingEpisode } from "../environments/training/episode.js";
import type { Session } from "./session.js";
import type { SessionRecord } from "./session-record.js";
import type { Sessions } from "./sessions.js";
import { readSnapshot } from "./snapshot.js";
import {
	bare,
	createCall,
	defaultOptions,
	episodeStart,
	nameOf,
	patient,
	refused,
	stepCall,
} from "./testing.js";
import {
	type Continuation,
	createSessions,
	playOn,
	written,
} from "./testing-continue.js";
import {
	configure,
	createTinyEnvironment,
	createTrainer,
	HeldTrainer,
	TINY,
} from "./testing-training.js";

const trainer = await createTrainer();
after(() => trainer.close());

const script = fileURLToPath(new URL("./testing-continue.js", import.meta.url));

/** A session of the training environment whose first epochs use moments, dropout and augmentation. */
async function open() {
	const held = new HeldTrainer(trainer);
	const sessions = createSessions(createTinyEnvironment(held));
	const { session } = await sessions.create(
		createCall({
			start: episodeStart("7", TINY),
			options: { ...defaultOptions, views: ["typed", "flat", "text"] },
			idempotencyKey: "k",
		}),
		new AbortController().signal,
	);
	const opened = sessions.get(session?.session_id as string);
	await opened.step(
		stepCall(
			configure({
				optimizer: "OPTIMIZER_ADAM",
				learning_rate: 0.003,
				batch_size: 32,
				dropout: 0.2,
				augmentation: true,
			}),
			1,
		),
		patient,
	);
	return { held, sessions, session: opened };
}

/** Plays on in a process of its own. */
async function playOnElsewhere(
	context: TestContext,
	bytes: Uint8Array,
): Promise<Continuation> {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-restart-"));
	context.after(() => rmSync(folder, { recursive: true, force: true }));
	const [from, to] = [join(folder, "session"), join(folder, "continuation")];
	writeFileSync(from, bytes);
	await promisify(execFile)(process.execPath, [script, from, to]);
	return deserialize(readFileSync(to)) as Continuation;
}

const record = ({ snapshot }: Continuation): SessionRecord =>
	readSnapshot(snapshot);

/** Weights and moments as they lie in memory; none is empty. */
function bitsOf(continuation: Continuation): string[] {
	const state = record(continuation).episode.state as TrainingEpisode;
	return [state.current, state.best?.state].flatMap((model) => {
		assert.ok(model);
		assert.ok(model.first.some((moment) => moment !== 0));
		return [model.weights, model.first, model.second].map((values) =>
			Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString(
				"base64",
			),
		);
	});
}

/** Events without offsets, of which a step that was taken up has some more. */
function toldBy({ events }: SessionRecord) {
	return events.kept.map(({ offset: _offset, ...told }) => told);
}

test("A session written between steps goes on in another process bit for bit: weights, moments, counters, answers, events, lease.", async (context) => {
	const { sessions, session } = await open();
	const answer = await session.step(stepCall(written, 2), patient);
	const bytes = sessions.snapshot(session.record.id);
	const elsewhere = await playOnElsewhere(context, bytes);
	const here = await playOn(sessions, session);
	assert.deepEqual(elsewhere.answers[0], bare(answer));
	assert.deepEqual(elsewhere.answers, here.answers);
	// Everything there is: the state with its weights and moments, events, numbers, lease, the stored answer.
	assert.deepEqual(record(elsewhere), record(here));
	assert.equal(record(here).leaseExpiresAtMs, session.record.leaseExpiresAtMs);
	assert.deepEqual(bitsOf(elsewhere), bitsOf(here));
});

test("A session written in the middle of a step goes on in another process from its last whole epoch, and comes to the same bits.", async (context) => {
	const { held, sessions, session } = await open();
	held.epochGate.shut();
	const running = session.step(stepCall(written, 2), patient);
	for (let epoch = 1; epoch <= 2; epoch++) {
		await held.epochGate.holds();
		held.epochGate.letOn();
	}
	await held.epochGate.holds();
	const bytes = sessions.snapshot(session.record.id);
	const { begun, answered } = readSnapshot(bytes);
	assert.equal(begun?.number, "2");
	assert.equal(answered?.number, "1");
	held.epochGate.open();
	await running;
	const elsewhere = await playOnElsewhere(context, bytes);
	const here = await playOn(sessions, session);
	assert.deepEqual(elsewhere.answers, here.answers);
	const [there, ours] = [record(elsewhere), record(here)];
	assert.deepEqual(there.episode, ours.episode);
	assert.deepEqual(bitsOf(elsewhere), bitsOf(here));
	assert.deepEqual(there.answered?.number, ours.answered?.number);
	assert.equal(there.leaseExpiresAtMs, ours.leaseExpiresAtMs);
	// The taken up step is told to begin once more, and nothing else.
	const again = toldBy(there);
	const second = again.findIndex(
		({ action_started }, index) =>
			action_started?.request_number === "2" &&
			again[index - 1]?.progress !== undefined,
	);
	assert.equal(nameOf(again[second] as never), "action_started");
	again.splice(second, 1);
	assert.deepEqual(again, toldBy(ours));
});

test("Bytes of a session that was trained by another engine, or on other data, are refused.", async () => {
	const { sessions, session } = await open();
	await session.step(stepCall(written, 2), patient);
	const change = async (changes: Partial<TrainingEpisode>) => {
		const other: Sessions = createSessions(createTinyEnvironment(trainer));
		const state = session.record.episode.state as TrainingEpisode;
		const before = { ...state };
		Object.assign(state, changes);
		const bytes = sessions.snapshot(session.record.id);
		Object.assign(state, before);
		return other.restore(bytes);
	};
	const restored: Session = await change({});
	assert.equal(restored.record.id, session.record.id);
	await assert.rejects(
		change({ engine: "another" }),
		refused("DATA_UNAVAILABLE", /trained by the engine another/),
	);
	await assert.rejects(
		change({ dataSet: { name: "synthetic-digits", digest: "sha256:0" } }),
		refused("DATA_UNAVAILABLE", /start the server with the same data/),
	);
});
