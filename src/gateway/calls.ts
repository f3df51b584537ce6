import { isDeepStrictEqual } from "node:util";
import { loadedForm } from "../../proto/contract-files.js";
import type { CreateSessionRequest__Output } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { ResetRequest__Output } from "../../proto/generated/nightshift/v1/ResetRequest.js";
import type { RunPolicyRequest__Output } from "../../proto/generated/nightshift/v1/RunPolicyRequest.js";
import type { StepRequest__Output } from "../../proto/generated/nightshift/v1/StepRequest.js";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import { Toolbox, WrongCall } from "../../proto/tools.js";
import type { Departure } from "../departure.js";
import {
	readCreate,
	readReset,
	readRunPolicy,
	readStep,
} from "../door/requests.js";
import type { Policy } from "../environments/policy.js";
import { type FieldViolation, NightshiftError } from "../errors.js";
import type { PolicyRun, RunEpisode } from "../sessions/policy-run.js";
import type { Session, StepCall } from "../sessions/session.js";
import type { Sessions } from "../sessions/sessions.js";
import { andThen, type Soon } from "../sessions/soon.js";
import type { Caller } from "../sessions/work-in-progress.js";
import type { Client } from "./client.js";
import type { Episode, Episodes } from "./episodes.js";
import {
	defaultTask,
	type EnvironmentName,
	type Mount,
	readTask,
	tierTasks,
} from "./mount.js";
import {
	type Beginning,
	type Reply,
	toFinishReply,
	toResetReply,
	toResult,
	toState,
} from "./replies.js";
import {
	type ActionAsked,
	type CallAsked,
	Reader,
	type ResetAsked,
	type StepAsked,
} from "./requests.js";

/**
 * What can be done with episodes, whatever speaks: HTTP, OpenEnv's WebSocket, MCP. Requests come in as read, answers go out as JSON; in between stand the
 * contract's messages, which src/door reads and sessions answer, as for gRPC. Fields of errors are paths in the JSON request.
 */
export class Calls {
	readonly toolboxes: ReadonlyMap<string, Toolbox>;
	private readonly resets = new Map<string, Promise<unknown>>();

	constructor(
		readonly sessions: Sessions,
		readonly tasks: readonly Task__Output[],
		readonly episodes: Episodes,
		private readonly policies: readonly Policy[],
		private readonly defaultLeaseMs: number,
	) {
		// All tasks of an environment have the same actions.
		this.toolboxes = new Map(
			tasks
				.toReversed()
				.map((task) => [task.environment, new Toolbox(task)] as const),
		);
	}

	/** Starts an episode: the next one of a live session, else the first one of a new session. Errors: those of CreateSession and Reset. */
	async reset(
		mount: Mount,
		client: Client,
		asked: ResetAsked,
		signal: Departure,
	): Promise<Begun> {
		// Two resets that name the same must not both open a session.
		const named = mount.session === undefined ? asked.episodeId : undefined;
		const key = `${this.episodes.keyOf(client, mount)} ${named ?? ""}`;
		const before = this.resets.get(key);
		const begun = (async (): Promise<Begun> => {
			await before?.catch(() => {});
			const episode = this.episodes.findLive(client, mount, asked.episodeId);
			return episode === undefined
				? this.open(mount, client, asked, signal)
				: { episode, reply: await this.restart(episode, asked, signal) };
		})();
		this.resets.set(key, begun);
		try {
			return await begun;
		} finally {
			if (this.resets.get(key) === begun) this.resets.delete(key);
		}
	}

	/** Takes an action. Errors: those of Step. */
	step<Told>(
		episode: Episode,
		asked: Pick<StepAsked, "action" | "call">,
		signal: Departure,
		toTold: (episode: Episode, response: StepResponse) => Told,
		onProgress: Caller["onProgress"] = ignore,
	): Soon<Told> {
		return this.take(
			episode,
			this.read(episode, asked),
			signal,
			toTold,
			onProgress,
		);
	}

	/** Reads an action for an episode; what comes out is good for every episode of the environment where it has no number. Errors: those of Step. */
	read(
		episode: Episode,
		{ action, call }: Pick<StepAsked, "action" | "call">,
	): ReadStep {
		const place = actionPath(action);
		const step = relocated(
			() =>
				this.readStep(episode.session, action, numberOf(episode, action, call)),
			place,
		);
		return { step, place };
	}

