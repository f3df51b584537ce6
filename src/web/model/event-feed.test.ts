import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_FEED, extendFeed } from "./event-feed.js";
import type { SessionEvent } from "./messages.js";

const event = (offset: number, episode = 1): SessionEvent => ({
	offset,
	episode,
	time: "2026-01-01T00:00:00.000Z",
});

test("Events that come again are left out, whichever way they are repeated.", () => {
	let feed = extendFeed(EMPTY_FEED, [event(0), event(1), event(2)]);
	feed = extendFeed(feed, [event(1), event(2), event(3, 2)]);
	feed = extendFeed(feed, [event(3, 2)]);
	assert.deepEqual(
		[...feed.episodes].map(([episode, list]) => [
			episode,
			list.map(({ offset }) => offset),
		]),
		[
			[1, [0, 1, 2]],
			[2, [3]],
		],
	);
	assert.equal(feed.next, 4);
	assert.equal(feed.missed, 0);
});

test("Events that were no longer kept are counted, at the beginning and in the middle.", () => {
	const feed = extendFeed(EMPTY_FEED, [event(5), event(6), event(9)]);
	assert.equal(feed.missed, 7);
	assert.equal(feed.next, 10);
});

test("What was drawn before is not changed by what comes.", () => {
	const before = extendFeed(EMPTY_FEED, [event(0)]);
	const list = before.episodes.get(1);
	const after = extendFeed(before, [event(1)]);
	assert.equal(list?.length, 1);
	assert.notEqual(after.episodes.get(1), list);
});

test("The end of a session is kept with its reason.", () => {
	const feed = extendFeed(EMPTY_FEED, [
		{ ...event(0), session_ended: { reason: "Its lease ran out." } },
	]);
	assert.equal(extendFeed(feed, []).ended, "Its lease ran out.");
});
