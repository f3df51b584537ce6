import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Task } from "../../clients/typescript/index.js";
import { ManualClock } from "../sessions/testing.js";
import type { Episode, Turn } from "./agent.js";
import { loadModuleAgent } from "./module-agent.js";
import { never, newFolder } from "./testing-evaluation.js";

const episode = { seed: "7", split: "test", task: { id: "t" } } as Episode;
const turn = { index: 3 } as Turn;

function write(context: TestContext, text: string, name = "My Agent.mjs") {
	const path = join(newFolder(context), name);
	writeFileSync(path, text);
	return path;
}

const decide = async (path: string) => {
	const agent = await loadModuleAgent(path);
	const player = await agent.start(episode, never);
	return player.act(turn, never);
};

test("A function, an object with start, and an object with act alone play.", async (context) => {
	for (const text of [
		"export default ({ seed }) => ({ index }) => ({ note: seed + ' ' + index });",
		"export default async ({ seed }) => ({ act: async ({ index }) => ({ note: seed + ' ' + index }) });",
		"export default { start({ seed }) { return this.of(seed); }, of: (seed) => ({ index }) => ({ note: seed + ' ' + index }) };",
		"export default { text: '7 3', act() { return { note: this.text }; } };",
	])
		assert.deepEqual(await decide(write(context, text)), { note: "7 3" });
});

test("Its name is the file's and its version a digest of the bytes, unless it exports them; the digest stays.", async (context) => {
	const text = "export default () => () => ({});";
	const plain = await loadModuleAgent(write(context, text));
	assert.equal(plain.name, "my-agent");
	assert.match(plain.version, /^[0-9a-f]{12}$/);
	assert.equal(plain.wantsText, false);
	assert.equal(plain.plays({} as Task), true);
	const same = await loadModuleAgent(write(context, text, "x.mjs"));
	assert.equal(same.version, plain.version);
	const other = await loadModuleAgent(write(context, `${text}\n`));
	assert.notEqual(other.version, plain.version);
	const named = await loadModuleAgent(
		write(
			context,
			'let closed = 0; export default { name: "Other_one", version: 2, description: "d", wantsText: true, plays: ({ id }) => id === "t", act() {}, close() { globalThis.closedModule = true; } };',
		),
	);
	assert.equal(named.name, "other-one");
	assert.match(named.version, /^2-[0-9a-f]{12}$/);
	assert.deepEqual([named.description, named.wantsText], ["d", true]);
	assert.deepEqual(
		[named.plays({ id: "t" } as Task), named.plays({ id: "u" } as Task)],
		[true, false],
	);
	await named.close?.();
	assert.equal((globalThis as { closedModule?: boolean }).closedModule, true);
});

test("What a module lacks is told in a sentence with its file.", async (context) => {
	for (const [text, expected] of [
		["export const x = 1;", /has no default export that plays/],
		["export default 5;", /has no default export that plays/],
		["export default {};", /neither start nor act/],
		["export default { act: 5 };", /act is a number; it must be a function/],
		[
			"export default { act() {}, name: 5 };",
			/name is a number; it must be a string/,
		],
		["export default {", /cannot be loaded: Unexpected end of input/],
		["throw new Error('no');", /cannot be loaded: no/],
	] as const) {
		const path = write(context, text);
		await assert.rejects(loadModuleAgent(path), (error: Error) => {
			assert.match(error.message, expected);
			assert.ok(error.message.includes(path));
			return true;
		});
	}
	await assert.rejects(
		loadModuleAgent("./no-such-file.mjs"),
		/cannot be loaded: ENOENT/,
	);
	await assert.rejects(
		decide(write(context, "export default () => 5;")),
		/start gave no player/,
	);
	await assert.rejects(
		decide(write(context, "export default () => ({ act() {}, end: 5 });")),
		/start gave no player/,
	);
});

test("A close that hangs is not waited for without end.", async (context) => {
	const clock = new ManualClock();
	const agent = await loadModuleAgent(
		write(
			context,
			"export default { act() {}, close: () => new Promise(() => {}) };",
		),
		clock,
	);
	const closing = agent.close?.();
	clock.advance(5000);
	await closing;
});
