import { NightshiftError } from "../errors.js";
import type { Session } from "../sessions/session.js";
import type { Sessions } from "../sessions/sessions.js";
import type { Client } from "./client.js";
import { HttpRefusal } from "./http-error.js";
import type { Mount } from "./mount.js";

/** A session as a client of this door knows it. */
export interface Episode {
	/** What the client calls it: a name that it chose, else the session's id. A reset over a socket may name it anew. */
	id: string;
	readonly session: Session;
}

const SESSION_ID = /^[0-9a-f]{32}$/;

/**
 * Which session a request without a connection of its own means. A session's id is a capability: whoever holds it may use it, wherever the
 * session was opened. A name that a client chose, and a request that names nothing, mean sessions that the same client opened at the same
 * address (mount), and no others. Under a path of a session, /s/NAME, all requests mean the one that the client opened there, or the session
 * whose id the name is.
 */
export class Episodes {
	/** By client and mount, oldest first. */
	private readonly opened = new Map<string, Episode[]>();
	/** Sessions that are being opened, by address. */
	private readonly opening = new Map<string, number>();

	constructor(
		private readonly sessions: Sessions,
		/** Live sessions that one address may have opened here. */
		private readonly maxPerAddress: number,
	) {}

	/** Where the client's episodes are kept; equal for equal clients and mounts. */
	keyOf(client: Client, { path }: Mount): string {
		return `${path} ${client.key}`;
	}

	/**
	 * The episode that a call means. Errors: SESSION_LOST, RESULT_EXPIRED, INVALID_FIELD where it is of another environment than the mount's;
	 * HttpRefusal 404 for a name that is not known, 409 where nothing is named and not exactly one episode is live.
	 */
	find(client: Client, mount: Mount, id: string | undefined): Episode {
		if (mount.session !== undefined)
			return this.findOfPath(client, mount, mount.session, id);
		const found = this.named(client, mount, id);
		if (found !== undefined) return this.checked(found, mount);
		if (id === undefined) throw noneLive(mount);
		if (!SESSION_ID.test(id))
			throw new HttpRefusal(
				404,
				`You have no episode of this name here; POST ${mount.path}/reset starts one, and its answer tells the episode_id.`,
			);
		return this.checked({ id, session: this.sessions.get(id) }, mount);
	}

	/** The live episode that a reset starts anew; nothing where it opens one. Errors: HttpRefusal 409, as `find`. */
	findLive(
		client: Client,
		mount: Mount,
		id: string | undefined,
	): Episode | undefined {
		const found =
			mount.session === undefined
				? (this.named(client, mount, id) ?? this.byCapability(id))
				: (this.named(client, mount, undefined) ??
					this.byCapability(mount.session));
		return found === undefined || isOver(found)
			? undefined
			: this.checked(found, mount);
	}

	/** Room for one more session of an address, until the returned function is called. Errors: TOO_MANY_SESSIONS. */
	takeRoom({ address }: Client): () => void {
		const opening = this.opening.get(address) ?? 0;
		if (this.countLive(address) + opening >= this.maxPerAddress)
			throw new NightshiftError(
				"TOO_MANY_SESSIONS",
				`Your address has ${this.maxPerAddress} live episodes, as many as this server gives to one; close one, or wait for a lease to run out.`,
			);
		this.opening.set(address, opening + 1);
		return () => {
			const left = (this.opening.get(address) as number) - 1;
			if (left === 0) this.opening.delete(address);
			else this.opening.set(address, left);
		};
	}

	/** Keeps a session that was opened for a client, under its name. */
	add(
		client: Client,
		mount: Mount,
		name: string | undefined,
		session: Session,
	): Episode {
		const key = this.keyOf(client, mount);
		const episode: Episode = {
			id: name ?? session.record.id,
			session,
		};
		const others = (this.opened.get(key) ?? []).filter(
			({ id }) => id !== episode.id,
		);
		this.opened.set(key, [...others, episode]);
		return episode;
	}

	/** Forgets what a client opened under a mount that nobody will ask again. */
	forget(client: Client, mount: Mount): void {
		this.opened.delete(this.keyOf(client, mount));
	}

	private findOfPath(
		client: Client,
		mount: Mount,
		name: string,
		id: string | undefined,
	): Episode {
		const live = this.findLive(client, mount, undefined);
		if (live === undefined && !SESSION_ID.test(name)) throw noneLive(mount);
		// An id is good also when its session is over: that tells why.
		const found = live ?? { id: name, session: this.sessions.get(name) };
		if (id !== undefined && id !== found.id && id !== found.session.record.id)
			throw new HttpRefusal(
				404,
				`The episode of ${mount.path} has another name; leave yours out, or ask outside of this path.`,
			);
		return this.checked(found, mount);
	}

	private named(
		client: Client,
		mount: Mount,
		id: string | undefined,
	): Episode | undefined {
		const own = this.opened.get(this.keyOf(client, mount)) ?? [];
		if (id !== undefined) return own.find((episode) => episode.id === id);
		const live = own.filter((episode) => !isOver(episode));
		if (live.length > 1)
			throw new HttpRefusal(
				409,
				`You have ${live.length} live episodes here; send the episode_id of the one that you mean, as the answer to its reset told it.`,
			);
		return live[0];
	}

	private byCapability(id: string | undefined): Episode | undefined {
		if (id === undefined || !SESSION_ID.test(id)) return undefined;
		try {
			return { id, session: this.sessions.get(id) };
		} catch {
			// Nobody's: a name that its client chose.
			return undefined;
		}
	}

	private checked(episode: Episode, { environment }: Mount): Episode {
		const { taskId, environment: played } = episode.session.record.episode;
		if (environment === undefined || environment === played) return episode;
		throw NightshiftError.invalid([
			{
				field: "episode_id",
				description: `this episode plays ${taskId}; ask at /${played}, or at the root.`,
			},
		]);
	}

	/** Live sessions that an address has opened. Forgets what the sessions have forgotten. */
	private countLive(address: string): number {
		let live = 0;
		for (const [key, episodes] of this.opened) {
			const kept = episodes.filter(
				(episode) => !isOver(episode) || this.isKnown(episode),
			);
			if (kept.length === 0) this.opened.delete(key);
			else this.opened.set(key, kept);
			if (addressOf(key) === address)
				live += kept.filter((episode) => !isOver(episode)).length;
		}
		return live;
	}

	private isKnown({ session }: Episode): boolean {
		try {
			return this.sessions.get(session.record.id) === session;
		} catch {
			return false;
		}
	}
}

function noneLive({ path }: Mount): HttpRefusal {
	return new HttpRefusal(
		409,
		`You have no live episode here; POST ${path}/reset starts one, and its answer tells the episode_id.`,
	);
}

/** Out of a key: the mount's path and the client's key have none but this space before the address. */
function addressOf(key: string): string | undefined {
	return key.split(" ")[1];
}

function isOver({ session }: Episode): boolean {
	return session.record.ended !== undefined;
}
