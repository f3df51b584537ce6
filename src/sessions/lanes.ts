import { drawSeed } from "../entropy.js";
import type { TaskDefinition } from "../environments/environment.js";
import {
	type FieldViolation,
	NightshiftError,
	throwIfCancelled,
} from "../errors.js";
import { toEpisodeStart } from "./episode-start.js";
import { LaneColumns, type LaneForm } from "./lane-columns.js";
import type { FlatRow, LaneStep, Session } from "./session.js";
import { andThen, type Soon } from "./soon.js";
import type { Turns } from "./turns.js";
import type { Caller } from "./work-in-progress.js";

/** When a lane starts its next episode: Gymnasium's AutoresetMode. */
export type Autoreset = "disabled" | "next step" | "same step";

export interface LaneSetting {
	readonly session: Session;
	readonly autoreset: Autoreset;
	/** Of its next episodes, in order, in decimal. */
	readonly seeds: readonly string[];
}

/** Seeds that a lane gets beside those that wait. */
export interface LaneSeeds {
	/** Index of the lane. */
	readonly lane: number;
	readonly seeds: readonly string[];
}

interface Lane {
	readonly session: Session;
	readonly autoreset: Autoreset;
	readonly seeds: string[];
}

/** As many as fit an answer of 4 MB, the most that gRPC's clients take by default, when all of them end in one step. */
export const MOST_LANES = 512;
const MOST_SEEDS = 10_000;

/**
 * The lanes of a play stream: sessions that step together and start again by themselves. A lane that fails says so in the answer and stops no
 * other one.
 */
export class Lanes {
	private readonly lanes: readonly Lane[];
	private readonly environment: string;
	private readonly form: LaneForm;
	/** Levels of an action. */
	private readonly levels: number;
	private readonly actsAtOnce: boolean;
	/** Reused while every request is done before the next one comes. */
	private readonly reused: LaneColumns;

	/** `columns` are the places of the columns to tell; none: all of them. Errors: INVALID_FIELD. */
	constructor(
		settings: readonly LaneSetting[],
		columns: readonly number[],
		private readonly turns: Turns,
		private readonly caller: Caller,
	) {
		const tasks = settings.map(({ session }) => session.task);
		const [task] = tasks;
		checkSettings(settings, tasks);
		const { environment, observation_columns, actions } =
			task as TaskDefinition;
		const allColumns = observation_columns?.length ?? 0;
		checkColumns(columns, allColumns);
		this.environment = environment as string;
		this.levels = levelsOf(task as TaskDefinition);
		this.form = {
			lanes: settings.length,
			allColumns,
			columns: columns.length === 0 ? undefined : columns,
			actions: actions?.length ?? 0,
		};
		this.actsAtOnce = settings.every(({ session }) => session.actsAtOnce);
		this.reused = new LaneColumns(this.form);
		this.lanes = settings.map(({ session, autoreset, seeds }) => ({
			session,
			autoreset,
			seeds: [...seeds],
		}));
	}

	/** The lanes as they are. */
	describe(): Soon<LaneColumns> {
		return this.each((lane, index, out) => {
			const { episode } = lane.session.record;
			out.started.push({ lane: index, seed: episode.seed });
			out.terminated[index] = episode.result?.terminated ? 1 : 0;
			out.truncated[index] = episode.result?.truncated ? 1 : 0;
			this.look(lane, index, out);
		});
	}

	/** A step of every lane: a row of levels each. Errors: INVALID_FIELD; nothing has changed then. */
	step(
		levels: ArrayLike<number>,
		seeds: readonly LaneSeeds[],
	): Soon<LaneColumns> {
		const width = this.levels;
		if (levels.length !== width * this.lanes.length)
			throw NightshiftError.invalid([
				{
					field: "batch.levels",
					description: `has ${levels.length} entries; ${width} are needed for each of ${this.lanes.length} lanes.`,
				},
			]);
		this.addSeeds(seeds);
		return this.each((lane, index, out) =>
			this.stepLane(lane, index, out, {
				levels,
				from: index * width,
				width,
			}),
		);
	}