	/** Takes an action that was read. Errors: those of Step. */
	take<Told>(
		episode: Episode,
		{ step, place }: ReadStep,
		signal: Departure,
		toTold: (episode: Episode, response: StepResponse) => Told,
		onProgress: Caller["onProgress"] = ignore,
	): Soon<Told> {
		return located(place, () =>
			andThen(
				episode.session.stepSoon(step, { signal, onProgress }),
				(response) => toTold(episode, response),
			),
		);
	}

	/** Errors: those of Finish. */
	async finish(episode: Episode, signal: Departure): Promise<Reply> {
		return toFinishReply(
			episode,
			await episode.session.finish({ signal, onProgress: () => {} }),
		);
	}

	state(episode: Episode): Record<string, unknown> {
		return toState(episode);
	}

	find(mount: Mount, client: Client, id: string | undefined): Episode {
		return this.episodes.find(client, mount, id);
	}

	/** Plays a policy on one task. Errors: those of RunPolicy. */
	async grade(
		mount: Mount,
		query: GradeQuery,
		signal: Departure,
	): Promise<Record<string, unknown>> {
		const violations: FieldViolation[] = [];
		const task = readTask(mount, query.task_id, query.tier, violations);
		if (violations.length > 0)
			throw NightshiftError.invalid(
				violations.map(({ field, description }) => ({
					field: field === "task_tier" ? "tier" : field,
					description,
				})),
			);
		return this.play(task ?? defaultTask(mount), query, signal);
	}

	/** Plays a policy on every tier of the mount's environment. Errors: those of RunPolicy. */
	async baseline(
		mount: Mount,
		query: Omit<GradeQuery, "tier" | "task_id">,
		signal: Departure,
	): Promise<Record<string, unknown>> {
		const scores: Record<string, unknown> = {};
		const tiers: Record<string, unknown> = {};
		for (const [tier, task] of tierTasks(mount, mount.otherwise)) {
			const graded = await this.play(task, query, signal);
			scores[tier] = graded.score;
			tiers[tier] = graded;
		}
		return { environment: mount.otherwise, scores, tiers };
	}

	private async play(
		task: Task__Output,
		query: Omit<GradeQuery, "tier" | "task_id">,
		signal: Departure,
	): Promise<Record<string, unknown>> {
		const run = this.readRun(task, query);
		let last: RunEpisode | undefined;
		for await (const episode of this.sessions.run(run, signal)) last = episode;
		const { result, meanScore, halfWidth } = last as RunEpisode;
		return {
			task_id: task.id,
			tier: task.difficulty,
			policy: run.policy.name,
			split: run.split,
			first_seed: String(run.firstSeed),
			episodes: run.episodes,
			score: meanScore,
			...(halfWidth !== undefined && { interval_half_width: halfWidth }),
			last_result: toResult(result),
		};
	}

	private readRun(
		task: Task__Output,
		query: Omit<GradeQuery, "tier" | "task_id">,
	): PolicyRun {
		const read = new Reader(query);
		const split = read.choice("split", "SPLIT_", [
			"train",
			"validation",
			"test",
		]);
		const firstSeed = read.whole("seed");
		const episodes = read.whole("episodes") ?? "1";
		if (Number(episodes) > MOST_EPISODES)
			read.wrong(
				"episodes",
				`${episodes} is not allowed; 1 to ${MOST_EPISODES}.`,
			);
		read.done();
		return relocated(
			() =>
				readRunPolicy(
					toRunPolicy({
						task_id: task.id,
						policy:
							query.policy ?? HEURISTIC[task.environment as EnvironmentName],
						first_seed: firstSeed ?? "0",
						episodes: Number(episodes),
						...(split && { split }),
					}),
					(id) => this.taskOf(id),
					this.policies,
				),
			(field) => (field === "first_seed" ? "seed" : field),
		);
	}

