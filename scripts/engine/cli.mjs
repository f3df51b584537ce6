#!/usr/bin/env node
// The command line of the engine's installation.
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { EngineFailure } from "./failure.mjs";
import { ensureEngine } from "./install.mjs";
import { createProgressWriter } from "./progress.mjs";

const USAGE = `usage: node scripts/engine/cli.mjs [--force] [--json] [--package-root <folder>]

Puts native TensorFlow in place for @tensorflow/tfjs-node. Done once, it is answered at once; a broken installation is mended.

  --force                   verify and build anew, whatever is in place
  --json                    print the result as JSON
  --package-root <folder>   the project whose node_modules hold the package (this one, unless given)
  --help                    this text

Environment:
  NIGHTSHIFT_ENGINE=portable             leave native TensorFlow alone
  NIGHTSHIFT_CACHE=<folder>              where the library stands, once for all checkouts (else ~/.cache/nightshift)
  NIGHTSHIFT_TENSORFLOW_WHEEL=<file>     a wheel that is here already, instead of a download

Exit status: 0 native TensorFlow works, 1 only the portable engine is left, 2 wrong usage, 130 interrupted.`;

const INTERRUPTS = /** @type {const} */ ({ SIGINT: 130, SIGTERM: 143 });

/** @type {Record<import('./engine.mjs').NativeEngine['how'], string>} */
const HOW = {
	stamped: "it was in place",
	"in place": "it was in place, and verified anew",
	cache: "from this machine's cache",
	vendor: "from the vendor's download",
	wheel: "built against TensorFlow's wheel",
};

process.exitCode = await main(process.argv.slice(2));

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit status
 */
async function main(args) {
	const options = parseOptions(args);
	if (options === undefined) return 2;
	if (options.help) {
		console.log(USAGE);
		return 0;
	}
	const controller = new AbortController();
	let interrupted = 0;
	for (const [name, status] of Object.entries(INTERRUPTS)) {
		process.once(name, () => {
			interrupted = status;
			controller.abort();
		});
	}
	const progress = createProgressWriter(process.stderr);
	try {
		const engine = await ensureEngine({
			packageRoot: options.packageRoot,
			force: options.force,
			log: progress.log,
			signal: controller.signal,
		});
		progress.end();
		console.log(
			options.json ? JSON.stringify(engine, undefined, 2) : describe(engine),
		);
		return engine.kind === "tensorflow" ? 0 : 1;
	} catch (error) {
		progress.end();
		if (interrupted !== 0) {
			console.error("Interrupted; nothing half-done is left.");
			return interrupted;
		}
		if (!(error instanceof EngineFailure)) throw error;
		console.error(`${capital(error.message)}. ${error.remedy}`);
		return 2;
	}
}

/** @param {string[]} args */
function parseOptions(args) {
	try {
		const { values } = parseArgs({
			args,
			options: {
				force: { type: "boolean", default: false },
				json: { type: "boolean", default: false },
				help: { type: "boolean", default: false },
				"package-root": {
					type: "string",
					default: resolve(dirname(fileURLToPath(import.meta.url)), "..", ".."),
				},
			},
		});
		return { ...values, packageRoot: resolve(values["package-root"]) };
	} catch (error) {
		console.error(
			`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`,
		);
		return undefined;
	}
}

/** @param {import('./engine.mjs').Engine} engine */
function describe(engine) {
	switch (engine.kind) {
		case "tensorflow":
			return `TensorFlow ${engine.tensorflowVersion} works natively (${HOW[engine.how]}): ${engine.napiPath}`;
		case "portable":
			return `Only the portable engine is left: ${engine.why}. ${engine.remedy}`;
		default:
			return /** @type {never} */ (engine);
	}
}

/** @param {string} sentence */
function capital(sentence) {
	return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
