import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { Clock } from "../clock.js";
import type { Departure } from "../departure.js";
import type { CallObserver } from "../door/call-observer.js";
import { NightshiftError } from "../errors.js";
import { andThen, type Soon } from "../sessions/soon.js";
import { type Calls, type ReadStep, relocate } from "./calls.js";
import type { Client } from "./client.js";
import type { Episode } from "./episodes.js";
import { HttpRefusal } from "./http-error.js";
import type { KnownSteps } from "./known-steps.js";
import type { Exchange } from "./mcp/exchange.js";
import type { OpenEnvRpc } from "./mcp/openenv.js";
import type { Mount } from "./mount.js";
import { type Reply, writeStepReply } from "./replies.js";
import { type ResetAsked, readResetBody } from "./requests.js";
import { SocketRefusal, toSocketError } from "./socket-error.js";
import { type Message, parseMessage, readMessage } from "./socket-messages.js";
import { withTimeout } from "./timeout.js";

export interface ConversationOptions {
	readonly calls: Calls;
	readonly steps: KnownSteps;
	readonly clock: Clock;
	readonly observe: CallObserver;
	readonly client: Client;
	/** What answers messages in JSON-RPC. */
	readonly rpc: OpenEnvRpc;
	/** Where its sessions are kept. */
	readonly mount: Mount;
	/** What it goes on with. */
	readonly episode: Episode | undefined;
	/** What becomes of its session when the connection is gone: it is closed, or kept until its lease runs out. */
	readonly whenGone: "closed" | "kept";
	/** Whether it speaks of that episode's session alone, and leaves it open when it is told to close. */
	readonly isBound: boolean;
	/** A message to the client. */
	readonly send: (text: string) => void;
	/** The client is done. */
	readonly hangUp: () => void;
	/** It has opened a session. */
	readonly onSession: (episode: Episode) => void;
	/** What took time is answered, and nothing waits. */
	readonly onIdle: () => void;
}

/**
 * What is said on one of OpenEnv's WebSockets: each message has one answer, in order, and the next one is taken when the one before is answered,
 * so that calls of one session never race. It speaks of one session, which its first reset opens. Where the environment acts at once, a message
 * is answered before `take` returns.
 */
export class Conversation {
	private current: Episode | undefined;
	private readonly waiting: string[] = [];
	private isAnswering = false;
	private isOver = false;
	private readonly gone = new AbortController();
	/** Of the answer in JSON-RPC that is being given. */
	private rpcError: NightshiftError | undefined;

	constructor(private readonly options: ConversationOptions) {
		this.current = options.episode;
	}

	/** What it is about: under a path of its own also what another door has opened since. */
	get episode(): Episode | undefined {
		try {
			return this.episodeNow();
		} catch {
			// What is wrong with it is told to who asks for it.
			return this.current;
		}
	}

	get isBusy(): boolean {
		return this.isAnswering;
	}

	/** Messages that wait for the one that is being answered. */
	get waitingCount(): number {
		return this.waiting.length;
	}

	take(text: string): void {
		if (this.isOver) return;
		if (this.isAnswering) this.waiting.push(text);
		else this.answer(text);
	}

	/** The connection is gone. A session that is not kept is closed, and what runs in it is cut off. */
	end(): void {
		if (this.isOver) return;
		this.isOver = true;
		this.waiting.length = 0;
		const { whenGone, calls, client, mount } = this.options;
		if (whenGone === "kept") return;
		this.gone.abort();
		calls.episodes.forget(client, mount);
		if (this.current !== undefined) closeLost(this.current);
	}

	private answer(text: string): void {
		const told = this.reply(text);
		if (!(told instanceof Promise)) {
			if (told !== undefined) this.send(told);
			return;
		}
		this.isAnswering = true;
		void told.then((later) => {
			this.isAnswering = false;
			if (later !== undefined) this.send(later);
			while (!this.isAnswering && this.waiting.length > 0)
				this.answer(this.waiting.shift() as string);
			if (!this.isAnswering) this.options.onIdle();
		});
	}

	private send(text: string): void {
		if (!this.isOver) this.options.send(text);
	}

	/** Never fails. */
	private reply(text: string): Soon<string | undefined> {
		const begun = performance.now();
		let raw: Readonly<Record<string, unknown>> | undefined;
		let type = "";
		const failed = (thrown: unknown) =>
			this.failed(thrown, raw ?? (type && parseMessage(text)), type, begun);
		try {
			const known = this.known(text);
			let told: Soon<string | undefined>;
			if (known === undefined) {
				raw = parseMessage(text);
				const message = readMessage(raw);
				type = message.type;
				told = this.perform(message, text);
			} else {
				type = "step";
				told = this.step(known, this.gone.signal);
			}
			if (told instanceof Promise)
				return told.then((later) => {
					this.observed(type, undefined, begun);
					return later;
				}, failed);
			this.observed(type, undefined, begun);
			return told;
		} catch (thrown) {
			return failed(thrown);
		}
	}

	/** A step that was asked for in the same words before. */
	private known(text: string): ReadStep | undefined {
		const environment = this.episodeNow()?.session.record.episode.environment;
		return environment === undefined
			? undefined
			: this.options.steps.find(environment, text);
	}

	private step(read: ReadStep, signal: Departure): Soon<string> {
		return this.inTurn((episode) =>
			this.options.calls.take(episode, read, signal, toStepMessage),
		);
	}

	private failed(
		thrown: unknown,
		raw: unknown,
		type: string,
		begun: number,
	): string {
		const error =
			thrown instanceof SocketRefusal || thrown instanceof HttpRefusal
				? thrown
				: NightshiftError.from(thrown);
		this.observed(
			type,
			error instanceof NightshiftError ? error : undefined,
			begun,
		);
		return JSON.stringify(
			toSocketError(error, raw, this.options.calls.sessions),
		);
	}

