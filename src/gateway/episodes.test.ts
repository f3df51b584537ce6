import assert from "node:assert/strict";
import { test } from "node:test";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import type { Session } from "../sessions/session.js";
import type { Sessions } from "../sessions/sessions.js";
import { CounterEnvironment, ManualClock } from "../sessions/testing.js";
import { createTinyEnvironment, TINY } from "../sessions/testing-training.js";
import { type Episode, Episodes } from "./episodes.js";
import { HttpRefusal } from "./http-error.js";
import type { Mount } from "./mount.js";
import { startTestGateway } from "./testing.js";

/** Which session a request means, over the wire. */

const both = () => [
	createTinyEnvironment(new ScriptedTrainer(() => ({}))),
	createSreEnvironment() as Environment,
];
const WAIT = { action: "wait" };
const client = { address: "here", key: "here" };
const mount = { path: "/sre" } as Mount;
const as = (token: string) => ({
	headers: { authorization: `Bearer ${token}` },
});

test("A request that names no episode means the caller's only live one, and a reset starts it anew instead of opening another.", async (context) => {
	const { ask, sessions } = await startTestGateway(context, {
		environments: both(),
	});
	const none = await ask("/step", WAIT);
	assert.equal(none.status, 409);
	assert.match(
		none.json.detail,
		/^You have no live episode here; POST \/reset/,
	);
	const first = await ask("/reset", { task_tier: "easy" });
	assert.equal((await ask("/step", WAIT)).json.step_count, 1);
	const again = await ask("/reset", { task_tier: "medium" });
	assert.equal(again.json.episode_id, first.json.episode_id);
	const { json: state } = await ask("/state");
	assert.equal(state.task_id, "sre/medium");
	assert.equal(state.episode, 2);
	assert.equal(state.step_count, 0);
	assert.equal(sessions.openCount, 1);
});

test("With several live episodes the caller must say which, and is told no ids.", async (context) => {
	const { ask } = await startTestGateway(context);
	await ask("/reset", { episode_id: "one", task_tier: "easy" });
	await ask("/reset", { episode_id: "two", task_tier: "easy" });
	for (const answer of [
		await ask("/step", WAIT),
		await ask("/state"),
		await ask("/reset", {}),
		await ask("/finish", {}),
	]) {
		assert.equal(answer.status, 409);
		assert.match(
			answer.json.detail,
			/^You have 2 live episodes here; send the episode_id/,
		);
		assert.doesNotMatch(answer.text, /[0-9a-f]{32}/);
	}
	const stepped = await ask("/step", { ...WAIT, episode_id: "two" });
	assert.equal(stepped.json.episode_id, "two");
	assert.equal((await ask("/state?episode_id=one")).json.step_count, 0);
	assert.equal((await ask("/state?episode_id=two")).json.step_count, 1);
	await ask("/close", { episode_id: "one" });
	assert.equal((await ask("/step", WAIT)).json.episode_id, "two");
});

test("A chosen name is its caller's own; the id of a session is good for whoever holds it.", async (context) => {
	const { ask } = await startTestGateway(context);
	const mine = await ask("/reset", { episode_id: "demo", seed: 1 }, as("a"));
	const theirs = await ask("/reset", { episode_id: "demo", seed: 2 }, as("b"));
	assert.equal(mine.json.episode_id, "demo");
	assert.equal(theirs.json.episode_id, "demo");
	await ask("/step", { ...WAIT, episode_id: "demo" }, as("a"));
	const { json: a } = await ask("/state?episode_id=demo", undefined, as("a"));
	const { json: b } = await ask("/state?episode_id=demo", undefined, as("b"));
	assert.deepEqual([a.seed, a.step_count, b.seed, b.step_count], [1, 1, 2, 0]);
	const stranger = await ask("/state?episode_id=demo");
	assert.equal(stranger.status, 404);
	assert.equal((await ask("/state")).status, 409);
	const held = await ask(`/state?episode_id=${a.session_id}`);
	assert.equal(held.json.step_count, 1);
	assert.equal(held.json.episode_id, a.session_id);
	const unknown = await ask(`/state?episode_id=${"0".repeat(32)}`);
	assert.equal(unknown.status, 404);
	assert.equal(unknown.json.reason, "SESSION_LOST");
});

