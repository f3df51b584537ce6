import { setMaxListeners } from "node:events";
import type { NightshiftClient } from "../../clients/typescript/index.js";
import { type Clock, systemClock } from "../clock.js";
import { type EpisodeJob, playAttempt, toIdentity } from "./attempt.js";
import type {
	EpisodeIdentity,
	EpisodeRecord,
	FailedAttempt,
} from "./episode-record.js";
import {
	type EpisodeOutcome,
	type EvaluationFile,
	identityKey,
	type Question,
} from "./evaluation-file.js";
import { AttemptFailure } from "./failures.js";
import { JobQueue } from "./job-queue.js";

export interface EvaluationOptions {
	/** Episodes at once. */
	readonly parallel: number;
	/** Attempts at an episode that the infrastructure cuts off, in one run. */
	readonly attempts: number;
	readonly clock?: Clock;
}

/** Told what happens while episodes are played. */
export interface EvaluationListener {
	/** Once, before the first is played: what is there already, and what is missing. */
	planned(plan: {
		readonly there: readonly EpisodeOutcome[];
		readonly failures: readonly FailedAttempt[];
		readonly missing: readonly EpisodeJob[];
	}): void;
	/** An attempt begins; its session is still to be had. */
	started(job: EpisodeJob): void;
	/** Its session is there. */
	opened(job: EpisodeJob): void;
	/** So many actions of it are taken. */
	acted(job: EpisodeJob, actions: number): void;
	finished(job: EpisodeJob, record: EpisodeRecord): void;
	failed(job: EpisodeJob, failure: FailedAttempt): void;
}

/** What an evaluation came to. */
export interface EvaluationEnd {
	/** Episodes that are still without a score, since the infrastructure cut off every attempt. */
	readonly unplayed: number;
}

/** Before the second attempt; twice that before the third, and so on. */
const BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 60_000;

/** Longer than any evaluation. */
const FOREVER_MS = 2 ** 31 - 1;

/** Every episode of a question: seed by seed, so that what is stopped early has all agents and tasks. */
export function allJobs({
	agents,
	tasks,
	seeds,
	split,
}: Question): EpisodeJob[] {
	return seeds.flatMap((seed) =>
		tasks.flatMap((task) =>
			agents
				.filter((agent) => agent.plays(task))
				.map((agent) => ({ agent, task, seed, split })),
		),
	);
}

/**
 * Plays every episode of a question that its file lacks, so many at once, and adds each as it ends. None holds another: one that the
 * infrastructure cuts off is recorded as a failed attempt, and comes again at the end of the queue after a while; agents and tasks share the lanes.
 * Errors: EvaluationFailure and those of the file system, which end all; the signal's reason where that cut it off. What was finished is in the
 * file, and the same question goes on from there.
 */
export async function evaluate(
	client: NightshiftClient,
	question: Question,
	file: EvaluationFile,
	{ parallel, attempts, clock = systemClock }: EvaluationOptions,
	signal: AbortSignal,
	listener: EvaluationListener,
): Promise<EvaluationEnd> {
	const wanted = allJobs(question);
	const keys = new Set(wanted.map((job) => identityKey(toIdentity(job))));
	const isAsked = (line: EpisodeIdentity) => keys.has(identityKey(line));
	const there = file.episodes.filter(isAsked);
	const failures = file.failures.filter(isAsked);
	const over = new Set(there.map(identityKey));
	const missing = wanted.filter(
		(job) => !over.has(identityKey(toIdentity(job))),
	);
	/** Attempts that failed in all runs, by episode. */
	const failed = new Map<string, number>();
	const countFailure = (line: EpisodeIdentity) => {
		const key = identityKey(line);
		failed.set(key, (failed.get(key) ?? 0) + 1);
	};
	failures.forEach(countFailure);
	const failedBefore = new Map(failed);
	listener.planned({ there, failures, missing });

	const stopping = new AbortController();
	const either = AbortSignal.any([signal, stopping.signal]);
	// Every lane listens to it.
	setMaxListeners(0, either);
	const queue = new JobQueue(missing, groupOf, clock, either);
	let unplayed = 0;

	/** Errors: those that end all. */
	async function attemptAt(job: EpisodeJob): Promise<void> {
		const identity = toIdentity(job);
		const key = identityKey(identity);
		const failuresSoFar = failed.get(key) ?? 0;
		const number = failuresSoFar + 1;
		const startedMs = clock.now();
		listener.started(job);
		let record: EpisodeRecord;
		try {
			record = await playAttempt(
				client,
				job,
				{
					number,
					limits: question.limits,
					clock,
					opened: () => listener.opened(job),
					acted: (_, actions) => listener.acted(job, actions),
				},
				either,
			);
		} catch (error) {
			if (!(error instanceof AttemptFailure)) throw error;
			countFailure(identity);
			const inThisRun = number - (failedBefore.get(key) ?? 0);
			const retried = inThisRun < attempts;
			const failure: FailedAttempt = {
				kind: "failed-attempt",
				...identity,
				attempt: number,
				startedAt: new Date(startedMs).toISOString(),
				seconds: (clock.now() - startedMs) / 1000,
				error: error.message,
				retried,
			};
			file.append(failure);
			if (retried)
				queue.again(
					job,
					Math.min(LONGEST_BACK_OFF_MS, BACK_OFF_MS * 2 ** (inThisRun - 1)),
				);
			else {
				unplayed += 1;
				queue.over(job);
			}
			listener.failed(job, failure);
			return;
		}
		file.append(record);
		queue.over(job);
		listener.finished(job, record);
	}

	async function lane(): Promise<void> {
		for (;;) {
			const job = await queue.next();
			if (job === undefined) return;
			try {
				await attemptAt(job);
			} catch (error) {
				stopping.abort(error);
				return;
			}
		}
	}

	// Timers that wait for something keep no process alive, and an agent that hangs does not either.
	const alive = setInterval(() => {}, FOREVER_MS);
	try {
		await Promise.all(
			Array.from({ length: Math.min(parallel, missing.length) }, lane),
		);
	} finally {
		clearInterval(alive);
	}
	signal.throwIfAborted();
	stopping.signal.throwIfAborted();
	return { unplayed };
}

/** Episodes of an agent on a task are about as long as each other. */
function groupOf({ agent, task }: EpisodeJob): string {
	return JSON.stringify([agent.name, task.id]);
}