	private observed(
		type: string,
		error: NightshiftError | undefined,
		begun: number,
	): void {
		this.options.observe({
			method: `WS ${type}`,
			error: error ?? this.rpcError,
			durationMs: performance.now() - begun,
		});
		this.rpcError = undefined;
	}

	private perform(message: Message, text: string): Soon<string | undefined> {
		const { calls, clock, steps } = this.options;
		switch (message.type) {
			case "step": {
				const episode = this.given();
				const read = calls.read(episode, message);
				if (message.timeoutMs !== undefined)
					return withTimeout(
						clock,
						message.timeoutMs,
						this.gone.signal,
						(limited) => this.step(read, limited),
					);
				steps.keep(episode.session.record.episode.environment, text, read);
				return this.step(read, this.gone.signal);
			}
			case "reset":
				return this.reset(message);
			case "state":
				return `{"type":"state","data":${JSON.stringify(calls.state(this.given()))}}`;
			case "mcp":
				return this.rpc(message.request);
			case "tools":
				return this.tools();
			case "finish":
				return this.inTurn((episode) =>
					calls.finish(episode, this.gone.signal).then(toObservation),
				);
			case "close":
				return this.close();
		}
	}

	/** What another connection, or this session's last one, began is waited for. */
	private inTurn<T>(work: (episode: Episode) => Soon<T>): Soon<T> {
		const episode = this.given();
		return episode.session.isRunning
			? episode.session.settled().then(() => work(episode))
			: work(episode);
	}

	/** Under a path of its own a session may have been opened, or closed, through another door since. */
	private episodeNow(): Episode | undefined {
		const { calls, client, mount, isBound, onSession } = this.options;
		if (mount.session === undefined || isBound || isLive(this.current))
			return this.current;
		const opened = calls.episodes.findLive(client, mount, undefined);
		if (opened !== undefined) {
			this.current = opened;
			onSession(opened);
		}
		return this.current;
	}

	private given(): Episode {
		const episode = this.episodeNow();
		if (episode !== undefined) return episode;
		throw new SocketRefusal(
			"EXECUTION_ERROR",
			'This connection has no episode; send {"type": "reset"} first. (What was played on a connection before is closed with it; one under /s/NAME goes on.)',
		);
	}

	private async reset({
		data,
		call,
	}: Extract<Message, { type: "reset" }>): Promise<string> {
		try {
			const read = readResetBody(data, this.options.mount);
			return toObservation(
				await this.startEpisode({
					...read,
					call: {
						requestNumber: call.requestNumber ?? read.call.requestNumber,
						requestId: call.requestId ?? read.call.requestId,
					},
				}),
			);
		} catch (error) {
			throw relocate(error, (field) =>
				field === "" ? "data" : `data.${field}`,
			);
		}
	}

	private async startEpisode(asked: ResetAsked): Promise<Reply> {
		const { calls, mount, client, isBound, whenGone } = this.options;
		const { signal } = this.gone;
		const current = this.episodeNow();
		if (current === undefined || !(isBound || isLive(current))) {
			const { episode, reply } =
				mount.session === undefined
					? await calls.open(mount, client, asked, signal)
					: await calls.reset(mount, client, asked, signal);
			this.current = episode;
			if (this.isOver && whenGone === "closed") closeLost(episode);
			else this.options.onSession(episode);
			return reply;
		}
		await current.session.settled();
		return calls.restart(current, asked, signal);
	}

	/** Errors are answers, too. */
	private rpc(request: object): Soon<string> {
		const { rpc } = this.options;
		const told = { isLost: () => this.isOver };
		const answer = () =>
			andThen(rpc.answer(request, this.exchange(told)), (answered) => {
				const { isOver } = this;
				told.isLost = () => isOver;
				return `{"type":"mcp","data":${answered}}`;
			});
		const running = this.episodeNow()?.session;
		return running?.isRunning ? running.settled().then(answer) : answer();
	}

	private exchange(told: { readonly isLost: () => boolean }): Exchange {
		const { client, mount } = this.options;
		const live = isLive(this.current) ? this.current : undefined;
		return {
			client,
			mount,
			own: {
				episode: live,
				open: async (given) => {
					await this.startEpisode(readResetBody(given, mount));
					return this.given();
				},
			},
			signal: this.gone.signal,
			isLost: () => told.isLost(),
			requestId: undefined,
			onProgress: undefined,
			onError: (error) => {
				this.rpcError = error;
			},
		};
	}

	private tools(): string {
		const { calls, mount } = this.options;
		const environment =
			this.episodeNow()?.session.record.episode.environment ?? mount.otherwise;
		return JSON.stringify({
			type: "observation",
			data: {
				observation: {
					tools: calls.toolboxes
						.get(environment)
						?.tools.map(({ name, description, parameters }) => ({
							name,
							description,
							input_schema: parameters,
						})),
					metadata: {},
				},
				reward: null,
				done: false,
			},
		});
	}

	private async close(): Promise<undefined> {
		if (!this.options.isBound) await this.current?.session.close();
		this.options.hangUp();
	}
}

function toObservation(reply: Reply): string {
	return `{"type":"observation","data":${JSON.stringify(reply)}}`;
}

function toStepMessage(episode: Episode, response: StepResponse): string {
	return `{"type":"observation","data":${writeStepReply(episode, response)}}`;
}

function isLive(episode: Episode | undefined): boolean {
	return episode !== undefined && episode.session.record.ended === undefined;
}

/** Nobody waits for it any more. */
function closeLost({ session }: Episode): void {
	void session.close("Its connection was closed.");
}
