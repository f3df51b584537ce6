import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionEvent } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import { NightshiftError } from "../errors.js";
import type { Session } from "./session.js";
import {
	add,
	bare,
	caller,
	collect,
	createWorld,
	defaultOptions,
	episodeStart,
	flat,
	impossible,
	nameOf,
	openSession,
	patient,
	refused,
	resetCall,
	run,
	SCORE_ONLY,
	status,
	stepCall,
	submit,
} from "./testing.js";

/** A session of its own, with its world. */
async function open(
	rules: Parameters<typeof createWorld>[0] = {},
	changes: Parameters<typeof openSession>[1] = {},
) {
	const world = createWorld(rules);
	return { ...world, session: await openSession(world, changes) };
}

const step = (
	session: Session,
	asked: Parameters<typeof stepCall>[0],
	number?: number,
	by = patient,
) => session.step(stepCall(asked, number), by);

const eventsOf = (session: Session): SessionEvent[] => [
	...session.record.events.kept,
];

/** Plays the last of some numbered actions with its caller leaving while the epoch that follows `epochs` more is held. */
async function cut(
	{ session, environment }: Awaited<ReturnType<typeof open>>,
	asked: Parameters<typeof stepCall>[0],
	number: number | undefined,
	epochs = 0,
) {
	environment.epochGate.shut();
	const leaver = caller();
	const left = step(session, asked, number, leaver);
	for (let done = 0; done < epochs; done++) {
		await environment.epochGate.holds();
		environment.epochGate.letOn();
	}
	await environment.epochGate.holds();
	leaver.leave();
	await assert.rejects(left, refused("CALL_CANCELLED"));
	environment.epochGate.open();
}

test("The same number with the same action gives the stored answer, and nothing happens twice.", async () => {
	const { session, environment } = await open();
	const first = await step(session, run(2), 1);
	const events = session.events.nextOffset;
	const again = await step(session, run(2), 1);
	assert.deepEqual(bare(again), bare(first));
	assert.equal(first.replayed, false);
	assert.equal(again.replayed, true);
	assert.deepEqual(again.timing, { queue_ms: 0, compute_ms: 0 });
	assert.deepEqual(environment.performed, ["run"]);
	assert.equal(session.events.nextOffset, events);
	assert.equal(session.record.episode.step, 1);
});

test("The stored answer outlives the episode and the session.", async () => {
	const { session } = await open();
	const last = await step(session, submit, 3);
	assert.deepEqual(bare(await step(session, submit, 3)), bare(last));
	await session.close();
	const after = await step(session, submit, 3);
	assert.deepEqual(bare(after), bare(last));
	assert.equal(after.replayed, true);
});

test("The same number with another action is refused, also while it runs, after it was cut, and after the end.", async () => {
	const world = await open();
	const { session, environment } = world;
	const mismatch = refused("REQUEST_MISMATCH", /Request number \d/);
	await step(session, add(1), 1);
	await assert.rejects(step(session, add(2), 1), mismatch);
	await assert.rejects(session.reset(resetCall("1", 1), patient), mismatch);

	environment.epochGate.shut();
	const running = step(session, run(1), 2);
	await environment.epochGate.holds();
	await assert.rejects(step(session, run(2), 2), mismatch);
	environment.epochGate.open();
	await running;

	await cut(world, run(2), 3);
	await assert.rejects(step(session, run(3), 3), mismatch);

	await session.finish(patient);
	await assert.rejects(step(session, add(1), 4), refused("EPISODE_ENDED"));
	await assert.rejects(step(session, run(2), 2), mismatch);
	assert.equal(session.record.episode.step, 2);
});

