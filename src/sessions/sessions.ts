import type { CreateSessionResponse } from "../../proto/generated/nightshift/v1/CreateSessionResponse.js";
import type { Clock } from "../clock.js";
import type { Departure } from "../departure.js";
import { drawSessionId } from "../entropy.js";
import type {
	Environment,
	TaskDefinition,
} from "../environments/environment.js";
import { NightshiftError, throwIfCancelled } from "../errors.js";
import { type EnvironmentCounts, noCounts, type Occupancy } from "./counts.js";
import type { EpisodeStart } from "./episode-start.js";
import { emptyEventLog } from "./event-log.js";
import { type PolicyRun, playRun, type RunEpisode } from "./policy-run.js";
import { Session, type SessionServices, type TaskEntry } from "./session.js";
import type { SessionOptions } from "./session-record.js";
import { readSnapshot, writeSnapshot } from "./snapshot.js";

export interface SessionsOptions {
	readonly clock: Clock;
	readonly environments: readonly Environment[];
	/** Sessions open at once. */
	readonly maxSessions: number;
	/** Actions that run or wait at once, over all sessions. */
	readonly maxActions: number;
}

export interface CreateCall {
	readonly start: EpisodeStart;
	readonly options: SessionOptions;
	readonly ownerKey: string;
	/** Empty: none. */
	readonly idempotencyKey: string;
	/** Equal contents give equal fingerprints. */
	readonly fingerprint: string;
}

/** Runs of policies at once: few, so that sessions have most of the turns and places. */
const MOST_RUNS = 4;
/** How long the result of a session that is over can still be read. */
const RESULT_KEPT_MS = 3_600_000;
/** How long a drain waits for actions that were cut off. They stop within one batch; loading a data set does not stop. */
const STOPPING_MS = 2000;
/** Sessions that are over and whose results are kept at once; past it the oldest is forgotten early. */
const KEPT_RESULTS = 1000;
/** Ids of which the reason for their end is remembered. */
const REMEMBERED_IDS = 100_000;

/** All sessions of a server. */
export class Sessions {
	private readonly sessions = new Map<string, Session>();
	/** How to forget each session that is over, oldest first. */
	private readonly over = new Map<string, (why: string) => void>();
	/** Why an id is no longer here; oldest first. */
	private readonly forgotten = new Map<string, string>();
	private readonly created = new Map<
		string,
		{
			readonly fingerprint: string;
			readonly answer: Promise<CreateSessionResponse>;
		}
	>();
	private readonly byTask: ReadonlyMap<string, TaskEntry>;
	/** By the environment's name. */
	readonly counts: ReadonlyMap<string, EnvironmentCounts>;
	private readonly services: SessionServices;
	/** Slots held by sessions that are being opened, and by runs of policies. */
	private held = 0;
	private runs = 0;
	private actions = 0;
	private draining = false;

	constructor(private readonly options: SessionsOptions) {
		const entries = options.environments.map((environment) => ({
			environment,
			counts: noCounts(),
		}));
		this.counts = new Map(
			entries.map(({ environment, counts }) => [environment.name, counts]),
		);
		this.byTask = new Map(
			entries.flatMap(({ environment, counts }) =>
				environment.tasks.map((task) => [
					task.id,
					{ environment, task, counts },
				]),
			),
		);
		this.services = {
			clock: options.clock,
			environmentOf: (taskId) => this.environmentOf(taskId),
			takePlace: () => this.takePlace(),
			leavePlace: () => {
				this.actions -= 1;
			},
			throwIfDraining: () => this.throwIfDraining(),
			onEnded: (session) => this.keepResult(session),
		};
	}

	/** The tasks of all environments. */
	get tasks(): readonly TaskDefinition[] {
		return this.options.environments.flatMap(({ tasks }) => tasks);
	}

	get maxSessions(): number {
		return this.options.maxSessions;
	}

	get openCount(): number {
		return this.sessions.size - this.over.size;
	}

	/** Places of actions that run or wait for a worker. */
	get places(): Occupancy {
		return { taken: this.actions, limit: this.options.maxActions };
	}

	/** Slots of sessions: those open, those being opened, and runs of policies. */
	get slots(): Occupancy {
		return {
			taken: this.openCount + this.held,
			limit: this.options.maxSessions,
		};
	}

