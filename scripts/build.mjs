#!/usr/bin/env node
// Compiles the project, and the page to watch (dist/web), into dist/ where sources are newer than the last build. Where there are no sources (an installed package, an image),
// dist/ is taken as it is.
import { spawnSync } from "node:child_process";
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The page's own code, for browsers. */
const PAGE = "src/web/page";
const SOURCES = [
	"src",
	"workers",
	"datasets",
	"clients/typescript",
	"clients/examples",
	"proto",
];

/** Whether dist/ is there and fresh at the end; says what it does when it builds. */
export async function buildIfStale(root, { force = false } = {}) {
	if (!existsSync(join(root, "src", "serve.ts"))) return true;
	const stamp = join(root, "dist", ".built");
	if (
		!force &&
		existsSync(stamp) &&
		newestSource(root) <= statSync(stamp).mtimeMs
	)
		return true;
	process.stderr.write("nightshift: compiling the TypeScript sources ... ");
	const started = performance.now();
	const startedAt = new Date();
	rmSync(stamp, { force: true });
	if (!compile(root) || !compile(join(root, PAGE)) || !(await bundle(root))) {
		console.error(
			"\nnightshift: the sources do not compile; the lines above say where.",
		);
		return false;
	}
	removeOrphans(root);
	copyTables(root);
	// What was saved while the compiler ran is newer than this and is compiled next time.
	writeFileSync(stamp, "");
	utimesSync(stamp, startedAt, startedAt);
	process.stderr.write(
		`done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
	);
	return true;
}

function compile(project) {
	const compiler = createRequire(import.meta.url).resolve(
		"typescript/package.json",
	);
	const { status } = spawnSync(
		process.execPath,
		[join(dirname(compiler), "bin", "tsc"), "-p", project],
		{ stdio: ["ignore", 2, 2] },
	);
	return status === 0;
}

/** The page as few files that ask for nothing else. */
async function bundle(root) {
	const { build } = await import("esbuild");
	const from = (file) => join(root, PAGE, file);
	const to = (file) => join(root, "dist", "web", file);
	try {
		await build({
			entryPoints: { app: from("main.tsx") },
			outdir: to(""),
			bundle: true,
			minify: true,
			format: "esm",
			target: "es2022",
			legalComments: "eof",
			jsx: "automatic",
			jsxImportSource: "preact",
			logLevel: "error",
		});
	} catch {
		// esbuild has told why.
		return false;
	}
	for (const [file, name] of Object.entries({
		"index.html": "index.html",
		"icon.svg": "icon.svg",
		"style.css": "app.css",
	}))
		copyFileSync(from(file), to(name));
	return true;
}

function newestSource(root) {
	const own = ["tsconfig.json", "package.json"].map(
		(file) => statSync(join(root, file)).mtimeMs,
	);
	return Math.max(
		...own,
		...sourceFiles(root).map((file) => statSync(join(root, file)).mtimeMs),
	);
}

function sourceFiles(root) {
	return SOURCES.flatMap((folder) =>
		existsSync(join(root, folder))
			? readdirSync(join(root, folder), { recursive: true })
					.filter((file) => /\.(tsx?|json|bin|css|html|svg)$/.test(file))
					.map((file) => join(folder, file))
			: [],
	);
}

/** Binary tables stand beside the code that reads them. */
function copyTables(root) {
	for (const file of sourceFiles(root).filter((name) =>
		name.endsWith(".bin"),
	)) {
		mkdirSync(join(root, "dist", dirname(file)), { recursive: true });
		copyFileSync(join(root, file), join(root, "dist", file));
	}
}

/** Compiled files whose source is gone would still run as tests. */
function removeOrphans(root) {
	const sources = new Set(
		sourceFiles(root).map((file) => file.replace(/\.ts$/, "")),
	);
	for (const folder of SOURCES) {
		const compiled = join(root, "dist", folder);
		if (!existsSync(compiled)) continue;
		for (const file of readdirSync(compiled, { recursive: true })) {
			const match = /^(.*?)(\.js(\.map)?|\.d\.ts|(?<=\.bin))$/.exec(file);
			if (match && !sources.has(join(folder, match[1])))
				rmSync(join(compiled, file), { force: true });
		}
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const root = fileURLToPath(new URL("..", import.meta.url));
	if (process.argv.includes("--help"))
		console.log(
			"usage: node scripts/build.mjs [--force]\n\nCompiles into dist/ where sources are newer than the last build.",
		);
	else
		process.exit(
			(await buildIfStale(root, { force: process.argv.includes("--force") }))
				? 0
				: 1,
		);
}