test("A lower number is refused and gaps are fine, up to 2^64-1.", async () => {
	const { session } = await open();
	await step(session, add(1), 0);
	await step(session, add(1), 10);
	for (const number of [0, 9])
		await assert.rejects(
			step(session, add(1), number),
			refused("REQUEST_NUMBER_PASSED", /taken 10/),
		);
	const greatest = { ...stepCall(add(1)), number: "18446744073709551615" };
	await session.step(greatest, patient);
	assert.equal((await session.step(greatest, patient)).replayed, true);
	await assert.rejects(
		session.step({ ...greatest, number: "18446744073709551614" }, patient),
		refused("REQUEST_NUMBER_PASSED"),
	);
	assert.equal(session.message().last_request_number, "18446744073709551615");
});

test("The same number joins the running step: it runs once, both are told progress and get one answer.", async () => {
	const { session, environment } = await open();
	environment.epochGate.shut();
	const told: string[] = [];
	const listener = (name: string) => ({
		signal: patient.signal,
		onProgress: () => told.push(name),
	});
	const first = step(session, run(1), 1, listener("first"));
	await environment.epochGate.holds();
	const second = step(session, run(1), 1, listener("second"));
	// The second has to be in before the work goes on.
	await assert.rejects(step(session, add(1)), refused("SESSION_BUSY"));
	environment.epochGate.open();
	const [one, other] = await Promise.all([first, second]);
	assert.deepEqual(one, other);
	assert.equal(one.replayed, false);
	assert.deepEqual(told, ["first", "second"]);
	assert.deepEqual(environment.performed, ["run"]);
});

test("Both may ask at the very same moment, too.", async () => {
	const { session, environment } = await open();
	const [one, other] = await Promise.all([
		step(session, run(1), 1),
		step(session, run(1), 1),
	]);
	assert.deepEqual(one, other);
	assert.deepEqual(environment.performed, ["run"]);
});

test("A step that was cut off is taken up by its number and comes to what an uncut one comes to, however often it is cut.", async () => {
	const uncut = await open();
	await step(uncut.session, run(1), 1);
	const expected = await step(uncut.session, run(4), 2);
	const after = await step(uncut.session, submit, 3);

	const world = await open();
	await step(world.session, run(1), 1);
	await cut(world, run(4), 2, 1);
	await cut(world, run(4), 2, 0);
	await cut(world, run(4), 2, 2);
	const taken = await step(world.session, run(4), 2);
	assert.deepEqual(bare(taken), bare(expected));
	assert.equal(taken.replayed, false);
	assert.deepEqual(bare(await step(world.session, run(4), 2)), bare(expected));
	assert.deepEqual(bare(await step(world.session, submit, 3)), bare(after));
});

test("A step cut off in the last epoch of the budget is taken up, though its budget is spent already.", async () => {
	for (const asked of [run(3), flat(1)]) {
		const budget = asked === run(3) ? 3 : 1;
		const uncut = await open({ budget });
		const expected = await step(uncut.session, asked, 1);
		const world = await open({ budget });
		await cut(world, asked, 1, budget - 1);
		assert.deepEqual(bare(await step(world.session, asked, 1)), bare(expected));
		assert.equal(world.session.record.episode.freeCalls, 0);
	}
});

test("A cut step keeps its whole epochs, and the cut one stays charged when another action follows.", async () => {
	const world = await open();
	const { session } = world;
	await cut(world, run(5), 1, 2);
	assert.deepEqual(session.describe().observation.training, {
		current_epoch: 2,
		remaining_budget: 97,
		val_loss_history_last_10:
			session.describe().observation.training?.val_loss_history_last_10,
	});
	const answer = await step(session, run(1), 2);
	assert.equal(answer.observation?.training?.current_epoch, 3);
	assert.equal(answer.observation?.training?.remaining_budget, 96);
	assert.equal(answer.step, 1);
	await assert.rejects(
		step(session, run(5), 1),
		refused("REQUEST_NUMBER_PASSED"),
	);
});

