import type { CreateSessionRequest__Output } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { ResetRequest__Output } from "../../proto/generated/nightshift/v1/ResetRequest.js";
import type { RunPolicyRequest__Output } from "../../proto/generated/nightshift/v1/RunPolicyRequest.js";
import type { SessionOptions__Output } from "../../proto/generated/nightshift/v1/SessionOptions.js";
import type { StepRequest__Output } from "../../proto/generated/nightshift/v1/StepRequest.js";
import { drawSeed } from "../entropy.js";
import type { SplitName, TaskDefinition } from "../environments/environment.js";
import type { Policy } from "../environments/policy.js";
import { type FieldViolation, NightshiftError } from "../errors.js";
import { toEpisodeStart } from "../sessions/episode-start.js";
import type { PolicyRun } from "../sessions/policy-run.js";
import type { ResetCall, Session, StepCall } from "../sessions/session.js";
import type {
	SessionOptions,
	SessionRecord,
} from "../sessions/session-record.js";
import type { CreateCall } from "../sessions/sessions.js";

/** The door: requests are read and checked here once, whole, and come out in the words of the sessions. */

const SESSION_ID = /^[0-9a-f]{32}$/;
const LONGEST_KEY = 128;
const MOST_RUN_EPISODES = 10_000;
const LEAST_LEASE_MS = 10_000;
const GREATEST_LEASE_MS = 86_400_000;

export function readSessionId(id: string): string {
	if (!SESSION_ID.test(id))
		throw NightshiftError.invalid([
			{
				field: "session_id",
				description: `${id === "" ? "is missing" : `"${id.slice(0, 40)}" is not a session id`}; 32 hexadecimal digits, as CreateSession gave them.`,
			},
		]);
	return id;
}

export function readCreate(
	request: CreateSessionRequest__Output,
	taskOf: (id: string) => TaskDefinition,
	defaultLeaseMs: number,
): CreateCall {
	const violations: FieldViolation[] = [];
	if (request.task_id === "")
		violations.push({
			field: "task_id",
			description: "is missing; ListTasks gives the ids there are.",
		});
	const split = readSplit(request.split, "train", violations);
	checkKey("idempotency_key", request.idempotency_key, violations);
	checkKey("owner_key", request.owner_key, violations);
	const options = readOptions(
		request.options,
		request.task_id === "" ? undefined : taskOf(request.task_id),
		defaultLeaseMs,
		violations,
	);
	throwIfAny(violations);
	return {
		start: toEpisodeStart(request.task_id, split, request.seed ?? drawSeed()),
		options,
		ownerKey: request.owner_key,
		idempotencyKey: request.idempotency_key,
		fingerprint: JSON.stringify([
			request.task_id,
			request.seed ?? null,
			split,
			options,
		]),
	};
}

/** `episode` and `options` are what the session has now. */
export function readReset(
	request: ResetRequest__Output,
	{ episode, options: current }: Pick<SessionRecord, "episode" | "options">,
	taskOf: (id: string) => TaskDefinition,
	defaultLeaseMs: number,
): ResetCall {
	const violations: FieldViolation[] = [];
	const taskId = request.task_id === "" ? episode.taskId : request.task_id;
	const task = taskOf(taskId);
	const split = readSplit(request.split, episode.split, violations);
	const options = request.options
		? readOptions(request.options, task, defaultLeaseMs, violations)
		: current;
	if (!request.options && !hasMode(task, options.rewardMode))
		violations.push({
			field: "options.reward_mode",
			description: `is missing; ${taskId} does not have the session's reward mode, but ${task.reward_modes?.join(", ")}.`,
		});
	throwIfAny(violations);
	return {
		start: toEpisodeStart(taskId, split, request.seed ?? drawSeed()),
		options,
		number: request.request_number,
		// Of what was asked, not of what it came to: the session's own options may have changed when it is asked again.
		fingerprint: JSON.stringify([
			"reset",
			request.task_id,
			request.split,
			request.seed ?? null,
			request.options ?? null,
		]),
	};
}

