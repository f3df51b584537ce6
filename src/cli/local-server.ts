import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CommandFailure, EXIT } from "./exit-status.js";

export interface LocalServer {
	/** "host:port". */
	readonly address: string;
	/** Ends it, and waits for that. */
	stop(): Promise<void>;
}

/**
 * Starts a server of this checkout as a process of its own on a free port, and tells on standard error what it does about data sets. `data`:
 * directories with data sets, separated by colons. It ends with the signal. Errors: CommandFailure.
 */
export async function startLocalServer(
	data: string | undefined,
	signal: AbortSignal,
): Promise<LocalServer> {
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
			"--http-port",
			"off",
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
