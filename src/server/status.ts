import { Metadata, type StatusObject, status } from "@grpc/grpc-js";
import type { NightshiftError } from "../errors.js";
import { REASONS } from "../errors.js";
import { lookupType } from "./contract.js";

const DOMAIN = "nightshift";

/** An error as the wire carries it: code, sentence, and google.rpc.Status details (ErrorInfo, BadRequest, RetryInfo). */
export function toStatus(
	error: NightshiftError,
): Partial<StatusObject> & { code: status } {
	const { code: name, retryAfterMs } = REASONS[error.reason];
	const code = status[name];
	const details = [
		any("google.rpc.ErrorInfo", {
			reason: error.reason,
			domain: DOMAIN,
			metadata: error.metadata,
		}),
	];
	if (error.violations.length > 0) {
		details.push(
			any("google.rpc.BadRequest", {
				field_violations: error.violations.map(({ field, description }) => ({
					field,
					description,
				})),
			}),
		);
	}
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
	const metadata = new Metadata();
	metadata.set(
		"grpc-status-details-bin",
		encode("google.rpc.Status", { code, message: error.message, details }),
	);
	return { code, details: error.message, metadata };
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
