import { RandomStream } from "../../../workers/random-stream.js";
import type { Split } from "./incident.js";
import { startSeeded } from "./inline-episode.js";
import { scoreCourse } from "./score.js";
import { INTERVENTIONS, type SreAction, WAIT } from "./simulator/actions.js";
import { isPossible } from "./simulator/intervene.js";
import { playOut, step } from "./simulator/play-out.js";
import { MAX_SERVICES } from "./simulator/scenario.js";
import { copySystem, newSystemState } from "./simulator/system-state.js";
import { EPISODE_STEPS } from "./simulator/tick.js";
import type { SreTask } from "./tasks.js";

/** A search for one sequence of actions that does well on all incidents of a task without looking at any. Only tests use it. */
export interface OpenLoopSearch {
	/** Sequences that are drawn at random. */
	readonly random: number;
	/** Rounds of the cross-entropy method, and sequences in each. */
	readonly rounds: number;
	readonly population: number;
	/** Train seeds, from 1, on which each sequence is played. */
	readonly trainSeeds: number;
	/** Test seeds, from 1, on which the best is played. */
	readonly testSeeds: number;
}

/** For each step one of CHOICES: an intervention at a place, or a wait. */
type Sequence = readonly number[];

const CHOICES = 4 * MAX_SERVICES + 1;
const WAITING = CHOICES - 1;
/** Of the population, those that the next round is drawn from. */
const ELITE = 0.1;
const SMOOTHING = 0.3;

/** Mean scores of the best sequence found on the train seeds: there, and held out. */
export function searchOpenLoop(
	task: SreTask,
	{ random, rounds, population, trainSeeds, testSeeds }: OpenLoopSearch,
): { readonly train: number; readonly test: number } {
	const stream = new RandomStream(
		new TextEncoder().encode(`open loop/${task.id}`),
		"search",
	);
	const trained = openIncidents(task, "train", trainSeeds);
	let best: { sequence: Sequence; score: number } = {
		sequence: [],
		score: -1,
	};
	const judge = (sequence: Sequence) => {
		const score = meanScore(sequence, trained);
		if (score > best.score) best = { sequence, score };
		return { sequence, score };
	};
	const probabilities = firstProbabilities();
	for (let drawn = 0; drawn < random; drawn++)
		judge(draw(probabilities, stream));
	for (let round = 0; round < rounds; round++) {
		const judged = Array.from({ length: population }, () =>
			judge(draw(probabilities, stream)),
		).sort((a, b) => b.score - a.score);
		const elite = judged.slice(0, Math.ceil(ELITE * population));
		for (const [t, row] of probabilities.entries())
			for (let choice = 0; choice < CHOICES; choice++) {
				const hits = elite.filter(({ sequence }) => sequence[t] === choice);
				row[choice] =
					SMOOTHING * (row[choice] as number) +
					((1 - SMOOTHING) * hits.length) / elite.length;
			}
	}
	return {
		train: best.score,
		test: meanScore(best.sequence, openIncidents(task, "test", testSeeds)),
	};
}

/** Waits half of the time: budgets allow 11 interventions in 30 steps. */
function firstProbabilities(): Float64Array[] {
	return Array.from({ length: EPISODE_STEPS }, () => {
		const row = new Float64Array(CHOICES).fill(0.5 / (CHOICES - 1));
		row[WAITING] = 0.5;
		return row;
	});
}

function draw(
	probabilities: readonly Float64Array[],
	stream: RandomStream,
): Sequence {
	return probabilities.map((row) => {
		let left = stream.nextUint32() / 2 ** 32;
		for (let choice = 0; choice < CHOICES - 1; choice++) {
			left -= row[choice] as number;
			if (left < 0) return choice;
		}
		return WAITING;
	});
}

type Opened = ReturnType<typeof startSeeded>;

function openIncidents(task: SreTask, split: Split, count: number): Opened[] {
	return Array.from({ length: count }, (_, index) =>
		startSeeded(task, split, String(index + 1)),
	);
}

const system = newSystemState();

/** Without telemetry, which an open loop does not look at. A move that is not possible is a wait. */
function meanScore(sequence: Sequence, opened: readonly Opened[]): number {
	let sum = 0;
	for (const { system: first, scenario, worth } of opened) {
		copySystem(first, system);
		for (const choice of sequence) {
			const action = toAction(choice, scenario.graph.kinds.length);
			step(
				system,
				scenario,
				isPossible(system, scenario, action) ? action : WAIT,
			);
		}
		sum += scoreCourse(playOut(system, scenario), worth).score;
	}
	return sum / opened.length;
}

function toAction(choice: number, services: number): SreAction {
	const service = choice >> 2;
	const name = INTERVENTIONS[choice & 3];
	return choice === WAITING || service >= services || name === undefined
		? WAIT
		: { name, service };
}
