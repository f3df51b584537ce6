import { arch, availableParallelism, platform } from "node:os";
import { Command } from "commander";
import {
	DATA_SET_FAMILIES,
	DataSetError,
	type DataSetFamily,
	loadDataSet,
	locateDataSets,
} from "../../datasets/load.js";
import {
	dataCacheDirectory,
	readServerConfiguration,
} from "../configuration.js";
import { networksOf, trainingTasks } from "../environments/training/tasks.js";
import { createWorkerPool } from "../training/worker-pool.js";
import { EXIT } from "./exit-status.js";

/** One thing that was looked at. */
interface Finding {
	readonly name: string;
	readonly status: "ok" | "missing" | "wrong";
	readonly found: string;
	/** What to do about it. */
	readonly remedy?: string;
}

const TESTED_NODE = 20;

/** `nightshift doctor`: engine, machine and data, and what to do about what is missing. */
export function doctorCommand(): Command {
	return new Command("doctor")
		.description(
			"Tell which engine and data sets there are, and what to do about what is missing.",
		)
		.option(
			"--data <DIR>",
			"directory with data sets to look in first (several: separated by a colon)",
		)
		.option(
			"--json",
			'tell it as JSON: {"findings":[{"name","status","found","remedy"}],"engine":{...}}',
		)
		.addHelpText(
			"after",
			"\nExit status 0 when native TensorFlow trains and all data sets are real, else 1.",
		)
		.action(async ({ data, json }: { data?: string; json?: boolean }) => {
			const { findings, engine } = await examine(
				readServerConfiguration(data === undefined ? {} : { data }).data,
			);
			if (json) console.log(JSON.stringify({ findings, engine }, undefined, 2));
			else console.log(findings.map(toText).join("\n"));
			process.exitCode = findings.every(({ status }) => status === "ok")
				? EXIT.done
				: EXIT.failed;
		});
}

async function examine(directories: readonly string[]) {
	const { engine, findings } = await examineEngine();
	return {
		engine,
		findings: [examineNode(), ...findings, ...(await examineData(directories))],
	};
}

function examineNode(): Finding {
	const major = Number(process.versions.node.split(".")[0]);
	const found = `Node ${process.versions.node} on ${platform()} ${arch()}, ${availableParallelism()} processors`;
	return {
		name: "node",
		status: major >= TESTED_NODE ? "ok" : "wrong",
		found,
		...(major < TESTED_NODE && { remedy: "Install Node 20 or newer." }),
	};
}

async function examineEngine() {
	let pool: Awaited<ReturnType<typeof createWorkerPool>>;
	const { engine: choice, precision } = readServerConfiguration({});
	try {
		pool = await createWorkerPool({
			engine: choice,
			precision,
			threads: 1,
			networks: networksOf(trainingTasks),
		});
	} catch (error) {
		return {
			engine: undefined,
			findings: [
				{
					name: "engine",
					status: "wrong",
					found: (error as Error).message,
					remedy:
						choice === "auto" && precision === "float32"
							? "Report this: not even the portable engine starts."
							: "Unset NIGHTSHIFT_ENGINE and NIGHTSHIFT_PRECISION.",
				} satisfies Finding,
			],
		};
	}
	const { engine } = pool;
	await pool.close();
	const native = engine.kind === "tensorflow";
	const findings: Finding[] = [
		{
			name: "engine",
			status: native ? "ok" : "missing",
			found: native ? engine.name : `${engine.name}: ${engine.why}`,
			...(!native && {
				remedy:
					"Run `node scripts/engine/cli.mjs`; it installs native TensorFlow or says what that takes.",
			}),
		},
		{
			name: "tensorflow",
			status: native ? "ok" : "missing",
			found: engine.tensorflowVersion ?? "none",
		},
		{ name: "onednn", status: "ok", found: engine.oneDnn ? "on" : "off" },
		{
			name: "threads",
			status: "ok",
			found: `${engine.intraOpThreads} within an operation, ${engine.interOpThreads} between operations, for each worker`,
		},
		{ name: "instruction set", status: "ok", found: engine.instructionSet },
	];
	return { engine, findings };
}

async function examineData(directories: readonly string[]): Promise<Finding[]> {
	const places = { directories, cacheDirectory: dataCacheDirectory() };
	const failure = (name: string, error: unknown): Finding => {
		if (!(error instanceof DataSetError)) throw error;
		// The sentence ends with what to do.
		return { name, status: "wrong", found: error.message };
	};
	let located: ReturnType<typeof locateDataSets>;
	try {
		located = locateDataSets(places);
	} catch (error) {
		return [failure("data directory", error)];
	}
	const examine = async (family: DataSetFamily): Promise<Finding> => {
		const name = `data ${family}`;
		const location = located[family];
		if (!location.found)
			return {
				name,
				status: "missing",
				found: `not in ${location.looked.join(", ")}`,
				remedy: `It is downloaded when a task first needs it; offline, name a directory with --data${family === "fashion-mnist" ? " or install the Debian package dataset-fashion-mnist" : ""}. Without it a synthetic set stands in, and says so.`,
			};
		try {
			await loadDataSet(family, { ...places, download: "never" });
			return {
				name,
				status: "ok",
				found: `${location.path} (${location.kind})`,
			};
		} catch (error) {
			return failure(name, error);
		}
	};
	const findings: Finding[] = [];
	for (const family of DATA_SET_FAMILIES) findings.push(await examine(family));
	return findings;
}

function toText({ name, status, found, remedy }: Finding): string {
	const mark = { ok: "ok     ", missing: "MISSING", wrong: "WRONG  " }[status];
	return `${mark}  ${name.padEnd(18)} ${found}${remedy ? `\n${" ".repeat(28)}-> ${remedy}` : ""}`;
}
