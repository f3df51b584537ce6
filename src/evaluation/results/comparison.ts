import {
	centralProbability,
	type MeanInterval,
	meanInterval,
} from "../student-t.js";
import type { EpisodeDigest } from "./episode-digest.js";
import type { Evaluation } from "./read-evaluation.js";
import { stratifiedMean } from "./stratified-mean.js";

/** Two players on the same episodes. */
export interface Comparison {
	readonly a: Player;
	readonly b: Player;
	readonly split: string;
	/** In the order of A's header, then those of B alone. */
	readonly tasks: readonly TaskComparison[];
	/** Over the tasks with pairs, each weighing the same in the means; absent without a pair. */
	readonly overall: PairedFigures | undefined;
	/** What makes the comparison less sure, in sentences. */
	readonly remarks: readonly string[];
}

/** An agent of an evaluation. */
export interface Player {
	readonly agent: string;
	readonly version: string;
	/** Of the evaluation. */
	readonly path: string;
}

export interface TaskComparison {
	readonly task: string;
	/** Absent without a pair. */
	readonly paired: PairedFigures | undefined;
	/** Finished episodes of one player, of seeds that the other has no finished episode of. */
	readonly onlyA: number;
	readonly onlyB: number;
}

export interface PairedFigures {
	readonly pairs: number;
	readonly meanA: number;
	readonly meanB: number;
	/** Of A's score less B's on the same seed. */
	readonly difference: MeanInterval;
	/** Pairs in which A has the higher score. */
	readonly wins: number;
	readonly ties: number;
	readonly losses: number;
	/** Two-sided, of the paired t test; absent for fewer than two pairs, over several tasks, and where all differences are the same. */
	readonly tTest: number | undefined;
	/** Two-sided and exact, of the sign test over the pairs that are no ties; 1 where all are. */
	readonly signTest: number;
}

/** Two evaluations that cannot be compared, in a sentence. */
export class Incomparable extends Error {
	override readonly name = "Incomparable";
}

interface Pair {
	readonly a: EpisodeDigest;
	readonly b: EpisodeDigest;
}

/**
 * Compares two agents, of one evaluation or two, on the episodes that both have finished: the same task, split and seed are the same episode.
 * Errors: Incomparable.
 */
export function compare(
	a: { readonly evaluation: Evaluation; readonly agent: string },
	b: { readonly evaluation: Evaluation; readonly agent: string },
): Comparison {
	const [splitA, splitB] = [
		a.evaluation.header.split,
		b.evaluation.header.split,
	];
	if (splitA !== splitB)
		throw new Incomparable(
			`the evaluations are of different splits (${splitA} and ${splitB}), so no episode is the same; evaluate both on one split.`,
		);
	const tasks = [
		...new Set([...a.evaluation.header.tasks, ...b.evaluation.header.tasks]),
	];
	const compared = tasks.flatMap((task) => {
		const ofA = episodesOf(a, task);
		const ofB = episodesOf(b, task);
		if (ofA.size === 0 && ofB.size === 0) return [];
		const pairs = [...ofA].flatMap(([seed, episode]): Pair[] => {
			const other = ofB.get(seed);
			return other ? [{ a: episode, b: other }] : [];
		});
		checkVersions(task, [...ofA.values()], [...ofB.values()]);
		for (const pair of pairs) checkImages(task, pair);
		return [
			{
				task,
				pairs,
				onlyA: ofA.size - pairs.length,
				onlyB: ofB.size - pairs.length,
			},
		];
	});
	const pairs = compared.flatMap((task) => task.pairs);
	return {
		a: playerOf(a),
		b: playerOf(b),
		split: splitA,
		tasks: compared.map(({ pairs, ...task }) => ({
			...task,
			paired: figuresOf([pairs]),
		})),
		overall: figuresOf(compared.map((task) => task.pairs)),
		remarks: remarksOn(pairs),
	};
}

