import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { writeFiles } from "./fake-machine.mjs";
import { isIntact, isSealed, seal } from "./sealed-folder.mjs";

test("a sealed folder is whole and intact, with its links", async (t) => {
	const { folder } = await createSealed(t);
	assert.equal(await isSealed(folder), true);
	assert.equal(await isIntact(folder, undefined), true);
});

test("a folder without a manifest is not sealed", async (t) => {
	const { folder } = await createSealed(t);
	await rm(join(folder, "manifest.json"));
	assert.equal(await isSealed(folder), false);
	assert.equal(await isIntact(folder, undefined), false);
});

test("a missing, a shorter and a linked-elsewhere file break the seal", async (t) => {
	for (const damage of [
		(/** @type {string} */ folder) => rm(join(folder, "lib", "one")),
		(/** @type {string} */ folder) =>
			writeFile(join(folder, "lib", "one"), "on"),
		async (/** @type {string} */ folder) => {
			await rm(join(folder, "lib", "alias"));
			await symlink("two", join(folder, "lib", "alias"));
		},
	]) {
		const { folder } = await createSealed(t);
		await damage(folder);
		assert.equal(await isSealed(folder), false);
	}
});

test("a change that keeps the size is found by reading", async (t) => {
	const { folder } = await createSealed(t);
	await writeFile(join(folder, "lib", "one"), "eno");
	assert.equal(await isSealed(folder), true);
	assert.equal(await isIntact(folder, undefined), false);
});

test("sealing again replaces the folder as a whole", async (t) => {
	const { parent, folder } = await createSealed(t);
	const draft = join(parent, "draft");
	await writeFiles(draft, { "lib/three": "three" });
	await seal(draft, folder, undefined);
	assert.equal(await isIntact(folder, undefined), true);
	assert.equal(await readFile(join(folder, "lib", "three"), "utf8"), "three");
	await assert.rejects(readFile(join(folder, "lib", "one")));
});

/** @param {import('node:test').TestContext} t */
async function createSealed(t) {
	const parent = await mkdtemp(join(tmpdir(), "nightshift-sealed-"));
	t.after(() => rm(parent, { recursive: true, force: true }));
	const draft = join(parent, "draft");
	const folder = join(parent, "cache", "sealed");
	await writeFiles(draft, { "lib/one": "one", "lib/two": "two" });
	await symlink("one", join(draft, "lib", "alias"));
	await seal(draft, folder, undefined);
	return { parent, folder };
}