	/** Starts the next episode of some lanes, or of all where none is named. `seeds`: one for each of them, or none. Errors: INVALID_FIELD; nothing has changed then. */
	reset(
		indices: readonly number[],
		seeds: readonly string[],
	): Soon<LaneColumns> {
		const chosen =
			indices.length === 0 ? this.lanes.map((_, index) => index) : indices;
		this.checkReset(chosen, seeds);
		const places = new Map(chosen.map((lane, place) => [lane, place]));
		return this.each((lane, index, out) => {
			const place = places.get(index);
			return place === undefined
				? this.look(lane, index, out)
				: andThen(this.start(lane, index, out, seeds[place]), () =>
						this.look(lane, index, out),
					);
		});
	}

	/** Does something with every lane in its session's turn; what fails is that lane's error. */
	private each(
		work: (lane: Lane, index: number, out: LaneColumns) => Soon<void>,
	): Soon<LaneColumns> {
		const { lanes, turns } = this;
		const isAtOnce = this.actsAtOnce && turns.areFree;
		const out = isAtOnce ? this.reused.clear() : new LaneColumns(this.form);
		const pending: Promise<void>[] = [];
		for (let index = 0; index < lanes.length; index++) {
			const { session } = lanes[index] as Lane;
			const done = isAtOnce
				? this.turn(index, out, work)
				: turns.take(session, () => this.turn(index, out, work));
			if (done instanceof Promise) pending.push(done);
		}
		return pending.length === 0 ? out : Promise.all(pending).then(() => out);
	}

	private turn(
		index: number,
		out: LaneColumns,
		work: (lane: Lane, index: number, out: LaneColumns) => Soon<void>,
	): Soon<void> {
		const lane = this.lanes[index] as Lane;
		try {
			throwIfCancelled(this.caller.signal);
			this.checkEnvironment(lane);
			const done = work(lane, index, out);
			return done instanceof Promise
				? done.catch((error) => this.fail(lane, index, out, error))
				: done;
		} catch (error) {
			this.fail(lane, index, out, error);
		}
	}

	private stepLane(
		lane: Lane,
		index: number,
		out: LaneColumns,
		row: FlatRow,
	): Soon<void> {
		const { session, autoreset } = lane;
		if (autoreset !== "disabled" && session.record.episode.result !== undefined)
			return andThen(this.start(lane, index, out, undefined), () =>
				this.look(lane, index, out),
			);
		const step = session.stepFlat(row, this.caller);
		return step instanceof Promise
			? step.then((taken) => this.take(lane, index, out, taken))
			: this.take(lane, index, out, step);
	}

	/** Tells a step, and starts the next episode where it ended the last and the lane's mode says so. */
	private take(
		lane: Lane,
		index: number,
		out: LaneColumns,
		{ reward, terminated, truncated, result }: LaneStep,
	): Soon<void> {
		out.rewards[index] = Number(reward);
		this.look(lane, index, out);
		if (!result) return;
		out.terminated[index] = terminated ? 1 : 0;
		out.truncated[index] = truncated ? 1 : 0;
		const ended = { lane: index, result, hasStarted: false };
		out.ended.push(ended);
		if (lane.autoreset !== "same step") return;
		out.keepFinal(index);
		return andThen(this.start(lane, index, out, undefined), () => {
			ended.hasStarted = true;
			this.look(lane, index, out);
		});
	}

	/** Starts a lane's next episode, from a given seed, the next of those that wait, or one that is drawn. */
	private start(
		{ session, seeds }: Lane,
		index: number,
		out: LaneColumns,
		given: string | undefined,
	): Soon<void> {
		const seed = given ?? seeds[0] ?? drawSeed();
		const { taskId, split } = session.record.episode;
		return andThen(
			session.resetFlat(toEpisodeStart(taskId, split, seed), this.caller),
			() => {
				if (given === undefined) seeds.shift();
				out.started.push({ lane: index, seed });
			},
		);
	}

	private look({ session }: Lane, index: number, out: LaneColumns): void {
		const { environment } = session.record.episode;
		out.look(index, session, environment === this.environment);
	}

	private fail(
		lane: Lane,
		index: number,
		out: LaneColumns,
		error: unknown,
	): void {
		out.failed.push({ lane: index, error: NightshiftError.from(error) });
		this.look(lane, index, out);
	}

