#!/usr/bin/env node
// `npm run bench -- ...`: makes what is missing (the build, the native engine), then measures.
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildIfStale } from "./build.mjs";
import { prepareEngine } from "./prepare-engine.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const given = process.argv.slice(2);
if (!(await buildIfStale(root))) process.exit(1);
if (given.length > 0 && !given.includes("--help")) await prepareEngine(root);
const { main } = await import(
	pathToFileURL(join(root, "dist", "src", "bench", "main.js")).href
);
process.exit(await main(given));
