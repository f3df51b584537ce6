import { NightshiftRpcError } from "../../clients/typescript/errors.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import { workClock } from "../clock.js";
import {
	describeError,
	expect,
	expectRefusal,
	expectSame,
	type Rule,
} from "./rule.js";
import type { Seat, TaskContext } from "./task-context.js";
import { fixed, told } from "./task-context.js";

const BUSY_RETRIES = 10;

/** Calls that are cut off by their caller. */
export const cancellation: readonly Rule[] = [
	{
		id: "cancel.take-up",
		title:
			"A streamed step that its caller cancels, taken up under its number, gives what an uncut one gives; the session goes on the same.",
		contract: "step, streaming: cancelling it; rule 2: or takes up a cut one",
		counterpart: "none: their calls are not cancelled",
		of: "task",
		async check(context) {
			await cutAndTakeUp(context, async (seat, action) => {
				const controller = new AbortController();
				const stream = seat.stream(
					action,
					{ request_number: "1000" },
					{ signal: controller.signal },
				);
				await stream.next().catch(() => {});
				controller.abort();
				await stream.next().catch(() => {});
			});
		},
	},
	{
		id: "deadline.take-up",
		title:
			"A step whose deadline passes is DEADLINE_EXCEEDED; taken up under its number it gives what an uncut one gives.",
		contract: "step, streaming: deadline; rule 2: or takes up a cut one",
		counterpart: "none: their calls have no deadlines",
		of: "task",
		async check(context) {
			await cutAndTakeUp(context, async (seat, action) => {
				await seat
					.step(action, { request_number: "1000" }, { timeoutMs: 10 })
					.then(
						() => {},
						(thrown: unknown) => {
							const error = NightshiftRpcError.from(thrown);
							expect(
								["DEADLINE_EXCEEDED", "CANCELLED"].includes(error.code),
								`expected DEADLINE_EXCEEDED, got ${describeError(error)}.`,
							);
						},
					);
			});
		},
	},
	{
		id: "cancel.give-up",
		title:
			"After a cancelled step another one can be taken under a higher number; the cut one's number is passed then.",
		contract: "step, streaming: the session stays usable",
		counterpart: "none: their calls are not cancelled",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const { seat, slow } = await context.openBeforeSlow();
			const stream = seat.stream(slow, { request_number: "1000" });
			await stream.next();
			await stream.return(undefined);
			const answer = await onceIdle(() =>
				seat.step(pass[quick] as Action, { request_number: "1001" }),
			);
			expect(
				!answer.replayed,
				"expected a new answer to the next action, got a stored one.",
			);
			await expectRefusal(
				seat.step(slow, { request_number: "1000" }),
				"the number of the step that was cut and given up",
				{ code: "FAILED_PRECONDITION", reason: "REQUEST_NUMBER_PASSED" },
			);
		},
	},
	{
		id: "cancel.close",
		title: "Close cancels the action that runs, and ends the session.",
		contract: "rule 3: close cancels it",
		counterpart: "dm_env_rpc JoinLeaveWorld: can leave after joining",
		of: "task",
		async check(context) {
			const { seat, slow } = await context.openBeforeSlow();
			const stream = seat.stream(slow);
			await stream.next();
			const rest = told(
				(async () => {
					for await (const { result } of stream) if (result) return result;
					throw new Error("the stream ended without a result");
				})(),
			);
			await seat.close();
			const outcome = await rest;
			expect(
				"answer" in outcome || outcome.refused.code === "CANCELLED",
				`the action that was closed over: expected CANCELLED, got ${"refused" in outcome ? outcome.refused.code : ""}.`,
			);
			const { session } = await seat.get();
			expect(
				session?.state === "SESSION_STATE_ENDED",
				`expected SESSION_STATE_ENDED, got ${session?.state}.`,
			);
		},
	},
];

/** A call that comes before the server has heard of the cancellation is ABORTED: it is repeated as RetryInfo says. */
async function onceIdle<Answer>(call: () => Promise<Answer>): Promise<Answer> {
	for (let left = BUSY_RETRIES; ; left--) {
		try {
			return await call();
		} catch (thrown) {
			const error = NightshiftRpcError.from(thrown);
			if (error.reason !== "SESSION_BUSY" || left === 0) throw error;
			await new Promise<void>((resolve) => {
				workClock.after(error.retryAfterMs ?? 0, resolve);
			});
		}
	}
}

/** Cuts a step in one session and not in its twin; then both must go on the same. */
async function cutAndTakeUp(
	context: TaskContext,
	cut: (seat: Seat, action: Action) => Promise<void>,
): Promise<void> {
	const { pass, slow, quick, harmless } = await context.explore();
	const index = slow ?? quick;
	const next = harmless.slice(index + 1, index + 2);
	const open = async () => {
		if (slow !== undefined) {
			const { seat, slow: action } = await context.openBeforeSlow();
			return { seat, action };
		}
		const seat = await context.open();
		for (const earlier of pass.slice(0, index))
			await seat.step(earlier).catch(() => {});
		return { seat, action: pass[index] as Action };
	};
	const whole = await open();
	const expected = fixed(
		await whole.seat.step(whole.action, { request_number: "1000" }),
	);
	const torn = await open();
	await cut(torn.seat, torn.action);
	const answer = await torn.seat.step(torn.action, { request_number: "1000" });
	expectSame(fixed(answer), expected, "the step that was taken up");
	for (const action of next)
		expectSame(
			await told(torn.seat.step(action)),
			await told(whole.seat.step(action)),
			"the step after it",
		);
}
