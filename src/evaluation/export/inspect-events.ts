import type { Observation } from "../../../clients/typescript/index.js";
import type {
	EpisodeLimits,
	EpisodeRecord,
	StepRecord,
} from "../episode-record.js";
import { actionArguments, actionName } from "../results/episode-digest.js";
import { boundFields, boundJson, boundText, type Json } from "./bounded.js";
import {
	evalError,
	type Fields,
	parseTime,
	SCORE,
	timeTold,
} from "./inspect-form.js";

/** Steps of an episode at most: half of them from its start, half from its end. */
export const MOST_STEPS = 1000;

/** Told with every step anyway, or of no use to people. */
const LEFT_OUT = new Set(["action_mask", "action_history"]);

/** A step that is shown. */
interface ShownStep {
	readonly step: StepRecord;
	/** From 1. */
	readonly number: number;
	/** Of the episode, when the action was sent. */
	readonly startSeconds: number;
}

/** What happened in an episode, in Inspect's events. `id` begins the events' ids. */
export function eventsOf(
	record: EpisodeRecord,
	id: string,
	score: Fields,
): Fields[] {
	const start = parseTime(record.startedAt);
	const events: Fields[] = [];
	const tell = (seconds: number, event: Fields) =>
		events.push({
			...event,
			uuid: `${id}-${events.length}`,
			timestamp: timeTold(start, seconds),
			working_start: seconds,
		});
	const inform = (seconds: number, source: string, data: Json) =>
		tell(seconds, { event: "info", source, data });

	const { firstObservation } = record;
	inform(
		0,
		"first observation",
		firstObservation.text
			? asCodeBlock(boundText(firstObservation.text))
			: observationTold(firstObservation),
	);
	const { shown, leftOut } = shownSteps(record.steps);
	for (const { step, number, startSeconds } of shown) {
		if (leftOut > 0 && number === MOST_STEPS / 2 + leftOut + 1)
			inform(startSeconds, "left out", `${leftOut} steps`);
		const endSeconds = after(startSeconds, step.stepSeconds);
		if (step.note !== undefined)
			inform(startSeconds, "note", boundText(step.note));
		tell(startSeconds, {
			event: "tool",
			type: "function",
			...callOf(step, number),
			result: resultTold(step),
			...refusalOf(step),
			completed: timeTold(start, endSeconds),
			working_time: step.stepSeconds,
		});
		inform(endSeconds, "observation", stepTold(step, number));
	}
	const { declare, note, seconds } = record;
	if (declare) inform(seconds, "declaration", boundJson(declare));
	if (note !== undefined) inform(seconds, "note", boundText(note));
	if (record.outcome === "limit")
		tell(seconds, {
			event: "sample_limit",
			type: limitType(record.limit),
			message: limitTold(record.limit),
		});
	if (record.error !== undefined)
		tell(seconds, {
			event: "error",
			error: evalError(boundText(record.error)),
		});
	tell(seconds, { event: "score", score, target: "", scorer: SCORE });
	return events;
}

/** The conversation of an agent that says something; of another one there is none. */
export function messagesOf(
	record: EpisodeRecord,
	input: string,
	id: string,
): Fields[] {
	const { steps, note } = record;
	if (note === undefined && steps.every((step) => step.note === undefined))
		return [];
	const messages: Fields[] = [
		{ id: `${id}-input`, role: "user", source: "input", content: input },
	];
	for (const { step, number } of shownSteps(steps).shown) {
		const { id: callId, ...call } = callOf(step, number);
		messages.push(
			{
				id: `${id}-call-${number}`,
				role: "assistant",
				content: boundText(step.note ?? ""),
				tool_calls: [{ id: callId, ...call, type: "function" }],
			},
			{
				id: `${id}-result-${number}`,
				role: "tool",
				content: resultTold(step),
				tool_call_id: callId,
				function: call.function,
				...refusalOf(step),
			},
		);
	}
	if (note !== undefined)
		messages.push({
			id: `${id}-end`,
			role: "assistant",
			content: boundText(note),
		});
	return messages;
}

/** As Inspect's limits are called; an action is a turn. */
export function limitType(limit: keyof EpisodeLimits | undefined): string {
	switch (limit) {
		case "steps":
			return "turn";
		case "wallSeconds":
			return "time";
		case "tokens":
			return "token";
		case "cost":
			return "cost";
		case undefined:
			return "custom";
	}
}

export function limitTold(limit: keyof EpisodeLimits | undefined): string {
	return `The evaluation's limit of ${limit ?? "an episode"} was reached.`;
}

function shownSteps(steps: readonly StepRecord[]): {
	readonly shown: readonly ShownStep[];
	readonly leftOut: number;
} {
	const leftOut = Math.max(0, steps.length - MOST_STEPS);
	const shown: ShownStep[] = [];
	let seconds = 0;
	for (const [k, step] of steps.entries()) {
		const startSeconds = after(seconds, step.decideSeconds);
		if (k < MOST_STEPS / 2 || k >= MOST_STEPS / 2 + leftOut)
			shown.push({ step, number: k + 1, startSeconds });
		seconds = after(startSeconds, step.stepSeconds);
	}
	return { shown, leftOut };
}

/** Stays a number that JSON has. */
function after(seconds: number, more: number): number {
	return Math.min(Number.MAX_VALUE, seconds + more);
}

function callOf({ action }: StepRecord, number: number) {
	return {
		id: `call-${number}`,
		function: actionName(action),
		arguments: boundFields(actionArguments(action)),
	};
}

/** With the text for language models where there is one: results alone are shown with their line breaks. */
function resultTold({ reward, refusal, observation }: StepRecord): string {
	if (refusal !== undefined) return "";
	if (!observation) return `reward ${reward}; the observation is the same`;
	return observation.text
		? `reward ${reward}\n\n${boundText(observation.text)}`
		: `reward ${reward}`;
}

function refusalOf({ refusal }: StepRecord): Fields {
	return refusal === undefined
		? {}
		: { error: { type: "unknown", message: boundText(refusal) } };
}

function stepTold(step: StepRecord, number: number): Fields {
	const { reward, observation, declare, epochs, usage } = step;
	return {
		step: number,
		reward,
		...(declare && { declare: boundJson(declare) }),
		...(usage && { usage: boundJson(usage) }),
		...(epochs && { epochs: boundJson(epochs) }),
		...(observation &&
			!observation.text && { observation: observationTold(observation) }),
	};
}

/** Texts of events are Markdown. */
function asCodeBlock(text: string): string {
	return `\`\`\`\`text\n${text}\n\`\`\`\``;
}

/** What the environment told, without what every step repeats. */
function observationTold(observation: Observation): Json {
	return boundJson(
		Object.fromEntries(
			Object.entries(observation).map(([key, part]) => [
				key,
				typeof part === "object" && part !== null && !Array.isArray(part)
					? Object.fromEntries(
							Object.entries(part).filter(([name]) => !LEFT_OUT.has(name)),
						)
					: part,
			]),
		),
	);
}
