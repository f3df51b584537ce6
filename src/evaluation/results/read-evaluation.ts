import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type {
	EpisodeIdentity,
	EpisodeRecord,
	EvaluationHeader,
	EvaluationLine,
	FailedAttempt,
} from "../episode-record.js";
import { BadLine, checkLine } from "./check-line.js";
import {
	digestEpisode,
	type EpisodeDigest,
	type LinePlace,
} from "./episode-digest.js";

/** An evaluation as its file tells it, without the observations. */
export interface Evaluation {
	readonly path: string;
	readonly header: EvaluationHeader;
	/** In the order of task, agent and seed that the header has, so whatever order they ended in. */
	readonly episodes: readonly EpisodeDigest[];
	/** In the same order, and of one episode in the order of attempts. */
	readonly failedAttempts: readonly FailedAttempt[];
	/** Whether a last line was torn off as it was written, and left out. */
	readonly torn: boolean;
}

/** A file that is no evaluation, in a sentence. */
export class UnreadableEvaluation extends Error {
	override readonly name = "UnreadableEvaluation";
}

/**
 * Reads an evaluation's file line by line, and checks every line. The memory it takes grows with the number of episodes, not with their
 * observations; an episode's line is in memory alone. Errors: UnreadableEvaluation.
 */
export async function readEvaluation(path: string): Promise<Evaluation> {
	let asked: Asked | undefined;
	const lineOf = new Map<string, number>();
	const episodes: EpisodeDigest[] = [];
	const failedAttempts: FailedAttempt[] = [];
	let torn = false;
	for await (const { bytes, number, offset, isWhole } of linesOf(path)) {
		const text = bytes.toString("utf8");
		if (text.trim() === "") continue;
		const refuse = (why: string) =>
			new UnreadableEvaluation(`line ${number} of ${path}: ${why}.`);
		let line: EvaluationLine;
		try {
			line = checkLine(JSON.parse(text));
		} catch (error) {
			// What is not whole is the start of an object, so it is never JSON.
			if (!(error instanceof BadLine) && !isWhole) {
				torn = true;
				continue;
			}
			throw refuse(
				error instanceof BadLine
					? error.message
					: "it is not JSON; take the line out, or move the file away and evaluate anew",
			);
		}
		if (line.kind === "evaluation") {
			if (asked)
				throw refuse(
					"it is a second header; a file holds one evaluation, so put each in a folder of its own",
				);
			asked = new Asked(line);
			continue;
		}
		if (!asked)
			throw refuse(
				"the header is missing; the first line must be the one of kind evaluation",
			);
		const stranger = asked.stranger(line);
		if (stranger) throw refuse(stranger);
		if (line.kind === "failed-attempt") {
			failedAttempts.push(line);
			continue;
		}
		const key = episodeKey(line);
		const before = lineOf.get(key);
		if (before !== undefined)
			throw refuse(
				`the same episode (agent ${line.agent}, task ${line.task}, seed ${line.seed}) stands in line ${before}; take one of them out`,
			);
		lineOf.set(key, number);
		episodes.push(digestEpisode(line, { offset, length: bytes.length }));
	}
	if (!asked)
		throw new UnreadableEvaluation(
			`${path} has no line that is whole; an evaluation begins with a header.`,
		);
	const order = asked;
	return {
		path,
		header: order.header,
		episodes: episodes.sort((a, b) => order.compare(a, b)),
		failedAttempts: failedAttempts.sort(
			(a, b) => order.compare(a, b) || a.attempt - b.attempt,
		),
		torn,
	};
}

/** Reads some episodes of an evaluation whole, each when it is asked for. */
export class EpisodeReader {
	private constructor(private readonly file: FileHandle) {}

	static async open(path: string): Promise<EpisodeReader> {
		return new EpisodeReader(await open(path));
	}

	async read({ offset, length }: LinePlace): Promise<EpisodeRecord> {
		const bytes = Buffer.alloc(length);
		await this.file.read(bytes, 0, length, offset);
		return checkLine(JSON.parse(bytes.toString("utf8"))) as EpisodeRecord;
	}

	close(): Promise<void> {
		return this.file.close();
	}
}

/** What an episode is called in a table of episodes. */
export function episodeKey({ agent, task, seed }: EpisodeIdentity): string {
	return JSON.stringify([agent, task, seed]);
}

/** Whose lines belong to a header, and in which order. */
class Asked {
	private readonly agents: ReadonlyMap<string, number>;
	private readonly versions: ReadonlyMap<string, string>;
	private readonly tasks: ReadonlyMap<string, number>;
	private readonly seeds: ReadonlyMap<string, number>;

	constructor(readonly header: EvaluationHeader) {
		const { agents, tasks, seeds } = header;
		this.agents = ranks(agents.map(({ name }) => name));
		this.versions = new Map(agents.map(({ name, version }) => [name, version]));
		this.tasks = ranks(tasks);
		this.seeds = ranks(seeds);
	}

	/** Why a line does not belong to the header. */
	stranger(line: EpisodeIdentity): string | undefined {
		const { agent, agentVersion, task, seed, split } = line;
		if (this.versions.get(agent) !== agentVersion)
			return `agent ${agent} of version ${agentVersion} is not one of the header's`;
		if (!this.tasks.has(task)) return `task ${task} is not one of the header's`;
		if (!this.seeds.has(seed)) return `seed ${seed} is not one of the header's`;
		if (split !== this.header.split)
			return `split ${split} is not the header's, ${this.header.split}`;
		return undefined;
	}

	compare(a: EpisodeIdentity, b: EpisodeIdentity): number {
		const by = (
			rank: ReadonlyMap<string, number>,
			key: keyof EpisodeIdentity,
		) => (rank.get(a[key] as string) ?? 0) - (rank.get(b[key] as string) ?? 0);
		return (
			by(this.tasks, "task") ||
			by(this.agents, "agent") ||
			by(this.seeds, "seed")
		);
	}
}

function ranks(names: readonly string[]): ReadonlyMap<string, number> {
	return new Map(names.map((name, k) => [name, k]));
}

const NEWLINE = 0x0a;

async function* linesOf(path: string) {
	let pieces: Buffer[] = [];
	let number = 1;
	let offset = 0;
	const take = () => {
		const bytes = Buffer.concat(pieces);
		pieces = [];
		return bytes;
	};
	try {
		for await (const chunk of createReadStream(path)) {
			let rest = chunk as Buffer;
			for (
				let end = rest.indexOf(NEWLINE);
				end >= 0;
				end = rest.indexOf(NEWLINE)
			) {
				pieces.push(rest.subarray(0, end));
				const bytes = take();
				yield { bytes, number, offset, isWhole: true };
				number++;
				offset += bytes.length + 1;
				rest = rest.subarray(end + 1);
			}
			pieces.push(rest);
		}
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === undefined) throw error;
		throw new UnreadableEvaluation(
			`${path} cannot be read (${(error as Error).message}); the folder of an evaluation is expected, with its evaluation.jsonl.`,
		);
	}
	const bytes = take();
	if (bytes.length > 0) yield { bytes, number, offset, isWhole: false };
}