function episodesOf(
	{
		evaluation,
		agent,
	}: { readonly evaluation: Evaluation; readonly agent: string },
	task: string,
): Map<string, EpisodeDigest> {
	return new Map(
		evaluation.episodes.flatMap((episode) =>
			episode.task === task && episode.agent === agent
				? [[episode.seed, episode]]
				: [],
		),
	);
}

function playerOf({
	evaluation,
	agent,
}: {
	readonly evaluation: Evaluation;
	readonly agent: string;
}): Player {
	const { version } = evaluation.header.agents.find(
		({ name }) => name === agent,
	) ?? { version: "" };
	return { agent, version, path: evaluation.path };
}

function checkVersions(
	task: string,
	ofA: readonly EpisodeDigest[],
	ofB: readonly EpisodeDigest[],
): void {
	const versions = new Set([...ofA, ...ofB].map((one) => one.taskVersion));
	if (versions.size > 1)
		throw new Incomparable(
			`task ${task} was played in different versions (${[...versions].sort((x, y) => x - y).join(" and ")}), so its episodes are not the same; evaluate both with one version of Nightshift.`,
		);
}

function checkImages(task: string, { a, b }: Pair): void {
	const [ofA, ofB] = [a.training?.dataDigest, b.training?.dataDigest];
	if (ofA !== undefined && ofB !== undefined && ofA !== ofB)
		throw new Incomparable(
			`task ${task} was trained on different images (${ofA.slice(0, 19)} and ${ofB.slice(0, 19)}), so its episodes are not the same; evaluate both on one server.`,
		);
}

function remarksOn(pairs: readonly Pair[]): string[] {
	const engines = new Set(
		pairs
			.flatMap(({ a, b }) => [a.training?.engine, b.training?.engine])
			.filter((engine) => engine !== undefined),
	);
	return engines.size > 1
		? [
				`The trainings ran on different engines (${[...engines].sort().join("; ")}): an episode of the same seed and actions may differ between them.`,
			]
		: [];
}

function figuresOf(
	groups: readonly (readonly Pair[])[],
): PairedFigures | undefined {
	const filled = groups.filter((pairs) => pairs.length > 0);
	if (filled.length === 0) return undefined;
	const differences = filled.map((pairs) =>
		pairs.map(({ a, b }) => a.score - b.score),
	);
	const all = differences.flat();
	const wins = all.filter((difference) => difference > 0).length;
	const losses = all.filter((difference) => difference < 0).length;
	return {
		pairs: all.length,
		meanA: stratifiedMean(filled.map((some) => some.map(({ a }) => a.score)))
			.mean,
		meanB: stratifiedMean(filled.map((some) => some.map(({ b }) => b.score)))
			.mean,
		difference: stratifiedMean(differences),
		wins,
		ties: all.length - wins - losses,
		losses,
		tTest: differences.length === 1 ? tTest(all) : undefined,
		signTest: signTest(wins, losses),
	};
}

/** Two-sided p-value of Student's t test that the mean is 0; absent for fewer than two values and for values without spread. */
export function tTest(values: readonly number[]): number | undefined {
	const count = values.length;
	if (count < 2) return undefined;
	const { mean } = meanInterval(values);
	const variance =
		values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
	if (variance === 0) return undefined;
	const t = Math.abs(mean) / Math.sqrt(variance / count);
	return Math.max(0, 1 - centralProbability(t, count - 1));
}

/** Exact two-sided p-value of the sign test: how likely a fair coin is at least as one-sided. 1 without throws. */
export function signTest(wins: number, losses: number): number {
	const throws = wins + losses;
	const fewer = Math.min(wins, losses);
	// Logarithms, since 2^-throws is too small for a number from about a thousand on.
	let logTerm = -throws * Math.LN2;
	let tail = Math.exp(logTerm);
	for (let k = 1; k <= fewer; k++) {
		logTerm += Math.log((throws - k + 1) / k);
		tail += Math.exp(logTerm);
	}
	return Math.min(1, 2 * tail);
}
