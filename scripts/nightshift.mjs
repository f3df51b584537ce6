#!/usr/bin/env node
// The command `nightshift`. In a checkout it first makes what is missing (the build, the native engine) and says so; then it runs.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const given = process.argv.slice(2);
const asksForHelp =
	given.length === 0 ||
	given.some((argument) => ["--help", "-h", "--version"].includes(argument));

if (
	!existsSync(join(root, "node_modules", "commander")) &&
	!existsSync(join(root, "..", "commander"))
) {
	console.error(
		"nightshift: its packages are not installed; run `npm ci` in its folder first.",
	);
	process.exit(1);
}
const { buildIfStale } = await import("./build.mjs");
if (!(await buildIfStale(root))) process.exit(1);
if (!asksForHelp && trains(given)) {
	const { prepareEngine } = await import("./prepare-engine.mjs");
	await prepareEngine(root);
}
const { main } = await import(
	pathToFileURL(join(root, "dist", "src", "cli", "main.js")).href
);
process.exit(await main(given));

/** Whether the command needs an engine on this machine. */
function trains([command, ...rest]) {
	const given = rest.join(" ");
	if (/--engine[ =]portable\b/.test(given)) return false;
	return (
		command === "serve" ||
		(["demo", "report", "evaluate"].includes(command) &&
			!/--address\b/.test(given))
	);
}
