import type { EvaluationLine } from "../episode-record.js";
import { readableAction } from "./readable-action.js";

/** What is wrong with a line: a part of a sentence, without a full stop. */
export class BadLine extends Error {
	override readonly name = "BadLine";
}

type Fields = Readonly<Record<string, unknown>>;

const SPLITS = ["train", "validation", "test"];
const OUTCOMES = ["ended", "left", "limit", "agent-failed"];
const LIMITS = ["steps", "wallSeconds", "tokens", "cost"];

/**
 * Checks everything in a line that results are made from. What is further inside an observation is looked at by the pictures alone, which
 * leave out what is not there. Errors: BadLine.
 */
export function checkLine(value: unknown): EvaluationLine {
	const line = fieldsOf(value, "the line");
	switch (line.kind) {
		case "evaluation":
			checkHeader(line);
			break;
		case "episode":
			checkEpisode(line);
			break;
		case "failed-attempt":
			checkFailedAttempt(line);
			break;
		default:
			throw wrong(
				"kind",
				line.kind,
				'"evaluation", "episode" or "failed-attempt"',
			);
	}
	return line as unknown as EvaluationLine;
}

function checkHeader(line: Fields): void {
	if (line.format !== 1)
		throw wrong("format", line.format, "1, the one that this version reads,");
	text(line, "createdAt");
	for (const [k, agent] of list(line, "agents").entries()) {
		const named = fieldsOf(agent, `agents[${k}]`);
		text(named, "name", `agents[${k}].`);
		text(named, "version", `agents[${k}].`);
	}
	for (const [k, task] of list(line, "tasks").entries())
		if (typeof task !== "string" || task === "")
			throw wrong(`tasks[${k}]`, task, "a task's id");
	for (const [k, seed] of list(line, "seeds").entries())
		checkSeed(seed, `seeds[${k}]`);
	oneOf(line, "split", SPLITS);
	const limits = fieldsOf(line.limits, "limits");
	for (const limit of LIMITS)
		if (limits[limit] !== undefined) amount(limits, limit, "limits.");
}

function checkIdentity(line: Fields): void {
	text(line, "agent");
	text(line, "agentVersion");
	text(line, "task");
	amount(line, "taskVersion");
	oneOf(line, "split", SPLITS);
	checkSeed(line.seed, "seed");
	amount(line, "attempt");
	text(line, "startedAt");
	amount(line, "seconds");
}

function checkFailedAttempt(line: Fields): void {
	checkIdentity(line);
	text(line, "error");
	if (typeof line.retried !== "boolean")
		throw wrong("retried", line.retried, "true or false");
}

function checkEpisode(line: Fields): void {
	checkIdentity(line);
	fieldsOf(line.firstObservation, "firstObservation");
	for (const [k, step] of list(line, "steps").entries())
		checkStep(fieldsOf(step, `steps[${k}]`), `steps[${k}].`);
	oneOf(line, "outcome", OUTCOMES);
	if (line.limit !== undefined) oneOf(line, "limit", LIMITS);
	optionalText(line, "error");
	amount(line, "score");
	if ((line.score as number) > 1)
		throw wrong("score", line.score, "a number from 0 to 1");
	checkUsage(line.usage, "usage");
	checkResult(fieldsOf(line.result, "result"));
}

function checkStep(step: Fields, path: string): void {
	const action = fieldsOf(step.action, `${path}action`);
	// What was refused may be anything that an agent answered.
	if (step.refusal === undefined && readableAction(action) === undefined)
		throw new BadLine(
			`${path}action has ${Object.values(action).filter(isFields).length} actions inside; one is expected, named in lower case`,
		);
	if (step.observation !== undefined)
		fieldsOf(step.observation, `${path}observation`);
	number(step, "reward", path);
	optionalText(step, "refusal", path);
	optionalText(step, "note", path);
	amount(step, "decideSeconds", path);
	amount(step, "stepSeconds", path);
	checkUsage(step.usage, `${path}usage`);
}

function checkUsage(value: unknown, path: string): void {
	if (value === undefined) return;
	const usage = fieldsOf(value, path);
	for (const name of ["requests", "inputTokens", "outputTokens"])
		amount(usage, name, `${path}.`);
	if (usage.cost !== undefined) amount(usage, "cost", `${path}.`);
}

function checkResult(result: Fields): void {
	text(result, "end_reason", "result.");
	number(result, "total_reward", "result.");
	amount(result, "steps", "result.");
	if (result.sre) {
		const sre = fieldsOf(result.sre, "result.sre");
		text(sre, "fault_class", "result.sre.");
		if (typeof sre.root_service_id !== "string")
			throw wrong("result.sre.root_service_id", sre.root_service_id, "a text");
		amount(sre, "wrong_actions", "result.sre.");
		amount(sre, "trap_actions", "result.sre.");
	}
	if (result.training) {
		const training = fieldsOf(result.training, "result.training");
		amount(training, "epoch", "result.training.");
		amount(training, "epochs_charged", "result.training.");
	}
	if (!result.sre && !result.training)
		throw new BadLine(
			"result tells neither of an incident nor of a training; result.sre or result.training is expected",
		);
}

function isFields(value: unknown): value is Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown, path: string): Fields {
	if (!isFields(value)) throw wrong(path, value, "an object");
	return value;
}

function list(line: Fields, key: string): readonly unknown[] {
	const value = line[key];
	if (!Array.isArray(value)) throw wrong(key, value, "a list");
	return value;
}

function text(fields: Fields, key: string, path = ""): void {
	const value = fields[key];
	if (typeof value !== "string" || value === "")
		throw wrong(`${path}${key}`, value, "a text");
}

function optionalText(fields: Fields, key: string, path = ""): void {
	const value = fields[key];
	if (value !== undefined && typeof value !== "string")
		throw wrong(`${path}${key}`, value, "a text");
}

function number(fields: Fields, key: string, path = ""): void {
	const value = fields[key];
	if (typeof value !== "number" || !Number.isFinite(value))
		throw wrong(`${path}${key}`, value, "a number");
}

function amount(fields: Fields, key: string, path = ""): void {
	number(fields, key, path);
	if ((fields[key] as number) < 0)
		throw wrong(`${path}${key}`, fields[key], "a number from 0 on");
}

function oneOf(fields: Fields, key: string, allowed: readonly string[]): void {
	const value = fields[key];
	if (typeof value !== "string" || !allowed.includes(value))
		throw wrong(key, value, `one of ${allowed.join(", ")}`);
}

function checkSeed(value: unknown, path: string): void {
	if (typeof value !== "string" || !/^\d{1,20}$/.test(value))
		throw wrong(path, value, "a seed in decimal, as text,");
}

function wrong(path: string, value: unknown, expected: string): BadLine {
	const shown =
		value === undefined ? "absent" : JSON.stringify(value).slice(0, 40);
	return new BadLine(`${path} is ${shown}; ${expected} is expected`);
}
