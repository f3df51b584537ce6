import { NightshiftError, throwIfCancelled } from "../errors.js";
import type { LaneColumns } from "./lane-columns.js";
import { type LaneSeeds, type LaneSetting, Lanes } from "./lanes.js";
import type { Session } from "./session.js";
import type { Soon } from "./soon.js";
import { Turns } from "./turns.js";
import type { Caller } from "./work-in-progress.js";

/**
 * What one play stream holds: its lanes, and whose turn it is. Requests of one session wait for each other, and are begun in the order in which
 * they came; nothing new is begun once the caller is gone.
 */
export class Play {
	private readonly turns = new Turns();
	private lanes: Lanes | undefined;

	constructor(readonly caller: Caller) {}

	/** Errors: INVALID_FIELD; the lanes are those before, then. */
	setLanes(
		settings: readonly LaneSetting[],
		columns: readonly number[],
	): Soon<LaneColumns> {
		this.lanes = new Lanes(settings, columns, this.turns, this.caller);
		return this.lanes.describe();
	}

	/** What comes back is overwritten by the next request where it is there at once. Errors: INVALID_FIELD. */
	stepLanes(
		levels: ArrayLike<number>,
		seeds: readonly LaneSeeds[],
	): Soon<LaneColumns> {
		return this.given("batch").step(levels, seeds);
	}

	/** As `stepLanes`. */
	resetLanes(
		lanes: readonly number[],
		seeds: readonly string[],
	): Soon<LaneColumns> {
		return this.given("reset_lanes").reset(lanes, seeds);
	}

	/** Does something with a session that is no lane, or beside its lane, when its turn comes. */
	inTurn<T>(session: Session, work: () => Soon<T>): Soon<T> {
		return this.turns.take(session, () => {
			throwIfCancelled(this.caller.signal);
			return work();
		});
	}

	private given(field: string): Lanes {
		if (this.lanes !== undefined) return this.lanes;
		throw NightshiftError.invalid([
			{
				field,
				description:
					"needs lanes, and this stream has none yet; send PlayLanes first.",
			},
		]);
	}
}
