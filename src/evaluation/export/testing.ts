import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import type { Action, Observation } from "../../../clients/typescript/index.js";
import type { EvaluationLine } from "../episode-record.js";
import {
	createAttempt,
	createEpisode,
	createHeader,
	createIncidentObservation,
	createStep,
	createTraining,
} from "../results/testing.js";

/** Lines for exports, and what was exported. Only tests use them. */

/** Half a character, control characters, a turn of direction, words that mean something to readers. */
export const HOSTILE_TEXT =
	"\ud800 \u0000\u001b[31m \u202e </script><img src=x onerror=alert(1)> attachment://1 tc://0 __proto__ {{x}} ../../x NaN";

const MOST = Number.MAX_VALUE;

/**
 * An evaluation in which nearly everything happened: all outcomes and limits, refusals, texts, notes, tokens, failed attempts, an episode that was
 * never finished, one that was never begun, and a training.
 */
export function createEventfulLines(): EvaluationLine[] {
	const usage = { requests: 1, inputTokens: 100, outputTokens: 10, cost: 0.25 };
	const text = createIncidentObservation(1);
	return [
		createHeader({
			agents: [
				{ name: "first", version: "1" },
				{ name: HOSTILE_TEXT, version: HOSTILE_TEXT },
			],
			tasks: ["sre/easy", "training/tiny", `sre/${HOSTILE_TEXT}`],
			seeds: ["1", "2", "3", "4", "5", "18446744073709551615", "007"],
			limits: { steps: 9, wallSeconds: 1.5, tokens: 1000, cost: 0.5 },
		}),
		createEpisode({
			seed: "1",
			attempt: 3,
			steps: [
				{
					...createStep({ restart: { service_id: "auth_service" } }, 1),
					observation: { ...text, text: "# Step 1\nauth_service is slow" },
					note: "It is slow.",
					usage,
				},
				{
					action: { wait: {} },
					reward: 0,
					refusal: "wait is not allowed now.",
					decideSeconds: 1,
					stepSeconds: 0,
					usage,
				},
			],
			usage: { requests: 2, inputTokens: 200, outputTokens: 20, cost: 0.5 },
			note: "It is over.",
			declare: { service_id: "auth_service" },
			outcome: "left",
		}),
		createAttempt({ attempt: 1 }),
		createAttempt({ attempt: 2, error: HOSTILE_TEXT }),
		...(["steps", "wallSeconds", "tokens", "cost"] as const).map((limit, k) =>
			createEpisode({ seed: String(k + 2), outcome: "limit", limit }),
		),
		createAttempt({ seed: "007", retried: false, error: "it stays away." }),
		createTraining({ agent: "first", seed: "2" }),
		createEpisode({
			agent: HOSTILE_TEXT,
			agentVersion: HOSTILE_TEXT,
			task: `sre/${HOSTILE_TEXT}`,
			taskVersion: 1.5,
			outcome: "agent-failed",
			error: HOSTILE_TEXT.repeat(1000),
			note: HOSTILE_TEXT,
			seconds: MOST,
			usage: {
				requests: 0.5,
				inputTokens: 0.5,
				outputTokens: MOST,
				cost: MOST,
			},
			firstObservation: { text: HOSTILE_TEXT } as unknown as Observation,
			steps: [
				{
					...createStep(
						{
							restart: {
								[HOSTILE_TEXT]: HOSTILE_TEXT,
								["__proto__"]: nested(1000),
							},
						} as Action,
						1,
					),
					reward: -MOST,
					decideSeconds: MOST,
					stepSeconds: MOST,
					observation: {
						sre: { metrics: Array(5000).fill(HOSTILE_TEXT) },
					} as unknown as Observation,
				},
			],
		}),
	];
}

/** A folder's logs: entries by their names, parsed, in the order of the logs' names. */
export function readLogs(folder: string) {
	return readdirSync(folder)
		.sort()
		.map((name) => {
			const entries = unzipSync(readFileSync(join(folder, name)));
			return {
				name,
				entries: new Map(
					Object.entries(entries).map(([entry, bytes]) => [
						entry,
						JSON.parse(strFromU8(bytes)),
					]),
				),
			};
		});
}

/** The one of a task. */
export function readLog(folder: string, task: string) {
	const log = readLogs(folder).find(
		({ entries }) => entries.get("header.json").eval.task === task,
	);
	if (!log) throw new Error(`there is no log of ${task}`);
	return log;
}

function nested(depth: number): unknown {
	let value: unknown = "inside";
	for (let k = 0; k < depth; k++) value = { inside: [value] };
	return value;
}