test("A number that was cut off and given up for a call without one is passed, and does not run again.", async () => {
	const world = await open();
	const { session } = world;
	await step(session, add(1), 4);
	await cut(world, run(2), 5);
	assert.equal(session.message().last_request_number, "5");
	await step(session, add(1));
	assert.equal(session.message().last_request_number, "5");
	await assert.rejects(
		step(session, run(2), 5),
		refused("REQUEST_NUMBER_PASSED"),
	);
	assert.equal((await step(session, add(1), 6)).step, 3);
});

test("A cut step without a number is given up, and its epoch stays charged.", async () => {
	const world = await open();
	const { session } = world;
	await cut(world, run(3), undefined);
	const answer = await step(session, run(3));
	assert.equal(answer.observation?.training?.current_epoch, 3);
	assert.equal(answer.observation?.training?.remaining_budget, 96);
	assert.deepEqual(eventsOf(session).map(nameOf), [
		"episode_started",
		"action_started",
		"action_interrupted",
		"action_started",
		"progress",
		"progress",
		"progress",
		"action_completed",
	]);
});

test("A refused action does not use its number up, changes nothing and is not told as an event.", async () => {
	const { session } = await open();
	const before = session.describe();
	await assert.rejects(step(session, run(21), 1), (error) => {
		assert.ok(refused("INVALID_FIELD")(error));
		assert.equal(
			(error as NightshiftError).violations[0]?.field,
			"action.run_epochs.num_epochs",
		);
		return true;
	});
	await assert.rejects(
		step(session, impossible, 1),
		refused("ACTION_NOT_POSSIBLE"),
	);
	assert.deepEqual(session.describe(), before);
	assert.equal((await step(session, add(1), 1)).step, 1);
});

test("A step whose worker was lost goes on from its last whole epoch, by its number.", async () => {
	const uncut = await open();
	const expected = await step(uncut.session, run(3), 1);
	const { session, environment } = await open();
	environment.epochGate.shut();
	const lost = step(session, run(3), 1);
	await environment.epochGate.holds();
	environment.epochGate.letOn();
	await environment.epochGate.holds();
	environment.failure = new NightshiftError("WORKER_LOST", "lost");
	environment.epochGate.open();
	await assert.rejects(lost, refused("WORKER_LOST"));
	assert.equal(session.message().state, "SESSION_STATE_IDLE");
	assert.equal(session.describe().observation.training?.current_epoch, 1);
	assert.deepEqual(bare(await step(session, run(3), 1)), bare(expected));
});

test("A second action meanwhile is refused and harms nothing.", async () => {
	const uncut = await open();
	const expected = await step(uncut.session, run(2), 1);
	const { session, environment } = await open();
	environment.epochGate.shut();
	const running = step(session, run(2), 1);
	await environment.epochGate.holds();
	const busy = refused("SESSION_BUSY");
	assert.equal(session.message().state, "SESSION_STATE_RUNNING");
	await assert.rejects(step(session, add(1)), busy);
	await assert.rejects(step(session, add(1), 2), busy);
	await assert.rejects(step(session, submit, 3), busy);
	await assert.rejects(session.finish(patient), busy);
	await assert.rejects(session.reset(resetCall("8"), patient), busy);
	await assert.rejects(session.reset(resetCall("8", 9), patient), busy);
	environment.epochGate.open();
	assert.deepEqual(bare(await running), bare(expected));
	assert.equal((await step(session, add(1), 2)).step, 2);
});

test("Of two equal actions without a number at the same moment, one is refused.", async () => {
	const { session, environment } = await open();
	const results = await Promise.allSettled([
		step(session, run(1)),
		step(session, run(1)),
	]);
	assert.deepEqual(
		results.map(({ status }) => status),
		["fulfilled", "rejected"],
	);
	assert.ok(
		refused("SESSION_BUSY")((results[1] as PromiseRejectedResult).reason),
	);
	assert.deepEqual(environment.performed, ["run"]);
});

