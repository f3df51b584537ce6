import assert from "node:assert/strict";
import { test } from "node:test";
import type { Grade } from "../../../workers/job-result.js";
import { applyConfigure, checkConfigure } from "./configure.js";
import {
	type EpochRecord,
	type Submission,
	submissionOf,
	type TrainingEpisode,
} from "./episode.js";
import { runEpochs } from "./run-epochs.js";
import {
	lineShares,
	type Scored,
	type ScoreRule,
	scoreSubmission,
} from "./score.js";
import {
	configure,
	createConfigured,
	createEpochs,
	createState,
	images,
	repeat,
	run,
	type Scripted,
	task,
	trainerOf,
} from "./testing.js";

const grade = (testAccuracy: number, trainAccuracy = testAccuracy): Grade => ({
	finite: true,
	testAccuracy,
	trainAccuracy,
});

/** The design page's three rules. */
const easy: ScoreRule = { kind: "accuracy", floor: 0.88, target: 0.975 };
const medium: ScoreRule = { kind: "generalisation", floor: 0.75, target: 0.9 };
const hard: ScoreRule = { kind: "efficiency", floor: 0.4, target: 0.68 };

/** Accuracies and losses of a line from the first epoch on, of which the last is submitted. */
function scored(
	epochs: readonly EpochRecord[],
	changes: Partial<Scored> & { line?: readonly number[] } = {},
): Scored {
	const line = changes.line ?? epochs.map((_, index) => index);
	const last = epochs[line.at(-1) ?? -1];
	const submission: Submission = {
		checkpoint: "best",
		state: createState(1),
		trial: 1,
		epoch: last?.epoch ?? 0,
		validationAccuracy: last?.validationAccuracy,
		line,
	};
	return {
		submission,
		epochs,
		charged: epochs.length,
		budget: 60,
		...changes,
	};
}

const nothing = scored([]);

function assertNear(actual: number | undefined, expected: number): void {
	assert.ok(
		Math.abs((actual as number) - expected) < 1e-9,
		`${actual} instead of ${expected}`,
	);
}

/** A line whose accuracies rise by 0.01 and whose losses fall but for one rise in their middle. */
const rising = (count: number, rise = 0) =>
	createEpochs(
		Array.from({ length: count }, (_, index) => ({
			validationAccuracy: 0.3 + 0.01 * index,
			validationLoss:
				2 - 0.01 * index + (index >= count >> 1 ? rise + 0.01 : 0),
		})),
	);

test("Accuracy counts from the floor to the target, and no further.", () => {
	for (const [accuracy, share] of [
		[0.1, 0],
		[0.88, 0],
		[0.9275, 0.5],
		[0.975, 1],
		[1, 1],
	] as const)
		assertNear(scoreSubmission(easy, grade(accuracy), nothing).score, share);
});

test("Generalisation is 60 % accuracy and 40 % accuracy times how small the gap is.", () => {
	for (const [test, train, share, g] of [
		[0.9, 0.9, 1, 1],
		[0.9, 0.96, 1, 0.5],
		[0.9, 1, 1, 1 / 6],
		[0.825, 0.945, 0.5, 0],
		[0.825, 0.99, 0.5, 0],
		// A test accuracy above the training one is no more than no gap.
		[0.825, 0.8, 0.5, 1],
		[0.7, 0.7, 0, 1],
	] as const) {
		const score = scoreSubmission(medium, grade(test, train), nothing);
		assertNear(score.accuracyShare, share);
		assertNear(score.generalisationShare, g);
		assertNear(score.score, share * (0.6 + 0.4 * g));
	}
});

test("Efficiency counts the epochs charged that did not lead to the arrival, stability the rises of the loss before it.", () => {
	// The submitted accuracy is 0.49, and 0.48 is not within 0.005 of it: the 20th epoch arrives.
	for (const [charged, rise, e, t] of [
		[20, 0, 1, 1],
		[20, 0.5, 1, 0.5],
		[35, 0.25, 0.75, 0.75],
		[60, 2, 1 / 3, 0],
	] as const) {
		const score = scoreSubmission(
			hard,
			grade(0.54),
			scored(rising(20, rise), { charged }),
		);
		assertNear(score.accuracyShare, 0.5);
		assertNear(score.efficiencyShare, e);
		assertNear(score.stabilityShare, t);
		assertNear(score.score, 0.5 * (0.5 + 0.3 * e + 0.2 * t));
	}
});

test("Without accuracy above the floor nothing else counts.", () => {
	for (const [rule, accuracy] of [
		[medium, 0.75],
		[hard, 0.4],
	] as const)
		assert.equal(
			scoreSubmission(rule, grade(accuracy), scored(rising(20))).score,
			0,
		);
});

