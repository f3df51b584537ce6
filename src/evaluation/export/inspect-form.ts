import { createHash } from "node:crypto";
import type { Usage } from "../agent.js";
import { UnreadableEvaluation } from "../results/read-evaluation.js";
import type { Json } from "./bounded.js";

/** Words and figures as logs of Inspect have them. */

export type Fields = { readonly [key: string]: Json };

/** The one score of a sample, and its scorer. */
export const SCORE = "score";

/** 22 letters and digits that follow from `parts`, as an id of Inspect's. */
export function idOf(...parts: readonly (string | number)[]): string {
	return createHash("sha256")
		.update(JSON.stringify(parts))
		.digest("hex")
		.slice(0, 22);
}

/** "nightshift/tuned-rule": Inspect's models have the provider in front. */
export function modelName(agent: string): string {
	return `nightshift/${agent}`;
}

/** Milliseconds since 1970. Errors: UnreadableEvaluation. */
export function parseTime(text: string): number {
	const time = Date.parse(text);
	if (Number.isNaN(time))
		throw new UnreadableEvaluation(
			`${JSON.stringify(text.slice(0, 40))} is no time; one in ISO 8601 is expected.`,
		);
	return time;
}

const LAST_TIME = Date.UTC(9999, 11, 31);

/** "2026-01-02T03:04:05.000+00:00", so many seconds after a time in milliseconds. */
export function timeTold(start: number, seconds = 0): string {
	const time = Math.min(LAST_TIME, Math.max(0, start + seconds * 1000));
	return new Date(time).toISOString().replace("Z", "+00:00");
}

/** A whole number, where Inspect takes no other. */
export function whole(amount: number): number {
	return Math.min(Number.MAX_SAFE_INTEGER, Math.round(amount));
}

export function modelUsage(agent: string, usage: Usage | undefined): Fields {
	if (!usage) return {};
	const { inputTokens, outputTokens, cost } = usage;
	return {
		[modelName(agent)]: {
			input_tokens: whole(inputTokens),
			output_tokens: whole(outputTokens),
			total_tokens: whole(inputTokens + outputTokens),
			...(cost !== undefined && { total_cost: cost }),
		},
	};
}

export function evalError(message: string): Fields {
	return { message, traceback: message, traceback_ansi: message };
}
