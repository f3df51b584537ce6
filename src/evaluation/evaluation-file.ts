import {
	constants,
	copyFileSync,
	linkSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Task } from "../../clients/typescript/index.js";
import { type Clock, systemClock } from "../clock.js";
import type { Agent } from "./agent.js";
import type { SplitName } from "./episode-player.js";
import type {
	EpisodeIdentity,
	EpisodeLimits,
	EpisodeRecord,
	EvaluationHeader,
	EvaluationLine,
	FailedAttempt,
} from "./episode-record.js";
import { JsonLines } from "./json-lines.js";
import { LINES_FILE } from "./results/result-files.js";

/** Whose episodes are played: each agent on each task that it plays, over each seed. */
export interface Question {
	readonly agents: readonly Agent[];
	readonly tasks: readonly Task[];
	/** In decimal. */
	readonly seeds: readonly string[];
	readonly split: SplitName;
	readonly limits: EpisodeLimits;
}

/** What is kept in memory of an episode that is over. */
export type EpisodeOutcome = EpisodeIdentity &
	Pick<EpisodeRecord, "kind" | "outcome" | "score" | "seconds">;

type Kept = EvaluationHeader | EpisodeOutcome | FailedAttempt;

const LOCK_NAME = "evaluation.lock";

/** Two lines with one key are of the same episode. */
export function identityKey(identity: EpisodeIdentity): string {
	const { agent, agentVersion, task, taskVersion, split, seed } = identity;
	return JSON.stringify([agent, agentVersion, task, taskVersion, split, seed]);
}

/** The file of an evaluation, in a folder that it has to itself while it is open. */
export class EvaluationFile {
	private constructor(
		private readonly lines: JsonLines<Kept>,
		private readonly lock: string,
	) {}

	/**
	 * Opens the file of a question, or begins it. The question may be that of the file, or add agents, tasks or seeds to it; then the file's
	 * first line is written anew. Errors: an Error with a sentence where it is another question, another process has the file, or it cannot be
	 * read.
	 */
	static open(
		folder: string,
		question: Question,
		clock: Clock = systemClock,
	): EvaluationFile {
		const path = join(folder, LINES_FILE);
		const lock = join(folder, LOCK_NAME);
		mkdirSync(folder, { recursive: true });
		takeLock(lock);
		try {
			let lines = JsonLines.openKeeping(path, keep);
			const [first] = lines.values;
			if (first === undefined && lines.values.length === 0)
				lines.append(toHeader(question, new Date(clock.now()).toISOString()));
			else {
				if (first?.kind !== "evaluation" || first.format !== 1)
					throw new Error(
						`${path} does not begin with an evaluation's first line; choose another --out.`,
					);
				const difference =
					differenceOf(first, question) ?? otherVersion(lines.values, question);
				if (difference !== undefined)
					throw new Error(
						`${path} answers another question: ${difference}; choose another --out.`,
					);
				const header = toHeader(question, first.createdAt);
				if (!isDeepStrictEqual(header, first)) {
					writeFirstLine(path, header);
					lines = JsonLines.openKeeping(path, keep);
				}
			}
			return new EvaluationFile(lines, lock);
		} catch (error) {
			rmSync(lock, { force: true });
			throw error;
		}
	}

	get path(): string {
		return this.lines.path;
	}

	/** Episodes that are over. */
	get episodes(): readonly EpisodeOutcome[] {
		return this.lines.values.filter((line) => line.kind === "episode");
	}

	/** Attempts that the infrastructure cut off. */
	get failures(): readonly FailedAttempt[] {
		return this.lines.values.filter((line) => line.kind === "failed-attempt");
	}

	/** Errors: those of the file system. */
	append(line: EvaluationLine): void {
		this.lines.append(line);
	}

	close(): void {
		rmSync(this.lock, { force: true });
	}
}

function keep(value: unknown): Kept {
	const line = value as EvaluationLine | null;
	switch (line?.kind) {
		case "evaluation":
		case "failed-attempt":
			return line;
		case "episode": {
			const { kind, agent, agentVersion, task, taskVersion, split, seed } =
				line;
			const { outcome, score, seconds } = line;
			return {
				kind,
				agent,
				agentVersion,
				task,
				taskVersion,
				split,
				seed,
				outcome,
				score,
				seconds,
			};
		}
		default:
			throw new Error("is not a line of an evaluation");
	}
}

