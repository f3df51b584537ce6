import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
	mkdirSync,
	mkdtempSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

/** The package as another project sees it: by its name, with its types, as an ES module. */

const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const tsc = join(
	dirname(require.resolve("typescript/package.json")),
	"bin",
	"tsc",
);
let project;

before(() => {
	project = mkdtempSync(join(tmpdir(), "nightshift-project-"));
	mkdirSync(join(project, "node_modules", "@types"), { recursive: true });
	symlinkSync(root, join(project, "node_modules", "nightshift"));
	symlinkSync(
		join(root, "node_modules", "@types", "node"),
		join(project, "node_modules", "@types", "node"),
	);
	writeFileSync(join(project, "package.json"), '{"type": "module"}');
});

after(() => rmSync(project, { recursive: true }));

const PROGRAM = `import {
	type Action,
	type EpisodeResult,
	NightshiftClient,
	NightshiftRpcError,
	type Observation,
} from "nightshift";

const client = new NightshiftClient("127.0.0.1:1");
const action: Action = { restart: { service_id: "order_service" } };
const latencies = (seen: Observation): (number | undefined)[] =>
	seen.sre?.metrics.map(({ latency_p99 }) => latency_p99) ?? [];
const scoreOf = ({ score }: EpisodeResult): number | undefined => score;

try {
	const session = await client.createSession("sre/easy", { seed: 7n, timeoutMs: 50 });
	const answer = await session.step(action);
	console.log(latencies(session.observation), answer.result && scoreOf(answer.result));
} catch (error) {
	if (!(error instanceof NightshiftRpcError)) throw error;
	console.log(error.code);
} finally {
	client.close();
}
`;

function compile(text) {
	writeFileSync(join(project, "program.ts"), text);
	execFileSync(
		process.execPath,
		[
			tsc,
			"--strict",
			"--exactOptionalPropertyTypes",
			"--noUncheckedIndexedAccess",
			"--target",
			"es2023",
			"--module",
			"nodenext",
			"--types",
			"node",
			"program.ts",
		],
		{ cwd: project, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
	);
}

test("A strict project imports the client by the package's name, with its types, and runs.", () => {
	compile(PROGRAM);
	const output = execFileSync(process.execPath, ["program.js"], {
		cwd: project,
		encoding: "utf8",
	});
	assert.match(output, /^(UNAVAILABLE|DEADLINE_EXCEEDED)$/m);
});

test("The types hold: a wrong argument of an action does not compile.", () => {
	assert.throws(
		() => compile(PROGRAM.replace("service_id:", "service:")),
		(error) => /'service' does not exist in type/.test(error.stdout),
	);
});
