import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Clock } from "../clock.js";
import type { CallObserver } from "../door/call-observer.js";
import type { Session } from "../sessions/session.js";
import type { Calls } from "./calls.js";
import type { Client } from "./client.js";
import { Conversation } from "./conversation.js";
import type { Episode } from "./episodes.js";
import type { KnownSteps } from "./known-steps.js";
import type { OpenEnvRpc } from "./mcp/openenv.js";
import { type Mount, ofSession } from "./mount.js";
import type { MessageCounts } from "./observed.js";
import { SocketRefusal, toSocketError } from "./socket-error.js";
import type { SocketLimits } from "./socket-limits.js";

/** What a connection asks for with its address. */
export interface Wanted {
	/** What answers messages in JSON-RPC at the mount. */
	readonly rpc: OpenEnvRpc;
	readonly mount: Mount;
	/** Of the path /s/NAME: its episode outlives the connection, and the next one of the same client goes on with it. */
	readonly name: string | undefined;
	/** A session that was opened elsewhere. */
	readonly sessionId: string | undefined;
}

export interface ConnectionOptions {
	readonly calls: Calls;
	readonly steps: KnownSteps;
	readonly clock: Clock;
	readonly observe: CallObserver;
	readonly limits: SocketLimits;
	readonly socket: Duplex;
	readonly client: Client;
	readonly wanted: Wanted;
	/** Of all connections with this one's route. */
	readonly counts: MessageCounts;
	/** Of this connection, among all. */
	readonly number: number;
	readonly claims: Claims;
	readonly onIdle: () => void;
	readonly onEnd: () => void;
}

/** Who speaks of a session, or of a name under which none is open yet: one connection at a time. */
export class Claims {
	private readonly holders = new Map<Session | string, Connection>();

	/** Claims, once those who have a claim and are dead are ended. False: one of them is alive. */
	async take(
		connection: Connection,
		claimed: readonly (Session | string)[],
	): Promise<boolean> {
		for (;;) {
			const other = claimed
				.map((one) => this.holders.get(one))
				.find((holder) => holder !== undefined && holder !== connection);
			if (other === undefined) break;
			if (await other.isAlive()) return false;
			other.terminate();
		}
		for (const one of claimed) this.holders.set(one, connection);
		return true;
	}

	/** Of a session that the connection has opened itself. */
	add(connection: Connection, session: Session): void {
		this.holders.set(session, connection);
	}

	give(connection: Connection, claimed: Iterable<Session | string>): void {
		for (const one of claimed)
			if (this.holders.get(one) === connection) this.holders.delete(one);
	}
}

/** Messages that may wait while one is answered; above it nothing more is taken. */
const MOST_WAITING = 64;
const NORMAL = 1000;
export const GOING_AWAY = 1001;
const UNSUPPORTED = 1003;

/**
 * One WebSocket: which session it is about, whether its other end lives, and how much may wait in either direction. A connection that lives holds
 * its session's lease; one that is gone gives it back.
 */
export class Connection {
	private conversation: Conversation | undefined;
	/** Messages that come before it is known which session is meant. */
	private early: string[] = [];
	private readonly claimed = new Set<Session | string>();
	private isHeard = true;
	private isPaused = false;
	private isGone = false;
	private sincePingMs = 0;
	private unusedMs = 0;
	private unreadBefore = 0;
	private prove = (_isAlive: boolean) => {};

	constructor(
		private readonly webSocket: WebSocket,
		private readonly options: ConnectionOptions,
	) {}

	begin(): void {
		const { webSocket } = this;
		webSocket.on("message", (data, isBinary) => {
			this.isHeard = true;
			this.options.counts.in.value += 1;
			if (isBinary) this.refuseBinary();
			else this.take((data as Buffer).toString());
		});
		webSocket.on("pong", () => {
			this.isHeard = true;
			this.prove(true);
		});
		webSocket.on("close", () => this.end());
		// What a client sent that is no WebSocket: the library closes the connection, which is all that there is to do.
		webSocket.on("error", () => {});
		void this.attach();
	}

	get isBusy(): boolean {
		return this.conversation?.isBusy === true;
	}

	/** Whether the other end answers. A connection that takes nothing now cannot be asked, and counts as dead. */
	isAlive(): Promise<boolean> {
		const { clock, limits } = this.options;
		if (this.isGone) return Promise.resolve(false);
		return new Promise((resolve) => {
			const before = this.prove;
			this.prove = (isAlive) => {
				stopTimer();
				before(isAlive);
				resolve(isAlive);
			};
			const stopTimer = clock.after(limits.proofMs, () => resolve(false));
			this.webSocket.ping();
		});
	}

	hangUp(code: number): void {
		this.webSocket.close(code);
	}

	terminate(): void {
		this.webSocket.terminate();
		this.end();
	}

