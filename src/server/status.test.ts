import assert from "node:assert/strict";
import { test } from "node:test";
import { status as codes } from "@grpc/grpc-js";
import { lookupType } from "../../proto/contract-files.js";
import { NightshiftError, REASONS, type Reason } from "../errors.js";
import { toStatus } from "./status.js";

function detailsOf(error: NightshiftError) {
	const { code, details, metadata } = toStatus(error);
	const bytes = metadata?.get("grpc-status-details-bin")[0] as Buffer;
	const type = lookupType("google.rpc.Status");
	const status = type.toObject(type.decode(bytes)) as {
		code: number;
		message: string;
		details: { type_url: string; value: Buffer }[];
	};
	assert.equal(status.code, code);
	assert.equal(status.message, details);
	return {
		code: codes[code],
		message: status.message,
		bytes: bytes.length,
		details: status.details.map(({ type_url, value }) => {
			const name = type_url.replace("type.googleapis.com/", "");
			const type = lookupType(name);
			return { name, ...type.toObject(type.decode(value), { longs: Number }) };
		}),
	};
}

test("Every reason goes over the wire with its code, an ErrorInfo, and a RetryInfo where it is worth repeating.", () => {
	for (const reason of Object.keys(REASONS) as Reason[]) {
		const { code, details } = detailsOf(
			new NightshiftError(reason, "A sentence."),
		);
		const { code: expected, retryAfterMs } = REASONS[reason];
		assert.equal(code, expected);
		assert.deepEqual(details, [
			{ name: "google.rpc.ErrorInfo", reason, domain: "nightshift" },
			...(retryAfterMs === undefined
				? []
				: [
						{
							name: "google.rpc.RetryInfo",
							retry_delay: {
								seconds: Math.floor(retryAfterMs / 1000),
								nanos: (retryAfterMs % 1000) * 1e6,
							},
						},
					]),
		]);
	}
});

test("Fields at fault go as BadRequest and facts as metadata.", () => {
	const violations = [{ field: "a.b", description: "is missing." }];
	const { details } = detailsOf(
		new NightshiftError("INVALID_FIELD", "a.b: is missing.", {
			violations,
			metadata: { oldest_offset: "3" },
		}),
	);
	assert.deepEqual(details, [
		{
			name: "google.rpc.ErrorInfo",
			reason: "INVALID_FIELD",
			domain: "nightshift",
			metadata: { oldest_offset: "3" },
		},
		{ name: "google.rpc.BadRequest", field_violations: violations },
	]);
});

test("What a client sent is quoted so far that the status still fits into a header.", () => {
	const long = `no ${"x".repeat(3_000_000)}`;
	const { message, bytes, details } = detailsOf(
		NightshiftError.invalid(
			Array.from({ length: 100 }, () => ({
				field: "options.views",
				description: long,
			})),
		),
	);
	assert.equal(message.length, 1000);
	assert.match(message, /^options\.views: no x+ \.\.\.$/);
	assert.ok(bytes < 8000, `${bytes} bytes`);
	assert.equal(details.length, 2);
});

test("Half of a surrogate pair, which no header can hold, is replaced.", () => {
	const { message } = detailsOf(
		new NightshiftError("UNKNOWN_TASK", `No task is called "${"😀"[0]}".`),
	);
	assert.equal(message, 'No task is called "\uFFFD".');
	// Also where the cut goes through a pair.
	for (const start of ["", "x"])
		encodeURI(
			detailsOf(new NightshiftError("UNKNOWN_TASK", start + "😀".repeat(1000)))
				.message,
		);
});
