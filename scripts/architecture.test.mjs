import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What each stage may import beside itself; the first that a file's path begins with holds. */
const ALLOWED = [
	[
		"src/gateway/",
		[
			"src/door/",
			"src/sessions/",
			"src/environments/polic",
			"src/observability/request-tracer.ts",
		],
	],
	["src/web/page/", ["src/web/model/"]],
	["src/web/", []],
	["src/door/", ["src/sessions/", "src/environments/"]],
	[
		"src/server/",
		[
			"src/door/",
			"src/sessions/",
			"src/environments/",
			"src/observability/request-tracer.ts",
		],
	],
	[
		"src/observability/",
		["src/sessions/", "src/training/", "workers/job-result.ts"],
	],
	["src/sessions/", ["src/environments/"]],
	["src/environments/", ["src/training/", "workers/", "datasets/"]],
	["src/training/", ["workers/", "datasets/"]],
	[
		"src/evaluation/",
		[
			"clients/typescript/",
			"src/environments/polic",
			"src/environments/reference-scores.ts",
			"src/environments/sre/inline-episode.ts",
			"src/environments/sre/rejection-rates.ts",
			"src/environments/sre/tasks.ts",
		],
	],
	["src/conformance/", ["clients/typescript/"]],
	[
		"src/cli/",
		[
			"clients/typescript/",
			"src/conformance/",
			"src/evaluation/",
			"src/environments/polic",
			"src/environments/training/tasks.ts",
			"src/environments/sre/tasks.ts",
			"src/training/worker-pool.ts",
			"src/serve.ts",
			"datasets/load.ts",
		],
	],
	[
		"src/bench/",
		[
			"clients/typescript/",
			"src/evaluation/",
			"src/environments/sre/",
			"src/training/networks.ts",
			"src/serve.ts",
			"workers/",
		],
	],
	[
		"src/serve.ts",
		[
			"src/observability/",
			"src/door/",
			"src/server/",
			"src/gateway/",
			"src/sessions/",
			"src/environments/",
			"src/training/",
			"datasets/load.ts",
		],
	],
	[
		"src/",
		["workers/create-engine.ts", "workers/engine.ts", "datasets/load.ts"],
	],
	["workers/", []],
	["datasets/", []],
	["clients/typescript/", []],
];

/** Words of the contract, errors, time, who has gone, settings, statistics: any stage may use them. */
const LEAVES = [
	"proto/generated/",
	"proto/contract-files.ts",
	"proto/field-path.ts",
	"proto/tools.ts",
	"src/errors.ts",
	"src/clock.ts",
	"src/departure.ts",
	"src/entropy.ts",
	"src/log.ts",
	"src/configuration.ts",
	"src/data-progress.ts",
	"src/evaluation/student-t.ts",
];
const LEAVES_OF = {
	"workers/": [],
	"datasets/": [],
	"src/web/page/": [],
	"src/web/": [],
};

/** Packages that stand in one place only. */
const PACKAGES = [
	[/^@grpc\//, ["src/server/", "clients/", "src/bench/empty-stream"]],
	[/^@tensorflow\//, ["workers/"]],
	[/^(fastify|@fastify\/|ws$)/, ["src/gateway/"]],
	[/^@modelcontextprotocol\//, ["src/gateway/mcp/", "src/bench/openenv-tools"]],
	[/^@opentelemetry\/api$/, ["src/observability/", "clients/typescript/"]],
	[/^@opentelemetry\/(?!api$)/, ["src/observability/"]],
	[/^prom-client$/, ["src/observability/"]],
	[/^preact/, ["src/web/page/"]],
	[/^echarts/, ["src/web/page/", "src/evaluation/results/pictures/"]],
	[/^piscina/, ["src/training/", "workers/training-worker.ts"]],
];

const files = ["src", "workers", "datasets", "clients/typescript"].flatMap(
	(folder) =>
		readdirSync(join(root, folder), { recursive: true })
			.filter(
				(file) => /\.tsx?$/.test(file) && !/\.test\.ts$|testing/.test(file),
			)
			.map((file) => join(folder, file)),
);

test("Imports point one way through the stages.", () => {
	const wrong = files.flatMap((file) =>
		importsOf(file)
			.filter((target) => target.startsWith("."))
			.map((target) =>
				relative(root, join(root, dirname(file), target)).replace(
					/\.js$/,
					".ts",
				),
			)
			.filter((target) => !isAllowed(file, target))
			.map((target) => `${file} imports ${target}`),
	);
	assert.deepEqual(wrong, []);
});

test("gRPC, TensorFlow, Piscina, MCP, OpenTelemetry, Prometheus and the page's framework stand in their own stages.", () => {
	const wrong = files.flatMap((file) =>
		importsOf(file)
			.filter((target) =>
				PACKAGES.some(
					([name, places]) =>
						name.test(target) &&
						!places.some((place) => file.startsWith(place)),
				),
			)
			.map((target) => `${file} imports ${target}`),
	);
	assert.deepEqual(wrong, []);
});

function isAllowed(file, target) {
	const [stage, allowed] = ALLOWED.find(([place]) => file.startsWith(place));
	const leaves = LEAVES_OF[stage] ?? LEAVES;
	const own = stage === "src/serve.ts" || stage === "src/" ? [] : [stage];
	return [...own, ...allowed, ...leaves].some((place) =>
		target.startsWith(place),
	);
}

function importsOf(file) {
	const source = readFileSync(join(root, file), "utf8");
	return [
		...source.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g),
		...source.matchAll(/createRequire\([^)]*\)\(\s*["']([^"']+)["']/g),
	].map(([, target]) => target);
}
