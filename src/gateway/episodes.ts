import { NightshiftError } from "../errors.js";
import type { Session } from "../sessions/session.js";
import type { Sessions } from "../sessions/sessions.js";
import type { Client } from "./client.js";
import { HttpRefusal } from "./http-error.js";
import type { Mount } from "./mount.js";

/** A session as a client of this door knows it. */
export interface Episode {
	/** What the client calls it: a name that it chose, else the session's id. `Episodes.rename` changes it. */
	id: string;
	readonly session: Session;
}

/** What one client opened at one address. */
interface Opened {
	readonly key: string;
	readonly address: string;
	readonly episodes: Map<Session, Kept>;
	/** By the names that their client gives them; the last one that got a name is the one that is meant by it. */
	readonly byName: Map<string, Kept[]>;
	/** Those that are not known to be over. */
	readonly live: Set<Kept>;
}

interface Kept extends Episode {
	readonly of: Opened;
}

const SESSION_ID = /^[0-9a-f]{32}$/;
/** Episodes of which each new one asks whether their sessions are forgotten: more than one, so that what is kept does not grow. */
const LOOKED_AT = 4;

/**
 * Which session a request without a connection of its own means. A session's id is a capability: whoever holds it may use it, wherever the
 * session was opened. A name that a client chose, and a request that names nothing, mean sessions that the same client opened at the same
 * address (mount), and no others. Under a path of a session, /s/NAME, all requests mean the one that the client opened there, or the session
 * whose id the name is.
 */
export class Episodes {
	/** By client and mount. */
	private readonly opened = new Map<string, Opened>();
	/** Those of an address that are not known to be over. */
	private readonly live = new Map<string, Set<Kept>>();
	/** All that are kept, by when they were last looked at. */
	private readonly kept = new Set<Kept>();
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
		const live = this.live.get(address);
		const count = live === undefined ? 0 : countLive(live);
		if (count + opening >= this.maxPerAddress)
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
		this.sweep();
		const key = this.keyOf(client, mount);
		const of = this.opened.get(key) ?? {
			key,
			address: client.address,
			episodes: new Map(),
			byName: new Map(),
			live: new Set(),
		};
		const before = of.episodes.get(session);
		// The same opening, once more.
		if (before !== undefined) return before;
		const episode: Kept = { id: name ?? session.record.id, session, of };
		this.opened.set(key, of);
		of.episodes.set(session, episode);
		addName(episode);
		of.live.add(episode);
		this.kept.add(episode);
		const live = this.live.get(client.address) ?? new Set();
		this.live.set(client.address, live.add(episode));
		return episode;
	}

	/** Its client calls it something else from now on. */
	rename(episode: Episode, name: string): void {
		const isKept = this.kept.has(episode as Kept);
		if (isKept) dropName(episode as Kept);
		episode.id = name;
		if (isKept) addName(episode as Kept);
	}

	/** Forgets what a client opened under a mount that nobody will ask again. */
	forget(client: Client, mount: Mount): void {
		const of = this.opened.get(this.keyOf(client, mount));
		for (const episode of of?.episodes.values() ?? []) this.drop(episode);
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
		const own = this.opened.get(this.keyOf(client, mount));
		if (own === undefined) return undefined;
		if (id !== undefined) {
			const found = own.byName.get(id)?.at(-1);
			if (found === undefined || !this.isForgotten(found)) return found;
			this.drop(found);
			return this.named(client, mount, id);
		}
		const live = countLive(own.live);
		if (live > 1)
			throw new HttpRefusal(
				409,
				`You have ${live} live episodes here; send the episode_id of the one that you mean, as the answer to its reset told it.`,
			);
		const [only] = own.live;
		return only;
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

	/** Looks at those that were not looked at for longest, and forgets what the sessions have forgotten. */
	private sweep(): void {
		let left = LOOKED_AT;
		for (const episode of this.kept) {
			if (left-- === 0) return;
			if (this.isForgotten(episode)) {
				this.drop(episode);
				continue;
			}
			this.kept.delete(episode);
			this.kept.add(episode);
		}
	}

	private drop(episode: Kept): void {
		const { key, address, episodes, live } = episode.of;
		this.kept.delete(episode);
		live.delete(episode);
		dropName(episode);
		episodes.delete(episode.session);
		if (episodes.size === 0) this.opened.delete(key);
		const others = this.live.get(address);
		others?.delete(episode);
		if (others?.size === 0) this.live.delete(address);
	}

	/** Over, and not known to the sessions any more. */
	private isForgotten(episode: Episode): boolean {
		const { session } = episode;
		if (!isOver(episode)) return false;
		try {
			return this.sessions.get(session.record.id) !== session;
		} catch {
			return true;
		}
	}
}

function noneLive({ path }: Mount): HttpRefusal {
	return new HttpRefusal(
		409,
		`You have no live episode here; POST ${path}/reset starts one, and its answer tells the episode_id.`,
	);
}

function addName(episode: Kept): void {
	const { byName } = episode.of;
	const others = byName.get(episode.id);
	if (others === undefined) byName.set(episode.id, [episode]);
	else others.push(episode);
}

function dropName(episode: Kept): void {
	const { byName } = episode.of;
	const left = byName.get(episode.id)?.filter((other) => other !== episode);
	if (left === undefined || left.length === 0) byName.delete(episode.id);
	else byName.set(episode.id, left);
}

/** Those of a set that are live; the others leave it. */
function countLive(episodes: Set<Kept>): number {
	for (const episode of episodes) if (isOver(episode)) episodes.delete(episode);
	return episodes.size;
}

function isOver({ session }: Episode): boolean {
	return session.record.ended !== undefined;
}