test("Status answers while a step runs, with the last whole epoch; it takes no number, is not counted and not recorded.", async () => {
	const { session, environment } = await open();
	environment.epochGate.shut();
	const running = step(session, run(3), 1);
	await environment.epochGate.holds();
	environment.epochGate.letOn();
	await environment.epochGate.holds();
	const events = session.events.nextOffset;
	for (const number of [undefined, 1, 99]) {
		const answer = await step(session, status, number);
		assert.equal(answer.observation?.training?.current_epoch, 1);
		assert.equal(answer.reward, 0);
		assert.equal(answer.step, 0);
		assert.equal(answer.replayed, false);
	}
	assert.equal(session.describe().observation.training?.current_epoch, 1);
	assert.equal(session.events.nextOffset, events);
	environment.epochGate.open();
	assert.equal((await running).step, 1);
	assert.equal(session.message().last_request_number, "1");
	assert.deepEqual(environment.performed, ["run"]);
});

test("A flat action that is masked counts as waiting: it is free and does not use its number up.", async () => {
	const { session } = await open({ budget: 1 });
	await step(session, flat(1), 1);
	const masked = await step(session, flat(1), 2);
	assert.equal(masked.step, 1);
	assert.equal(masked.reward, 0);
	assert.equal((await step(session, flat(1), 1)).replayed, true);
	assert.equal((await step(session, submit, 2)).terminated, true);
});

test("A flat action that becomes masked while it waits for a cut one to stop is free too, and the cut one can be taken up.", async () => {
	const { session, environment } = await open({ budget: 1 });
	environment.epochGate.shut();
	const leaver = caller();
	const left = step(session, flat(1), 1, leaver);
	await environment.epochGate.holds();
	leaver.leave();
	const masked = await step(session, flat(1), 2);
	await assert.rejects(left, refused("CALL_CANCELLED"));
	assert.equal(masked.step, 0);
	assert.equal(masked.observation?.training?.current_epoch, 0);
	assert.equal(session.record.episode.freeCalls, 1);
	assert.equal(session.message().last_request_number, "1");
	environment.epochGate.open();
	const taken = await step(session, flat(1), 1);
	assert.equal(taken.step, 1);
	assert.equal(taken.observation?.training?.current_epoch, 1);
});

test("The thousandth refused or free call is still answered, and the next one ends the episode with its score.", async () => {
	const { session, environment } = await open();
	await step(session, run(2), 1);
	for (let call = 0; call < 1000; call++) {
		if (call % 2 === 0) await step(session, status);
		else
			await assert.rejects(
				step(session, impossible, 2),
				refused("ACTION_NOT_POSSIBLE"),
			);
	}
	assert.equal(session.record.episode.result, undefined);
	const last = await step(session, impossible, 2);
	assert.equal(last.truncated, true);
	assert.equal(last.terminated, false);
	assert.equal(last.step, 1);
	assert.equal(last.result?.end_reason, "END_REASON_FREE_CALL_LIMIT");
	assert.equal(last.reward, last.result?.score);
	assert.ok((last.result?.score as number) > 0);
	assert.equal((await step(session, impossible, 2)).replayed, true);
	assert.deepEqual(environment.performed, ["run", "grade"]);
	await assert.rejects(step(session, status), refused("EPISODE_ENDED"));
});

test("A status past the limit ends the episode too, but not while a step runs.", async () => {
	const { session, environment } = await open({ freeCallLimit: 2 });
	await step(session, status);
	await step(session, status);
	environment.epochGate.shut();
	const running = step(session, run(1), 1);
	await environment.epochGate.holds();
	assert.equal((await step(session, status)).truncated, false);
	environment.epochGate.open();
	assert.equal((await running).truncated, false);
	const last = await step(session, status);
	assert.equal(last.result?.end_reason, "END_REASON_FREE_CALL_LIMIT");
});

test("An action that counts is taken after the limit of free calls.", async () => {
	const { session } = await open({ freeCallLimit: 1 });
	await step(session, status);
	assert.equal((await step(session, add(1))).truncated, false);
});