	/**
	 * Opens a session for a client, whatever it has already. `once`: makes it the same opening under the same key, and says whether it is known to be
	 * a repeated one, for which there is room. Errors: those of CreateSession.
	 */
	async open(
		mount: Mount,
		client: Client,
		asked: ResetAsked,
		signal: Departure,
		once?: { readonly key: string; readonly isRepeat: boolean },
	): Promise<Begun> {
		const task = asked.task ?? defaultTask(mount);
		const create = relocated(
			() =>
				readCreate(
					toCreate({
						task_id: task.id,
						...toStart(asked),
						options: toOptions(asked),
						...(once && { idempotency_key: once.key }),
					}),
					(id) => this.taskOf(id),
					this.defaultLeaseMs,
				),
			resetPath,
		);
		const leave = once?.isRepeat ? ignore : this.episodes.takeRoom(client);
		try {
			const { session, observation } = await this.sessions.create(
				create,
				signal,
			);
			const episode = this.episodes.add(
				client,
				mount,
				asked.episodeId,
				this.sessions.get(session?.session_id as string),
			);
			const begun: Beginning = {
				taskId: task.id,
				taskVersion: Number(session?.task_version),
				split: create.start.split,
				step: Number(session?.step),
			};
			const reply = toResetReply(episode, begun, observation);
			if (isNamed(asked.call)) opened.set(episode.session, { asked, reply });
			return { episode, reply };
		} finally {
			leave();
		}
	}

	/** Starts the next episode of a session, which may name it anew. Errors: those of Reset. */
	async restart(
		episode: Episode,
		asked: ResetAsked,
		signal: Departure,
	): Promise<Reply> {
		const { session } = episode;
		const before = answeredOpening(session, asked);
		if (before !== undefined) return { ...before, replayed: true };
		const { task } = asked;
		// Another environment need not have the session's reward mode.
		const isOther =
			task !== undefined &&
			task.environment !== session.record.episode.environment;
		const options = toOptions(asked);
		const call = relocated(
			() =>
				readReset(
					toReset({
						...(task && { task_id: task.id }),
						...toStart(asked),
						...((isOther || options !== null) && { options: options ?? {} }),
						...numberField(numberOf(episode, undefined, asked.call)),
					}),
					session.record,
					(id) => this.taskOf(id),
					this.defaultLeaseMs,
				),
			resetPath,
		);
		const { observation } = await session.reset(call, {
			signal,
			onProgress: () => {},
		});
		if (asked.episodeId !== undefined)
			this.episodes.rename(episode, asked.episodeId);
		return toResetReply(episode, session.record.episode, observation);
	}

	private readStep(
		{ record }: Session,
		{ name, given }: ActionAsked,
		number: string | undefined,
	) {
		const { environment } = record.episode;
		const toolbox = this.toolboxes.get(environment) as Toolbox;
		return readStep(
			toStep({ ...readCall(toolbox, name, given), ...numberField(number) }),
			environment,
		);
	}

	private taskOf(id: string) {
		return this.sessions.environmentOf(id).task;
	}
}

/** An episode that a reset began. */
export interface Begun {
	readonly episode: Episode;
	readonly reply: Reply;
}

export interface ReadStep {
	readonly step: StepCall;
	/** Where the contract's fields of the step stand in the request. */
	readonly place: (field: string) => string;
}

export interface GradeQuery {
	readonly tier?: string;
	readonly task_id?: string;
	readonly policy?: string;
	readonly seed?: string;
	readonly split?: string;
	readonly episodes?: string;
}

const ignore = () => {};
const toCreate = loadedForm<CreateSessionRequest__Output>(
	"nightshift.v1.CreateSessionRequest",
);
const toReset = loadedForm<ResetRequest__Output>("nightshift.v1.ResetRequest");
const toStep = loadedForm<StepRequest__Output>("nightshift.v1.StepRequest");
const toRunPolicy = loadedForm<RunPolicyRequest__Output>(
	"nightshift.v1.RunPolicyRequest",
);

/** Who plays for /grader and /baseline where no policy is named: the founding documents' heuristic agent. */
const HEURISTIC: Readonly<Record<EnvironmentName, string>> = {
	training: "heuristic",
	sre: "tuned-rule",
};
const MOST_EPISODES = 10_000;

function toStart({ seed, split }: ResetAsked): object {
	return { ...(seed && { seed }), ...(split && { split }) };
}

/** Null where none is given: those that there are are kept. */
function toOptions({
	rewardMode,
	views,
	leaseSeconds,
}: ResetAsked): object | null {
	if (
		rewardMode === undefined &&
		views === undefined &&
		leaseSeconds === undefined
	)
		return null;
	return {
		...(rewardMode && { reward_mode: rewardMode }),
		...(views && { views }),
		...(leaseSeconds !== undefined && {
			lease: {
				seconds: Math.floor(leaseSeconds),
				nanos: Math.round((leaseSeconds % 1) * 1e9),
			},
		}),
	};
}