test("Each address is one of its own: what was opened at one is not meant at another, and its tasks are its environment's.", async (context) => {
	const { ask } = await startTestGateway(context, { environments: both() });
	const training = await ask("/training/reset", { task_id: "tiny" });
	const { episode_id } = training.json;
	assert.equal(training.json.metadata.task_id, TINY);
	assert.equal((await ask("/sre/step", WAIT)).status, 409);
	assert.equal((await ask("/step", WAIT)).status, 409);
	const wrong = await ask("/sre/step", { ...WAIT, episode_id });
	assert.equal(wrong.status, 422);
	assert.match(
		wrong.json.detail[0].msg,
		/plays training\/tiny; ask at \/training/,
	);
	assert.deepEqual(wrong.json.detail[0].loc, ["body", "episode_id"]);
	assert.equal((await ask(`/state?episode_id=${episode_id}`)).status, 200);
	const foreign = await ask("/training/reset", { task_id: "sre/easy" });
	assert.equal(foreign.status, 422);
	assert.match(foreign.text, /; one of training\/tiny, training\/tiny_long\./);
});

test("Two resets that name the same at the same time make one session.", async (context) => {
	const environment = new CounterEnvironment();
	const { ask, sessions } = await startTestGateway(context, {
		environments: [environment as Environment],
	});
	environment.startGate.shut();
	const first = ask("/reset", { episode_id: "same", seed: 1 });
	await environment.startGate.holds();
	const second = ask("/reset", { episode_id: "same", seed: 2 });
	await ask("/health");
	environment.startGate.open();
	assert.equal((await first).status, 200);
	assert.equal((await second).status, 200);
	assert.equal(sessions.openCount, 1);
	const { json } = await ask("/state");
	assert.deepEqual([json.episode, json.seed], [2, 2]);
});

test("An episode that is left alone is graded and its slot given back when its lease runs out, and a reset opens another.", async (context) => {
	const clock = new ManualClock();
	const { ask, sessions } = await startTestGateway(context, {
		clock,
		maxSessions: 1,
	});
	await ask("/reset", { episode_id: "left", lease_seconds: 30 });
	const full = await ask("/reset", { episode_id: "other" });
	assert.equal(full.status, 429);
	assert.equal(full.json.reason, "TOO_MANY_SESSIONS");
	assert.equal(full.headers["retry-after"], "5");
	const session = sessions.all[0];
	const ended = session?.events.read(undefined, new AbortController().signal);
	clock.advance(31_000);
	for await (const _ of ended ?? []);
	assert.equal(sessions.openCount, 0);
	const late = await ask("/step", { ...WAIT, episode_id: "left" });
	assert.equal(late.status, 409);
	assert.equal(late.json.reason, "SESSION_ENDED");
	const { json: state } = await ask("/state?episode_id=left");
	assert.equal(state.result.end_reason, "lease_expired");
	const anew = await ask("/reset", { episode_id: "left" });
	assert.equal(anew.json.episode_id, "left");
	assert.equal((await ask("/state")).json.episode, 1);
});

test("One address may hold as many live episodes as it is given, also while they are opened, and closing one makes room.", async (context) => {
	const environment = new CounterEnvironment();
	const { ask, sessions } = await startTestGateway(context, {
		environments: [environment as Environment],
		maxSessionsPerAddress: 2,
	});
	await ask("/reset", { episode_id: "a" });
	environment.startGate.shut();
	const opening = ask("/reset", { episode_id: "b" });
	await environment.startGate.holds();
	const refused = await ask("/reset", { episode_id: "c" }, as("another"));
	assert.equal(refused.status, 429);
	assert.match(refused.json.detail, /Your address has 2 live episodes/);
	environment.startGate.open();
	assert.equal((await opening).status, 200);
	assert.equal((await ask("/reset", { episode_id: "c" })).status, 429);
	await ask("/close", { episode_id: "a" });
	assert.equal((await ask("/reset", { episode_id: "c" })).status, 200);
	assert.equal(sessions.openCount, 2);
});