function toHeader(
	{ agents, tasks, seeds, split, limits }: Question,
	createdAt: string,
): EvaluationHeader {
	return {
		kind: "evaluation",
		format: 1,
		createdAt,
		agents: agents.map(({ name, version }) => ({ name, version })),
		tasks: tasks.map(({ id }) => id),
		seeds,
		split,
		limits,
	};
}

/** Why a question is neither the file's nor one that adds to it, in words. */
function differenceOf(
	there: EvaluationHeader,
	asked: Question,
): string | undefined {
	if (there.split !== asked.split)
		return `its split is ${there.split}, and ${asked.split} is asked for`;
	if (!isDeepStrictEqual(there.limits, asked.limits))
		return `its limits are ${tellLimits(there.limits)}, and ${tellLimits(asked.limits)} are asked for`;
	for (const { name, version } of there.agents) {
		const agent = asked.agents.find((agent) => agent.name === name);
		if (agent === undefined)
			return `its agent ${name} is not asked for (more agents may be added, none left out)`;
		if (agent.version !== version)
			return `its agent ${name} has the version ${version}, and now it has ${agent.version}`;
	}
	const task = there.tasks.find((id) =>
		asked.tasks.every((asked) => asked.id !== id),
	);
	if (task !== undefined)
		return `its task ${task} is not asked for (more tasks may be added, none left out)`;
	const seeds = new Set(asked.seeds);
	const seed = there.seeds.find((seed) => !seeds.has(seed));
	if (seed !== undefined)
		return `its seed ${seed} is not asked for (more seeds may be added, none left out)`;
	return undefined;
}

function tellLimits(limits: EpisodeLimits): string {
	const told = Object.entries(limits).map(
		([name, value]) => `${name} ${value}`,
	);
	return told.length === 0 ? "none" : told.join(", ");
}

/** A task of the server that is not the one that the file's episodes were played on. */
function otherVersion(
	lines: readonly Kept[],
	{ tasks }: Question,
): string | undefined {
	for (const line of lines) {
		if (line?.kind !== "episode") continue;
		const task = tasks.find(({ id }) => id === line.task);
		if (task !== undefined && task.version !== line.taskVersion)
			return `it has episodes of version ${line.taskVersion} of ${line.task}, and the server has version ${task.version}`;
	}
	return undefined;
}

/** At no moment is there less than a whole file. */
function writeFirstLine(path: string, header: EvaluationHeader): void {
	const bytes = readFileSync(path);
	const fresh = `${path}.new`;
	writeFileSync(
		fresh,
		Buffer.concat([
			Buffer.from(`${JSON.stringify(header)}\n`),
			bytes.subarray(bytes.indexOf("\n") + 1),
		]),
	);
	renameSync(fresh, path);
}

/** Errors: an Error where another process that lives has it. */
function takeLock(path: string): void {
	const own = `${path}.${process.pid}`;
	writeFileSync(own, String(process.pid));
	try {
		while (!placeLock(own, path)) {
			const held = readLock(path);
			if (held === undefined) continue;
			const holder = Number(held);
			if (holder !== process.pid && isAlive(holder))
				throw new Error(
					`process ${holder} is evaluating into this folder; wait for its end, or choose another --out (where it is no such process, remove ${path}).`,
				);
			removeLeft(path, held);
		}
	} finally {
		rmSync(own, { force: true });
	}
}

/** Whether there was none: a lock comes into its place with its owner in it, so that nobody takes it for one that was left. */
function placeLock(own: string, path: string): boolean {
	try {
		linkSync(own, path);
		return true;
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === "EEXIST") return false;
		// Some file systems have no links.
		if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code ?? ""))
			throw error;
		return copyLock(own, path);
	}
}

function copyLock(own: string, path: string): boolean {
	try {
		copyFileSync(own, path, constants.COPYFILE_EXCL);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
		throw error;
	}
}

/** Moved away before it is removed: by now it may be another's, which then goes back. */
function removeLeft(path: string, held: string): void {
	const aside = `${path}.${process.pid}.left`;
	try {
		renameSync(path, aside);
	} catch (error) {
		if (isMissing(error)) return;
		throw error;
	}
	if (readLock(aside) === held) rmSync(aside);
	else renameSync(aside, path);
}

/** Nothing where there is none. */
function readLock(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw error;
	}
}

function isMissing(error: unknown): boolean {
	return (error as NodeJS.ErrnoException).code === "ENOENT";
}

function isAlive(pid: number): boolean {
	if (!Number.isInteger(pid) || pid <= 0) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