/** `environment` is the session's. */
export function readStep(
	{
		action,
		request_number,
		declare,
	}: Pick<StepRequest__Output, "action" | "request_number" | "declare">,
	environment: string,
): StepCall {
	checkDeclare(declare, environment);
	if (action === null)
		throw new NightshiftError(
			"WRONG_ACTION",
			"The step has no action; ListTasks gives the actions of each task.",
			{ violations: [{ field: "action", description: "is missing" }] },
		);
	return {
		action,
		declared: declare,
		number: request_number,
		fingerprint: JSON.stringify(["step", action, declare ?? null]),
	};
}

/** A declaration is not silently dropped where it means nothing. */
export function checkDeclare(declare: unknown, environment: string): void {
	if (declare && environment !== "sre")
		throw NightshiftError.invalid([
			{
				field: "declare",
				description: `is not allowed in the ${environment} environment; only in sre.`,
			},
		]);
}

/** The lease of a renewal, or nothing where the session's is kept. */
export function readLease(
	lease: { seconds: unknown; nanos: number } | null | undefined,
): number | undefined {
	const violations: FieldViolation[] = [];
	const leaseMs = toLeaseMs("lease", lease, violations);
	throwIfAny(violations);
	return leaseMs;
}

/** Which part of a list is asked for. */
export interface Page {
	readonly size: number;
	readonly from: number;
}

export function readPage(request: {
	owner_key: string;
	page_size: number;
	page_token: string;
}): Page & { ownerKey: string } {
	const violations: FieldViolation[] = [];
	if (request.owner_key === "")
		violations.push({
			field: "owner_key",
			description: "is missing; the key that the sessions were created with.",
		});
	const page = checkPage(request, violations);
	throwIfAny(violations);
	return { ownerKey: request.owner_key, ...page };
}

export function readAllPage(request: {
	page_size: number;
	page_token: string;
}): Page {
	const violations: FieldViolation[] = [];
	const page = checkPage(request, violations);
	throwIfAny(violations);
	return page;
}

/** A page of sessions as the contract tells it. */
export function toPage(all: readonly Session[], { size, from }: Page) {
	return {
		sessions: all.slice(from, from + size).map((session) => session.message()),
		next_page_token: from + size < all.length ? String(from + size) : "",
	};
}

function checkPage(
	request: { page_size: number; page_token: string },
	violations: FieldViolation[],
): Page {
	if (request.page_size > 1000)
		violations.push({
			field: "page_size",
			description: `${request.page_size} is not allowed; 1 to 1000, or 0 for 100.`,
		});
	const from = request.page_token === "" ? 0 : Number(request.page_token);
	if (!/^\d{0,15}$/.test(request.page_token))
		violations.push({
			field: "page_token",
			description: "is not one that this call gave.",
		});
	return { size: request.page_size === 0 ? 100 : request.page_size, from };
}

/** `taskOf` throws for a task that there is not. */
export function readRunPolicy(
	request: RunPolicyRequest__Output,
	taskOf: (id: string) => TaskDefinition,
	policies: readonly Policy[],
): PolicyRun {
	const violations: FieldViolation[] = [];
	const { environment } = taskOf(request.task_id);
	const split = readSplit(request.split, "train", violations);
	const known = policies.filter((policy) => policy.environment === environment);
	const policy = known.find(({ name }) => name === request.policy);
	if (policy === undefined)
		violations.push({
			field: "policy",
			description: `${request.policy === "" ? "is missing" : `"${request.policy}" is not allowed`}; one of ${known.map(({ name }) => name).join(", ")}.`,
		});
	if (request.episodes < 1 || request.episodes > MOST_RUN_EPISODES)
		violations.push({
			field: "episodes",
			description: `${request.episodes} is not allowed; 1 to ${MOST_RUN_EPISODES}.`,
		});
	const firstSeed = BigInt(request.first_seed);
	if (firstSeed + BigInt(request.episodes) > 2n ** 64n)
		violations.push({
			field: "first_seed",
			description: `${firstSeed} is not allowed; the seeds of ${request.episodes} episodes must end at 2^64-1 or before.`,
		});
	throwIfAny(violations);
	return {
		policy: policy as Policy,
		taskId: request.task_id,
		split,
		firstSeed,
		episodes: request.episodes,
	};
}

