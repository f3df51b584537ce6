import { Metadata, type StatusObject, status } from "@grpc/grpc-js";
import { lookupType } from "../../proto/contract-files.js";
import { toToldError } from "../door/told-error.js";
import type { NightshiftError } from "../errors.js";

const DOMAIN = "nightshift";

/** An error as a call ends with it. */
export function toStatus(
	error: NightshiftError,
): Partial<StatusObject> & { code: status } {
	const answer = toRpcStatus(error);
	const metadata = new Metadata();
	metadata.set("grpc-status-details-bin", encode("google.rpc.Status", answer));
	return { code: answer.code, details: answer.message, metadata };
}

/** An error as google.rpc.Status: code, sentence, and details (ErrorInfo, BadRequest, RetryInfo). */
export function toRpcStatus(error: NightshiftError): {
	readonly code: status;
	readonly message: string;
	readonly details: readonly object[];
} {
	const { reason, code, message, violations, metadata, retryAfterMs } =
		toToldError(error);
	const details = [
		any("google.rpc.ErrorInfo", { reason, domain: DOMAIN, metadata }),
	];
	if (violations.length > 0)
		details.push(
			any("google.rpc.BadRequest", { field_violations: violations }),
		);
	if (retryAfterMs !== undefined) {
		details.push(
			any("google.rpc.RetryInfo", {
				retry_delay: {
					seconds: Math.floor(retryAfterMs / 1000),
					nanos: (retryAfterMs % 1000) * 1e6,
				},
			}),
		);
	}
	return { code: status[code], message, details };
}

function any(type: string, value: object): { type_url: string; value: Buffer } {
	return {
		type_url: `type.googleapis.com/${type}`,
		value: encode(type, value),
	};
}

function encode(type: string, value: object): Buffer {
	const messageType = lookupType(type);
	return Buffer.from(
		messageType.encode(messageType.fromObject(value)).finish(),
	);
}