	/** Errors: UNKNOWN_TASK. */
	environmentOf(taskId: string): TaskEntry {
		const known = this.byTask.get(taskId);
		if (known !== undefined) return known;
		throw new NightshiftError(
			"UNKNOWN_TASK",
			`No task is called "${taskId}"; there are ${this.tasks.map(({ id }) => id).join(", ")}.`,
			{
				violations: [
					{
						field: "task_id",
						description: `must be one of ${this.tasks.map(({ id }) => id).join(", ")}`,
					},
				],
			},
		);
	}

	/** Opens a session, or answers as before where its idempotency key was used. Errors: REQUEST_MISMATCH, TOO_MANY_SESSIONS, SERVER_DRAINING, and those of the environment. */
	async create(
		call: CreateCall,
		signal: Departure,
	): Promise<CreateSessionResponse> {
		if (call.idempotencyKey === "") {
			const response = await this.open(call);
			if (!signal.aborted) return response;
			// Nobody will ever learn its id.
			await this.get(response.session?.session_id as string).close(
				"Its caller went away while it was created.",
			);
			throwIfCancelled(signal);
		}
		const key = JSON.stringify([call.ownerKey, call.idempotencyKey]);
		const known = this.created.get(key);
		if (known !== undefined) {
			if (known.fingerprint !== call.fingerprint)
				throw new NightshiftError(
					"REQUEST_MISMATCH",
					`The idempotency key "${call.idempotencyKey}" was used before with other contents; a new session needs another key.`,
				);
			return known.answer;
		}
		const answer = this.open(call).then((response) => {
			const session = this.sessions.get(
				response.session?.session_id as string,
			) as Session;
			session.record.created = { key, fingerprint: call.fingerprint, response };
			return response;
		});
		this.created.set(key, { fingerprint: call.fingerprint, answer });
		answer.catch(() => this.created.delete(key));
		return answer;
	}

	/** Errors: SESSION_LOST, RESULT_EXPIRED. */
	get(id: string): Session {
		const session = this.sessions.get(id);
		if (session !== undefined) return session;
		const reason = this.forgotten.get(id);
		if (reason !== undefined)
			throw new NightshiftError("RESULT_EXPIRED", reason);
		throw new NightshiftError(
			"SESSION_LOST",
			`The server does not know the session ${id}: it was never given out, or the server was restarted since. Create a new session.`,
		);
	}

	/** Sessions of an owner key, in the order in which they were created. */
	listOf(ownerKey: string): Session[] {
		return [...this.sessions.values()].filter(
			({ record }) => record.ownerKey === ownerKey,
		);
	}

	/** Every session that is known, in the order in which they were created. */
	get all(): Session[] {
		return [...this.sessions.values()];
	}

	/** Plays a policy over some seeds; holds a session's slot while it does. Errors: TOO_MANY_STREAMS, TOO_MANY_SESSIONS, SERVER_DRAINING, and those of a step. */
	async *run(run: PolicyRun, signal: Departure): AsyncGenerator<RunEpisode> {
		if (this.runs >= MOST_RUNS)
			throw new NightshiftError(
				"TOO_MANY_STREAMS",
				`${MOST_RUNS} policies are being run, as many as this server runs at once; cancel a run or wait for its end.`,
			);
		const release = this.takeSlot();
		this.runs += 1;
		try {
			yield* playRun(run, this.services, signal);
		} finally {
			this.runs -= 1;
			release();
		}
	}

	/** The session as bytes: all that `restore` needs to go on with it bit for bit, in another process too. A running action is left out but for its whole epochs. */
	snapshot(id: string): Uint8Array {
		return writeSnapshot(this.get(id).record);
	}

	/** Takes a session in that was written by `snapshot`. Errors: DATA_UNAVAILABLE where data or engine differ. */
	async restore(bytes: Uint8Array): Promise<Session> {
		const record = readSnapshot(bytes);
		if (this.sessions.has(record.id))
			throw new Error(`session ${record.id} is here already`);
		const { taskId, taskVersion } = record.episode;
		const { version } = this.environmentOf(taskId).task;
		if (version !== taskVersion)
			throw new Error(
				`session ${record.id} plays version ${taskVersion} of ${taskId}, and this server has version ${version}; results would not be the same`,
			);
		if (record.ended === undefined)
			await this.environmentOf(record.episode.taskId).environment.resume(
				record.episode.state,
			);
		const session = new Session(record, this.services);
		this.sessions.set(record.id, session);
		if (record.ended !== undefined) this.keepResult(session);
		if (record.created !== undefined)
			this.created.set(record.created.key, {
				fingerprint: record.created.fingerprint,
				answer: Promise.resolve(record.created.response),
			});
		return session;
	}