function hasMode(
	task: TaskDefinition,
	mode: SessionOptions["rewardMode"],
): boolean {
	return (
		task.reward_modes?.includes(
			mode === "score" ? "REWARD_MODE_SCORE" : "REWARD_MODE_SHAPED",
		) === true
	);
}

function readSplit(
	split: unknown,
	otherwise: SplitName,
	violations: FieldViolation[],
): SplitName {
	switch (split) {
		case "SPLIT_UNSPECIFIED":
			return otherwise;
		case "SPLIT_TRAIN":
			return "train";
		case "SPLIT_VALIDATION":
			return "validation";
		case "SPLIT_TEST":
			return "test";
		default:
			violations.push({
				field: "split",
				description: `enum value ${String(split)} is not allowed; one of SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST.`,
			});
			return otherwise;
	}
}

function readOptions(
	options: SessionOptions__Output | null | undefined,
	task: TaskDefinition | undefined,
	defaultLeaseMs: number,
	violations: FieldViolation[],
): SessionOptions {
	const mode = options?.reward_mode ?? "REWARD_MODE_UNSPECIFIED";
	const chosen =
		mode === "REWARD_MODE_UNSPECIFIED" ? task?.default_reward_mode : mode;
	if (
		task !== undefined &&
		!task.reward_modes?.includes(chosen as "REWARD_MODE_SCORE")
	) {
		violations.push({
			field: "options.reward_mode",
			description: `${typeof mode === "string" ? mode : `enum value ${String(mode)}`} is not allowed for ${task.id}; one of ${task.reward_modes?.join(", ")}.`,
		});
	}
	const given = options?.views ?? [];
	const views = given.flatMap((view) =>
		view === "VIEW_TYPED" || view === "VIEW_FLAT" || view === "VIEW_TEXT"
			? [
					view
						.slice("VIEW_".length)
						.toLowerCase() as SessionOptions["views"][number],
				]
			: [],
	);
	if (views.length !== given.length || new Set(views).size !== views.length) {
		violations.push({
			field: "options.views",
			description: `${given.join(", ")} is not allowed; VIEW_TYPED, VIEW_FLAT and VIEW_TEXT, each at most once.`,
		});
	}
	return {
		rewardMode: chosen === "REWARD_MODE_SCORE" ? "score" : "shaped",
		views: views.length === 0 ? ["typed"] : views,
		leaseMs:
			toLeaseMs("options.lease", options?.lease, violations) ?? defaultLeaseMs,
	};
}

function toLeaseMs(
	field: string,
	lease: { seconds: unknown; nanos: number } | null | undefined,
	violations: FieldViolation[],
): number | undefined {
	if (lease === null || lease === undefined) return undefined;
	const ms = Number(lease.seconds) * 1000 + lease.nanos / 1e6;
	if (ms >= LEAST_LEASE_MS && ms <= GREATEST_LEASE_MS) return ms;
	violations.push({
		field,
		description: `${ms / 1000} s is not allowed; 10 s to 86400 s.`,
	});
	return undefined;
}

function checkKey(
	field: string,
	key: string,
	violations: FieldViolation[],
): void {
	if (key.length > LONGEST_KEY)
		violations.push({
			field,
			description: `has ${key.length} characters; at most ${LONGEST_KEY}.`,
		});
}

function throwIfAny(violations: readonly FieldViolation[]): void {
	if (violations.length > 0) throw NightshiftError.invalid(violations);
}
