import { NightshiftRpcError } from "../../clients/typescript/errors.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import {
	ConformanceFailure,
	describeError,
	expect,
	expectRefusal,
	expectSame,
	NotApplicable,
	type Rule,
} from "./rule.js";
import { type Seat, type TaskContext, told } from "./task-context.js";

const ATTEMPTS = 3;
const BUSY = { code: "ABORTED", reason: "SESSION_BUSY" };

/** One action at a time in a session. */
export const oneAction: readonly Rule[] = [
	{
		id: "one-action.together",
		title:
			"Of actions sent at once without numbers each is a step of its own or ABORTED, and none is lost or taken twice.",
		contract: "rule 3: one action at a time",
		counterpart: "none: their connections are used one call at a time",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const seat = await context.open();
			for (const action of pass.slice(0, quick + 1))
				await seat.step(action).catch(() => {});
			const { session: before } = await seat.get();
			const outcomes = await Promise.all(
				Array.from({ length: 6 }, () =>
					seat.step(pass[quick] as Action).then(
						({ step }) => step,
						(error: unknown) => NightshiftRpcError.from(error),
					),
				),
			);
			const steps: number[] = [];
			for (const outcome of outcomes)
				if (typeof outcome === "number") steps.push(outcome);
				else
					expect(
						outcome.reason === "SESSION_BUSY" ||
							outcome.reason === "ACTION_NOT_POSSIBLE",
						`expected an answer or ABORTED (SESSION_BUSY), got ${describeError(outcome)}.`,
					);
			const first = (before?.step ?? 0) + 1;
			expectSame(
				steps.toSorted((a, b) => a - b),
				steps.map((_, index) => first + index),
				"the steps that were answered",
			);
			const { session } = await seat.get();
			expect(
				session?.step === first + steps.length - 1,
				`expected step ${first + steps.length - 1} after ${steps.length} answers, got ${session?.step}.`,
			);
		},
	},
	{
		id: "one-action.busy",
		title:
			"While an action runs, another, a reset and a finish are ABORTED with RetryInfo, and the running one comes to what it would alone.",
		contract:
			"rule 3: a second one meanwhile is ABORTED, and harms nothing; finish during a step is ABORTED",
		counterpart: "dm_env_rpc JoinLeaveWorld: cannot join world twice",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const alone = await answerOfSlow(context);
			for (const [what, call] of [
				["another action", (seat: Seat) => seat.step(pass[quick] as Action)],
				["a reset", (seat: Seat) => seat.reset({ seed: "1" })],
				["a finish", (seat: Seat) => seat.finish()],
			] as const)
				await whileRunning(context, async (seat, running) => {
					const error = await expectRefusal(
						call(seat),
						`${what} meanwhile`,
						BUSY,
					);
					expect(
						(error.retryAfterMs ?? 0) > 0,
						`${what} meanwhile: expected RetryInfo, got none.`,
					);
					expectSame(await running, alone, "the action that ran meanwhile");
				});
		},
	},
	{
		id: "one-action.read-meanwhile",
		title:
			"While an action runs, GetSession says RUNNING at once and free actions are answered, with the last whole state.",
		contract: "rule 3: status and get answer at any moment",
		counterpart: "none: their connections are used one call at a time",
		of: "task",
		async check(context) {
			const alone = await answerOfSlow(context);
			await whileRunning(context, async (seat, running) => {
				const { session } = await seat.get();
				expect(
					session?.state === "SESSION_STATE_RUNNING",
					`expected SESSION_STATE_RUNNING, got ${session?.state}.`,
				);
				for (const { name } of context.task.actions.filter(
					({ free }) => free,
				)) {
					const { step, reward } = await seat.step({ [name]: {} });
					expect(
						step === session.step && reward === 0,
						`${name} meanwhile: expected step ${session.step} and no reward, got ${step} and ${reward}.`,
					);
				}
				expectSame(await running, alone, "the action that ran meanwhile");
			});
		},
	},
];

async function answerOfSlow(context: TaskContext) {
	const { seat, slow } = await context.openBeforeSlow();
	return told(seat.step(slow));
}

/**
 * Does something while the action that takes long runs, in a new session. What is not as expected may have come too late, so it is tried again: a
 * failure is one that comes every time.
 */
async function whileRunning(
	context: TaskContext,
	check: (seat: Seat, running: ReturnType<typeof told>) => Promise<void>,
): Promise<void> {
	for (let left = ATTEMPTS; ; left--) {
		const { seat, running } = await startSlow(context);
		try {
			await check(seat, running);
			return;
		} catch (error) {
			if (!(error instanceof ConformanceFailure) || left === 1) throw error;
			await running;
		}
	}
}

/** Begins the action that takes long; it has told progress when this comes back. Errors: NotApplicable where it tells none. */
async function startSlow(context: TaskContext): Promise<{
	seat: Seat;
	running: ReturnType<typeof told>;
}> {
	const { seat, slow } = await context.openBeforeSlow();
	const stream = seat.stream(slow);
	const { value } = await stream.next();
	if (!value?.progress)
		throw new NotApplicable("the action that takes long tells no progress");
	const rest = async () => {
		for await (const { result } of stream) if (result) return result;
		throw new Error("the stream ended without a result");
	};
	return { seat, running: told(rest()) };
}
