import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { grpcurlFolder, noGrpcurl } from "./grpcurl.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const TOKEN = "a-token-for-the-page-of-recipes";

/** Every recipe of docs/grpcurl.md, in order, with what its output must hold. */
const recipes = [
	...readFileSync(join(root, "docs", "grpcurl.md"), "utf8").matchAll(
		/^```sh\n([\s\S]*?)^```$/gm,
	),
].map(([, text]) => text);
const EXPECTED = [
	[
		/^nightshift\.v1\.EnvService$/m,
		/Opens a session and starts its first episode/,
		/repeated \.nightshift\.v1\.ServiceMetrics metrics/,
		/"status": "SERVING"/,
	],
	[/^sre\/easy$/m, /^sre\/flapping_network$/m],
	[/"taskId": "sre\/easy"/, /"seed": "7"/, /"leaseExpireTime"/],
	[/"replayed": true/, /restart order_service/],
	[
		/Code: InvalidArgument/,
		/google\.rpc\.ErrorInfo/,
		/"reason": "INVALID_FIELD"/,
		/action\.restart\.service_id/,
	],
	[/"endReason": "END_REASON_FINISHED"/, /"rootServiceId"/, /"score"/],
	[/"episode": 2/, /"episodeStarted"/, /"actionCompleted"/, /"episodeEnded"/],
	[/^\{\}$|^\{\s*\}$/m],
	[/"epochOfCall": 2/, /"valAccuracy": 0\.\d+/, /"testAccuracy": 0\.\d+/],
	[/"seed": "5"/, /"intervalHalfWidth"/],
	[/"requestId": "1"/, /"startedSeeds"/, /"requestId": "2"/, /"rewards"/],
	[/"stateJson": .*root_service_id/, /Code: PermissionDenied/],
];

test("Every recipe of docs/grpcurl.md does what the page says, one after the other in one shell.", {
	skip: noGrpcurl,
}, async (context) => {
	const folder = grpcurlFolder();
	const server = spawn(
		process.execPath,
		[join(root, "scripts", "nightshift.mjs"), "serve", "--port", "0"],
		{
			cwd: root,
			stdio: ["ignore", "pipe", "ignore"],
			env: { ...process.env, NIGHTSHIFT_OPERATOR_TOKEN: TOKEN },
		},
	);
	const ended = new Promise((resolve) => server.once("exit", resolve));
	context.after(async () => {
		server.kill("SIGTERM");
		await ended;
	});
	const port = await new Promise((resolve, reject) => {
		createInterface({ input: server.stdout }).on("line", (line) => {
			const found = /^listening on 127\.0\.0\.1:(\d+)$/.exec(line);
			if (found) resolve(found[1]);
		});
		void ended.then(() => reject(new Error("the server ended")));
	});
	assert.equal(recipes.length, EXPECTED.length);
	const MARK = "== the end of a recipe ==";
	const { stdout } = spawnSync(
		"bash",
		[
			"-c",
			recipes
				.map((text) => `${text}\necho '${MARK}'\n`)
				.join("")
				.replaceAll("50051", port)
				.replace(/^/, "exec 2>&1\n"),
		],
		{
			encoding: "utf8",
			maxBuffer: 2 ** 26,
			env: {
				...process.env,
				PATH: `${folder}:${process.env.PATH}`,
				NIGHTSHIFT_OPERATOR_TOKEN: TOKEN,
			},
		},
	);
	const outputs = stdout.split(MARK);
	EXPECTED.forEach((patterns, place) => {
		for (const pattern of patterns)
			assert.match(outputs[place], pattern, recipes[place]);
	});
});
