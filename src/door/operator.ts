import { createHash, timingSafeEqual } from "node:crypto";
import { NightshiftError } from "../errors.js";

/**
 * Lets nobody in but the operator. `token` is the server's, absent where it has none; `given` is what the caller sent as authorization.
 * Errors: OPERATOR_OFF, OPERATOR_ONLY.
 */
export function checkOperator(
	token: string | undefined,
	given: string | undefined,
): void {
	if (token === undefined)
		throw new NightshiftError(
			"OPERATOR_OFF",
			"This server does not serve the operator's calls; start it with a token in the environment variable NIGHTSHIFT_OPERATOR_TOKEN, and send it as authorization: Bearer TOKEN.",
		);
	if (given === undefined || !isEqual(given, `Bearer ${token}`))
		throw new NightshiftError(
			"OPERATOR_ONLY",
			"This call is for the operator alone; send the server's token as authorization: Bearer TOKEN.",
		);
}

/** In a time that tells nothing of where two texts differ, nor of their lengths. */
function isEqual(a: string, b: string): boolean {
	return timingSafeEqual(digest(a), digest(b));
}

function digest(text: string): Buffer {
	return createHash("sha256").update(text).digest();
}
