import type { CallObserver } from "../door/call-observer.js";
import { readReset, readSessionId, readStep } from "../door/requests.js";
import type { TaskDefinition } from "../environments/environment.js";
import { NightshiftError } from "../errors.js";
import type { LaneColumns } from "../sessions/lane-columns.js";
import type { Autoreset, LaneSetting } from "../sessions/lanes.js";
import { Play } from "../sessions/play.js";
import type { Session } from "../sessions/session.js";
import type { Sessions } from "../sessions/sessions.js";
import { andThen, type Soon } from "../sessions/soon.js";
import {
	type DecodedPlayRequest,
	encodeError,
	encodeLanes,
	encodeLoaded,
	toResetRequest,
	toStepRequest,
} from "./play-messages.js";

export interface PlayServices {
	readonly sessions: Sessions;
	readonly taskOf: (id: string) => TaskDefinition;
	readonly defaultLeaseMs: number;
	readonly observe: CallObserver;
}

/** What answers the requests of one stream: with bytes of a PlayResponse, also where a request fails. */
export function openPlay(
	services: PlayServices,
	signal: AbortSignal,
): (request: DecodedPlayRequest) => Soon<Buffer> {
	const play = new Play({ signal, onProgress: () => {} });
	return (request) => {
		const failed = (thrown: unknown) => {
			const error = NightshiftError.from(thrown);
			tellFailure(error, services.observe);
			return encodeError(request, error);
		};
		try {
			const answer = take(play, services, request);
			return answer instanceof Promise ? answer.catch(failed) : answer;
		} catch (error) {
			return failed(error);
		}
	};
}

function take(
	play: Play,
	{ sessions, taskOf, defaultLeaseMs, observe }: PlayServices,
	request: DecodedPlayRequest,
): Soon<Buffer> {
	const sessionOf = (id: string) => sessions.get(readSessionId(id));
	const columns = (answer: Soon<LaneColumns>) =>
		answer instanceof Promise ? answer.then(told) : told(answer);
	const told = (answer: LaneColumns) => {
		for (const { error } of answer.failed) tellFailure(error, observe);
		return encodeLanes(request, answer);
	};
	switch (request.request) {
		case "batch": {
			const { levels, seeds } = request.batch;
			return columns(
				play.stepLanes(
					levels,
					seeds.map(({ lane, seeds }) => ({ lane, seeds: seeds.map(String) })),
				),
			);
		}
		case "lanes":
			return columns(
				play.setLanes(
					request.lanes.lanes.map((lane, place) =>
						readLane(lane, place, sessionOf),
					),
					request.lanes.columns,
				),
			);
		case "reset_lanes": {
			const { lanes, seeds } = request.reset_lanes;
			return columns(play.resetLanes(lanes, seeds.map(String)));
		}
		case "step": {
			const asked = toStepRequest(request);
			const session = sessionOf(asked.session_id);
			return andThen(
				play.inTurn(session, () =>
					session.stepSoon(
						readStep(asked, session.record.episode.environment),
						play.caller,
					),
				),
				(step) => encodeLoaded(request, { step }),
			);
		}
		case "reset": {
			const asked = toResetRequest(request);
			const session = sessionOf(asked.session_id);
			return andThen(
				play.inTurn(session, () =>
					session.reset(
						readReset(asked, session.record, taskOf, defaultLeaseMs),
						play.caller,
					),
				),
				(reset) => encodeLoaded(request, { reset }),
			);
		}
		default:
			throw NightshiftError.invalid([
				{
					field: "request",
					description:
						"is missing; one of lanes, batch, step, reset, reset_lanes.",
				},
			]);
	}
}

function tellFailure(error: NightshiftError, observe: CallObserver): void {
	observe({ method: "Play", error, durationMs: 0, isInBand: true });
}

/** By number in the contract. */
const AUTORESET: readonly (Autoreset | undefined)[] = [
	"disabled",
	"disabled",
	"next step",
	"same step",
];

function readLane(
	lane: DecodedPlayRequest["lanes"]["lanes"][number],
	place: number,
	sessionOf: (id: string) => Session,
): LaneSetting {
	const autoreset = AUTORESET[lane.autoreset_mode];
	if (autoreset === undefined)
		throw NightshiftError.invalid([
			{
				field: `lanes.lanes[${place}].autoreset_mode`,
				description: `enum value ${lane.autoreset_mode} is not allowed; one of AUTORESET_MODE_DISABLED, AUTORESET_MODE_NEXT_STEP, AUTORESET_MODE_SAME_STEP.`,
			},
		]);
	return {
		session: sessionOf(lane.session_id),
		autoreset,
		seeds: lane.seeds.map(String),
	};
}
