import { NightshiftRpcError } from "../../clients/typescript/errors.js";
import {
	envService,
	operatorService,
} from "../../clients/typescript/low-level.js";
import { lookupType } from "../../proto/contract-files.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import { namesOf, unlawfulActions } from "./actions.js";
import { expect, NotApplicable, type Rule, refusalOf } from "./rule.js";
import { freshKey } from "./server-context.js";
import type { Seat, TaskContext } from "./task-context.js";

const VIEWS = ["VIEW_TYPED", "VIEW_FLAT", "VIEW_TEXT"] as const;
/** A seed that nothing else is likely to have the digits of. */
const TELLING_SEED = "17364928305561827364";
/** Digits after which a number is no accident. */
const TELLING_DIGITS = 7;

/** Nothing that an agent can call or read holds what is hidden. */
export const leaks: readonly Rule[] = [
	{
		id: "leak.truth",
		title:
			"Before the end no reply, refusal or event tells a score or result, or holds the words and figures of the truth that the result tells.",
		contract: "rule 6: no leak",
		counterpart: "none: their environments hide nothing by contract",
		of: "task",
		async check(context) {
			const seed = "3";
			const before = await allTold(context, { seed });
			const seat = await context.open({ seed });
			const { pass } = await context.explore();
			for (const action of pass) await seat.step(action).catch(() => {});
			const { result } = await seat.finish();
			const truth = result?.[context.task.environment as "sre"];
			const telling = tellingValues(
				truth,
				`nightshift.v1.${String(lookupType("nightshift.v1.EpisodeResult").fields[context.task.environment]?.type ?? "")}`,
			);
			for (const { what, text } of before) {
				for (const { value, others } of telling) {
					const word = value.toLowerCase();
					const found = hasWord(text.toLowerCase(), word);
					// A list of all that can be tells nothing; the one that stands alone does.
					const isList = others.some((other) =>
						hasWord(text.toLowerCase(), other.toLowerCase()),
					);
					expect(
						!found || isList,
						`${what}: expected nothing of the truth before the end, found "${value}".`,
					);
				}
			}
		},
	},
	{
		id: "leak.result",
		title:
			"Before the end neither a step nor GetSession has a result, and no score is told.",
		contract: "words: score: once, at the end",
		counterpart: "none",
		of: "task",
		async check(context) {
			const { steps } = await context.explore();
			for (const { answer } of steps) {
				if (answer === undefined || answer.terminated || answer.truncated)
					continue;
				expect(
					!answer.result &&
						answer.reward_breakdown.every(({ name }) => name !== "score"),
					`step ${answer.step}: expected no result and no score before the end.`,
				);
			}
			const seat = await context.open();
			const { session } = await seat.get();
			expect(
				!session?.result,
				"GetSession at the start: expected no result, got one.",
			);
		},
	},
	{
		id: "leak.seed",
		title:
			"Neither an observation nor its info holds the seed or the session's id.",
		contract:
			"create session: tells it outside the observation; nothing volatile inside an observation",
		counterpart: "Gymnasium: info equal between equal runs",
		of: "task",
		async check(context) {
			const { harmless } = await context.explore();
			const seat = await context.open({
				seed: TELLING_SEED,
				options: { views: [...VIEWS] },
			});
			const texts = [JSON.stringify(seat.first)];
			for (const action of harmless)
				await seat.step(action).then(
					({ observation, info }) => {
						texts.push(JSON.stringify([observation, info]));
					},
					() => {},
				);
			for (const text of texts)
				for (const hidden of [TELLING_SEED, seat.id])
					expect(
						!text.includes(hidden),
						`expected an observation without ${hidden === seat.id ? "the session's id" : "the seed"}, found it.`,
					);
		},
	},
	{
		id: "leak.operator",
		title: "The operator's calls are not served without the operator's token.",
		contract: "rule 6: separate operator token",
		counterpart: "none",
		of: "server",
		async check(context) {
			const { session } = await context.create({
				task_id: context.anyTask.id,
				seed: "7",
			});
			for (const [name, call] of [
				[
					"GetHiddenState",
					() =>
						context.client.unary(operatorService.GetHiddenState, {
							session_id: session?.session_id as string,
						}),
				],
				[
					"ListAllSessions",
					() => context.client.unary(operatorService.ListAllSessions, {}),
				],
			] as const) {
				const { code } = await refusalOf(call(), `${name} without a token`);
				expect(
					["UNIMPLEMENTED", "PERMISSION_DENIED", "UNAUTHENTICATED"].includes(
						code,
					),
					`${name} without a token: expected UNIMPLEMENTED or PERMISSION_DENIED, got ${code}.`,
				);
			}
		},
	},
];