test("Weights that are not finite score 0 on every task.", () => {
	for (const rule of [easy, medium, hard])
		assert.deepEqual(
			scoreSubmission(
				rule,
				{ finite: false, testAccuracy: 0.99, trainAccuracy: 0.99 },
				scored(rising(20)),
			),
			{ score: 0, accuracyShare: 0 },
		);
});

test("A line arrives at its first epoch whose validation accuracy lies within 0.005 of the submitted one's.", () => {
	const accuracies = [0.3, 0.655, 0.6, 0.6449, 0.645, 0.65, 0.646, 0.65];
	const epochs = createEpochs(
		accuracies.map((validationAccuracy) => ({ validationAccuracy })),
	);
	// 0.655 is within 0.005 above, so the second epoch arrives.
	assertNear(lineShares(scored(epochs)).efficiency, 1 - (8 - 2) / 60);
	// Without it the first within 0.005 is 0.645, as far as that and no further.
	const line = [0, 2, 3, 4, 5, 6, 7];
	assertNear(lineShares(scored(epochs, { line })).efficiency, 1 - (8 - 4) / 60);
});

test("A distance of exactly 0.005 counts, also where floating point makes it a little more.", () => {
	assert.ok(0.65 - 0.645 > 0.005);
	for (const [first, submitted] of [
		[1290 / 2000, 1300 / 2000],
		[1310 / 2000, 1300 / 2000],
		[480 / 2000, 490 / 2000],
	] as const)
		assertNear(
			lineShares(
				scored(
					createEpochs([
						{ validationAccuracy: first },
						{ validationAccuracy: submitted },
					]),
				),
			).efficiency,
			1 - (2 - 1) / 60,
		);
	// One image of 2,000 more is too far.
	assertNear(
		lineShares(
			scored(
				createEpochs([
					{ validationAccuracy: 1289 / 2000 },
					{ validationAccuracy: 1300 / 2000 },
				]),
			),
		).efficiency,
		1,
	);
});

test("Stability counts the rises of the loss up to the arrival, and nothing else.", () => {
	const losses = [2, 1.5, 1.6, 1.2, 1.2, 1.4, 1, 5, 5];
	const epochs = createEpochs(
		losses.map((validationLoss, index) => ({
			validationLoss,
			validationAccuracy: index < 6 ? 0.1 + 0.01 * index : 0.6,
		})),
	);
	// The seventh arrives; on the way the loss rises by 0.1 and by 0.2.
	assertNear(lineShares(scored(epochs)).stability, 1 - 0.3);
	assertNear(lineShares(scored(rising(1))).stability, 1);
});

test("Epochs more, frozen or not, never make a line stabler.", () => {
	const way = [2, 1.5, 1.6, 1.2, 1.35, 1];
	const stability = (losses: readonly number[]) =>
		lineShares(
			scored(
				createEpochs(
					losses.map((validationLoss, index) => ({
						validationLoss,
						validationAccuracy: index === losses.length - 1 ? 0.6 : 0.1,
					})),
				),
			),
		).stability;
	const without = stability(way);
	way.forEach((loss, at) => {
		for (const more of [loss, loss - 0.05, 0.5, 1.8]) {
			const longer = [
				...way.slice(0, at),
				...repeat(more, 9),
				...way.slice(at),
			];
			assert.ok(stability(longer) <= without + 1e-9, `${more} before ${at}`);
		}
	});
});

test("Losses that are not finite make a line unstable, and the score stays a number.", () => {
	for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, undefined]) {
		const epochs = rising(12);
		const last = epochs.length - 1;
		epochs[last] = {
			...(epochs[last] as EpochRecord),
			validationLoss: bad,
			diverged: true,
		};
		const score = scoreSubmission(hard, grade(0.68), scored(epochs));
		assert.equal(score.stabilityShare, 0);
		assertNear(score.score, 0.5 + 0.3);
		assert.equal(scoreSubmission(hard, grade(0.1), scored(epochs)).score, 0);
	}
});

test("Weights without an epoch, or whose last one was not measured, are neither efficient nor stable.", () => {
	const diverged = createEpochs([
		...repeat({}, 11),
		{
			diverged: true,
			validationLoss: undefined,
			validationAccuracy: undefined,
		},
	]);
	for (const one of [nothing, scored(diverged)])
		assert.deepEqual(lineShares(one), { efficiency: 0, stability: 0 });
});

test("More epochs charged than the budget has never makes efficiency negative.", () => {
	assert.equal(lineShares(scored(rising(1), { charged: 500 })).efficiency, 0);
});

