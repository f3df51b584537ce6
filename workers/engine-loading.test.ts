import assert from "node:assert/strict";
import { test } from "node:test";
import {
	agreeOnKind,
	createEngineLoading,
	endTurnOfLost,
	loadInTurn,
} from "./engine-loading.js";

const tensorflow = { kind: "tensorflow", why: undefined } as const;
const portable = { kind: "portable", why: "the disk is full" } as const;

test("A thread has the turn while it loads and gives it back, also when loading fails.", async () => {
	const loading = createEngineLoading();
	const seen = await loadInTurn(loading, 5, async () => loading[0]);
	assert.equal(seen, 5);
	assert.equal(loading[0], 0);
	await assert.rejects(
		loadInTurn(loading, 6, async () => {
			throw new Error("no library");
		}),
		{ message: "no library" },
	);
	assert.equal(loading[0], 0);
});

test("The turn of a thread that has ended is given on, that of a living one is not.", async () => {
	const loading = createEngineLoading();
	await loadInTurn(loading, 5, async () => {
		endTurnOfLost(loading, [{ threadId: 4 }, { threadId: 5 }]);
		assert.equal(loading[0], 5);
		endTurnOfLost(loading, [{ threadId: 4 }, { threadId: -1 }]);
		assert.equal(loading[0], 0);
		// The next thread's turn is not ended by the lost one.
		loading[0] = 7;
	});
	assert.equal(loading[0], 7);
});

test("Workers that came to the same kind of engine agree.", () => {
	for (const description of [tensorflow, portable]) {
		const loading = createEngineLoading();
		agreeOnKind(loading, description);
		agreeOnKind(loading, description);
	}
});

test("A worker that came to another kind of engine than the first is an error that says why.", () => {
	const loading = createEngineLoading();
	agreeOnKind(loading, tensorflow);
	assert.throws(() => agreeOnKind(loading, portable), {
		message:
			"this worker came to the portable engine and the first one did not: the disk is full",
	});
	const other = createEngineLoading();
	agreeOnKind(other, portable);
	assert.throws(() => agreeOnKind(other, tensorflow), {
		message:
			"this worker came to the tensorflow engine and the first one did not",
	});
});
