import { envService } from "../../clients/typescript/low-level.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import {
	flatAction,
	foreignAction,
	namesFor,
	namesOf,
	unlawfulActions,
} from "./actions.js";
import { nameOf } from "./exploration.js";
import {
	expect,
	expectRefusal,
	expectSame,
	firstDifference,
	NotApplicable,
	type Rule,
} from "./rule.js";
import { type Seat, type TaskContext, told } from "./task-context.js";

const INVALID = { code: "INVALID_ARGUMENT", reason: "INVALID_FIELD" };
const WRONG = { code: "INVALID_ARGUMENT", reason: "WRONG_ACTION" };
const VIEWS = ["VIEW_TYPED", "VIEW_FLAT", "VIEW_TEXT"] as const;

/** Field 99 with wire type 7, which there is not. */
const NO_MESSAGE = Buffer.from([0x9f, 0x06]);

/** An action that cannot be taken changes nothing and costs nothing. */
export const invalidActions: readonly Rule[] = [
	{
		id: "invalid.arguments",
		title:
			"An argument out of its bounds, unknown or missing is INVALID_ARGUMENT at its field, and nothing changes.",
		contract:
			"rule 5: malformed or out of range: INVALID_ARGUMENT with field violations",
		counterpart:
			"dm_env_rpc Step: cannot send action below min, above max, of wrong type; can send each action individually",
		of: "task",
		async check(context) {
			const seat = await context.open();
			for (const spec of context.task.actions)
				for (const { action, field, why } of unlawfulActions(
					spec,
					namesOf(spec, seat.first),
				))
					await unchanged(seat, `${field}, ${why}`, () =>
						expectRefusal(seat.step(action), `${field}, ${why}`, {
							...INVALID,
							field,
						}),
					);
		},
	},
	{
		id: "invalid.wrong-action",
		title:
			"Another environment's action, or none at all, is WRONG_ACTION, and nothing changes.",
		contract: "the service: step: one oneof of the environment's actions",
		counterpart: "dm_env_rpc Step: cannot send invalid action uid",
		of: "task",
		async check(context) {
			const seat = await context.open();
			const foreign = foreignAction(context.task);
			if (foreign)
				await unchanged(seat, nameOf(foreign), () =>
					expectRefusal(
						seat.step(foreign),
						`${nameOf(foreign)} of another environment`,
						WRONG,
					),
				);
			await unchanged(seat, "no action", () =>
				expectRefusal(seat.step(null), "a step without an action", WRONG),
			);
		},
	},
	{
		id: "invalid.flat",
		title:
			"A flat action of another length, or with a level that there is not, is INVALID_ARGUMENT at action.flat.levels, and nothing changes.",
		contract: "a flat form of every action",
		counterpart:
			"dm_env_rpc Step: cannot send action with wrong shape, nor with too many variable dimensions",
		of: "task",
		async check(context) {
			const { task } = context;
			const seat = await context.open();
			const whole = flatAction(task, 0).flat?.levels ?? [];
			const refused = (levels: number[], field: string, what: string) =>
				unchanged(seat, what, () =>
					expectRefusal(seat.step({ flat: { levels } }), what, {
						...INVALID,
						field,
					}),
				);
			await refused([], "action.flat.levels", "an empty row");
			await refused([...whole, 0], "action.flat.levels", "a row too long");
			const highest = [
				task.actions.length,
				...task.actions.flatMap((spec) =>
					spec.arguments.map(({ levels }) => levels.length),
				),
			];
			for (const [column, level] of highest.entries())
				await refused(
					whole.map((other, index) => (index === column ? level : other)),
					`action.flat.levels[${column}]`,
					`level ${level} in column ${column}`,
				);
		},
	},
	{
		id: "invalid.flat-equals-typed",
		title: "A flat action is the typed one of its levels: the same answer.",
		contract: "a flat form of every action beside the typed one",
		counterpart: "none: their actions have one form",
		of: "task",
		async check(context) {
			const { task } = context;
			const seats = [await context.open(), await context.open()] as const;
			let checked = 0;
			for (const [index, spec] of task.actions.entries()) {
				if (
					spec.arguments.some(
						({ type }) =>
							type !== "ARGUMENT_TYPE_NAME" && type !== "ARGUMENT_TYPE_BOOLEAN",
					)
				)
					continue;
				const typed: Record<string, unknown> = {};
				for (const argument of spec.arguments.filter(
					({ required }) => required,
				))
					typed[argument.name] =
						argument.type === "ARGUMENT_TYPE_NAME"
							? namesFor(argument, seats[0].first)[0]
							: argument.levels[0]?.boolean;
				const answers = [
					await told(seats[0].step(flatAction(task, index))),
					await told(seats[1].step({ [spec.name]: typed })),
				];
				// What is refused when typed is a wait when flat; another rule looks at that.
				if ("refused" in (answers[1] as object)) break;
				expectSame(answers[0], answers[1], `${spec.name} by levels`);
				checked += 1;
			}
			if (checked === 0)
				throw new NotApplicable(
					"no action of it is the same in both forms at the start",
				);
		},
	},
	{
		id: "invalid.not-possible",
		title:
			"A well-formed action that is not possible now is FAILED_PRECONDITION (ACTION_NOT_POSSIBLE), and nothing changes.",
		contract:
			"rule 5: well-formed but not possible now: FAILED_PRECONDITION with a reason",
		counterpart: "none: their actions are possible always",
		of: "task",
		async check(context) {
			const { seat, action } = await impossible(context);
			await unchanged(seat, nameOf(action), () =>
				expectRefusal(seat.step(action), `${nameOf(action)}, masked`, {
					code: "FAILED_PRECONDITION",
					reason: "ACTION_NOT_POSSIBLE",
				}),
			);
		},
	},
	{
		id: "invalid.flat-masked",
		title:
			"A masked flat action counts as the environment's waiting action: the same answer as an action without arguments.",
		contract:
			"rule 5: a masked action counts as the environment's waiting action",
		counterpart: "none: their action spaces have no masks",
		of: "task",
		async check(context) {
			const { task } = context;
			const { seat, action, before } = await impossible(context);
			const index = task.actions.findIndex(
				({ name }) => name === nameOf(action),
			);
			const mine = await told(seat.step(flatAction(task, index)));
			const waits = task.actions.filter((spec) => spec.arguments.length === 0);
			const differences: string[] = [];
			for (const { name } of waits) {
				const twin = await context.open({ options: { views: [...VIEWS] } });
				for (const earlier of before) await twin.step(earlier).catch(() => {});
				const difference = firstDifference(
					mine,
					await told(twin.step({ [name]: {} })),
				);
				if (difference === undefined) return;
				differences.push(`${name} differs at ${difference}`);
			}
			expect(
				false,
				`${nameOf(action)}, flat and masked: expected the answer of an action without arguments; ${differences.join("; ") || "there is none"}.`,
			);
		},
	},
	{
		id: "invalid.no-trace",
		title:
			"After refused actions an episode goes on as one without them: the same answers and the same score.",
		contract:
			"rule 5: an action that cannot be taken changes nothing and costs nothing",
		counterpart: "none: a refused action ends their checks",
		of: "task",
		async check(context) {
			const { harmless } = await context.explore();
			const seats = [await context.open(), await context.open()] as const;
			for (const action of harmless) {
				for (const spec of context.task.actions)
					for (const wrong of unlawfulActions(
						spec,
						namesOf(spec, seats[1].first),
					).slice(0, 2))
						await seats[1].step(wrong.action).catch(() => {});
				expectSame(
					await told(seats[1].step(action)),
					await told(seats[0].step(action)),
					`${nameOf(action)} after refused actions`,
				);
			}
			const results = await Promise.all(seats.map((seat) => seat.finish()));
			expectSame(
				results[1]?.result,
				results[0]?.result,
				"the result after refused actions",
			);
		},
	},
	{
		id: "invalid.free",
		title:
			"A free action changes nothing, takes no step and no number, and pays nothing.",
		contract: "list tasks: free actions; rule 3: status takes no number",
		counterpart: "none: every step of theirs counts",
		of: "task",
		async check(context) {
			const free = context.task.actions.filter((spec) => spec.free);
			if (free.length === 0) throw new NotApplicable("it has no free actions");
			const seat = await context.open({ options: { views: [...VIEWS] } });
			for (const { name } of free)
				await unchanged(seat, name, async () => {
					const { step, reward, observation } = await seat.step(
						{ [name]: {} },
						{ request_number: "5" },
					);
					expectSame([step, reward], [0, 0], `step and reward of ${name}`);
					expectSame(observation, seat.first, `the observation of ${name}`);
				});
			const { session } = await seat.get();
			expect(
				session?.last_request_number === undefined,
				`expected no number taken, got ${session?.last_request_number}.`,
			);
		},
	},
	{
		id: "invalid.bytes",
		title: "Bytes that are no message are INVALID_ARGUMENT (INVALID_FIELD).",
		contract: "rule 8: typed failure",
		counterpart:
			"dm_env_rpc Step: cannot send wrong type to nonnumeric actions",
		of: "server",
		async check({ client }) {
			for (const name of ["Step", "CreateSession", "Reset"] as const)
				await expectRefusal(
					client.bytes(envService[name], NO_MESSAGE),
					`${name} with bytes that are no message`,
					INVALID,
				);
		},
	},
	{
		id: "limits.free-calls",
		title:
			"At most as many refused and free calls as the task tells; the next one truncates the episode, and it is scored.",
		contract:
			"rule 5: at most 1,000 refused or free calls an episode; then it is truncated",
		counterpart: "none: their refusals are not counted",
		slow: true,
		of: "task",
		async check(context) {
			const { task } = context;
			const seat = await context.open();
			const refused = () =>
				seat.step({ flat: { levels: [] } }).then(
					(answer) => answer,
					() => undefined,
				);
			for (let call = 0; call < task.max_free_calls; call += 50) {
				const answers = await Promise.all(
					Array.from(
						{ length: Math.min(50, task.max_free_calls - call) },
						refused,
					),
				);
				expect(
					answers.every((answer) => answer === undefined),
					`expected ${task.max_free_calls} refusals before the end, got an answer after at most ${call + 50}.`,
				);
			}
			const last = await refused();
			expect(
				last?.truncated === true &&
					last.result?.end_reason === "END_REASON_FREE_CALL_LIMIT" &&
					last.result.score !== undefined,
				`call ${task.max_free_calls + 1}: expected the episode truncated (END_REASON_FREE_CALL_LIMIT) with a score, got ${last ? last.result?.end_reason : "a refusal"}.`,
			);
		},
	},
];