test("The last allowed action truncates the episode, and its answer carries the terminal reward once.", async () => {
	const { session } = await open({ actionLimit: 2 });
	const first = await step(session, run(1), 1);
	assert.equal(first.truncated, false);
	const last = await step(session, run(2), 2);
	assert.equal(last.truncated, true);
	assert.equal(last.terminated, false);
	assert.equal(last.step, 2);
	const score = last.result?.score as number;
	assert.ok(score > 0);
	assert.deepEqual(last.reward_breakdown, [
		{ name: "progress", value: 0.5 },
		{ name: "submission", value: score },
	]);
	assert.equal(last.reward, 0.5 + score);
	assert.deepEqual(last.result, {
		episode: 1,
		score,
		terminated: false,
		truncated: true,
		end_reason: "END_REASON_ACTION_LIMIT",
		steps: 2,
		total_reward: 0.75 + score,
		training: { epoch: 3, accuracy_share: score },
	});
	assert.equal((await session.finish(patient)).reward, 0);
	await assert.rejects(step(session, add(1), 3), refused("EPISODE_ENDED"));
});

test("Cut off while the limit's grading runs, the last action is taken up without being done again.", async () => {
	const uncut = await open({ actionLimit: 1 });
	const expected = await step(uncut.session, run(2), 1);
	const { session, environment } = await open({ actionLimit: 1 });
	environment.gradeGate.shut();
	const leaver = caller();
	const left = step(session, run(2), 1, leaver);
	await environment.gradeGate.holds();
	leaver.leave();
	await assert.rejects(left, refused("CALL_CANCELLED"));
	environment.gradeGate.open();
	assert.deepEqual(bare(await step(session, run(2), 1)), bare(expected));
	assert.deepEqual(environment.performed, ["run", "grade", "grade"]);
});

test("Cut off while the limit's grading runs and given up, the last action stays counted and is paid at the end.", async () => {
	const uncut = await open({ actionLimit: 2 });
	await step(uncut.session, run(1), 1);
	const expected = await step(uncut.session, run(2), 2);
	for (const end of ["step", "finish"] as const) {
		const { session, environment } = await open({ actionLimit: 2 });
		await step(session, run(1), 1);
		environment.gradeGate.shut();
		const leaver = caller();
		const left = step(session, run(2), undefined, leaver);
		await environment.gradeGate.holds();
		leaver.leave();
		await assert.rejects(left, refused("CALL_CANCELLED"));
		environment.gradeGate.open();
		const { result, reward } =
			end === "step"
				? await step(session, run(1), 9)
				: await session.finish(patient);
		assert.equal(reward, expected.reward);
		assert.equal(result?.steps, 2);
		assert.equal(result?.total_reward, expected.result?.total_reward);
		assert.equal(
			environment.performed.filter((name) => name === "run").length,
			2,
		);
	}
});

test("An action that ends the episode itself terminates it; after it a step is refused and pays nothing.", async () => {
	const { session } = await open();
	await step(session, run(2));
	const last = await step(session, submit);
	assert.equal(last.terminated, true);
	assert.equal(last.truncated, false);
	assert.equal(last.result?.end_reason, "END_REASON_SUBMITTED");
	assert.equal(session.message().state, "SESSION_STATE_EPISODE_ENDED");
	const before = session.describe();
	for (const asked of [run(1), status, submit, impossible, flat(1)])
		await assert.rejects(step(session, asked), refused("EPISODE_ENDED"));
	assert.deepEqual(session.describe(), before);
});