	/** Called every `lookMs`. */
	look(): void {
		const { lookMs, pingMs, unusedMs, unreadBytes } = this.options.limits;
		const session = this.conversation?.episode?.session;
		if (session === undefined) {
			this.unusedMs += lookMs;
			if (this.unusedMs >= unusedMs) this.hangUp(NORMAL);
		} else {
			this.unusedMs = 0;
			if (session.record.ended === undefined) session.renewLease(undefined);
		}
		this.sincePingMs += lookMs;
		if (this.sincePingMs < pingMs) return;
		this.sincePingMs = 0;
		const unread = this.options.socket.writableLength;
		const isStuck = unread > unreadBytes && unread >= this.unreadBefore;
		this.unreadBefore = unread;
		if (isStuck || !(this.isHeard || this.isPaused)) {
			this.terminate();
			return;
		}
		this.isHeard = false;
		this.webSocket.ping();
	}

	private async attach(): Promise<void> {
		const { calls, steps, clock, observe, client, wanted, number, claims } =
			this.options;
		const { name, sessionId } = wanted;
		// A session is kept under the address at which it can be found again; nobody finds that of a connection of its own.
		const mount =
			name === undefined
				? { ...wanted.mount, path: `${wanted.mount.path}/ws/${number}` }
				: ofSession(wanted.mount, name);
		let episode: Episode | undefined;
		try {
			episode = this.find(mount);
			const claimed = [
				...(name === undefined ? [] : [calls.episodes.keyOf(client, mount)]),
				...(episode === undefined ? [] : [episode.session]),
			];
			if (claimed.length > 0) {
				if (!(await claims.take(this, claimed)))
					throw new SocketRefusal(
						"SESSION_ERROR",
						"This session already has an attached WebSocket; close that one first, or open a session of your own.",
					);
				for (const one of claimed) this.claimed.add(one);
				// While the other connection was asked it may have opened one, or ended it.
				episode = this.find(mount);
				if (episode !== undefined) this.claim(episode);
			}
		} catch (error) {
			this.send(JSON.stringify(toSocketError(error, {}, calls.sessions)));
			this.hangUp(NORMAL);
			return;
		}
		if (this.isGone) {
			claims.give(this, this.claimed);
			return;
		}
		this.conversation = new Conversation({
			calls,
			steps,
			clock,
			observe,
			client,
			rpc: wanted.rpc,
			mount,
			episode,
			whenGone:
				name === undefined && sessionId === undefined ? "closed" : "kept",
			isBound: sessionId !== undefined,
			send: (text) => this.send(text),
			hangUp: () => this.hangUp(NORMAL),
			onSession: (opened) => this.claim(opened),
			onIdle: () => {
				this.resume();
				this.options.onIdle();
			},
		});
		for (const text of this.early.splice(0)) this.take(text);
		// Answers that took no time have made room without saying so.
		this.resume();
	}

	private claim({ session }: Episode): void {
		this.claimed.add(session);
		this.options.claims.add(this, session);
	}

	/** What the address means. Errors: those of `Episodes.find`. */
	private find(mount: Mount): Episode | undefined {
		const { calls, client, wanted } = this.options;
		if (wanted.sessionId !== undefined) {
			const episode = calls.find(
				mount.session === undefined ? wanted.mount : mount,
				client,
				wanted.sessionId,
			);
			if (episode.session.record.ended !== undefined)
				throw new SocketRefusal(
					"SESSION_ERROR",
					`${episode.session.record.ended.reason} Open another session.`,
				);
			return episode;
		}
		return wanted.name === undefined
			? undefined
			: calls.episodes.findLive(client, mount, undefined);
	}

	private take(text: string): void {
		if (this.conversation === undefined) this.early.push(text);
		else this.conversation.take(text);
		const waiting = this.conversation?.waitingCount ?? this.early.length;
		if (waiting > MOST_WAITING) this.pause();
	}

	private send(text: string): void {
		const { webSocket } = this;
		const { socket, limits, counts } = this.options;
		webSocket.send(text);
		counts.out.value += 1;
		if (socket.writableLength <= limits.unreadBytes || this.isPaused) return;
		this.pause();
		socket.once("drain", () => this.resume());
	}

	private pause(): void {
		this.isPaused = true;
		this.webSocket.pause();
	}

	/** Unless the other reason for a pause still holds. */
	private resume(): void {
		const { socket, limits } = this.options;
		if (
			!this.isPaused ||
			socket.writableLength > limits.unreadBytes ||
			(this.conversation?.waitingCount ?? 0) > MOST_WAITING
		)
			return;
		this.isPaused = false;
		this.isHeard = true;
		this.webSocket.resume();
	}

	private refuseBinary(): void {
		this.send(
			JSON.stringify(
				toSocketError(
					new SocketRefusal(
						"SESSION_ERROR",
						"Messages are JSON texts; this one was binary.",
					),
					{},
					this.options.calls.sessions,
				),
			),
		);
		this.hangUp(UNSUPPORTED);
	}

	private end(): void {
		if (this.isGone) return;
		this.isGone = true;
		this.early = [];
		this.prove(false);
		this.conversation?.end();
		this.options.claims.give(this, this.claimed);
		this.options.onEnd();
	}
}
