import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import type { Task } from "../../clients/typescript/index.js";
import type { Agent, Decision, Episode, Turn } from "./agent.js";
import { toAgentName } from "./agent-name.js";
import { LineProcess } from "./line-process.js";

export interface CommandAgentOptions {
	/** A line of the shell. */
	readonly command: string;
	/** Default: after the first file that the command names, else after the program. */
	readonly name?: string;
	/** What the programs write to their standard error is added to this file, each line behind the number of its process. */
	readonly logFile: string;
}

/**
 * Any program as an agent: JSON lines on its standard input and output (docs/evaluation.md has the protocol). A process plays an episode at a
 * time and the next one after it, so there are as many processes as episodes at once. Whatever a program does wrong is its own failure of that
 * episode; the next one is played by a new process. The version is a digest of the command and of the files that it names.
 */
export function createCommandAgent({
	command,
	name = nameOf(command),
	logFile,
}: CommandAgentOptions): Agent {
	const idle: LineProcess[] = [];
	const running = new Set<LineProcess>();
	let started = 0;

	function startProcess(): LineProcess {
		started += 1;
		const number = started;
		mkdirSync(dirname(logFile), { recursive: true });
		const process = new LineProcess(command, (line) =>
			appendFileSync(logFile, `[${number}] ${line}\n`),
		);
		running.add(process);
		return process;
	}

	/** One that has not ended, or said what it should not, since its last episode. */
	function takeIdle(): LineProcess | undefined {
		for (;;) {
			const process = idle.pop();
			if (process === undefined || process.isSound) return process;
			giveUp(process);
		}
	}

	function giveUp(process: LineProcess): void {
		process.fail("is not needed any more");
		void process.end().then(() => running.delete(process));
	}

	return {
		name: toAgentName(name),
		version: versionOf(command),
		description: `The program ${command}`,
		wantsText: true,
		plays: () => true,
		start({ task, seed, split }: Episode) {
			const playing = takeIdle() ?? startProcess();
			playing.send({ type: "start", task: toTold(task), seed, split });
			return {
				act: async (turn: Turn, signal: AbortSignal): Promise<Decision> =>
					parseAnswer(
						await playing.ask({ type: "turn", ...turn }, signal),
						playing,
					),
				end(result) {
					playing.send({ type: "end", result: result ?? null });
					if (playing.isSound) idle.push(playing);
					else giveUp(playing);
				},
			};
		},
		async close() {
			await Promise.all([...running].map((process) => process.end()));
		},
	};
}

/** The first line that is no JSON ends the process: what it thinks it was asked nobody knows. */
function parseAnswer(line: string, process: LineProcess): Decision {
	try {
		return JSON.parse(line) as Decision;
	} catch {
		throw process.fail(
			`answered ${JSON.stringify(line.slice(0, 200))}, which is not JSON; answer each turn with one line such as {"action": {"wait": {}}}, and write all else to standard error`,
		);
	}
}

/** The task as ListTasks tells it, without what only flat observations and comparisons need. */
function toTold({
	observation_columns: _columns,
	reference_scores: _scores,
	...task
}: Task): object {
	return {
		...task,
		actions: task.actions.map((action) => ({
			...action,
			arguments: action.arguments.map(({ levels: _levels, ...told }) => told),
		})),
	};
}

/** The words of a command, without the shell's quotes. */
function wordsOf(command: string): string[] {
	return (command.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? []).map((word) =>
		word.replace(/^["']|["']$/g, ""),
	);
}

function filesOf(command: string): string[] {
	return wordsOf(command).filter(
		(word) => statSync(word, { throwIfNoEntry: false })?.isFile() === true,
	);
}

function nameOf(command: string): string {
	const isVariable = (word: string) => /^[A-Za-z_]\w*=/.test(word);
	const program = wordsOf(command).find((word) => !isVariable(word));
	const named = filesOf(command)[0] ?? program ?? "";
	return basename(named, extname(named));
}

function versionOf(command: string): string {
	const hash = createHash("sha256").update(command);
	for (const file of filesOf(command)) hash.update(readFileSync(file));
	return hash.digest("hex").slice(0, 12);
}
