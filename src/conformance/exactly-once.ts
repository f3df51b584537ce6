import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import { namesOf, unlawfulActions } from "./actions.js";
import { expect, expectRefusal, expectSame, type Rule } from "./rule.js";
import { fixed, type Seat, type TaskContext } from "./task-context.js";

/** A step may carry a request number; numbers rise. */
export const exactlyOnce: readonly Rule[] = [
	{
		id: "exactly-once.repeat",
		title:
			"The same number with the same action gives the stored answer, and no second step is taken.",
		contract: "rule 2: exactly once",
		counterpart: "none: their steps have no numbers",
		of: "task",
		async check(context) {
			const { seat, action } = await ready(context);
			const one = await seat.step(action, { request_number: "10" });
			expect(!one.replayed, "the first answer: expected replayed false.");
			const two = await seat.step(action, { request_number: "10" });
			expectSame(fixed(two), fixed(one), "the repeated answer");
			expect(two.replayed, "the repeated answer: expected replayed true.");
			await expectStep(seat, one.step, "after the repeated call");
		},
	},
	{
		id: "exactly-once.mismatch",
		title:
			"The same number with another action is REQUEST_MISMATCH, and nothing changes.",
		contract: "rule 2: with another action it is INVALID_ARGUMENT",
		counterpart: "none: their steps have no numbers",
		of: "task",
		async check(context) {
			const { seat, action, other } = await ready(context);
			const { step } = await seat.step(action, { request_number: "10" });
			await expectRefusal(
				seat.step(other, { request_number: "10" }),
				"another action under the same number",
				{ code: "INVALID_ARGUMENT", reason: "REQUEST_MISMATCH" },
			);
			await expectStep(seat, step, "after the refused call");
		},
	},
	{
		id: "exactly-once.passed",
		title:
			"Gaps between numbers are fine; a lower number is REQUEST_NUMBER_PASSED, and nothing changes.",
		contract: "rule 2: a lower number is FAILED_PRECONDITION",
		counterpart: "none: their steps have no numbers",
		of: "task",
		async check(context) {
			const { seat, action } = await ready(context);
			await seat.step(action, { request_number: "10" });
			const { step } = await seat.step(action, {
				request_number: "9000000000000000001",
			});
			for (const number of ["9000000000000000000", "10", "0"])
				await expectRefusal(
					seat.step(action, { request_number: number }),
					`number ${number} after 9000000000000000001`,
					{ code: "FAILED_PRECONDITION", reason: "REQUEST_NUMBER_PASSED" },
				);
			await expectStep(seat, step, "after the refused calls");
			const { session } = await seat.get();
			expect(
				session?.last_request_number === "9000000000000000001",
				`expected last_request_number 9000000000000000001, got ${session?.last_request_number}.`,
			);
		},
	},
	{
		id: "exactly-once.refused",
		title: "A refused action does not use its number up.",
		contract: "rule 5: costs nothing",
		counterpart: "none: their steps have no numbers",
		of: "task",
		async check(context) {
			const { seat, action } = await ready(context);
			const wrong = context.task.actions.flatMap(
				(spec) => unlawfulActions(spec, namesOf(spec, seat.first))[0] ?? [],
			)[0];
			const refused = wrong
				? seat.step(wrong.action, { request_number: "10" })
				: seat.step(null, { request_number: "10" });
			await refused.then(
				() => {},
				() => {},
			);
			const answer = await seat.step(action, { request_number: "10" });
			expect(!answer.replayed, "expected a new answer, got a stored one.");
		},
	},
	{
		id: "exactly-once.reset",
		title:
			"Resets share the numbers: the same number with the same contents gives the stored answer, and no second episode begins.",
		contract: "rule 2: exactly once; request numbers run on over episodes",
		counterpart: "none: their resets have no numbers",
		of: "task",
		async check(context) {
			const { seat, action } = await ready(context);
			await seat.step(action, { request_number: "10" });
			const request = { seed: "3", request_number: "11" };
			const one = await seat.reset(request);
			const two = await seat.reset(request);
			expect(
				one.session?.episode === 2 && two.session?.episode === 2,
				`expected episode 2 twice, got ${one.session?.episode} and ${two.session?.episode}.`,
			);
			expectSame(two.observation, one.observation, "the repeated reset");
			await expectRefusal(
				seat.reset({ seed: "4", request_number: "11" }),
				"a reset with another seed under the same number",
				{ code: "INVALID_ARGUMENT", reason: "REQUEST_MISMATCH" },
			);
			await expectRefusal(
				seat.step(action, { request_number: "10" }),
				"the number of a step of the episode before",
				{ code: "FAILED_PRECONDITION", reason: "REQUEST_NUMBER_PASSED" },
			);
		},
	},
	{
		id: "exactly-once.together",
		title:
			"Eight calls at once with one number and action are one step, and all get its answer.",
		contract: "rule 2: or waits for the running one",
		counterpart: "none: their steps have no numbers",
		of: "task",
		async check(context) {
			const { seat, action } = await ready(context);
			const answers = await Promise.all(
				Array.from({ length: 8 }, () =>
					seat.step(action, { request_number: "10" }),
				),
			);
			for (const answer of answers)
				expectSame(fixed(answer), fixed(answers[0] as never), "the answers");
			await expectStep(seat, answers[0]?.step ?? 0, "after the eight calls");
		},
	},
	{
		id: "exactly-once.after-the-end",
		title:
			"The stored answer of the last step is given also after the end of the episode and of the session.",
		contract: "rule 2: the last one is kept, also after the end",
		counterpart: "none: their steps have no numbers",
		of: "task",
		async check(context) {
			const { seat, action } = await ready(context);
			const one = await seat.step(action, { request_number: "10" });
			await seat.finish();
			const two = await seat.step(action, { request_number: "10" });
			expectSame(fixed(two), fixed(one), "the repeated answer after the end");
			await seat.close();
			const three = await seat.step(action, { request_number: "10" });
			expectSame(
				fixed(three),
				fixed(one),
				"the repeated answer after the session's end",
			);
		},
	},
];

/** A session in which a counted action can be taken that is done at once, and another action. */
async function ready(
	context: TaskContext,
): Promise<{ seat: Seat; action: Action; other: Action }> {
	const { pass, quick, harmless } = await context.explore();
	const seat = await context.open();
	for (const action of pass.slice(0, quick))
		await seat.step(action).catch(() => {});
	const action = pass[quick] as Action;
	const other = (harmless.find((each) => each !== action) ??
		pass.find((each) => each !== action) ??
		{}) as Action;
	return { seat, action, other };
}

async function expectStep(
	seat: Seat,
	step: number,
	when: string,
): Promise<void> {
	const { session } = await seat.get();
	expect(
		session?.step === step,
		`${when}: expected the session at step ${step}, got ${session?.step}.`,
	);
}