	/** From now on nothing new is started. */
	startDraining(): void {
		this.draining = true;
	}

	/** Waits for running actions, at most so long; then cuts them off with SERVER_DRAINING and waits a little for them to stop. */
	async settle(graceMs: number): Promise<void> {
		await this.waitForRunning(graceMs);
		for (const session of this.running)
			session.interrupt(
				new NightshiftError(
					"SERVER_DRAINING",
					"The server is shutting down; whole epochs of the action were kept until then.",
				),
			);
		await this.waitForRunning(STOPPING_MS);
	}

	private get running(): Session[] {
		return [...this.sessions.values()].filter(({ isRunning }) => isRunning);
	}

	/** Waits until no session works, at most so long. */
	private async waitForRunning(limitMs: number): Promise<void> {
		let isLate = false;
		let stopTimer = () => {};
		const late = new Promise<void>((resolve) => {
			stopTimer = this.options.clock.after(limitMs, () => {
				isLate = true;
				resolve();
			});
		});
		while (!isLate && this.running.length > 0) {
			await Promise.race([
				Promise.all(this.running.map((session) => session.settled())),
				late,
			]);
		}
		stopTimer();
	}

	private throwIfDraining(): void {
		if (this.draining)
			throw new NightshiftError(
				"SERVER_DRAINING",
				"The server is shutting down and starts nothing new.",
			);
	}

	private async open(call: CreateCall): Promise<CreateSessionResponse> {
		const release = this.takeSlot();
		const { clock } = this.options;
		try {
			const record: Parameters<typeof Session.start>[0] = {
				id: drawSessionId(),
				ownerKey: call.ownerKey,
				createdAtMs: clock.now(),
				created: undefined,
				options: call.options,
				answered: undefined,
				highestNumber: undefined,
				begun: undefined,
				events: emptyEventLog(),
				ended: undefined,
			};
			const session = await Session.start(record, call.start, this.services);
			this.sessions.set(record.id, session);
			this.environmentOf(call.start.taskId).counts.sessionsOpened += 1;
			return session.describe();
		} finally {
			release();
		}
	}

	/** A session's slot, until the returned function is called. Errors: SERVER_DRAINING, TOO_MANY_SESSIONS. */
	private takeSlot(): () => void {
		this.throwIfDraining();
		const { maxSessions } = this.options;
		if (this.slots.taken >= maxSessions) {
			throw new NightshiftError(
				"TOO_MANY_SESSIONS",
				`All ${maxSessions} sessions of this server are in use; close one, wait for a lease to run out, or start the server with a higher --max-sessions.`,
			);
		}
		this.held += 1;
		return () => {
			this.held -= 1;
		};
	}

	private takePlace(): void {
		this.throwIfDraining();
		if (this.actions >= this.options.maxActions) {
			throw new NightshiftError(
				"QUEUE_FULL",
				`${this.actions} actions are running or waiting, as many as this server queues; nothing has changed, ask again later.`,
			);
		}
		this.actions += 1;
	}

	private keepResult({ record }: Session): void {
		const { clock } = this.options;
		const endedAtMs = record.ended?.atMs ?? clock.now();
		const ending = record.ended?.reason ?? "";
		const stopTimer = clock.after(
			Math.max(0, endedAtMs + RESULT_KEPT_MS - clock.now()),
			() => forget("That was more than an hour ago"),
		);
		const forget = (why: string) => {
			stopTimer();
			this.over.delete(record.id);
			this.sessions.delete(record.id);
			if (record.created !== undefined) this.created.delete(record.created.key);
			this.forgotten.set(
				record.id,
				`${ending} ${why}, so its result is no longer kept.`,
			);
			if (this.forgotten.size > REMEMBERED_IDS)
				this.forgotten.delete(this.forgotten.keys().next().value as string);
		};
		this.over.set(record.id, forget);
		if (this.over.size > KEPT_RESULTS) {
			const [oldest] = this.over.values();
			oldest?.(`${KEPT_RESULTS} sessions have ended since`);
		}
	}
}
