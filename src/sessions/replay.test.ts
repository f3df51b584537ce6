import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action__Output } from "../../proto/generated/nightshift/v1/Action.js";
import type { Observation } from "../../proto/generated/nightshift/v1/Observation.js";
import type { SessionEvent } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { toEpisodeStart } from "./episode-start.js";
import type { Session } from "./session.js";
import { Sessions } from "./sessions.js";
import { collect, createCall, ManualClock, patient } from "./testing.js";

const VIEWS = ["typed", "flat", "text"] as const;

/** A session of sre/hard. */
async function openIncident() {
	const sessions = new Sessions({
		clock: new ManualClock(),
		environments: [createSreEnvironment() as Environment],
		maxSessions: 4,
		maxActions: 8,
	});
	const { session, observation } = await sessions.create(
		{
			...createCall(),
			start: toEpisodeStart("sre/hard", "validation", "7"),
			options: { rewardMode: "score", views: [...VIEWS], leaseMs: 60_000 },
		},
		patient.signal,
	);
	return { session: sessions.get(session?.session_id as string), observation };
}

let calls = 0;

async function act(session: Session, action: object): Promise<Observation> {
	const { observation } = await session.step(
		{
			action: action as Action__Output,
			number: String(++calls),
			fingerprint: JSON.stringify(action),
		},
		patient,
	);
	return observation as Observation;
}

const restart = (service_id: string) => ({
	action: "restart",
	restart: { service_id },
});
const flat = (...levels: number[]) => ({ action: "flat", flat: { levels } });
const wait = { action: "wait", wait: {} };

/** What events from an offset on tell, once the session is over. */
async function told(session: Session, from = 0): Promise<SessionEvent[]> {
	return collect(session.watch(from, patient.signal));
}

const observationsOf = (events: readonly SessionEvent[]) =>
	events.flatMap(({ episode_started, action_completed }) =>
		episode_started || action_completed
			? [(episode_started ?? action_completed)?.observation]
			: [],
	);

test("Observations of incidents are not kept, and readers are told each of them as the agent saw it, from any offset on.", async () => {
	const { session, observation } = await openIncident();
	const seen = [observation];
	seen.push(await act(session, restart("api_gateway")));
	// Masked on the provider, so it counts as waiting.
	seen.push(await act(session, flat(3, 0, 0, 0, 4)));
	for (let step = 2; step < 30; step++) seen.push(await act(session, wait));
	const { observation: next } = await session.reset(
		{
			start: toEpisodeStart("sre/easy", "train", "8"),
			options: session.record.options,
			number: undefined,
			fingerprint: "",
		},
		patient,
	);
	seen.push(next);
	seen.push(await act(session, wait));
	const { observation: last } = await session.finish(patient);
	seen.push(last);
	await session.close();
	for (const kept of observationsOf(session.record.events.kept))
		assert.equal(kept, undefined);
	const events = await told(session);
	assert.deepEqual(observationsOf(events), seen);
	assert.notDeepEqual(seen[1], seen[2]);
	// The grade stands in the last one.
	assert.notDeepEqual(seen.at(-1)?.sre, seen.at(-2)?.sre);
	for (let from = 1; from < events.length; from++)
		assert.deepEqual(
			await told(session, from),
			events.slice(from),
			`from offset ${from}`,
		);
});

test("Where the log no longer reaches back to an episode's start, its steps are told without observations.", async () => {
	const { session } = await openIncident();
	for (let step = 0; step < 3; step++) await act(session, wait);
	await session.close();
	const { record } = session.events;
	const events = await told(session);
	record.oldest = 1;
	record.kept.shift();
	const later = await told(session, 1);
	assert.equal(later.length, events.length - 1);
	for (const seen of observationsOf(later)) assert.equal(seen, undefined);
	assert.ok(observationsOf(events).every((seen) => seen?.sre));
});