test("Finish truncates and grades; asked again it gives the same result and no reward.", async () => {
	const { session, environment } = await open();
	await step(session, run(2));
	const first = await session.finish(patient);
	assert.equal(first.result?.truncated, true);
	assert.equal(first.result?.terminated, false);
	assert.equal(first.result?.end_reason, "END_REASON_FINISHED");
	assert.equal(first.reward, first.result?.score);
	assert.deepEqual(first.timing, { queue_ms: 1, compute_ms: 2 });
	const second = await session.finish(patient);
	assert.deepEqual(second.result, first.result);
	assert.deepEqual(second.observation, first.observation);
	assert.equal(second.reward, 0);
	assert.deepEqual(second.reward_breakdown, []);
	assert.deepEqual(environment.performed, ["run", "grade"]);
	await session.close();
	assert.deepEqual((await session.finish(patient)).result, first.result);
});

test("Finish after a submission gives that result, as terminated.", async () => {
	const { session } = await open();
	const { result } = await step(session, submit);
	const finished = await session.finish(patient);
	assert.deepEqual(finished.result, result);
	assert.equal(finished.result?.terminated, true);
});

test("Two finishes at the same moment share one grading; one whose caller leaves changes nothing.", async () => {
	const { session, environment } = await open();
	environment.gradeGate.shut();
	const leaver = caller();
	const left = session.finish(leaver);
	await environment.gradeGate.holds();
	leaver.leave();
	await assert.rejects(left, refused("CALL_CANCELLED"));
	assert.equal(session.record.episode.result, undefined);
	const both = [session.finish(patient), session.finish(patient)];
	await environment.gradeGate.holds();
	environment.gradeGate.open();
	const [one, other] = await Promise.all(both);
	assert.deepEqual(one, other);
	assert.deepEqual(environment.performed, ["grade", "grade"]);
});

test("In shaped mode the parts make the reward and the rewards make the total; in score mode the sum is the score.", async () => {
	for (const rewardMode of ["shaped", "score"] as const) {
		const { session } = await open(
			{},
			{ options: { ...defaultOptions, rewardMode } },
		);
		const answers = [
			await step(session, run(3)),
			await step(session, add(5)),
			await step(session, submit),
		];
		const rewards = answers.map(({ reward }) => reward as number);
		const result = answers[2]?.result;
		const score = result?.score as number;
		assert.ok(score > 0);
		assert.equal(
			result?.total_reward,
			rewards.reduce((sum, reward) => sum + reward, 0),
		);
		for (const { reward, reward_breakdown } of answers)
			assert.equal(
				reward_breakdown?.reduce(
					(sum, { value }) => sum + (value as number),
					0,
				),
				reward,
			);
		if (rewardMode === "shaped") assert.deepEqual(rewards, [0.75, 0, score]);
		else {
			assert.deepEqual(rewards, [0, 0, score]);
			assert.deepEqual(answers[0]?.reward_breakdown, []);
			assert.deepEqual(answers[2]?.reward_breakdown, [
				{ name: "score", value: score },
			]);
		}
	}
});

test("Observations come in the views that were asked for, in every answer and event.", async () => {
	for (const views of [
		["typed"],
		["flat"],
		["text"],
		["typed", "flat", "text"],
	] as const) {
		const { session } = await open(
			{},
			{ options: { ...defaultOptions, views } },
		);
		const names: Readonly<Record<string, string>> = { typed: "training" };
		const expected = views.map((view) => names[view] ?? view);
		const answer = await step(session, run(1));
		const finished = await session.finish(patient);
		for (const observation of [
			answer.observation,
			finished.observation,
			session.describe().observation,
			...eventsOf(session).flatMap(({ episode_started, action_completed }) => {
				const told = episode_started ?? action_completed;
				return told ? [told.observation] : [];
			}),
		])
			assert.deepEqual(Object.keys(observation ?? {}), expected);
	}
});

