// Running another program: its output kept, its whole process group ended on abort, time-out or silence.
import { spawn } from "node:child_process";

/**
 * @typedef {object} Command
 * @property {string} file
 * @property {string[]} args
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {AbortSignal | undefined} [signal] ends the command; the promise then rejects with its reason
 * @property {number} [timeoutMs]
 * @property {number} [idleMs] how long it may neither print nor change what `measure` gives
 * @property {() => Promise<number>} [measure]
 * @property {(text: string) => void} [onOutput]
 */

/**
 * @typedef {object} Outcome
 * @property {number | undefined} code its exit status; undefined when a signal ended it or it never began
 * @property {string | undefined} endedBy the signal that ended it
 * @property {'missing' | 'timeout' | 'idle' | undefined} trouble
 * @property {string} output the end of what it printed, both streams together
 */

/** @typedef {(command: Command) => Promise<Outcome>} Run */

const KEPT_CHARACTERS = 200_000;
const GRACE_MS = 2_000;

/** @type {Run} */
export async function runCommand({
	file,
	args,
	cwd,
	env,
	signal,
	timeoutMs,
	idleMs,
	measure,
	onOutput,
}) {
	signal?.throwIfAborted();
	// A group of its own: Ctrl-C then reaches it through `signal` alone, and make's or pip's children end with it.
	const child = spawn(file, args, {
		cwd,
		env,
		detached: process.platform !== "win32",
		stdio: ["ignore", "pipe", "pipe"],
	});
	/** @type {Outcome['trouble']} */
	let trouble;
	/** @type {ReturnType<typeof setTimeout> | undefined} */
	let killer;
	const end = () => {
		endGroup(child, "SIGTERM");
		killer ??= setTimeout(() => endGroup(child, "SIGKILL"), GRACE_MS);
	};
	/** @param {NonNullable<Outcome['trouble']>} name */
	const endFor = (name) => {
		trouble ??= name;
		end();
	};

	let output = "";
	let activeMs = performance.now();
	const keep = (/** @type {string} */ text) => {
		activeMs = performance.now();
		output = (output + text).slice(-KEPT_CHARACTERS);
		onOutput?.(text);
	};
	child.stdout.setEncoding("utf8").on("data", keep);
	child.stderr.setEncoding("utf8").on("data", keep);

	signal?.addEventListener("abort", end, { once: true });
	const timeout =
		timeoutMs === undefined
			? undefined
			: setTimeout(() => endFor("timeout"), timeoutMs);
	let measured = -1;
	const watch =
		idleMs === undefined
			? undefined
			: setInterval(
					async () => {
						const now = measure
							? await measure().catch(() => measured)
							: measured;
						if (now !== measured) activeMs = performance.now();
						measured = now;
						if (performance.now() - activeMs > idleMs) endFor("idle");
					},
					Math.min(1000, idleMs),
				);
	try {
		const { code, endedBy } = await closed(child, () => {
			trouble = "missing";
		});
		signal?.throwIfAborted();
		return { code, endedBy, trouble, output };
	} finally {
		signal?.removeEventListener("abort", end);
		clearTimeout(timeout);
		clearTimeout(killer);
		clearInterval(watch);
	}
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {() => void} onMissing
 * @returns {Promise<{ code: number | undefined, endedBy: string | undefined }>}
 */
function closed(child, onMissing) {
	return new Promise((resolve, reject) => {
		child.on("error", (error) => {
			const { code } = /** @type {NodeJS.ErrnoException} */ (error);
			if (code !== "ENOENT" && code !== "EACCES" && code !== "ENOTDIR")
				return reject(error);
			onMissing();
			resolve({ code: undefined, endedBy: undefined });
		});
		child.on("close", (code, endedBy) =>
			resolve({ code: code ?? undefined, endedBy: endedBy ?? undefined }),
		);
	});
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function endGroup(child, signal) {
	if (child.pid === undefined) return;
	try {
		if (process.platform === "win32") child.kill(signal);
		else process.kill(-child.pid, signal);
	} catch {
		// It has ended by itself.
	}
}
