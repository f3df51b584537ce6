import { NightshiftRpcError } from "../../clients/typescript/errors.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { StepResponse__Output } from "../../proto/generated/nightshift/v1/StepResponse.js";
import { ConformanceFailure, describeError } from "./rule.js";
import type { Seat, TaskContext } from "./task-context.js";

/** An action that the server itself says it computes for so long can be met in the middle of its work. */
const SLOW_MS = 5;
/** Of the sessions in which that is looked at again. */
const OTHER_SEEDS = ["8", "9"];

/** One call of an episode that was played. */
export interface PlayedStep {
	readonly action: Action;
	readonly answer: StepResponse__Output | undefined;
	readonly error: NightshiftRpcError | undefined;
}

/** What playing a task once tells. */
export interface Exploration {
	/** Every action of the task once, in its order, those that end the episode last. */
	readonly pass: readonly Action[];
	/** The pass without what ends the episode. */
	readonly harmless: readonly Action[];
	/** Index in the pass of the action that takes long; nothing where none does. */
	readonly slow: number | undefined;
	/** A counted action that was taken and is done at once, with its index in the pass. */
	readonly quick: number;
	readonly first: Observation__Output | null;
	/** The episode in all three views, to its end. */
	readonly steps: readonly PlayedStep[];
}

const VIEWS = ["VIEW_TYPED", "VIEW_FLAT", "VIEW_TEXT"] as const;

/** Plays an episode: each action once, then drawn ones until it ends. */
export async function explore(context: TaskContext): Promise<Exploration> {
	const ending = new Set<string>();
	for (;;) {
		const seat = await context.open({ options: { views: [...VIEWS] } });
		const drawn = context.drawPass(seat.first, 1, "plain");
		const pass = [
			...drawn.filter((action) => !ending.has(nameOf(action))),
			...drawn.filter((action) => ending.has(nameOf(action))),
		];
		const harmless = pass.filter((action) => !ending.has(nameOf(action)));
		const steps = await playAll(seat, harmless);
		const last = steps.at(-1);
		if (hasEnded(last)) {
			// It is an ending action; the others are to be seen first.
			ending.add(nameOf((last as PlayedStep).action));
			continue;
		}
		steps.push(...(await playOut(context, seat, pass.slice(harmless.length))));
		const slow = await slowOnes(context, harmless, steps);
		const quick = steps.findIndex(
			({ answer }, index) =>
				index < harmless.length &&
				answer !== undefined &&
				!slow.includes(index) &&
				answer.step > (index === 0 ? 0 : (steps[index - 1]?.answer?.step ?? 0)),
		);
		if (quick === -1)
			throw new ConformanceFailure(
				`expected that some action of ${context.task.id} can be taken when each is tried once in order; ${steps
					.flatMap(({ error }) => (error ? [describeError(error)] : []))
					.join("; ")}.`,
			);
		return {
			pass,
			harmless,
			slow: slow[0],
			quick,
			first: seat.first,
			steps,
		};
	}
}

/** Places of the actions that take long. A step that was slow once may have been held up: one is slow that is so in other sessions, too. */
async function slowOnes(
	context: TaskContext,
	harmless: readonly Action[],
	steps: readonly PlayedStep[],
): Promise<number[]> {
	let slow = [...harmless.keys()].filter((index) =>
		isSlow(steps[index]?.answer),
	);
	for (const seed of OTHER_SEEDS) {
		const last = slow.at(-1);
		if (last === undefined) break;
		const seat = await context.open({ seed });
		const again = await playAll(seat, harmless.slice(0, last + 1));
		slow = slow.filter((index) => isSlow(again[index]?.answer));
	}
	return slow;
}

function isSlow(answer: StepResponse__Output | undefined): boolean {
	return (answer?.timing?.compute_ms ?? 0) >= SLOW_MS;
}

async function playAll(
	seat: Seat,
	actions: readonly Action[],
): Promise<PlayedStep[]> {
	const steps: PlayedStep[] = [];
	for (const action of actions) {
		const step = await play(seat, action);
		steps.push(step);
		if (hasEnded(step)) break;
	}
	return steps;
}

/** Ends the episode: by its own action where it has one, else by drawn actions and then by waiting. */
async function playOut(
	context: TaskContext,
	seat: Seat,
	endings: readonly Action[],
): Promise<PlayedStep[]> {
	if (endings.length > 0) return playAll(seat, endings);
	const drawn = [2, 3, 4].flatMap((round) =>
		context.drawPass(seat.first, round, "rich"),
	);
	const waiting = context.task.actions.find(
		(spec) => spec.arguments.length === 0 && !spec.free,
	);
	return playAll(seat, [
		...drawn,
		...Array.from(
			{ length: waiting ? context.task.max_actions : 0 },
			(): Action => ({ [waiting?.name as string]: {} }),
		),
	]);
}

async function play(seat: Seat, action: Action): Promise<PlayedStep> {
	try {
		return { action, answer: await seat.step(action), error: undefined };
	} catch (thrown) {
		const error = NightshiftRpcError.from(thrown);
		return { action, answer: undefined, error };
	}
}

function hasEnded(step: PlayedStep | undefined): boolean {
	return step?.answer?.terminated === true || step?.answer?.truncated === true;
}

/** The field of Action that is set. */
export function nameOf(action: Action): string {
	return Object.keys(action)[0] as string;
}