/** Everything that a client is told of an episode before its end. */
async function allTold(
	context: TaskContext,
	request: { readonly seed: string },
): Promise<{ what: string; text: string }[]> {
	const { harmless } = await context.explore();
	const owner_key = freshKey();
	const seat = await context.open({
		...request,
		owner_key,
		options: { views: [...VIEWS] },
	});
	const told = [{ what: "CreateSession", text: JSON.stringify(seat.first) }];
	const keep = async (what: string, call: Promise<unknown>) => {
		const text = await call.then(
			(answer) => JSON.stringify(answer),
			(error: unknown) => {
				const { message, violations, metadata } =
					NightshiftRpcError.from(error);
				return JSON.stringify([message, violations, metadata]);
			},
		);
		told.push({ what, text });
	};
	for (const spec of context.task.actions)
		for (const { action, field } of unlawfulActions(
			spec,
			namesOf(spec, seat.first),
		))
			await keep(`the refusal at ${field}`, seat.step(action));
	for (const action of harmless)
		await keep(
			`the answer to ${Object.keys(action)[0]}`,
			playedAnswer(seat, action),
		);
	const state = await seat.get();
	await keep("GetSession", Promise.resolve(state.observation));
	await keep(
		"ListSessions",
		context.server.client.unary(envService.ListSessions, { owner_key }),
	);
	if (state.session?.state === "SESSION_STATE_EPISODE_ENDED")
		throw new NotApplicable("the episode ends before its actions are tried");
	await keep(
		"Watch",
		seat.events(Number(state.session?.next_event_offset), "0"),
	);
	return told;
}

function playedAnswer(seat: Seat, action: Action): Promise<unknown> {
	return seat.step(action);
}

interface TellingValue {
	readonly value: string;
	/** Values that could stand in its place. */
	readonly others: readonly string[];
}

/**
 * What of a result would tell the truth wherever it stood: names of enums that no action takes, and figures with many digits. Names of services stand in
 * every observation and are left out, as are enums that an agent itself chooses from.
 */
function tellingValues(truth: unknown, type: string): TellingValue[] {
	if (typeof truth !== "object" || truth === null) return [];
	const { fields } = lookupType(type);
	return Object.entries(truth).flatMap(([name, value]): TellingValue[] => {
		const { resolvedType } = fields[name] ?? {};
		if (typeof value === "number" && !Number.isInteger(value))
			return String(value).replace(/\D/g, "").length >= TELLING_DIGITS
				? [{ value: String(value), others: [] }]
				: [];
		if (typeof value === "object" && value !== null && resolvedType)
			return tellingValues(value, resolvedType.fullName.slice(1));
		const { values } = (resolvedType ?? {}) as unknown as {
			values?: Record<string, number>;
		};
		if (values === undefined || isChosen(resolvedType?.fullName)) return [];
		const prefix = Object.keys(values)
			.find((each) => each.endsWith("UNSPECIFIED"))
			?.slice(0, -"UNSPECIFIED".length);
		const words = (each: string) => [each, each.slice((prefix ?? "").length)];
		if (!Object.keys(values).includes(String(value))) return [];
		// "NONE" is a word of many other things.
		return words(String(value))
			.filter((word) => word.length > 4)
			.map((word, place) => ({
				value: word,
				others: Object.keys(values)
					.filter((each) => each !== value && !each.endsWith("UNSPECIFIED"))
					.map((each) => words(each)[place] as string)
					.filter((each) => each.length > 4),
			}));
	});
}

/** Whether an action takes a value of this enum. */
function isChosen(enumName: string | undefined): boolean {
	const messages = Object.values(lookupType("nightshift.v1.Action").fields);
	return messages.some((field) => {
		const { fields } = (field.resolvedType ?? {}) as unknown as {
			fields?: Record<string, { resolvedType?: { fullName: string } | null }>;
		};
		return Object.values(fields ?? {}).some(
			(inner) => inner.resolvedType?.fullName === enumName,
		);
	});
}

function hasWord(text: string, word: string): boolean {
	for (
		let at = text.indexOf(word);
		at !== -1;
		at = text.indexOf(word, at + 1)
	) {
		const around = `${text[at - 1] ?? " "}${text[at + word.length] ?? " "}`;
		if (!/[a-z0-9_]/.test(around)) return true;
	}
	return false;
}