/** Does something, and expects the session's step, number, events and observation to be the same after it. */
async function unchanged(
	seat: Seat,
	what: string,
	act: () => Promise<unknown>,
): Promise<void> {
	const before = await seat.get();
	await act();
	const after = await seat.get();
	const fixedPart = ({ session, observation }: typeof before) => [
		session?.step,
		session?.state,
		session?.last_request_number,
		session?.next_event_offset,
		observation,
	];
	expectSame(
		fixedPart(after),
		fixedPart(before),
		`${what}: step, state, number, events and observation after it`,
	);
}

/**
 * A session with an action that is masked in it, and what was taken before. At the start, or once an action was repeated until its budget was spent.
 * Errors: NotApplicable where there is none.
 */
async function impossible(
	context: TaskContext,
): Promise<{ seat: Seat; action: Action; before: Action[] }> {
	const { task } = context;
	const { pass, harmless, slow } = await context.explore();
	const seat = await context.open({ options: { views: [...VIEWS] } });
	const byName = new Map(pass.map((action) => [nameOf(action), action]));
	const masked = (mask: readonly boolean[] | undefined) =>
		task.actions.flatMap(({ name }, index) =>
			mask?.[index] === false && byName.has(name)
				? [byName.get(name) as Action]
				: [],
		)[0];
	const before: Action[] = [];
	const atStart = masked(seat.first?.flat?.action_mask);
	if (atStart) return { seat, action: atStart, before };
	for (const action of harmless) {
		if (action === pass[slow ?? -1]) continue;
		for (let times = 0; times < 5; times++) {
			const answer = await told(seat.step(action));
			before.push(action);
			if (!("answer" in answer)) break;
			if (answer.answer.result)
				throw new NotApplicable("the episode ends before an action is masked");
			const found = masked(answer.answer.observation?.flat?.action_mask);
			if (found) return { seat, action: found, before };
		}
	}
	throw new NotApplicable("no action of it was masked");
}