	/** A reset from outside can have brought the session to another environment's task. */
	private checkEnvironment({ session }: Lane): void {
		const { taskId, environment } = session.record.episode;
		if (environment !== this.environment)
			throw NightshiftError.invalid([
				{
					field: "lanes",
					description: `of this stream are of the ${this.environment} environment, and the lane's session plays ${taskId} now; reset it, or set other lanes.`,
				},
			]);
	}

	private addSeeds(given: readonly LaneSeeds[]): void {
		const violations: FieldViolation[] = [];
		given.forEach(({ lane, seeds }, place) => {
			const waiting = this.lanes[lane]?.seeds.length;
			if (waiting === undefined)
				violations.push({
					field: `batch.seeds[${place}].lane`,
					description: `${lane} is not allowed; 0 to ${this.lanes.length - 1}.`,
				});
			else if (waiting + seeds.length > MOST_SEEDS)
				violations.push({
					field: `batch.seeds[${place}].seeds`,
					description: `has ${seeds.length} entries beside ${waiting} that wait; ${MOST_SEEDS} in all.`,
				});
		});
		if (violations.length > 0) throw NightshiftError.invalid(violations);
		for (const { lane, seeds } of given) this.lanes[lane]?.seeds.push(...seeds);
	}

	private checkReset(
		indices: readonly number[],
		seeds: readonly string[],
	): void {
		const violations: FieldViolation[] = [];
		indices.forEach((lane, place) => {
			if (lane >= this.lanes.length || indices.indexOf(lane) !== place)
				violations.push({
					field: `reset_lanes.lanes[${place}]`,
					description: `${lane} is not allowed; 0 to ${this.lanes.length - 1}, each once.`,
				});
		});
		if (seeds.length !== 0 && seeds.length !== indices.length)
			violations.push({
				field: "reset_lanes.seeds",
				description: `has ${seeds.length} entries; one for each of ${indices.length} lanes, or none.`,
			});
		if (violations.length > 0) throw NightshiftError.invalid(violations);
	}
}

function checkSettings(
	settings: readonly LaneSetting[],
	tasks: readonly TaskDefinition[],
): void {
	if (settings.length < 1 || settings.length > MOST_LANES)
		throw NightshiftError.invalid([
			{
				field: "lanes.lanes",
				description: `has ${settings.length} entries; 1 to ${MOST_LANES}.`,
			},
		]);
	const violations: FieldViolation[] = [];
	const sessions = settings.map(({ session }) => session);
	settings.forEach(({ session, seeds }, place) => {
		const lane = `lanes.lanes[${place}]`;
		if (sessions.indexOf(session) !== place)
			violations.push({
				field: `${lane}.session_id`,
				description: "is in an earlier lane; a session has one lane.",
			});
		if (tasks[place]?.environment !== tasks[0]?.environment)
			violations.push({
				field: `${lane}.session_id`,
				description: `is of the ${tasks[place]?.environment} environment, and the first lane of ${tasks[0]?.environment}; all lanes have the same columns.`,
			});
		if (seeds.length > MOST_SEEDS)
			violations.push({
				field: `${lane}.seeds`,
				description: `has ${seeds.length} entries; at most ${MOST_SEEDS}.`,
			});
	});
	if (violations.length > 0) throw NightshiftError.invalid(violations);
}

function checkColumns(columns: readonly number[], all: number): void {
	const violations = columns.flatMap((column, place) =>
		column < all
			? []
			: [
					{
						field: `lanes.columns[${place}]`,
						description: `${column} is not allowed; 0 to ${all - 1}.`,
					},
				],
	);
	if (columns.length > all)
		violations.push({
			field: "lanes.columns",
			description: `has ${columns.length} entries; at most ${all}, or none for all.`,
		});
	if (violations.length > 0) throw NightshiftError.invalid(violations);
}

/** Levels of a flat action: the action's, and one for each argument of each action. */
function levelsOf({ actions = [] }: TaskDefinition): number {
	return actions.reduce(
		(sum, { arguments: list = [] }) => sum + list.length,
		1,
	);
}
