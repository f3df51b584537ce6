import { envService } from "../../clients/typescript/low-level.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { SessionEvent__Output } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import { nameOf } from "./exploration.js";
import {
	expect,
	expectRefusal,
	expectSame,
	NotApplicable,
	type Rule,
} from "./rule.js";
import {
	playAll,
	type Seat,
	type TaskContext,
	type Told,
} from "./task-context.js";

/** Events that a session keeps; from the contract. */
const KEPT_EVENTS = 10_000;
/** A reset that takes longer is not repeated thousands of times. */
const CHEAP_RESET_MS = 4;

/** The session's events, for dashboards and second observers. */
export const watch: readonly Rule[] = [
	{
		id: "watch.events",
		title:
			"Events count from 0 without a gap and tell the start, each action, what it came to and the end, as the caller was answered.",
		contract: "the service: watch",
		counterpart: "none",
		of: "task",
		async check(context) {
			const { seat, actions, answers } = await played(context);
			const events = await allEvents(seat);
			events.forEach(({ offset }, index) => {
				expect(
					offset === String(index),
					`expected event ${index} next, got ${offset}.`,
				);
			});
			expectSame(
				events[0]?.episode_started?.observation,
				seat.first,
				"the first event's observation",
			);
			const taken = actions.filter((_, index) => isCounted(answers, index));
			expectSame(
				events.flatMap(({ action_started }) =>
					action_started?.action ? [action_started.action.action] : [],
				),
				taken.map(nameOf),
				"the actions of the events",
			);
			const completed = events.flatMap(
				({ action_completed }) => action_completed ?? [],
			);
			const told = answers.flatMap((each, index) =>
				"answer" in each && isCounted(answers, index) ? [each.answer] : [],
			);
			for (const [index, answer] of told.entries()) {
				const { step, observation, reward, reward_breakdown, info } = answer;
				const event = completed[index];
				expectSame(
					[
						event?.step,
						event?.observation,
						event?.reward,
						event?.reward_breakdown,
						event?.info,
					],
					[step, observation, reward, reward_breakdown, info],
					`what action ${index + 1} came to, as its event tells`,
				);
			}
			const { result } = await seat.finish();
			const [ended] = (await allEvents(seat)).flatMap(
				({ episode_ended }) => episode_ended ?? [],
			);
			expectSame(ended?.result, result, "the result that the events tell");
		},
	},
	{
		id: "watch.offset",
		title:
			"From any kept offset on come the same events; an offset still to come waits for it.",
		contract: "the service: watch: from any offset",
		counterpart: "none",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const { seat } = await played(context);
			const all = await allEvents(seat);
			const middle = Math.floor(all.length / 2);
			expectSame(
				await seat.events(all.length - middle, String(middle)),
				all.slice(middle),
				`the events from offset ${middle} on`,
			);
			const coming = seat.events(1, String(all.length));
			coming.catch(() => {});
			await seat.step(pass[quick] as Action).catch(() => seat.finish());
			const [next] = await coming;
			expect(
				next?.offset === String(all.length),
				`expected event ${all.length} when it comes, got ${next?.offset}.`,
			);
		},
	},
	{
		id: "watch.end",
		title:
			"A watch that is open ends with the session, whose end is the last event; a later one gets all and ends too.",
		contract: "the service: watch: it ends when the session ends",
		counterpart: "none",
		of: "task",
		async check(context) {
			const seat = await context.open();
			const open = seat.events(1000, "0");
			open.catch(() => {});
			const one = await seat.events(1, "0");
			await seat.close();
			for (const events of [await open, await seat.events(1000, "0")]) {
				expectSame(events[0], one[0], "the first event");
				expect(
					Boolean(events.at(-1)?.session_ended),
					`expected the session's end as the last event, got ${events.at(-1)?.event}.`,
				);
			}
		},
	},
	{
		id: "watch.replay",
		title:
			"The actions that the events tell, taken in a new session of that seed, give the same observations and rewards.",
		contract: "rule 1: deterministic; watch",
		counterpart: "none",
		of: "task",
		async check(context) {
			const { seat } = await played(context);
			const events = await allEvents(seat);
			const { seed, split } = events[0]?.episode_started ?? {};
			const twin = await context.open({
				...(seed !== undefined && { seed }),
				...(split && { split }),
			});
			const completed = events.flatMap(
				({ action_completed }) => action_completed ?? [],
			);
			const actions = events.flatMap(
				({ action_started }) => action_started?.action ?? [],
			);
			for (const [index, action] of actions.entries()) {
				const answer = await twin.step(action as Action);
				expectSame(
					[answer.observation, answer.reward],
					[completed[index]?.observation, completed[index]?.reward],
					`action ${index + 1}, taken again`,
				);
			}
		},
	},
	{
		id: "watch.dropped",
		title:
			"Events before the last 10,000 are OUT_OF_RANGE, with the oldest offset that is kept.",
		contract:
			"close, list, get: watch keeps 10,000 events; earlier ones are OUT_OF_RANGE",
		counterpart: "none",
		slow: true,
		of: "task",
		async check(context) {
			const seat = await context.open();
			// The quickest tells what a reset takes; the others may have been held up.
			let each = Number.POSITIVE_INFINITY;
			for (let reset = 0; reset < 20; reset++) {
				const started = performance.now();
				await seat.reset({ seed: "1" });
				each = Math.min(each, performance.now() - started);
			}
			if (each > CHEAP_RESET_MS)
				throw new NotApplicable(
					`a reset takes ${each.toFixed(1)} ms, too long for the thousands that it needs`,
				);
			for (let offset = 0; offset <= KEPT_EVENTS; ) {
				const { session } = await seat.reset({ seed: "1" });
				offset = Number(session?.next_event_offset);
			}
			const { session } = await seat.get();
			const oldest = Number(session?.next_event_offset) - KEPT_EVENTS;
			const error = await expectRefusal(
				context.server.client
					.stream(envService.Watch, { session_id: seat.id, from_offset: "0" })
					.next(),
				"a watch from offset 0",
				{ code: "OUT_OF_RANGE", reason: "EVENTS_DROPPED" },
			);
			expect(
				error.metadata.oldest_offset === String(oldest),
				`expected oldest_offset ${oldest}, got ${error.metadata.oldest_offset}.`,
			);
			const [first] = await seat.events(1, String(oldest));
			expect(
				first?.offset === String(oldest),
				`expected event ${oldest} to be kept, got ${first?.offset}.`,
			);
		},
	},
];

/** A session in which each action was taken once, but for those that end the episode. */
async function played(context: TaskContext): Promise<{
	seat: Seat;
	actions: readonly Action[];
	answers: Told[];
}> {
	const { harmless } = await context.explore();
	const seat = await context.open();
	return { seat, actions: harmless, answers: await playAll(seat, harmless) };
}

async function allEvents(seat: Seat): Promise<SessionEvent__Output[]> {
	const { session } = await seat.get();
	return seat.events(Number(session?.next_event_offset), "0");
}

/** Whether an action was a step: free and refused ones are not told. */
function isCounted(answers: readonly Told[], index: number): boolean {
	const stepOf = (each: Told | undefined) =>
		each && "answer" in each ? each.answer.step : undefined;
	const before = answers
		.slice(0, index)
		.reduce((step, each) => stepOf(each) ?? step, 0);
	const own = stepOf(answers[index]);
	return own !== undefined && own > before;
}