test("Closing cancels the running step, ends the episode ungraded and stays closed.", async () => {
	const { session, environment } = await open();
	environment.epochGate.shut();
	const running = step(session, run(2), 1);
	await environment.epochGate.holds();
	await Promise.all([
		assert.rejects(running, refused("CALL_CANCELLED", /closed/)),
		session.close(),
	]);
	const { session: message, observation } = session.describe();
	assert.equal(message.state, "SESSION_STATE_ENDED");
	assert.equal(message.lease_expire_time, undefined);
	assert.equal(message.result?.end_reason, "END_REASON_ABANDONED");
	assert.equal(message.result?.truncated, true);
	assert.equal(message.result?.score, undefined);
	assert.equal(observation.training?.current_epoch, 0);
	assert.deepEqual(
		(await collect(session.watch(undefined, patient.signal))).map(nameOf),
		[
			"episode_started",
			"action_started",
			"action_interrupted",
			"episode_ended",
			"session_ended",
		],
	);
	await session.close();
	assert.equal(eventsOf(session).length, 5);
	const ended = refused("SESSION_ENDED");
	await assert.rejects(step(session, add(1)), ended);
	await assert.rejects(step(session, status), ended);
	await assert.rejects(
		step(session, run(2), 1),
		refused("REQUEST_NUMBER_PASSED"),
	);
	await assert.rejects(session.reset(resetCall("1"), patient), ended);
	assert.throws(() => session.renewLease(undefined), ended);
	assert.equal((await session.finish(patient)).reward, 0);
	assert.deepEqual(environment.performed, ["run"]);
});

test("A reset that waits for cut work while the session is closed starts nothing.", async () => {
	const { session, environment } = await open();
	environment.epochGate.shut();
	const leaver = caller();
	const left = step(session, run(2), 1, leaver);
	await environment.epochGate.holds();
	leaver.leave();
	const waiting = session.reset(resetCall("8"), patient);
	const closing = session.close();
	await assert.rejects(left);
	const [reset] = await Promise.allSettled([waiting, closing]);
	if (reset.status === "rejected")
		assert.ok(refused("SESSION_ENDED")(reset.reason));
	assert.equal(session.message().state, "SESSION_STATE_ENDED");
	assert.equal(
		nameOf(eventsOf(session).at(-1) as SessionEvent),
		"session_ended",
	);
	assert.notEqual(session.record.episode.result, undefined);
});

test("However close together a reset and a close come, nothing comes after the session's end.", async () => {
	for (let turns = 0; turns < 12; turns++) {
		const { session } = await open();
		const resetting = session.reset(resetCall("8"), patient).catch((error) => {
			assert.ok(refused("SESSION_ENDED")(error));
		});
		for (let turn = 0; turn < turns; turn++) await Promise.resolve();
		await Promise.all([session.close(), resetting]);
		const last = eventsOf(session).at(-1) as SessionEvent;
		assert.equal(nameOf(last), "session_ended", `after ${turns} turns`);
		assert.equal(last.episode, session.record.episode.number);
		assert.notEqual(session.record.episode.result, undefined);
		assert.equal(session.record.episode.state, undefined);
	}
});

test("Closing a session whose finish is being graded ends it ungraded.", async () => {
	const { session, environment } = await open();
	environment.gradeGate.shut();
	const finishing = session.finish(patient);
	await environment.gradeGate.holds();
	const closing = session.close();
	await assert.rejects(finishing, refused("CALL_CANCELLED", /closed/));
	await closing;
	assert.equal(session.message().result?.end_reason, "END_REASON_ABANDONED");
});

