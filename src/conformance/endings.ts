import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import {
	expect,
	expectRefusal,
	expectSame,
	NotApplicable,
	type Rule,
} from "./rule.js";
import type { Seat, TaskContext } from "./task-context.js";

const OVER = { code: "FAILED_PRECONDITION", reason: "EPISODE_ENDED" };

/** How episodes end, and what holds then. */
export const endings: readonly Rule[] = [
	{
		id: "end.after",
		title:
			"After the end a step is FAILED_PRECONDITION (EPISODE_ENDED), typed, flat or free; the result stays as it is.",
		contract: "rule 4: after the end",
		counterpart: "none: there the next step begins another episode",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const seat = await ended(context);
			const before = await seat.get();
			expect(
				before.session?.state === "SESSION_STATE_EPISODE_ENDED",
				`expected SESSION_STATE_EPISODE_ENDED, got ${before.session?.state}.`,
			);
			for (const action of [
				pass[quick] as Action,
				...context.task.actions
					.filter(({ free }) => free)
					.map(({ name }) => ({ [name]: {} })),
			])
				await expectRefusal(
					seat.step(action),
					`${Object.keys(action)[0]} after the end`,
					OVER,
				);
			await expectRefusal(
				seat.stream(pass[quick] as Action).next(),
				"a streamed step after the end",
				OVER,
			);
			const after = await seat.get();
			expectSame(
				[after.session?.result, after.session?.step, after.observation],
				[before.session?.result, before.session?.step, before.observation],
				"result, step and observation after refused steps",
			);
		},
	},
	{
		id: "end.finish",
		title:
			"Finish ends the episode as truncated and scores it; again it gives the same result and observation, and pays nothing more.",
		contract: "the service: finish",
		counterpart: "dm_env_rpc: state INTERRUPTED; Gymnasium: truncated",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const seat = await context.open();
			for (const action of pass.slice(0, quick + 1))
				await seat.step(action).catch(() => {});
			const one = await seat.finish();
			const { result } = one;
			expectSame(
				[result?.terminated, result?.truncated, result?.end_reason],
				[false, true, "END_REASON_FINISHED"],
				"terminated, truncated and end_reason",
			);
			expect(
				result?.score !== undefined && result.score >= 0 && result.score <= 1,
				`expected a score from 0 to 1, got ${result?.score}.`,
			);
			const two = await seat.finish();
			expectSame(
				[two.result, two.observation, two.reward, two.reward_breakdown.length],
				[one.result, one.observation, 0, 0],
				"result, observation, reward and parts of the second finish",
			);
		},
	},
	{
		id: "end.finish-after-end",
		title:
			"Finish after an episode that has ended by itself gives that result, and pays nothing.",
		contract:
			"the reply that ends an episode carries the terminal reward, once",
		counterpart: "none",
		of: "task",
		async check(context) {
			const { pass, harmless } = await context.explore();
			const seat = await context.open();
			let result: unknown;
			const ending = pass.slice(harmless.length);
			const waiting = context.task.actions.find(
				(spec) => spec.arguments.length === 0 && !spec.free,
			);
			if (ending.length === 0 && waiting === undefined)
				throw new NotApplicable("no action of it surely leads to the end");
			for (
				let taken = 0;
				result === undefined && taken <= context.task.max_actions;
				taken++
			) {
				const answer = await seat.step(
					ending[0] ?? { [waiting?.name as "wait"]: {} },
				);
				result = answer.result ?? undefined;
			}
			const finished = await seat.finish();
			expectSame(finished.result, result, "the result of the finish");
			expect(
				finished.reward === 0,
				`expected no reward after the end, got ${finished.reward}.`,
			);
		},
	},
	{
		id: "end.reset",
		title: "Reset after the end begins the next episode.",
		contract: "words: session: one episode at a time, many in a row",
		counterpart: "dm_env_rpc Reset; ResetWorld; Gymnasium: reset after the end",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const seat = await ended(context);
			const { session } = await seat.reset({ seed: "9" });
			expectSame(
				[session?.episode, session?.state, session?.result ?? null],
				[2, "SESSION_STATE_IDLE", null],
				"episode, state and result after the reset",
			);
			for (const action of pass.slice(0, quick))
				await seat.step(action).catch(() => {});
			const answer = await seat.step(pass[quick] as Action);
			expect(
				answer.episode === 2 && !answer.result,
				`expected a step of episode 2, got one of ${answer.episode}.`,
			);
		},
	},
	{
		id: "limits.actions",
		title:
			"An episode ends at the task's limit of counted actions at the latest, with a score; the reply tells why.",
		contract:
			"the service: list tasks: limits; rule 7: budgets are steps, never wall time",
		counterpart: "Gymnasium: truncated at max_episode_steps",
		slow: true,
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const { max_actions: most } = context.task;
			const waiting = context.task.actions.find(
				(spec) => spec.arguments.length === 0 && !spec.free,
			);
			const seat = await context.open();
			for (const action of pass.slice(0, quick))
				await seat.step(action).catch(() => {});
			const action = waiting ? { [waiting.name]: {} } : (pass[quick] as Action);
			for (;;) {
				const { step, result, truncated } = await seat.step(action);
				expect(
					step <= most,
					`expected at most ${most} counted actions, got step ${step}.`,
				);
				if (!result) continue;
				expect(
					result.score !== undefined &&
						(truncated
							? result.end_reason === "END_REASON_ACTION_LIMIT" && step === most
							: result.end_reason === "END_REASON_LAST_STEP"),
					`expected a score and the limit of ${most} actions or the task's last step as the reason, got ${result.end_reason} at step ${step}.`,
				);
				return;
			}
		},
	},
];

async function ended(context: TaskContext): Promise<Seat> {
	const seat = await context.open();
	await seat.finish();
	return seat;
}
