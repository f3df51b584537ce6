import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import {
	type EnvSession,
	type EpisodeResult,
	NightshiftClient,
	type Progress,
	type StepResponse,
} from "../../clients/typescript/index.js";
import { policies, policyOf } from "../environments/policies.js";
import { EpisodeView } from "./episode-view.js";
import { CommandFailure, EXIT } from "./exit-status.js";

const READER_GONE = "the reader of the output is gone";

interface DemoOptions {
	readonly task: string;
	readonly seed: string;
	readonly policy: string;
	readonly address?: string;
	readonly data?: string;
	readonly json?: boolean;
}

/** `nightshift demo`: starts a server and plays one episode against it over gRPC with a scripted policy. */
export function demoCommand(): Command {
	const names = [...new Set(policies.map(({ name }) => name))].join(", ");
	return new Command("demo")
		.description(
			"Start a server and play one whole episode against it over gRPC, with live progress and the final score.",
		)
		.option("--task <ID>", "task to play", "training/easy_mnist")
		.option("--seed <N>", "seed of the episode, 0 to 2^64-1", "1")
		.option("--policy <NAME>", `who plays: ${names}`, "heuristic")
		.option(
			"--address <HOST:PORT>",
			"play against this server instead of starting one",
		)
		.option(
			"--data <DIR>",
			"directory with data sets (several: separated by a colon)",
		)
		.option("--json", "print one JSON object at the end instead of progress")
		.action(async (options: DemoOptions) => {
			if (!/^\d{1,20}$/.test(options.seed) || BigInt(options.seed) >= 2n ** 64n)
				throw new CommandFailure(
					`--seed: "${options.seed}" is not allowed; a whole number from 0 to 2^64-1.`,
					EXIT.wrongUsage,
				);
			const interrupted = new AbortController();
			const interrupt = () => interrupted.abort();
			// Whoever read the output has gone (`| head`): nothing more is worth doing.
			process.stdout.on("error", () => interrupted.abort(READER_GONE));
			process.once("SIGINT", interrupt);
			process.once("SIGTERM", interrupt);
			const server =
				options.address === undefined
					? await startServer(options, interrupted.signal)
					: undefined;
			try {
				await play(
					server?.address ?? (options.address as string),
					options,
					interrupted.signal,
				);
			} catch (error) {
				if (interrupted.signal.reason === READER_GONE) return;
				if (interrupted.signal.aborted)
					throw new CommandFailure("interrupted.", EXIT.interrupted);
				throw error;
			} finally {
				await server?.stop();
			}
		});
}

async function play(
	address: string,
	{ task: taskId, seed, policy: policyName, json }: DemoOptions,
	signal: AbortSignal,
): Promise<void> {
	const client = new NightshiftClient(address);
	let session: EnvSession | undefined;
	try {
		await client.waitForReady(10_000).catch((error: Error) => {
			throw new CommandFailure(error.message);
		});
		const tasks = await client.listTasks("", { signal });
		const task = tasks.find(({ id }) => id === taskId);
		if (task === undefined)
			throw new CommandFailure(
				`--task: no task is called "${taskId}"; there are ${tasks.map(({ id }) => id).join(", ")}.`,
				EXIT.wrongUsage,
			);
		const policy = choosePolicy(task.environment, policyName);
		session = await client.createSession(taskId, { seed, signal });
		const view = json
			? undefined
			: new EpisodeView(process.stdout, task, session, policy);
		// Takes away what was told about data sets while the session was opened.
		if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
		view?.begin();
		const act = policy.start(task, BigInt(seed));
		let result: EpisodeResult | undefined;
		while (result === undefined) {
			const action = act(session.observation);
			if (action === undefined) {
				const finished = await session.finish({ signal });
				result = finished.result as EpisodeResult;
				break;
			}
			view?.acting(action);
			const answer: StepResponse = await session.step(action, {
				signal,
				onProgress: (progress: Progress) => view?.progress(progress),
			});
			view?.acted(answer);
			result = answer.result ?? undefined;
		}
		if (json)
			console.log(
				JSON.stringify(
					{ task: taskId, seed, policy: policy.name, result },
					withoutLoaderFields,
					2,
				),
			);
		else view?.end(result);
	} finally {
		await session?.close({ timeoutMs: 5000 }).catch(() => {});
		client.close();
	}
}

/** proto-loader adds a field for each optional one, "_score" for "score". */
function withoutLoaderFields(name: string, value: unknown): unknown {
	return name.startsWith("_") ? undefined : value;
}

function choosePolicy(environment: string, name: string) {
	try {
		return policyOf(environment, name);
	} catch (error) {
		throw new CommandFailure(
			`--policy: ${(error as Error).message}.`,
			EXIT.wrongUsage,
		);
	}
}

/** Shows what the server says that it is doing about data sets and its engine: the rest of its log is its own affair. */
function showProgress(line: string): void {
	let entry: { progress?: string; msg?: string; kind?: string };
	try {
		entry = JSON.parse(line) as typeof entry;
	} catch {
		return;
	}
	if (entry.progress === undefined && entry.kind !== "portable") return;
	if (!process.stderr.isTTY && entry.progress === "draw") return;
	process.stderr.write(
		process.stderr.isTTY && ["fetch", "draw"].includes(entry.progress ?? "")
			? `\r\u001b[K${entry.msg}`
			: `${process.stderr.isTTY ? "\r\u001b[K" : ""}${entry.msg}\n`,
	);
}

/** A server of this checkout as a process of its own, on a free port. */
async function startServer(
	{ data }: DemoOptions,
	signal: AbortSignal,
): Promise<{ address: string; stop(): Promise<void> }> {
	const command = fileURLToPath(
		new URL("../../../scripts/nightshift.mjs", import.meta.url),
	);
	const server = spawn(
		process.execPath,
		[
			command,
			"serve",
			"--port",
			"0",
			"--log-level",
			"info",
			...(data ? ["--data", data] : []),
		],
		{ stdio: ["ignore", "pipe", "pipe", "ipc"], detached: true },
	);
	const told: string[] = [];
	createInterface({
		input: server.stderr as NonNullable<ChildProcess["stderr"]>,
	}).on("line", (line) => {
		told.push(line);
		showProgress(line);
	});
	const exited = new Promise<void>((resolve) =>
		server.once("exit", () => resolve()),
	);
	const stop = async () => {
		server.kill("SIGTERM");
		await exited;
	};
	signal.addEventListener("abort", () => server.kill("SIGTERM"), {
		once: true,
	});
	const address = await new Promise<string | undefined>((resolve) => {
		createInterface({
			input: server.stdout as NonNullable<ChildProcess["stdout"]>,
		}).on("line", (line) => {
			const match = /^listening on (.+)$/.exec(line);
			if (match) resolve(match[1]);
		});
		void exited.then(() => resolve(undefined));
	});
	if (address === undefined) {
		if (signal.aborted)
			throw new CommandFailure("interrupted.", EXIT.interrupted);
		throw new CommandFailure(
			`the server did not start. ${told.join("\n").replace(/^nightshift: /gm, "")}`,
		);
	}
	return { address, stop };
}
