import assert from "node:assert/strict";
import { test } from "node:test";
import type { EpochRecord, TrainingEpisode } from "./episode.js";
import { payReward, REWARD_BOUNDS, SCORE_PART, unpaid } from "./reward.js";
import { runEpochs } from "./run-epochs.js";
import {
	createConfigured,
	images,
	run,
	type Scripted,
	task,
	trainerOf,
} from "./testing.js";

type Parts = Readonly<Record<string, number>>;

/** Trains the epochs in calls of these lengths and gives what each call pays. */
async function pay(
	epochs: readonly Scripted[],
	calls: readonly number[],
	episode: TrainingEpisode = createConfigured(),
): Promise<Parts[]> {
	const trainer = trainerOf(...epochs);
	const paid: Parts[] = [];
	for (const length of calls) {
		await runEpochs(episode, run(length), {
			task,
			trainer,
			images,
			signal: new AbortController().signal,
			onProgress: () => {},
			onTiming: () => {},
		});
		paid.push(toParts(payReward(episode, undefined)));
	}
	return paid;
}

const toParts = (parts: ReturnType<typeof payReward>): Parts =>
	Object.fromEntries(parts.map(({ name, value }) => [name, value]));

const sum = (parts: Parts) =>
	Object.values(parts).reduce((total, value) => total + value, 0);

function total(paid: readonly Parts[]): Parts {
	const totals: Record<string, number> = {};
	for (const parts of paid)
		for (const [name, value] of Object.entries(parts))
			totals[name] = (totals[name] ?? 0) + value;
	return totals;
}

function assertParts(actual: Parts | undefined, expected: Partial<Parts>) {
	const all: Record<string, number> = {
		progress: 0,
		convergence: 0,
		divergence: 0,
		overfitting: 0,
		submission: 0,
		...(expected as Record<string, number>),
	};
	assert.deepEqual(Object.keys(actual ?? {}), Object.keys(all));
	for (const [name, value] of Object.entries(all))
		assert.ok(
			Math.abs((actual?.[name] as number) - value) < 1e-12,
			`${name}: ${actual?.[name]} instead of ${value}`,
		);
}

const epoch = (
	validationAccuracy: number,
	validationLoss: number,
	gap = 0,
): Scripted => ({
	validationAccuracy,
	validationLoss,
	trainAccuracy: validationAccuracy + gap,
	trainLoss: 1,
});

const DIVERGED: Scripted = {
	diverged: true,
	trainLoss: Number.NaN,
	validationLoss: undefined,
	validationAccuracy: undefined,
	trainAccuracy: undefined,
};

/** Ten epochs that rise and fall. */
const curve: readonly Scripted[] = [
	epoch(0.3, 2),
	epoch(0.5, 1.5, 0.02),
	epoch(0.45, 1.6, 0.1),
	epoch(0.6, 1.2, 0.12),
	epoch(0.7, 0.9, 0.2),
	epoch(0.68, 0.95, 0.15),
	epoch(0.72, 0.85, 0.25),
	epoch(0.71, 0.8, 0.3),
	epoch(0.75, 0.82, 0.05),
	epoch(0.74, 0.9, 0.18),
];

test("Progress pays 0.3 times the rise of the best validation accuracy, convergence 0.05 times the logarithm of the losses' ratio.", async () => {
	const [first, second, third] = await pay(
		[epoch(0.4, 2), epoch(0.6, 0.5), epoch(0.5, 1)],
		[1, 1, 1],
	);
	assertParts(first, {
		progress: 0.3 * 0.4,
		convergence: 0.05 * (Math.log(Math.LN10) - Math.log(2)),
	});
	assertParts(second, { progress: 0.3 * 0.2, convergence: 0.05 * Math.log(4) });
	// Neither was the best: nothing is paid, and nothing is taken back.
	assertParts(third, {});
});

test("Before the first epoch the best loss counts as ln 10, and a worse one pays nothing.", async () => {
	const [parts] = await pay([epoch(0.1, 9)], [1]);
	assertParts(parts, { progress: 0.03 });
	const [guessing] = await pay([epoch(0.1, Math.LN10)], [1]);
	assertParts(guessing, { progress: 0.03 });
});

test("Losses count no lower than 1e-4, so that every part is finite.", async () => {
	const [parts] = await pay([epoch(1, 0)], [1]);
	assertParts(parts, {
		progress: 0.3,
		convergence: 0.05 * Math.log(Math.LN10 / 1e-4),
	});
});

test("Overfitting pays -0.05 times the change of what the gap exceeds 0.08 by, in both directions.", async () => {
	const paid = await pay(
		[
			epoch(0.5, 2, 0.08),
			epoch(0.5, 2, 0.18),
			epoch(0.5, 2, 0.28),
			epoch(0.5, 2, 0.13),
			epoch(0.5, 2, -0.3),
		],
		[1, 1, 1, 1, 1],
	);
	const overfitting = paid.map((parts) => parts.overfitting as number);
	[0, -0.005, -0.005, 0.0075, 0.0025].forEach((value, index) => {
		assert.ok(Math.abs((overfitting[index] as number) - value) < 1e-12);
	});
});

