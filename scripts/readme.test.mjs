import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
	existsSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { cache, grpcurlFolder, noGrpcurl } from "./grpcurl.mjs";
import { CORE, prepareEnvironment } from "./python-client.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Every fenced block of the README, with its language. */
const snippets = [
	...readFileSync(join(root, "README.md"), "utf8").matchAll(
		/^```(\w+)\n([\s\S]*?)^```$/gm,
	),
].map(([, language, text]) => ({ language, text }));

/** The two commands of the top are run by .ci/run, which takes them from the README too. */
const isTopCommand = ({ text }) => text.startsWith("npm ci && ");
const isServe = ({ text }) => text.startsWith("npx nightshift serve");
const isEvaluation = ({ text }) => text.startsWith("npx nightshift evaluate");
const isCurl = ({ text }) => text.startsWith("curl ");
const isGrpcurl = ({ text }) => /^(ID=\$\()?grpcurl /.test(text);

let server;
let port;
let httpPort;

before(async () => {
	const serve = snippets.find(isServe);
	assert.ok(serve, "the README starts a server");
	server = spawn(
		"sh",
		["-c", `exec ${serve.text.trim().replace("50051", "0")}`],
		{ cwd: root, stdio: ["ignore", "pipe", "ignore"], detached: true },
	);
	[port, httpPort] = await new Promise((resolve, reject) => {
		const found = [];
		createInterface({ input: server.stdout }).on("line", (line) => {
			found.push(/^listening on 127\.0\.0\.1:(\d+)$/.exec(line)?.[1]);
			if (found.length === 2) resolve(found);
		});
		server.once("exit", () => reject(new Error("the server ended")));
	});
});

after(async () => {
	const ended = new Promise((resolve) => server.once("exit", resolve));
	process.kill(-server.pid, "SIGTERM");
	await ended;
});

test("Every snippet of the README is of a kind that is run.", () => {
	const unknown = snippets.filter(
		(snippet) =>
			!isTopCommand(snippet) &&
			!isServe(snippet) &&
			!isEvaluation(snippet) &&
			!isGrpcurl(snippet) &&
			!isCurl(snippet) &&
			!["js", "python"].includes(snippet.language),
	);
	assert.deepEqual(unknown, []);
});

test("The TypeScript client's snippet trains and scores.", () => {
	const file = join(root, `.readme-snippet-${process.pid}.mjs`);
	writeFileSync(file, textOf("js"));
	try {
		const output = execFileSync(process.execPath, [file], {
			cwd: root,
			encoding: "utf8",
		});
		assert.match(output, /epoch 3: 0\.\d+\n/);
		assert.match(output, /score [01]\.\d{3}, test accuracy 0\.\d+/);
	} finally {
		rmSync(file);
	}
});

test("The Python snippet trains and scores.", () => {
	const output = execFileSync(
		prepareEnvironment(CORE),
		["-c", textOf("python")],
		{ cwd: root, encoding: "utf8" },
	);
	assert.match(output, /epoch 2: validation accuracy 0\.\d{3}/);
	assert.match(output, /reward -?\d\.\d{3}, 98 epochs left/);
	assert.match(output, /score [01]\.\d{3}, test accuracy 0\.\d{3}/);
});

test("The evaluation's snippet plays, makes its page and compares.", () => {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-readme-"));
	try {
		const { text } = snippets.find(isEvaluation);
		const output = execFileSync(
			"sh",
			["-ec", text.replaceAll("outputs/evals/first", folder)],
			{ cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
		);
		assert.match(output, /^tuned-rule +sre\/hard +32 +0\.\d{3} ± /m);
		assert.match(output, /^\| sre\/hard \| 32 \| /m);
		assert.ok(existsSync(join(folder, "report.html")));
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test("The curl snippet plays an incident and scores.", () => {
	const output = execFileSync(
		"bash",
		[
			"-euo",
			"pipefail",
			"-c",
			snippets.find(isCurl).text.replaceAll(":8000", `:${httpPort}`),
		],
		{ encoding: "utf8" },
	);
	assert.match(output, /"reward":null/);
	assert.match(output, /"step_count":1/);
	assert.match(output, /"end_reason":"finished"/);
});

test("The grpcurl snippets do what they say, with no proto file at hand.", {
	skip: noGrpcurl,
}, () => {
	const script = snippets
		.filter(isGrpcurl)
		.map(({ text }) => text)
		.join("\n");
	const output = execFileSync(
		"bash",
		["-euo", "pipefail", "-c", script.replaceAll("50051", port)],
		{
			cwd: cache,
			encoding: "utf8",
			env: { ...process.env, PATH: `${grpcurlFolder()}:${process.env.PATH}` },
		},
	);
	for (const expected of [
		/nightshift\.v1\.EnvService/,
		/"status": "SERVING"/,
		/rpc Step/,
		/"id": "training\/hard_cifar"/,
		/"valAccuracy": 0\.\d+/,
		/"score": 0?\.?\d+/,
		/"episode": 2/,
		/"sessionEnded"/,
		/last actions: 1 restart order_service/,
		/"rootServiceId"/,
		/"intervalHalfWidth"/,
	]) {
		assert.match(output, expected);
	}
});

function textOf(language) {
	const found = snippets.filter((snippet) => snippet.language === language);
	assert.equal(found.length, 1, `the README has one ${language} snippet`);
	return found[0].text.replaceAll("50051", port);
}