test("Episodes of sessions that are forgotten are forgotten, and those of live and of known ones are not, however many come.", () => {
	const known = new Map<string, Session>();
	const sessions = {
		get(id: string) {
			const session = known.get(id);
			if (session === undefined) throw new Error("forgotten");
			return session;
		},
	} as unknown as Sessions;
	const episodes = new Episodes(sessions, 8);
	let opened = 0;
	const open = (name: string) => {
		opened += 1;
		const id = opened.toString(16).padStart(32, "0");
		const record = { id, ended: undefined as object | undefined, episode: {} };
		const session = { record };
		known.set(id, session as unknown as Session);
		episodes.takeRoom(client)();
		episodes.add(client, mount, name, session as unknown as Session);
		return session;
	};
	const isThere = (name: string) => {
		try {
			return episodes.find(client, mount, name).id === name;
		} catch (error) {
			assert.ok(error instanceof HttpRefusal);
			return false;
		}
	};
	// More of them than are looked at at once, and before all others.
	const live = ["a", "b", "c", "d", "e", "f"];
	const over = ["g", "h", "i", "j", "k", "l"];
	for (const name of live) open(name);
	for (const name of over) open(name).record.ended = {};
	const names = Array.from({ length: 100 }, (_, number) => `${number}`);
	const lost = names.map((name) => {
		const session = open(name);
		session.record.ended = {};
		known.delete(session.record.id);
		return session;
	});
	assert.ok([...live, ...over].every(isThere));
	// What is still kept is found when its session is known again.
	for (const session of lost)
		known.set(session.record.id, session as unknown as Session);
	assert.ok(names.filter(isThere).length < 20);
	for (const { record } of lost) known.delete(record.id);
	assert.equal(names.filter(isThere).length, 0);
	// Six are live, so that there is room for two.
	open("another");
	open("one more");
	assert.throws(() => open("too many"), { reason: "TOO_MANY_SESSIONS" });
	assert.throws(() => episodes.find(client, mount, undefined), {
		message: /^You have 8 live episodes here/,
	});
});

test("An episode that is named anew is found by its new name alone.", () => {
	const episodes = new Episodes({} as Sessions, 1);
	const session = { record: { id: "0", episode: {} } } as unknown as Session;
	const episode = episodes.add(client, mount, "before", session);
	episodes.rename(episode, "after");
	assert.equal(episodes.find(client, mount, "after"), episode);
	assert.throws(() => episodes.find(client, mount, "before"), HttpRefusal);
	// The same opening once more, whatever it was called then.
	assert.equal(episodes.add(client, mount, "before", session), episode);
	episodes.forget(client, mount);
	assert.throws(() => episodes.find(client, mount, "after"), HttpRefusal);
	assert.doesNotThrow(() => episodes.takeRoom(client));
});

test("A name that two live episodes have means the one that got it last, and the other one when that has another name.", () => {
	const episodes = new Episodes({} as Sessions, 2);
	const [x, y] = ["x", "y"].map((name) => {
		const record = { id: name, episode: {} };
		return episodes.add(client, mount, name, { record } as unknown as Session);
	}) as [Episode, Episode];
	episodes.rename(x, "y");
	assert.equal(episodes.find(client, mount, "y"), x);
	episodes.rename(x, "z");
	assert.equal(episodes.find(client, mount, "y"), y);
	assert.equal(episodes.find(client, mount, "z"), x);
	assert.throws(() => episodes.takeRoom(client), {
		reason: "TOO_MANY_SESSIONS",
	});
});