/** Trains in calls and between them resumes; each epoch of the episode comes to the next entry. */
async function train(
	epochs: readonly Scripted[],
	acts: readonly (number | "best_checkpoint" | "scratch")[],
): Promise<TrainingEpisode> {
	const trainer = trainerOf(...epochs);
	const episode = createConfigured();
	for (const act of acts)
		if (typeof act === "number")
			await runEpochs(episode, run(act), {
				task,
				trainer,
				images,
				signal: new AbortController().signal,
				onProgress: () => {},
				onTiming: () => {},
			});
		else {
			const action = configure(
				{},
				act === "scratch" ? "scratch" : "best_checkpoint",
			);
			applyConfigure(
				episode,
				task,
				action,
				checkConfigure(episode, task, action),
			);
		}
	return episode;
}

const sharesOf = (episode: TrainingEpisode, checkpoint: "best" | "last") =>
	lineShares({
		submission: submissionOf(episode, checkpoint),
		epochs: episode.epochs,
		charged: episode.charged,
		budget: 30,
	});

const accuracies = (...values: readonly number[]): Scripted[] =>
	values.map((validationAccuracy) => ({ validationAccuracy }));

test("Epochs that a checkpoint left behind are charged and not of the line.", async () => {
	// The third is the best; three epochs are abandoned; one more from the checkpoint is the best of all.
	const episode = await train(
		accuracies(0.3, 0.4, 0.5, 0.45, 0.44, 0.43, 0.6),
		[6, "best_checkpoint", 1],
	);
	assert.deepEqual(submissionOf(episode, "best").line, [0, 1, 2, 6]);
	assertNear(sharesOf(episode, "best").efficiency, 1 - (7 - 4) / 30);
});

test("Epochs before a restart from scratch are charged and not of the line.", async () => {
	const episode = await train(accuracies(0.3, 0.4, 0.35, 0.5), [
		2,
		"scratch",
		2,
	]);
	assert.deepEqual(submissionOf(episode, "last").line, [2, 3]);
	assertNear(sharesOf(episode, "last").efficiency, 1 - (4 - 2) / 30);
});

test("A late copy of the best checkpoint buys nothing.", async () => {
	const curve = accuracies(0.3, 0.5, 0.6, 0.4, 0.4, 0.4);
	const honest = await train(curve, [6]);
	const copied = await train(curve, [6, "best_checkpoint"]);
	assert.deepEqual(sharesOf(copied, "last"), sharesOf(honest, "best"));
	assert.deepEqual(submissionOf(copied, "last").state, honest.best?.state);
	assertNear(sharesOf(copied, "last").efficiency, 1 - (6 - 3) / 30);
});

test("Frozen epochs after the arrival buy nothing.", async () => {
	const honest = await train(accuracies(0.3, 0.5, 0.6), [3]);
	const frozen = await train(accuracies(0.3, 0.5, 0.6, 0.6), [15]);
	assertNear(sharesOf(honest, "last").efficiency, 1);
	assertNear(sharesOf(frozen, "last").efficiency, 1 - (15 - 3) / 30);
	assert.equal(
		sharesOf(frozen, "last").stability,
		sharesOf(honest, "last").stability,
	);
});

test("Best is the best checkpoint, and the current weights before there is one; last is the current weights.", async () => {
	const episode = await train(accuracies(0.3, 0.6, 0.5), [3]);
	const best = submissionOf(episode, "best");
	assert.equal(best.checkpoint, "best");
	assert.equal(best.epoch, 2);
	assert.equal(best.validationAccuracy, 0.6);
	assert.equal(best.state, episode.best?.state);
	const last = submissionOf(episode, "last");
	assert.equal(last.checkpoint, "last");
	assert.equal(last.epoch, 3);
	assert.equal(last.validationAccuracy, 0.5);
	assert.equal(last.state, episode.current);
	assert.deepEqual(submissionOf(createConfigured(), "best"), {
		checkpoint: "last",
		state: undefined,
		trial: 1,
		epoch: 0,
		validationAccuracy: undefined,
		line: [],
	});
});

test("After a restart from scratch the last weights are the new trial's initial ones, and the best stays.", async () => {
	const episode = await train(accuracies(0.3, 0.6), [2, "scratch"]);
	assert.deepEqual(submissionOf(episode, "last"), {
		checkpoint: "last",
		state: undefined,
		trial: 2,
		epoch: 0,
		validationAccuracy: undefined,
		line: [],
	});
	assert.equal(submissionOf(episode, "best").epoch, 2);
	assert.equal(submissionOf(episode, "best").trial, 1);
});
