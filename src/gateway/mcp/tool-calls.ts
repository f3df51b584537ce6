import type { StepResponse } from "../../../proto/generated/nightshift/v1/StepResponse.js";
import type { Departure } from "../../departure.js";
import { NightshiftError, throwIfCancelled } from "../../errors.js";
import type { Session } from "../../sessions/session.js";
import type { Soon } from "../../sessions/soon.js";
import type { Begun, Calls } from "../calls.js";
import type { Episode } from "../episodes.js";
import type { Mount } from "../mount.js";
import type { Reply } from "../replies.js";
import { type CallAsked, readResetBody } from "../requests.js";
import type { Asker, Exchange, OwnSession } from "./exchange.js";
import { Openings } from "./openings.js";
import { progressTeller } from "./progress.js";

/** The last numbered call of a session. */
interface LastCall {
	/** Equal for equal calls. */
	readonly contents: string;
	/** Absent where another action ran when it came: it is refused and is no call that could be repeated. */
	readonly number: string | undefined;
	readonly exchange: Exchange;
}

/**
 * Tools, whatever dialect calls them: an action is a step of its session, which counts and pays it. Stock clients repeat a call whose answer
 * they did not get, and cannot number it. So each call gets a number here, and one that is equal to the last of its session, whose answer
 * went nowhere, gets that one's: the session then gives the stored answer, or takes up what was cut off.
 */
export class ToolCalls {
	/** Of the mount's actions. */
	readonly names: readonly string[];
	/** Tools that take no time: actions of environments that act at once, among others. */
	private readonly atOnce: ReadonlySet<unknown>;
	private readonly last = new WeakMap<Session, LastCall>();
	private readonly openings = new Openings();

	constructor(
		readonly mount: Mount,
		readonly calls: Calls,
	) {
		this.names = [
			...new Set(
				mount.tasks.flatMap(({ actions }) => actions.map(({ name }) => name)),
			),
		];
		this.atOnce = new Set([
			"state",
			...mount.tasks
				.filter(
					({ id }) =>
						calls.sessions.environmentOf(id).environment.actsAtOnce === true,
				)
				.flatMap(({ actions }) => actions.map(({ name }) => name)),
		]);
	}

	/** The session of a handle; without one the client's only live one. Errors: those of Episodes.find. */
	find({ mount, client }: Asker, session: string | undefined): Episode {
		return this.calls.find(mount, client, session);
	}

	/** Whether it is an action of the mount. */
	has(name: string): boolean {
		return this.names.includes(name);
	}

	/** Whether a request asks for nothing that takes time, and for no progress. */
	isAnsweredAtOnce(message: unknown): boolean {
		const { method, params } = (message ?? {}) as {
			readonly method?: unknown;
			readonly params?: {
				readonly name?: unknown;
				readonly _meta?: { readonly progressToken?: unknown };
			};
		};
		return (
			method !== "tools/call" ||
			(this.atOnce.has(params?.name) &&
				params?._meta?.progressToken === undefined)
		);
	}

	/** Takes an action. `path`: where its arguments stand in the request. Errors: those of Step. */
	act<Told>(
		episode: Episode,
		name: string,
		given: unknown,
		exchange: Exchange,
		path: readonly string[],
		toTold: (episode: Episode, response: StepResponse) => Told,
	): Soon<Told> {
		const { onProgress, signal } = exchange;
		return this.once(episode, ["step", name, given], exchange, (call) => {
			const action = {
				name,
				given,
				namePath: ["name"],
				path,
				requestId: undefined,
			};
			return this.calls.step(
				episode,
				{ action, call },
				signal,
				toTold,
				onProgress && progressTeller(onProgress),
			);
		});
	}

	/**
	 * Starts the first episode of a new session; under a path of a session the next one of that, where it is there. `given`: the body of a reset.
	 * Errors: those of CreateSession and Reset.
	 */
	async open(given: unknown, exchange: Exchange): Promise<Begun> {
		const { mount, client, signal, requestId } = exchange;
		const asked = readResetBody(given, mount);
		if (mount.session !== undefined)
			return this.calls.reset(mount, client, asked, signal);
		const opening = this.openings.begin(given, exchange);
		const begun = await this.calls
			.open(mount, client, asked, signal, opening)
			.catch((error: unknown) => {
				this.openings.failed(opening);
				throw error;
			});
		const { session } = begun.episode;
		this.openings.opened(opening, session);
		if (
			signal.aborted &&
			requestId === undefined &&
			this.openings.isAlone(opening)
		)
			// It was taken back, and not asked for again: nobody will ever learn its handle.
			await session.close("Its caller went away while it was created.");
		throwIfCancelled(signal);
		return begun;
	}

	/** The session of a path of a session; absent elsewhere. Errors: those of Episodes.findLive. */
	ownSession(asker: Asker, signal: Departure): OwnSession | undefined {
		const { mount, client } = asker;
		if (mount.session === undefined) return undefined;
		return {
			episode: this.calls.episodes.findLive(client, mount, undefined),
			open: async (given) => {
				const asked = readResetBody(given, mount);
				return (await this.calls.reset(mount, client, asked, signal)).episode;
			},
		};
	}

	/** Starts the next episode of a session. `given`: the body of a reset. Errors: those of Reset. */
	async restart(
		episode: Episode,
		given: unknown,
		exchange: Exchange,
	): Promise<Reply> {
		const asked = readResetBody(given, this.mount);
		return this.once(episode, ["reset", given], exchange, (call) =>
			this.calls.restart(episode, { ...asked, call }, exchange.signal),
		);
	}

	private once<T>(
		{ session }: Episode,
		contents: readonly unknown[],
		exchange: Exchange,
		work: (call: CallAsked) => Soon<T>,
	): Soon<T> {
		const { requestId } = exchange;
		if (requestId !== undefined)
			return work({ requestNumber: undefined, requestId });
		const before = this.last.get(session);
		const mine: LastCall = {
			contents: JSON.stringify(contents),
			number: undefined,
			exchange,
		};
		const isRepeat =
			before?.number !== undefined &&
			knows(session, before.number) &&
			before.contents === mine.contents &&
			before.exchange.isLost();
		const number = isRepeat ? before.number : nextNumber(session);
		this.last.set(session, { ...mine, number });
		try {
			const answer = work({ requestNumber: number, requestId: undefined });
			return answer instanceof Promise
				? answer.catch((error: unknown) => {
						throw this.refused(session, before, error);
					})
				: answer;
		} catch (error) {
			throw this.refused(session, before, error);
		}
	}

	/** A call that came while another one ran is not the session's last one. */
	private refused(
		session: Session,
		before: LastCall | undefined,
		error: unknown,
	): unknown {
		if (
			before !== undefined &&
			error instanceof NightshiftError &&
			error.reason === "SESSION_BUSY"
		)
			this.last.set(session, before);
		return error;
	}
}

/** Whether a session still has a call of this number: it runs, was cut off or was the last one answered. Calls at other doors may have passed it. */
function knows(
	{ record: { begun, answered }, isRunning }: Session,
	number: string,
): boolean {
	return isRunning || begun?.number === number || answered?.number === number;
}

/** None while an action runs: its number is not known to be free. */
function nextNumber({ record, isRunning }: Session): string | undefined {
	return isRunning ? undefined : String(BigInt(record.highestNumber ?? 0) + 1n);
}