test("One call of ten epochs brings what ten calls of one bring, part by part, and so does any other cut.", async () => {
	const [whole] = await pay(curve, [10]);
	for (const calls of [
		[1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
		[3, 7],
		[5, 1, 4],
	])
		assertParts(total(await pay(curve, calls)), whole as Parts);
	// Best accuracy 0.75, best loss 0.8, last excess 0.1.
	assertParts(whole, {
		progress: 0.3 * 0.75,
		convergence: 0.05 * Math.log(Math.LN10 / 0.8),
		overfitting: -0.05 * 0.1,
	});
});

test("A divergence pays -0.2 once and moves no other part.", async () => {
	const episode = createConfigured();
	const [before, diverged] = await pay(
		[epoch(0.5, 1, 0.2), DIVERGED],
		[1, 1],
		episode,
	);
	assertParts(before, {
		progress: 0.15,
		convergence: 0.05 * Math.log(Math.LN10),
		overfitting: -0.05 * 0.12,
	});
	assertParts(diverged, { divergence: -0.2 });
	assertParts(toParts(payReward(episode, undefined)), {});
});

test("A divergence that was measured moves no other part either.", async () => {
	const [, diverged] = await pay(
		[
			epoch(0.5, 1, 0.2),
			{ ...epoch(0.9, 0.1), validationLoss: 12, diverged: true },
		],
		[1, 1],
	);
	assertParts(diverged, { divergence: -0.2 });
});

test("A divergence in the first epoch is paid.", async () => {
	assertParts((await pay([DIVERGED], [5]))[0], { divergence: -0.2 });
});

test("A call that ends in a divergence brings what calls of one epoch bring, the gap before it included.", async () => {
	const epochs = [epoch(0.5, 1, 0.1), epoch(0.6, 0.8, 0.28), DIVERGED];
	const [whole] = await pay(epochs, [20]);
	assertParts(whole, {
		progress: 0.3 * 0.6,
		convergence: 0.05 * Math.log(Math.LN10 / 0.8),
		divergence: -0.2,
		overfitting: -0.05 * 0.2,
	});
	assertParts(total(await pay(epochs, [1, 1, 1])), whole as Parts);
});

test("A second divergence is paid too.", async () => {
	const episode = createConfigured();
	await pay([DIVERGED], [1], episode);
	episode.diverged = false;
	episode.trial = 2;
	const [again] = await pay([DIVERGED, DIVERGED], [1], episode);
	assertParts(again, { divergence: -0.2 });
});

test("The score is a part of its own, beside what is still due.", async () => {
	const episode = createConfigured();
	await pay([epoch(0.5, 1)], [1], episode);
	assert.equal(SCORE_PART, "submission");
	assertParts(toParts(payReward(episode, 0.75)), { submission: 0.75 });
});

test("What brings nothing names every part, each 0, in the order of what is paid.", () => {
	assert.deepEqual(
		unpaid,
		payReward(createConfigured(), undefined).map(({ name }) => ({
			name,
			value: 0,
		})),
	);
});

test("No part is ever a negative zero, which would be other bytes.", async () => {
	for (const parts of await pay(curve, [1, 2, 7]))
		for (const value of Object.values(parts)) assert.ok(!Object.is(value, -0));
	for (const { value } of payReward(createConfigured(), 0))
		assert.ok(!Object.is(value, -0));
});

test("No step pays more or less than the bounds that the task tells.", async () => {
	assert.ok(
		Math.abs(
			REWARD_BOUNDS.maximum -
				(0.3 + 0.05 * Math.log(Math.LN10 / 1e-4) + 0.05 * 0.92 + 1),
		) < 1e-12,
	);
	assert.ok(Math.abs(REWARD_BOUNDS.minimum - (-0.2 - 0.05 * 0.92)) < 1e-12);
	const best = createConfigured();
	await pay([epoch(0, 3, 1)], [1], best);
	const [rise] = await pay([epoch(0, 3, 1), epoch(1, 0)], [1], best);
	const most = sum(rise as Parts) + 1;
	assert.ok(Math.abs(most - REWARD_BOUNDS.maximum) < 1e-12);
	const worst = createConfigured();
	await pay([epoch(0, 3, 0)], [1], worst);
	const [fall] = await pay(
		[epoch(0, 3, 0), epoch(0, 3, 1), DIVERGED],
		[20],
		worst,
	);
	assert.ok(Math.abs(sum(fall as Parts) - REWARD_BOUNDS.minimum) < 1e-12);
});

test("A resumed checkpoint pays nothing for what was paid before.", async () => {
	const episode = createConfigured();
	await pay(curve, [10], episode);
	const records = episode.epochs as EpochRecord[];
	assert.equal(records.length, 10);
	episode.trial = 2;
	episode.line = episode.best?.line ?? [];
	const [again] = await pay([...curve, epoch(0.75, 0.8, 0.18)], [1], episode);
	assertParts(again, {});
});
