import { type Figure, figureOf, quantile } from "./figures.js";
import type { ProcessUse } from "./process-sample.js";

/** One way to ask a server for steps or calls. */
export interface Contender {
	readonly label: string;
	readonly server: { sample(): Promise<ProcessUse> };
	/** Asks until a moment. */
	readonly play: (untilMs: number) => Promise<Played>;
	readonly leave: () => unknown;
}

export interface Played {
	/** Steps, or calls. */
	readonly count: number;
	/** Milliseconds of every one; of a message, where it steps several. */
	readonly times: readonly number[];
}

/** What was measured in one round. */
export interface Pace {
	/** Of wall time. */
	readonly aSecond: number;
	/** Of a core of the server's processor time. */
	readonly aCoreSecond: number;
	/** Milliseconds, 99th percentile. */
	readonly p99: number;
}

export interface ContestOptions {
	readonly warmUpMs: number;
	readonly rounds: number;
	readonly roundMs: number;
	readonly progress: (text: string) => void;
}

/** Measures contenders in turns, round after round, so that what else the machine does meets all of them; then all leave. By contender: its rounds. */
export async function contest(
	contenders: readonly Contender[],
	{ warmUpMs, rounds, roundMs, progress }: ContestOptions,
): Promise<Pace[][]> {
	const paces = contenders.map((): Pace[] => []);
	for (const { label, play } of contenders) {
		progress(label);
		await play(performance.now() + warmUpMs);
	}
	for (let round = 0; round < rounds; round++) {
		if (rounds > 1) progress(`round ${round + 1} of ${rounds}`);
		for (const [number, contender] of contenders.entries())
			paces[number]?.push(await measure(contender, roundMs));
	}
	for (const { leave } of contenders) await leave();
	return paces;
}

async function measure(
	{ server, play }: Contender,
	forMs: number,
): Promise<Pace> {
	const before = await server.sample();
	const begun = performance.now();
	const { count, times } = await play(begun + forMs);
	const seconds = (performance.now() - begun) / 1000;
	const after = await server.sample();
	return {
		aSecond: count / seconds,
		aCoreSecond: count / (after.processor - before.processor),
		p99: quantile(times, 0.99),
	};
}

/** `unit`: "steps/s" or "calls/s". */
export function figuresOf(
	label: string,
	paces: readonly Pace[],
	unit: string,
): Figure[] {
	return [
		figureOf(
			label,
			paces.map(({ aSecond }) => aSecond),
			unit,
		),
		figureOf(
			`${label}, a core of server`,
			paces.map(({ aCoreSecond }) => aCoreSecond),
			unit,
		),
		figureOf(
			`${label}, p99`,
			paces.map(({ p99 }) => p99),
			"ms",
		),
	];
}

/** How many times as much of one contender's work as of another's a core of server does, by round. */
export function ratioOf(
	figure: string,
	ours: readonly Pace[],
	theirs: readonly Pace[],
): Figure {
	return figureOf(
		figure,
		ours.map(
			({ aCoreSecond }, round) =>
				aCoreSecond / (theirs[round]?.aCoreSecond ?? Number.NaN),
		),
		"ratio",
	);
}

/** Keeps so many calls under way until a moment. `call` says how many steps it took. */
export async function keepUnderWay(
	inFlight: number,
	untilMs: number,
	call: (place: number) => Promise<number>,
): Promise<Played> {
	const times: number[] = [];
	let count = 0;
	await Promise.all(
		Array.from({ length: inFlight }, async (_, place) => {
			for (;;) {
				const begun = performance.now();
				if (begun >= untilMs) return;
				const steps = await call(place);
				count += steps;
				times.push(performance.now() - begun);
			}
		}),
	);
	return { count, times };
}