function numberField(number: string | undefined): object {
	return number === undefined ? {} : { request_number: number };
}

/** The last of its clients' own request ids that a session was given, and the number that stands for it. */
const named = new WeakMap<
	Session,
	{ readonly id: string; readonly number: string }
>();

/** The resets that opened sessions and may be repeated, with their answers. */
const opened = new WeakMap<
	Session,
	{ readonly asked: ResetAsked; readonly reply: Reply }
>();

function isNamed({ requestNumber, requestId }: CallAsked): boolean {
	return requestNumber !== undefined || requestId !== undefined;
}

/** The answer of the reset that opened the session, where it comes again and no other call with a number or a reset came since. Errors: REQUEST_MISMATCH. */
function answeredOpening(
	session: Session,
	{ call, ...asked }: ResetAsked,
): Reply | undefined {
	const known = opened.get(session);
	const { highestNumber, episode } = session.record;
	if (
		known === undefined ||
		highestNumber !== undefined ||
		episode.number !== 1 ||
		!isDeepStrictEqual(known.asked.call, call)
	)
		return undefined;
	if (!isDeepStrictEqual(known.asked, { ...asked, call }))
		throw new NightshiftError(
			"REQUEST_MISMATCH",
			"This reset has the request_id or the request_number of the one before it, and other contents; another reset needs another one.",
		);
	return known.reply;
}

/** The contract's number of a call: its own, or the one that stands for the client's id of it. */
function numberOf(
	{ session }: Episode,
	action: ActionAsked | undefined,
	{ requestNumber, requestId = action?.requestId }: CallAsked,
): string | undefined {
	if (requestNumber !== undefined || requestId === undefined)
		return requestNumber;
	const before = named.get(session);
	if (before?.id === requestId) return before.number;
	const last = BigInt(session.record.highestNumber ?? 0);
	const number = String(last + 1n);
	named.set(session, { id: requestId, number });
	return number;
}

/** Errors: INVALID_FIELD, WRONG_ACTION, with fields as the contract writes them. */
function readCall(toolbox: Toolbox, name: string, given: unknown) {
	try {
		return toolbox.read(name, given);
	} catch (error) {
		if (!(error instanceof WrongCall)) throw error;
		const isName = !toolbox.has(name);
		throw new NightshiftError(
			isName ? "WRONG_ACTION" : "INVALID_FIELD",
			error.message,
			{
				violations: error.violations.map(({ field, description }) => ({
					field: isName
						? "action"
						: field.startsWith("declare.")
							? field
							: ["action", name, ...(field === "" ? [] : [field])].join("."),
					description,
				})),
			},
		);
	}
}

/** Where the contract's fields of a step stand in the request. */
function actionPath({ name, namePath, path }: ActionAsked) {
	return (field: string): string => {
		if (field === "action") return namePath.join(".");
		const argument = field.startsWith("declare")
			? field
			: field.slice(`action.${name}.`.length);
		return [...path, ...(argument === "" ? [] : [argument])].join(".");
	};
}

/** Where the contract's fields of a reset stand in the request. */
export function resetPath(field: string): string {
	return field === "options.lease"
		? "lease_seconds"
		: field.replace(/^options\./, "");
}

/** Does the work; violations of its error get their places in the request. */
export function relocated<T>(
	work: () => T,
	place: (field: string) => string,
): T {
	try {
		return work();
	} catch (error) {
		throw relocate(error, place);
	}
}

function located<T>(
	place: (field: string) => string,
	work: () => Soon<T>,
): Soon<T> {
	const value = relocated(work, place);
	return value instanceof Promise
		? value.catch((error: unknown) => {
				throw relocate(error, place);
			})
		: value;
}

/** The error with the fields of its violations put elsewhere. */
export function relocate(
	error: unknown,
	place: (field: string) => string,
): unknown {
	if (!(error instanceof NightshiftError) || error.violations.length === 0)
		return error;
	const { reason, message, violations, metadata, cause } = error;
	return new NightshiftError(reason, message, {
		violations: violations.map(({ field, description }) => ({
			field: place(field),
			description,
		})),
		metadata,
		...(cause !== undefined && { cause }),
	});
}
