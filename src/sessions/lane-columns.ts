import type { EpisodeResult } from "../../proto/generated/nightshift/v1/EpisodeResult.js";
import type { NightshiftError } from "../errors.js";
import type { Session } from "./session.js";

/** Sizes of what lanes tell. */
export interface LaneForm {
	readonly lanes: number;
	/** Columns of an observation as the environment writes it. */
	readonly allColumns: number;
	/** Places of the columns that are told, in order; absent: all. */
	readonly columns: readonly number[] | undefined;
	/** Entries of an action mask. */
	readonly actions: number;
}

export interface EndedLane {
	readonly lane: number;
	readonly result: EpisodeResult;
	/** Whether the next episode began in the same step: its final observation is kept. */
	hasStarted: boolean;
}

export interface StartedLane {
	readonly lane: number;
	/** In decimal. */
	readonly seed: string;
}

export interface FailedLane {
	readonly lane: number;
	readonly error: NightshiftError;
}

/** What lanes came to in one request: a row or an entry for each lane. */
export class LaneColumns {
	/** Columns of an observation that are told. */
	readonly width: number;
	readonly observations: Float32Array;
	readonly masks: Uint8Array;
	readonly rewards: Float64Array;
	readonly terminated: Uint8Array;
	readonly truncated: Uint8Array;
	readonly episodes: Uint32Array;
	readonly steps: Uint32Array;
	/** Rows of the lanes that ended and started again; the others hold nothing. */
	readonly finalObservations: Float32Array;
	readonly finalMasks: Uint8Array;
	/** Observations, masks, rewards, terminated, truncated, episodes and steps as bytes: little-endian, as all machines are that Node.js runs on. */
	readonly bytes: readonly Uint8Array[];
	/** Lanes whose episode ended; like the next two in no order. */
	readonly ended: EndedLane[] = [];
	/** Lanes whose episode began. */
	readonly started: StartedLane[] = [];
	readonly failed: FailedLane[] = [];
	/** The observations with all their columns; `observations` itself where all are told. */
	private readonly whole: Float32Array;
	/** Number of the episode that a lane's row in `whole` is of; 0 for none. */
	private readonly seen: Uint32Array;
	/** Where the told columns follow each other: the first of them. */
	private readonly first: number | undefined;

	constructor(readonly form: LaneForm) {
		const { lanes, allColumns, columns, actions } = form;
		this.width = columns?.length ?? allColumns;
		this.observations = new Float32Array(lanes * this.width);
		this.masks = new Uint8Array(lanes * actions);
		this.rewards = new Float64Array(lanes);
		this.terminated = new Uint8Array(lanes);
		this.truncated = new Uint8Array(lanes);
		this.episodes = new Uint32Array(lanes);
		this.steps = new Uint32Array(lanes);
		this.bytes = [
			this.observations,
			this.masks,
			this.rewards,
			this.terminated,
			this.truncated,
			this.episodes,
			this.steps,
		].map(
			({ buffer, byteOffset, byteLength }) =>
				new Uint8Array(buffer, byteOffset, byteLength),
		);
		this.finalObservations = new Float32Array(lanes * this.width);
		this.finalMasks = new Uint8Array(lanes * actions);
		this.whole =
			columns === undefined
				? this.observations
				: new Float32Array(lanes * allColumns);
		this.seen = new Uint32Array(lanes);
		const [first = 0] = columns ?? [];
		this.first = columns?.every((column, place) => column === first + place)
			? first
			: undefined;
	}

	/** Forgets what stands in it, but for the rows that every request writes anew. */
	clear(): this {
		this.rewards.fill(0);
		this.terminated.fill(0);
		this.truncated.fill(0);
		this.ended.length = 0;
		this.started.length = 0;
		this.failed.length = 0;
		return this;
	}

	/** Takes a lane's observation and mask, with the number of its episode and of its step there; zeros once its session has ended. */
	look(lane: number, session: Session, isReadable: boolean): void {
		const { whole, form, masks } = this;
		const { number, step } = session.record.episode;
		this.episodes[lane] = number;
		this.steps[lane] = step;
		const at = lane * form.allColumns;
		const maskAt = lane * form.actions;
		const isKnown = this.seen[lane] === number;
		if (isReadable && session.flattenInto(whole, at, masks, maskAt, isKnown)) {
			this.seen[lane] = number;
		} else {
			this.seen[lane] = 0;
			whole.fill(0, at, at + form.allColumns);
			masks.fill(0, maskAt, maskAt + form.actions);
		}
		if (form.columns !== undefined) this.choose(lane, form.columns);
	}

	private choose(lane: number, columns: readonly number[]): void {
		const { whole, observations, width, first } = this;
		const from = lane * this.form.allColumns;
		const at = lane * width;
		if (first !== undefined)
			observations.set(whole.subarray(from + first, from + first + width), at);
		else
			for (let place = 0; place < width; place++)
				observations[at + place] = whole[
					from + (columns[place] as number)
				] as number;
	}

	/** Keeps a lane's observation and mask as its episode's final ones. */
	keepFinal(lane: number): void {
		const { width, form } = this;
		const at = lane * width;
		const maskAt = lane * form.actions;
		this.finalObservations.set(this.observations.subarray(at, at + width), at);
		this.finalMasks.set(
			this.masks.subarray(maskAt, maskAt + form.actions),
			maskAt,
		);
	}
}
