import type { NightshiftRpcError } from "../../clients/typescript/errors.js";
import { envService } from "../../clients/typescript/low-level.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import { REASONS, type Reason } from "../errors.js";
import { describeError, expect, type Rule, refusalOf } from "./rule.js";
import { freshKey } from "./server-context.js";

/** Errors that a program can read. */
export const errors: readonly Rule[] = [
	{
		id: "errors.details",
		title:
			"Every refusal carries ErrorInfo with the domain nightshift and a reason of ErrorReason, whose code it has, and a sentence; a field at fault BadRequest.",
		contract: "rule 8: typed failure; reasons are one enum, domain nightshift",
		counterpart: "dm_env_rpc Step: an error names the bad uid",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const { client } = context.server;
			const action = pass[quick] as Action;
			const ended = await context.open();
			await ended.finish();
			const closed = await context.open();
			await closed.close();
			const open = await context.open();
			const ready = await context.open();
			for (const earlier of pass.slice(0, quick))
				await ready.step(earlier).catch(() => {});
			await ready.step(action, { request_number: "5" });
			const refused: [what: string, call: () => Promise<unknown>][] = [
				["an unknown task", () => context.open({ task_id: "none/none" })],
				["an unknown split", () => context.open({ split: 99 as never })],
				["no action", () => open.step(null)],
				["a wrong row", () => open.step({ flat: { levels: [] } })],
				[
					"an unknown session",
					() => client.unary(envService.GetSession, { session_id: freshKey() }),
				],
				["no session id", () => client.unary(envService.GetSession, {})],
				["a step after the end", () => ended.step(action)],
				["a step after the close", () => closed.step(action)],
				["a lower number", () => ready.step(action, { request_number: "4" })],
				[
					"another action under a number",
					() => ready.step({ flat: { levels: [] } }, { request_number: "5" }),
				],
				["a lease too short", () => open.renew(1)],
			];
			for (const [what, call] of refused)
				expectDetails(await refusalOf(call(), what), what);
		},
	},
];

/** Errors: ConformanceFailure where a refusal is not as the contract says. */
export function expectDetails(error: NightshiftRpcError, what: string): void {
	const row = REASONS[error.reason as Reason] as
		| (typeof REASONS)[Reason]
		| undefined;
	expect(
		error.domain === "nightshift" && row !== undefined,
		`${what}: expected ErrorInfo with the domain nightshift and a reason of ErrorReason, got ${error.domain || "no domain"} and ${error.reason || "no reason"}.`,
	);
	expect(
		error.code === row.code,
		`${what}: expected ${row.code} with ${error.reason}, got ${describeError(error)}.`,
	);
	expect(
		error.message.trim() !== "",
		`${what}: expected a sentence, got an empty message.`,
	);
	expect(
		error.reason !== "INVALID_FIELD" ||
			(error.violations.length > 0 &&
				error.violations.every(
					({ field, description }) => field !== "" && description !== "",
				)),
		`${what}: expected BadRequest with a field and what is allowed, got none.`,
	);
	expect(
		(row.retryAfterMs === undefined) === (error.retryAfterMs === undefined),
		`${what}: expected ${row.retryAfterMs === undefined ? "no RetryInfo" : "RetryInfo"} with ${error.reason}, got ${error.retryAfterMs ?? "none"}.`,
	);
}
