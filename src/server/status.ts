import { Metadata, type StatusObject, status } from "@grpc/grpc-js";
import { lookupType } from "../../proto/contract-files.js";
import type { NightshiftError } from "../errors.js";
import { REASONS } from "../errors.js";

const DOMAIN = "nightshift";
/** Trailers have a limit (16 kB with many clients), and sentences quote what a client sent. */
const LONGEST_MESSAGE = 1000;
const LONGEST_DESCRIPTION = 300;
const MOST_VIOLATIONS = 20;

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
	const { code: name, retryAfterMs } = REASONS[error.reason];
	const code = status[name];
	const message = toHeaderText(error.message, LONGEST_MESSAGE);
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
				field_violations: error.violations
					.slice(0, MOST_VIOLATIONS)
					.map(({ field, description }) => ({
						field,
						description: toHeaderText(description, LONGEST_DESCRIPTION),
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
	return { code, message, details };
}

/** Cut to a length and without halves of surrogate pairs, which grpc-js cannot write into a header. */
function toHeaderText(text: string, longest: number): string {
	const cut =
		text.length > longest ? `${text.slice(0, longest - 4)} ...` : text;
	return Buffer.from(cut).toString();
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
