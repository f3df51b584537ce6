import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Every recipe of docs/http.md, in order, with what its output must hold. */
const recipes = [
	...readFileSync(join(root, "docs", "http.md"), "utf8").matchAll(
		/^```sh\n([\s\S]*?)^```$/gm,
	),
].map(([, text]) => text);
const EXPECTED = [
	[
		/\{"status":"healthy"\}/,
		/"name":"nightshift"/,
		/"SREObservation"/,
		/spec_version: 1\nname: "nightshift_sre"/,
	],
	[/POST \/reset/, /"openapi":"3\.1\.0"/, /"id":"sre\/flapping_network"/],
	[/"metrics":\{"api_gateway"/, /"reward":null,"done":false/],
	[
		/"step_count":1/,
		/"action_history":\[\{"step":1,"action":"restart","service_id":"user_db"\}/,
		/"step_count":2/,
		/"step_count":3/,
	],
	[
		/"step_count":4/,
		/"task_id":"sre\/easy".*"seed":7/,
		/"end_reason":"finished"/,
		/"root_service_id":"\w+"/,
		/"declared_service_correct":(true|false)/,
	],
	[
		/"episode_id":"mine"/,
		/"episode_id":"yours"/,
		/You have 2 live episodes here; send the episode_id/,
		/"episode_id":"mine","step_count":1/,
		/\{"episode_id":"mine","closed":true\}/,
	],
	[/"done":false/, /"step_count":1/, /"task_id":"sre\/hard"/, /"closed":true/],
	[
		/"optimizer":"adam","learning_rate":0\.002/,
		/"current_epoch":2/,
		/"replayed":true/,
		/"test_accuracy":0\.\d+/,
		/"closed":true/,
	],
	[/"policy":"tuned-rule".*"score":0\.\d+/, /"easy":0\.01/],
	[
		/"loc":\["body","sed"\]/,
		/"loc":\["body","task_tier"\].*one of easy, medium, hard/,
		/You have no episode of this name here/,
		/curl has --json/,
	],
	[/This server is not called/, /Pages of https:\/\/evil\.example may not/],
];

test("Every recipe of docs/http.md does what the page says, one after the other in one shell.", async (context) => {
	const server = spawn(
		process.execPath,
		[join(root, "scripts", "nightshift.mjs"), "serve", "--port", "0"],
		{ cwd: root, stdio: ["ignore", "pipe", "ignore"] },
	);
	const ended = new Promise((resolve) => server.once("exit", resolve));
	context.after(async () => {
		server.kill("SIGTERM");
		await ended;
	});
	const port = await new Promise((resolve, reject) => {
		const told = [];
		createInterface({ input: server.stdout }).on("line", (line) => {
			told.push(line);
			if (told.length === 2)
				resolve(/^listening on 127\.0\.0\.1:(\d+)$/.exec(line)?.[1]);
		});
		void ended.then(() => reject(new Error("the server ended")));
	});
	assert.equal(recipes.length, EXPECTED.length);
	const MARK = "== the end of a recipe ==";
	const { stdout } = await promisify(execFile)(
		"bash",
		[
			"-c",
			recipes
				.map((text) => `${text}\necho '${MARK}'\n`)
				.join("")
				.replaceAll("127.0.0.1:8000", `127.0.0.1:${port}`)
				.replace(/^/, "exec 2>&1\n"),
		],
		{ encoding: "utf8", maxBuffer: 2 ** 26 },
	);
	const outputs = stdout.split(MARK);
	EXPECTED.forEach((patterns, place) => {
		for (const pattern of patterns)
			assert.match(outputs[place], pattern, recipes[place]);
	});
});
