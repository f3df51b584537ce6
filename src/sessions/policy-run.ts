import type {
	Action,
	Action__Output,
} from "../../proto/generated/nightshift/v1/Action.js";
import type { EpisodeResult } from "../../proto/generated/nightshift/v1/EpisodeResult.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import type { Departure } from "../departure.js";
import type { SplitName } from "../environments/environment.js";
import type { Act, Policy } from "../environments/policy.js";
import type { HiddenState } from "../environments/sre/incident.js";
import { throwIfCancelled } from "../errors.js";
import { studentQuantile } from "../evaluation/student-t.js";
import { toEpisodeStart } from "./episode-start.js";
import { emptyEventLog } from "./event-log.js";
import { Session, type SessionServices } from "./session.js";
import type { Caller } from "./work-in-progress.js";

/** A policy to play on the server, and over which episodes. */
export interface PolicyRun {
	readonly policy: Policy;
	readonly taskId: string;
	readonly split: SplitName;
	/** firstSeed + episodes is at most 2^64. */
	readonly firstSeed: bigint;
	/** From 1. */
	readonly episodes: number;
}

/** One episode of a run, and what the run has come to with it. */
export interface RunEpisode {
	/** In decimal. */
	readonly seed: string;
	readonly result: EpisodeResult;
	readonly meanScore: number;
	/** Of the 95 % interval; absent after the first episode. */
	readonly halfWidth: number | undefined;
}

const CONFIDENCE = 0.95;
/** Student's quantile for more degrees of freedom differs by about 0.1 % from this one's, which is the wider. */
const MOST_DEGREES = 1000;
const LEASE_MS = 86_400_000;

/**
 * Plays the episodes of a run one after the other, each in a session of its own that nobody else sees: under the rules, and with the results,
 * of one that a client plays. Between episodes other work has its turn. Errors: those of a step; the signal's own where it cut the run off.
 */
export async function* playRun(
	run: PolicyRun,
	services: SessionServices,
	signal: Departure,
): AsyncGenerator<RunEpisode> {
	let mean = 0;
	let squares = 0;
	for (let count = 1; count <= run.episodes; count++) {
		services.throwIfDraining();
		const seed = String(run.firstSeed + BigInt(count - 1));
		const result = await playEpisode(run, seed, services, signal).catch(
			(error: unknown) => {
				throwIfCancelled(signal);
				throw error;
			},
		);
		const score = Number(result.score ?? 0);
		const deviation = score - mean;
		mean += deviation / count;
		squares += deviation * (score - mean);
		yield {
			seed,
			result,
			meanScore: mean,
			halfWidth:
				count === 1
					? undefined
					: studentQuantile(CONFIDENCE, Math.min(count - 1, MOST_DEGREES)) *
						Math.sqrt(squares / (count - 1) / count),
		};
		await turnOfOthers();
		throwIfCancelled(signal);
	}
}

async function playEpisode(
	{ policy, taskId, split }: PolicyRun,
	seed: string,
	services: SessionServices,
	signal: Departure,
): Promise<EpisodeResult> {
	const caller: Caller = { signal, onProgress: () => {} };
	const session = await openSession(taskId, split, seed, services);
	try {
		const act = startPolicy(policy, session, services);
		let { observation } = session.describe();
		for (;;) {
			const action = act(observation as Observation__Output);
			if (action === undefined)
				return (await session.finish(caller)).result as EpisodeResult;
			const answer = await session.step(
				{ action: toMessage(action), number: undefined, fingerprint: "" },
				caller,
			);
			if (answer.result) return answer.result;
			observation = answer.observation as typeof observation;
		}
	} finally {
		await session.close();
	}
}

function openSession(
	taskId: string,
	split: SplitName,
	seed: string,
	services: SessionServices,
): Promise<Session> {
	const { task } = services.environmentOf(taskId);
	return Session.start(
		{
			id: "",
			ownerKey: "",
			createdAtMs: services.clock.now(),
			created: undefined,
			options: {
				rewardMode:
					task.default_reward_mode === "REWARD_MODE_SCORE" ? "score" : "shaped",
				views: ["typed"],
				leaseMs: LEASE_MS,
			},
			answered: undefined,
			highestNumber: undefined,
			begun: undefined,
			events: emptyEventLog(),
			ended: undefined,
		},
		toEpisodeStart(taskId, split, seed),
		{ ...services, onEnded: () => {} },
	);
}

function startPolicy(
	policy: Policy,
	{ record }: Session,
	{ environmentOf }: SessionServices,
): Act {
	const { environment, task } = environmentOf(record.episode.taskId);
	const seed = BigInt(record.episode.seed);
	return policy.startPrivileged
		? policy.startPrivileged(
				task as Task__Output,
				seed,
				() => environment.reveal(record.episode.state) as HiddenState,
			)
		: policy.start(task as Task__Output, seed);
}

/** An action as it would have come over the wire: with the name of the one that it is. */
function toMessage(action: Action): Action__Output {
	const [name] = Object.entries(action).find(
		([, value]) => value !== undefined && value !== null,
	) ?? [undefined];
	return { ...action, action: name } as Action__Output;
}

function turnOfOthers(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
