import { type ToldError, toToldError } from "../../door/told-error.js";
import { NightshiftError } from "../../errors.js";
import { HttpRefusal } from "../http-error.js";

/** Why a call of a tool came to nothing, as JSON. */
export interface Refused {
	/** A sentence that is fit to show a model. */
	readonly message: string;
	/** A name of the contract's ErrorReason, where it is an error of the contract. */
	readonly reason?: string;
	/** What is wrong with which argument. */
	readonly violations?: ToldError["violations"];
	readonly retry_after_ms?: number;
	readonly incident?: string;
}

export function toRefused(thrown: unknown): Refused {
	if (thrown instanceof HttpRefusal) return { message: thrown.message };
	const { reason, message, violations, metadata, retryAfterMs } = toToldError(
		NightshiftError.from(thrown),
	);
	return {
		message,
		reason,
		...(violations.length > 0 && { violations }),
		...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
		...(metadata.incident && { incident: metadata.incident }),
	};
}
