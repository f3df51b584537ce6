import type { Action__Output } from "../../proto/generated/nightshift/v1/Action.js";
import type { ActionCompleted } from "../../proto/generated/nightshift/v1/ActionCompleted.js";
import type { EpisodeStarted } from "../../proto/generated/nightshift/v1/EpisodeStarted.js";
import type { Observation } from "../../proto/generated/nightshift/v1/Observation.js";
import type { SessionEvent } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import type {
	Environment,
	Outcome,
	SplitName,
	TaskDefinition,
} from "../environments/environment.js";
import { toEpisodeStart } from "./episode-start.js";
import type { EventLog } from "./event-log.js";
import { observationOf } from "./observation.js";
import type { SessionOptions } from "./session-record.js";
import { silently } from "./silently.js";

/** An episode that is played again. */
interface Course {
	readonly environment: Environment;
	readonly state: unknown;
	/** Counted actions. */
	step: number;
	/** Of the step that has started. */
	action: Action__Output | undefined;
	hasEnded: boolean;
}

/**
 * Observations for a reader of events that are kept without: those of environments that act at once, whose episodes are fixed by their start and
 * actions and are played again in microseconds. To keep them for a reader who may never come would cost each session a hundred times its state.
 * They come in the views that the session has now. What cannot be played again, because the log does not reach back to the episode's start, stays
 * as it is.
 */
export class Replay {
	/** Number of the episode that is followed. */
	private episode: unknown;
	/** Absent where it cannot be played again. */
	private course: Course | undefined;

	constructor(
		private readonly log: EventLog,
		private readonly environmentOf: (taskId: string) => {
			readonly environment: Environment;
			readonly task: TaskDefinition;
		},
		private readonly views: () => SessionOptions["views"],
	) {}

	/** The event as it is told; events come in order, from any one on. */
	show(event: SessionEvent): SessionEvent {
		const { episode_started, action_completed } = event;
		if (event.episode !== this.episode && !episode_started) this.join(event);
		this.follow(event);
		if (episode_started && !episode_started.observation)
			return {
				...event,
				episode_started: { ...episode_started, ...this.seen() },
			};
		if (action_completed && !action_completed.observation)
			return {
				...event,
				action_completed: { ...action_completed, ...this.seen() },
			};
		return event;
	}

	/** Begins in the middle of an episode. */
	private join(event: SessionEvent): void {
		this.episode = event.episode;
		this.course = undefined;
		for (const earlier of this.log.sinceEpisodeStart(event))
			this.follow(earlier);
	}

	private follow(event: SessionEvent): void {
		const { episode_started, action_started, action_completed } = event;
		if (episode_started) {
			this.episode = event.episode;
			this.course = this.begin(episode_started);
		} else if (action_started && this.course) {
			this.course.action = toAction(action_started.action);
		} else if (action_completed && this.course) {
			if (!go(this.course, action_completed)) this.course = undefined;
		}
	}

	private begin({ task_id, split, seed }: EpisodeStarted): Course | undefined {
		const { environment, task } = this.environmentOf(task_id as string);
		if (environment.actsAtOnce !== true) return undefined;
		const name = String(split).slice("SPLIT_".length).toLowerCase();
		const start = toEpisodeStart(task.id, name as SplitName, String(seed));
		return {
			environment,
			state: environment.start(task.id, start.key(task.version), start.split),
			step: 0,
			action: undefined,
			hasEnded: false,
		};
	}

	private seen(): { readonly observation?: Observation } {
		if (this.course === undefined) return {};
		const { environment, state } = this.course;
		return { observation: observationOf(environment, state, this.views()) };
	}
}

/** Plays to where an event was told. False: what lies between is not known. */
function go(
	course: Course,
	{ step, terminated, truncated }: ActionCompleted,
): boolean {
	const { environment, state, action } = course;
	if (step === course.step + 1 && action !== undefined) {
		const { ending } = environment.perform(
			state,
			environment.parse(state, action),
			silently,
		) as Outcome;
		course.step += 1;
		course.hasEnded = ending !== undefined;
	}
	course.action = undefined;
	if ((terminated || truncated) && !course.hasEnded) {
		void environment.grade(state, silently);
		course.hasEnded = true;
	}
	return step === course.step;
}

/** Rows of lanes are kept as bare levels. */
function toAction(action: unknown): Action__Output {
	const given = action as Action__Output;
	return given.flat && !given.action ? { ...given, action: "flat" } : given;
}