test("Reset starts the next episode: it counts from 1 on, numbers and offsets run on, and what was under way is abandoned ungraded.", async () => {
	const { session } = await open();
	await step(session, run(2), 1);
	const offset = session.events.nextOffset;
	const answer = await session.reset(resetCall("9", 2), patient);
	assert.equal(answer.session?.episode, 2);
	assert.equal(answer.session?.seed, "9");
	assert.equal(answer.session?.step, 0);
	assert.equal(answer.session?.result, undefined);
	assert.equal(answer.observation?.training?.current_epoch, 0);
	const told = eventsOf(session).slice(offset);
	assert.deepEqual(
		told.map((event) => [event.offset, event.episode, nameOf(event)]),
		[
			[offset, 1, "episode_ended"],
			[offset + 1, 2, "episode_started"],
		],
	);
	assert.equal(
		told[0]?.episode_ended?.result?.end_reason,
		"END_REASON_ABANDONED",
	);
	await assert.rejects(
		step(session, run(2), 1),
		refused("REQUEST_NUMBER_PASSED"),
	);
	const next = await step(session, run(1), 3);
	assert.equal(next.episode, 2);
	assert.equal(next.step, 1);
	const other = await open({}, { start: episodeStart("9") });
	assert.deepEqual(bare(next), {
		...bare(await step(other.session, run(1), 3)),
		episode: 2,
	});
});

test("A reset's answer tells its own number, that the session is idle, and its lease.", async () => {
	const { session, clock } = await open();
	const answer = await session.reset(
		resetCall("9", 5, { ...defaultOptions, leaseMs: 30_000 }),
		patient,
	);
	assert.equal(answer.session?.last_request_number, "5");
	assert.equal(answer.session?.state, "SESSION_STATE_IDLE");
	assert.deepEqual(answer.session?.lease_expire_time, {
		seconds: clock.now() / 1000 + 30,
		nanos: 0,
	});
	assert.deepEqual({ ...session.message() }, { ...answer.session });
});

test("Reset is exactly once too: stored, joined while it runs, and its number is passed afterwards.", async () => {
	const { session, environment } = await open();
	environment.startGate.shut();
	const first = session.reset(resetCall("9", 1), patient);
	await environment.startGate.holds();
	const second = session.reset(resetCall("9", 1), patient);
	await assert.rejects(
		session.reset(resetCall("9"), patient),
		refused("SESSION_BUSY"),
	);
	environment.startGate.open();
	const [one, other] = await Promise.all([first, second]);
	assert.deepEqual(one, other);
	assert.equal(session.record.episode.number, 2);
	assert.deepEqual(await session.reset(resetCall("9", 1), patient), one);
	assert.equal(session.record.episode.number, 2);
	await assert.rejects(
		session.reset(resetCall("10", 1), patient),
		refused("REQUEST_MISMATCH"),
	);
	await assert.rejects(
		session.reset(resetCall("9", 0), patient),
		refused("REQUEST_NUMBER_PASSED"),
	);
});

test("Reset can change task and options.", async () => {
	const { session } = await open();
	const answer = await session.reset(
		{
			...resetCall("9"),
			start: episodeStart("9", SCORE_ONLY),
			options: { rewardMode: "score", views: ["text"], leaseMs: 60_000 },
		},
		patient,
	);
	assert.equal(answer.session?.task_id, SCORE_ONLY);
	assert.deepEqual(answer.session?.options, {
		reward_mode: "REWARD_MODE_SCORE",
		views: ["VIEW_TEXT"],
		lease: { seconds: 60, nanos: 0 },
	});
	assert.deepEqual(answer.observation, { text: "total 0 after 0 epochs" });
});

test("Watch gives what a step did in order, from any offset, and the last message is the session's end.", async () => {
	const { session } = await open();
	const watching = collect(session.watch(1, patient.signal));
	await step(session, run(2), 1);
	await step(session, submit, 2);
	await session.close("Enough.");
	const events = await watching;
	assert.deepEqual(events.map(nameOf), [
		"action_started",
		"progress",
		"progress",
		"action_completed",
		"action_started",
		"action_completed",
		"episode_ended",
		"session_ended",
	]);
	assert.deepEqual(
		events.map(({ offset }) => offset),
		[1, 2, 3, 4, 5, 6, 7, 8],
	);
	assert.deepEqual(events[0]?.action_started, {
		action: run(2),
		request_number: "1",
	});
	assert.deepEqual(events.at(-1)?.session_ended, { reason: "Enough." });
});
