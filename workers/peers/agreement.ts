import assert from "node:assert/strict";
import type {
	Batch,
	EvaluationMetrics,
	ModelState,
	OptimizerName,
	StepMetrics,
	Update,
} from "../engine.js";
import { type Network, type Parameter, parametersOf } from "../network.js";
import {
	drawBatch,
	drawMasks,
	drawState,
	testStream,
} from "../portable/drawn-cases.js";

/** Trainings in which every implementation has to come to the same numbers, and how same is told. Only tests use them. */

export interface Training {
	readonly network: Network;
	readonly optimizer: OptimizerName;
	readonly learningRate: number;
	readonly weightDecay: number;
	readonly dropout: boolean;
}

export type Rates = Readonly<Record<OptimizerName, number>>;

/**
 * At these rates rounding does not grow beyond 1e-4 in 20 steps. At higher ones it can: where two values of a maximum differ in the last
 * bits alone, implementations take different ones, which changes a gradient by about a thousandth.
 */
export const CALM_RATES: Rates = { sgd: 3e-4, adam: 3e-5, adamw: 3e-5 };

export const WEIGHT_DECAY = 0.5;

/** Every optimizer, with and without weight decay (more than agents can ask for, so that it shows), with and without dropout. */
export function trainingsOf(network: Network, rates = CALM_RATES): Training[] {
	return (["sgd", "adam", "adamw"] as const).flatMap((optimizer) =>
		[0, WEIGHT_DECAY].flatMap((weightDecay) =>
			[false, true].map((dropout) => ({
				network,
				optimizer,
				learningRate: rates[optimizer],
				weightDecay,
				dropout,
			})),
		),
	);
}

export function describeTraining({
	network,
	optimizer,
	weightDecay,
	dropout,
}: Training): string {
	return `${network.name} with ${optimizer}, weight decay ${weightDecay} and ${dropout ? "dropout" : "no dropout"}`;
}

export const STEPS = 20;

/** Batches of `batchSize`, of which each fifth is a short one of a third; after half of the steps the rate is halved. */
export function drawSteps(
	{ network, optimizer, learningRate, weightDecay, dropout }: Training,
	batchSize: number,
): (readonly [Batch, Update])[] {
	const stream = testStream("steps");
	return Array.from({ length: STEPS }, (_, index) => {
		const count = index % 5 === 4 ? Math.ceil(batchSize / 3) : batchSize;
		const batch = drawBatch(network, count, stream);
		const masks = drawMasks(network, count, 0.25, stream);
		const update = {
			optimizer,
			learningRate: index < STEPS / 2 ? learningRate : learningRate / 2,
			weightDecay,
			dropoutMasks: dropout ? masks : undefined,
		};
		return [batch, update];
	});
}

/** `Model`, where every answer may have to be waited for. */
interface AnyModel {
	restore(state: ModelState): void | Promise<void>;
	snapshot(): ModelState | Promise<ModelState>;
	step(batch: Batch, update: Update): StepMetrics | Promise<StepMetrics>;
	evaluate(batch: Batch): EvaluationMetrics | Promise<EvaluationMetrics>;
}

export interface Trained {
	readonly before: ModelState;
	readonly metrics: readonly StepMetrics[];
	readonly after: ModelState;
	readonly evaluation: EvaluationMetrics;
}

/** What 20 steps come to, from the same weights and with the same batches and masks for every model, and an evaluation after them. */
export async function train(
	model: AnyModel,
	training: Training,
	batchSize: number,
): Promise<Trained> {
	const { network } = training;
	const before = initialState(network);
	await model.restore(before);
	const metrics: StepMetrics[] = [];
	for (const [batch, update] of drawSteps(training, batchSize))
		metrics.push(await model.step(batch, update));
	const evaluation = await model.evaluate(
		drawBatch(network, 20, testStream("held out")),
	);
	return { before, metrics, after: await model.snapshot(), evaluation };
}

/** Weights that every model begins with: He's, those of the logits a tenth of that, so that no image outweighs the others. */
export function initialState(network: Network): ModelState {
	let state = initialStates.get(network);
	if (state === undefined) {
		state = drawState(network, testStream("weights"));
		const logits = parametersOf(network).at(-2) as Parameter;
		for (let at = logits.offset; at < state.weights.length; at++)
			state.weights[at] = (state.weights[at] as number) / 10;
		initialStates.set(network, state);
	}
	return state;
}

/** Drawn once, since the networks are large. */
const initialStates = new Map<Network, ModelState>();

/** Losses within 1e-4, relative; what rounding moves more, gradient norms and the way that the weights went, within 1e-2. */
export function assertSameTraining(actual: Trained, expected: Trained): void {
	assert.equal(actual.metrics.length, expected.metrics.length);
	expected.metrics.forEach(({ loss, gradientNorm }, step) => {
		const found = actual.metrics[step] as StepMetrics;
		assertNear(found.loss, loss, 1e-4, `loss of step ${step + 1}`);
		assertNear(
			found.gradientNorm,
			gradientNorm,
			1e-2,
			`gradient norm of step ${step + 1}`,
		);
	});
	assertNear(
		actual.evaluation.lossSum,
		expected.evaluation.lossSum,
		1e-4,
		"loss of the evaluation",
	);
	assert.equal(actual.evaluation.correct, expected.evaluation.correct);
	assertSameStep(actual, expected, 1e-2);
}

/** The way from the state before to the state after, array by array: its distance from the expected way, relative to that one's length. */
export function assertSameStep(
	actual: Pick<Trained, "before" | "after">,
	expected: Pick<Trained, "before" | "after">,
	tolerance: number,
): void {
	for (const kind of ["weights", "first", "second"] as const) {
		assert.equal(actual.after[kind].length, expected.after[kind].length);
		let distance = 0;
		let length = 0;
		expected.after[kind].forEach((value, at) => {
			const start = expected.before[kind][at] as number;
			distance += (value - (actual.after[kind][at] as number)) ** 2;
			length += (value - start) ** 2;
		});
		assert.ok(
			distance <= tolerance ** 2 * length,
			`the way of ${kind} is ${Math.sqrt(distance)} off and ${Math.sqrt(length)} long`,
		);
	}
	assert.equal(actual.after.steps, expected.after.steps);
}

export function assertNear(
	actual: number,
	expected: number,
	tolerance: number,
	what: string,
): void {
	assert.ok(
		Math.abs(actual - expected) <= tolerance * Math.abs(expected),
		`${what}: ${actual} instead of ${expected}`,
	);
}
