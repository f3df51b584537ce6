import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { RuleResult } from "../conformance/conformance.js";
import { startBentServer } from "../conformance/testing-bent-server.js";
import { SRE, serve } from "../conformance/testing-conformance.js";

const command = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);

test("A server that keeps the rules ends the command with 0, a line a rule and the list as JSON.", async (context) => {
	const address = await serve(context, SRE);
	const folder = mkdtempSync(join(tmpdir(), "conformance-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const file = join(folder, "rules.json");
	const { status, output } = await run([
		"--address",
		address,
		"--rules",
		"^(exactly-once.repeat|one-action.busy|fork.equal|service.health)$",
		"--json",
		file,
	]);
	assert.equal(status, 0, output);
	assert.match(output, /4 rules, of sre\/easy at 127\.0\.0\.1/);
	assert.match(output, /^ok {13}exactly-once\.repeat {2}The same number/m);
	assert.match(output, /^n\/a {12}one-action\.busy/m);
	assert.match(output, /^unimplemented {2}fork\.equal/m);
	assert.match(output, /2 ok, 0 failed, 1 unimplemented, 1 not applicable/);
	const written = JSON.parse(readFileSync(file, "utf8")) as RuleResult[];
	assert.deepEqual(
		written.map(({ rule, outcome }) => `${rule} ${outcome}`),
		[
			"fork.equal unimplemented",
			"exactly-once.repeat ok",
			"one-action.busy n/a",
			"service.health ok",
		],
	);
	assert.ok(written.every(({ milliseconds }) => milliseconds >= 0));
});

test("A server that breaks a rule ends it with 1, and says what was expected and what came.", async (context) => {
	const straight = await serve(context, SRE);
	const address = await startBentServer(context, straight, {
		answer: { Check: () => ({ status: "NOT_SERVING" }) },
	});
	const { status, output } = await run([
		"--address",
		address,
		"--rules",
		"^service.health$",
	]);
	assert.equal(status, 1);
	assert.match(
		output,
		/^FAIL {11}service\.health .*\n {15}"": expected SERVING, got NOT_SERVING\.$/m,
	);
	assert.match(output, /1 of 1 rules fail/);
});

test("What cannot be asked ends it with 1, wrong usage with 2; --list asks nothing.", async () => {
	const list = await run(["--list", "--quick"]);
	assert.equal(list.status, 0);
	assert.match(list.output, /^watch\.events {2}/m);
	assert.doesNotMatch(list.output, /watch\.dropped/);
	for (const [given, expected, status] of [
		[[], /--address is missing/, 2],
		[["--rules", "no-such"], /--rules: "no-such" matches no rule/, 2],
		[["--rules", "("], /--rules: "\(" is not allowed; a regular expression/, 2],
		[["--address", "127.0.0.1:1"], /127\.0\.0\.1:1 does not list its tasks/, 1],
	] as const) {
		const told = await run(given);
		assert.equal(told.status, status, told.output);
		assert.match(told.output, expected);
	}
});

async function run(
	given: readonly string[],
): Promise<{ status: number | null; output: string }> {
	const child = spawn(process.execPath, [command, "conformance", ...given], {
		stdio: ["ignore", "pipe", "pipe"],
	});
	let output = "";
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (text: Buffer) => {
			output += text.toString();
		});
	const status = await new Promise<number | null>((resolve) =>
		child.once("close", resolve),
	);
	return { status, output };
}
