import { NightshiftRpcError } from "../../clients/typescript/errors.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { StepResponse__Output } from "../../proto/generated/nightshift/v1/StepResponse.js";
import { ConformanceFailure, describeError } from "./rule.js";
import type { Seat, TaskContext } from "./task-context.js";

/** An action that takes at least so long can be met in the middle of its work. */
const SLOW_MS = 25;

/** One call of an episode that was played. */
export interface PlayedStep {
	readonly action: Action;
	readonly answer: StepResponse__Output | undefined;
	readonly error: NightshiftRpcError | undefined;
	readonly milliseconds: number;
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
/** Actions of an episode that is played to its end by steps; a longer one is finished. */
const MOST_STEPS = 60;

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
		const quick = steps.findIndex(
			({ answer, milliseconds }, index) =>
				index < harmless.length &&
				answer !== undefined &&
				milliseconds < SLOW_MS &&
				answer.step > (index === 0 ? 0 : (steps[index - 1]?.answer?.step ?? 0)),
		);
		if (quick === -1)
			throw new ConformanceFailure(
				`expected that some action of ${context.task.id} can be taken when each is tried once in order; ${steps
					.flatMap(({ error }) => (error ? [describeError(error)] : []))
					.join("; ")}.`,
			);
		const slow = steps.findIndex(
			({ answer, milliseconds }, index) =>
				index < harmless.length &&
				answer !== undefined &&
				milliseconds >= SLOW_MS,
		);
		return {
			pass,
			harmless,
			slow: slow === -1 ? undefined : await confirmSlow(context, pass, slow),
			quick,
			first: seat.first,
			steps,
		};
	}
}

/** A step that was slow once may have been held up: it is slow where it is so again in another session. */
async function confirmSlow(
	context: TaskContext,
	pass: readonly Action[],
	index: number,
): Promise<number | undefined> {
	const seat = await context.open({ seed: "8" });
	const steps = await playAll(seat, pass.slice(0, index + 1));
	const milliseconds = steps[index]?.milliseconds ?? 0;
	return milliseconds >= SLOW_MS ? index : undefined;
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

/** Ends the episode: by its own action where it has one, else by drawn actions, at last by Finish. */
async function playOut(
	context: TaskContext,
	seat: Seat,
	endings: readonly Action[],
): Promise<PlayedStep[]> {
	const steps: PlayedStep[] = [];
	for (
		let round = 2;
		endings.length === 0 && steps.length < MOST_STEPS;
		round++
	)
		for (const action of context.drawPass(seat.first, round, "rich")) {
			const step = await play(seat, action);
			steps.push(step);
			if (hasEnded(step)) return steps;
		}
	for (const action of endings) {
		const step = await play(seat, action);
		steps.push(step);
		if (hasEnded(step)) return steps;
	}
	return steps;
}

async function play(seat: Seat, action: Action): Promise<PlayedStep> {
	const started = performance.now();
	try {
		const answer = await seat.step(action);
		const milliseconds = performance.now() - started;
		return { action, answer, error: undefined, milliseconds };
	} catch (thrown) {
		const error = NightshiftRpcError.from(thrown);
		const milliseconds = performance.now() - started;
		return { action, answer: undefined, error, milliseconds };
	}
}

function hasEnded(step: PlayedStep | undefined): boolean {
	return step?.answer?.terminated === true || step?.answer?.truncated === true;
}

/** The field of Action that is set. */
export function nameOf(action: Action): string {
	return Object.keys(action)[0] as string;
}
