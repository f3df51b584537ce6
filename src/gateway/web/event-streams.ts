import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { SessionEvent } from "../../../proto/generated/nightshift/v1/SessionEvent.js";
import type { Clock } from "../../clock.js";
import type { CallObserver } from "../../door/call-observer.js";
import { NightshiftError } from "../../errors.js";
import type { Session } from "../../sessions/session.js";
import { formOf } from "../json-form.js";
import { readQuery } from "../requests.js";
import { sendError } from "../routes.js";

const EVENT = formOf("nightshift.v1.SessionEvent");
const METHOD = "GET /web/api/sessions/:id/events";

/** Silence after which a line is sent that means nothing: proxies cut streams that are silent, and a browser that is gone is noticed. */
const BEAT_MS = 15_000;
/** When a browser asks again after its stream was cut. */
const RETRY_MS = 1000;

/**
 * A session's events as Server-Sent Events, each with its offset as its id, so that a browser whose stream was cut goes on after the last one it
 * had (Last-Event-ID). `end` comes last, once the session is over; `dropped`, with the oldest kept offset, where events that were asked for are
 * no longer kept. `?from=` names the first event of a first request; absent, it is the oldest kept one.
 */
export class EventStreams {
	private readonly open = new Set<AbortController>();
	private isClosing = false;

	constructor(
		private readonly clock: Clock,
		private readonly most: number,
		private readonly observe: CallObserver,
	) {}

	/** Errors, before the stream begins: those of Watch. */
	async serve(
		request: FastifyRequest,
		reply: FastifyReply,
		find: () => Session,
	): Promise<FastifyReply> {
		const started = performance.now();
		const finish = (error: NightshiftError | undefined) =>
			this.observe({
				method: METHOD,
				error,
				durationMs: performance.now() - started,
			});
		const gone = new AbortController();
		try {
			const session = find();
			const from = fromOf(request);
			this.enter(gone);
			reply.hijack();
			const { raw } = reply;
			raw.once("close", () => gone.abort());
			raw.writeHead(200, {
				...(reply.getHeaders() as Record<string, string>),
				"content-type": "text/event-stream",
				// nginx collects answers unless it is told not to.
				"x-accel-buffering": "no",
			});
			await this.tell(session, from, raw, gone.signal);
			finish(undefined);
		} catch (thrown) {
			const error = NightshiftError.from(thrown);
			finish(error);
			if (!reply.sent) return sendError(request, reply, error);
			reply.raw.destroy();
		} finally {
			this.open.delete(gone);
		}
		return reply;
	}

	/** Ends every stream; browsers ask again. */
	close(): void {
		this.isClosing = true;
		for (const gone of this.open) gone.abort();
	}

	private enter(gone: AbortController): void {
		if (this.isClosing)
			throw new NightshiftError(
				"SERVER_DRAINING",
				"The server is shutting down and starts nothing new.",
			);
		if (this.open.size >= this.most)
			throw new NightshiftError(
				"TOO_MANY_STREAMS",
				`${this.open.size} streams are watching, as many as this server allows; close one or ask again later.`,
			);
		this.open.add(gone);
	}

	private async tell(
		session: Session,
		from: number | undefined,
		raw: ServerResponse,
		signal: AbortSignal,
	): Promise<void> {
		let stopBeat = () => {};
		const beat = () => {
			stopBeat();
			stopBeat = this.clock.after(BEAT_MS, () => {
				raw.write(":\n\n");
				beat();
			});
		};
		try {
			raw.write(`retry: ${RETRY_MS}\n\n`);
			beat();
			for await (const event of session.watch(from, signal, ["typed"])) {
				const data = JSON.stringify(EVENT.toJson(withTyped(event, session)));
				beat();
				if (!raw.write(`id: ${Number(event.offset)}\ndata: ${data}\n\n`))
					await once(raw, "drain", { signal });
			}
			if (!signal.aborted) raw.write("event: end\ndata: {}\n\n");
		} catch (error) {
			if (signal.aborted) return;
			if (
				!(error instanceof NightshiftError) ||
				error.reason !== "EVENTS_DROPPED"
			)
				throw error;
			raw.write(
				`event: dropped\ndata: ${JSON.stringify({ oldest: Number(error.metadata.oldest_offset) })}\n\n`,
			);
		} finally {
			stopBeat();
			raw.end();
		}
	}
}

/**
 * The event with the typed observation, which the page draws, where the session's views have none and it was kept without: only that of the last
 * step can be had then, so only while somebody watches, and never more than an agent may ask for.
 */
function withTyped(event: SessionEvent, session: Session): SessionEvent {
	const { action_completed, episode_started } = event;
	const told = action_completed ?? episode_started;
	const { number, step } = session.record.episode;
	if (
		!told ||
		told.observation?.training ||
		told.observation?.sre ||
		event.episode !== number ||
		(action_completed?.step ?? 0) !== step
	)
		return event;
	const observation = { ...told.observation, ...session.look() };
	return action_completed
		? { ...event, action_completed: { ...action_completed, observation } }
		: { ...event, episode_started: { ...episode_started, observation } };
}

/** A browser's own word on what it had wins over the address that it asks again. Errors: INVALID_FIELD. */
function fromOf({ headers, query }: FastifyRequest): number | undefined {
	const { from } = readQuery(query, ["from"]);
	const last = headers["last-event-id"];
	if (typeof last === "string" && /^\d{1,15}$/.test(last))
		return Number(last) + 1;
	if (from === undefined) return undefined;
	if (/^\d{1,15}$/.test(from)) return Number(from);
	throw NightshiftError.invalid([
		{
			field: "from",
			description: `"${from.slice(0, 40)}" is not allowed; an event's offset.`,
		},
	]);
}
