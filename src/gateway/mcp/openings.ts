import { createHash } from "node:crypto";
import { drawSessionId } from "../../entropy.js";
import type { Session } from "../../sessions/session.js";
import type { Exchange } from "./exchange.js";

/** A call that opens a session. */
export interface Opening {
	/** The contract's idempotency key: the same again is the same opening. */
	readonly key: string;
	/** Whether it came before. */
	readonly isRepeat: boolean;
}

interface LastOpening extends Opening {
	readonly isLost: () => boolean;
	/** Once it is there. */
	session: Session | undefined;
}

/** Calls that are remembered; the oldest are forgotten first. */
const MOST = 1000;

/**
 * Which calls that open a session are the same one. What its client names is the same under the same name. Any other is the same as the last one
 * with equal contents, of the same client, if the answer of that went nowhere: nobody has its session's handle, so that it is good for whoever
 * asks for the same.
 */
export class Openings {
	private readonly last = new Map<string, LastOpening>();

	/** Of a call. `given`: what it asks for. */
	begin(
		given: unknown,
		{
			client,
			mount,
			requestId,
			isLost,
		}: Pick<Exchange, "client" | "mount" | "requestId" | "isLost">,
	): Opening {
		const which = [client.key, mount.path, requestId ?? null];
		const contents = digestOf(
			requestId === undefined ? [...which, given] : which,
		);
		const before = this.last.get(contents);
		const isRepeat =
			before !== undefined &&
			(requestId !== undefined ||
				(before.isLost() && before.session?.record.ended === undefined));
		const key =
			requestId !== undefined
				? contents
				: isRepeat
					? before.key
					: drawSessionId();
		const opening: LastOpening = {
			key,
			isRepeat,
			isLost,
			session: isRepeat ? before.session : undefined,
		};
		this.last.delete(contents);
		this.last.set(contents, opening);
		if (this.last.size > MOST)
			this.last.delete(this.last.keys().next().value as string);
		return opening;
	}

	/** Its session is there. */
	opened(opening: Opening, session: Session): void {
		(opening as LastOpening).session = session;
	}

	/** It came to nothing, and is another one when it is repeated. */
	failed(opening: Opening): void {
		for (const [contents, other] of this.last)
			if (other === opening) this.last.delete(contents);
	}

	/** Whether no other call has the same key now. */
	isAlone(opening: Opening): boolean {
		for (const other of this.last.values())
			if (other !== opening && other.key === opening.key) return false;
		return true;
	}
}

function digestOf(what: unknown): string {
	return createHash("sha256").update(JSON.stringify(what)).digest("hex");
}
