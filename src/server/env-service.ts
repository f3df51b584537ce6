import type { handleUnaryCall } from "@grpc/grpc-js";
import type { EnvServiceHandlers } from "../../proto/generated/nightshift/v1/EnvService.js";
import type { Progress } from "../../proto/generated/nightshift/v1/Progress.js";
import type { RunPolicyResponse } from "../../proto/generated/nightshift/v1/RunPolicyResponse.js";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { StepStreamResponse } from "../../proto/generated/nightshift/v1/StepStreamResponse.js";
import type { WatchResponse } from "../../proto/generated/nightshift/v1/WatchResponse.js";
import type { Departure } from "../departure.js";
import type { CallObserver } from "../door/call-observer.js";
import {
	checkDeclare,
	readCreate,
	readLease,
	readPage,
	readReset,
	readRunPolicy,
	readSessionId,
	readStep,
	toPage,
} from "../door/requests.js";
import type { Policy } from "../environments/policy.js";
import { NightshiftError } from "../errors.js";
import type { PolicyRun } from "../sessions/policy-run.js";
import type { Session, StepCall } from "../sessions/session.js";
import type { Sessions } from "../sessions/sessions.js";
import type { Caller } from "../sessions/work-in-progress.js";
import { bidiStream, serverStream, unary } from "./handlers.js";
import { openPlay } from "./play.js";

export interface EnvServiceOptions {
	readonly sessions: Sessions;
	readonly defaultLeaseMs: number;
	readonly maxWatchers: number;
	/** What RunPolicy can play. */
	readonly policies: readonly Policy[];
	readonly observe: CallObserver;
	/** Aborted with an error of ours when streams that only watch must end. */
	readonly ending: AbortSignal;
}

/** The contract's service over the sessions: every handler reads its request, asks the session and answers; no rule stands here. */
export function createEnvService({
	sessions,
	defaultLeaseMs,
	maxWatchers,
	policies,
	observe,
	ending,
}: EnvServiceOptions): EnvServiceHandlers {
	const taskOf = (id: string) => sessions.environmentOf(id).task;
	const sessionOf = (id: string) => sessions.get(readSessionId(id));
	const never = new AbortController().signal;
	let watchers = 0;

	async function* watch(
		session: Session,
		from: string | undefined,
		signal: AbortSignal,
	): AsyncGenerator<WatchResponse> {
		if (watchers >= maxWatchers)
			throw new NightshiftError(
				"TOO_MANY_STREAMS",
				`${watchers} streams are watching, as many as this server allows; close one or ask again later.`,
			);
		watchers += 1;
		try {
			for await (const event of session.watch(
				from === undefined ? undefined : Number(from),
				signal,
			))
				yield { event };
		} finally {
			watchers -= 1;
		}
	}

	return {
		ListTasks: unary("ListTasks", observe, ({ environment }) => {
			if (!["", "training", "sre"].includes(environment)) {
				throw NightshiftError.invalid([
					{
						field: "environment",
						description: `"${environment}" is not allowed; "training", "sre", or empty for all.`,
					},
				]);
			}
			return {
				tasks: sessions.tasks.filter(
					(task) => environment === "" || task.environment === environment,
				),
			};
		}),
		CreateSession: unary("CreateSession", observe, (request, signal) =>
			sessions.create(readCreate(request, taskOf, defaultLeaseMs), signal),
		),
		Reset: unary("Reset", observe, (request, signal) => {
			const session = sessionOf(request.session_id);
			return session.reset(
				readReset(request, session.record, taskOf, defaultLeaseMs),
				quietly(signal),
			);
		}),
		Step: unary("Step", observe, (request, signal) => {
			const session = sessionOf(request.session_id);
			return session.stepSoon(
				readStep(request, session.record.episode.environment),
				quietly(signal),
			);
		}),
		StepStream: serverStream(
			"StepStream",
			observe,
			never,
			(request, signal) => {
				const session = sessionOf(request.session_id);
				return stepStream(
					session,
					readStep(request, session.record.episode.environment),
					signal,
				);
			},
		),
		Watch: serverStream(
			"Watch",
			observe,
			ending,
			({ session_id, from_offset }, signal) =>
				watch(sessionOf(session_id), from_offset, signal),
		),
		Finish: unary("Finish", observe, ({ session_id, declare }, signal) => {
			const session = sessionOf(session_id);
			checkDeclare(declare, session.record.episode.environment);
			return session.finish(quietly(signal), declare);
		}),
		CloseSession: unary("CloseSession", observe, async ({ session_id }) => {
			await sessionOf(session_id).close();
			return {};
		}),
		GetSession: unary("GetSession", observe, ({ session_id }) =>
			sessionOf(session_id).describe(),
		),
		ListSessions: unary("ListSessions", observe, (request) => {
			const page = readPage(request);
			return toPage(sessions.listOf(page.ownerKey), page);
		}),
		RenewSession: unary("RenewSession", observe, ({ session_id, lease }) => ({
			session: sessionOf(session_id).renewLease(readLease(lease)),
		})),
		// Its messages are read and written in play.ts; see contract.ts.
		Play: bidiStream("Play", observe, ending, (signal) =>
			openPlay({ sessions, taskOf, defaultLeaseMs, observe }, signal),
		) as unknown as EnvServiceHandlers["Play"],
		Fork: notYet(
			"Fork",
			"create a second session with the same task, split and seed and take the same actions",
		),
		GetReceipt: notYet(
			"GetReceipt",
			"Watch gives every action and result of an episode",
		),
		VerifyReceipt: notYet(
			"VerifyReceipt",
			"play the same seed and actions again and compare the answers",
		),
		RunPolicy: serverStream("RunPolicy", observe, ending, (request, signal) =>
			runPolicy(sessions, readRunPolicy(request, taskOf, policies), signal),
		),
	};

	function notYet(
		method: string,
		meanwhile: string,
	): handleUnaryCall<unknown, never> {
		return unary(method, observe, () => {
			throw new NightshiftError(
				"NOT_YET_IMPLEMENTED",
				`This server does not have ${method} yet; ${meanwhile}.`,
			);
		});
	}
}

function quietly(signal: Departure): Caller {
	return { signal, onProgress: () => {} };
}

async function* runPolicy(
	sessions: Sessions,
	run: PolicyRun,
	signal: AbortSignal,
): AsyncGenerator<RunPolicyResponse> {
	for await (const episode of sessions.run(run, signal)) {
		const { seed, result, meanScore, halfWidth } = episode;
		yield {
			seed,
			result,
			mean_score: meanScore,
			...(halfWidth !== undefined && { interval_half_width: halfWidth }),
		};
	}
}

/** Progress as it comes, then the one result. What waits for a slow reader is bounded by what one call can tell. */
async function* stepStream(
	session: Session,
	call: StepCall,
	signal: AbortSignal,
): AsyncGenerator<StepStreamResponse> {
	const waiting: Progress[] = [];
	let wake = () => {};
	let done = false;
	const result: Promise<StepResponse> = session
		.step(call, {
			signal,
			onProgress: (progress) => {
				waiting.push(progress);
				wake();
			},
		})
		.finally(() => {
			done = true;
			wake();
		});
	result.catch(() => {});
	for (;;) {
		const progress = waiting.shift();
		if (progress !== undefined) yield { progress };
		else if (done) break;
		else {
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		}
	}
	yield { result: await result };
}
