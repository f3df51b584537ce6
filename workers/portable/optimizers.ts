import {
	adamCorrections,
	BETA_1,
	BETA_2,
	MOMENTUM,
	type Update,
} from "../engine.js";

/** What an update changes, flat and of one length. */
export interface Trained {
	readonly weights: Float32Array;
	readonly first: Float32Array;
	readonly second: Float32Array;
}

/** Update number `t` (from 1), as PyTorch's SGD with momentum, Adam and AdamW: weight decay, on all parameters, adds to the gradient or, with adamw, shrinks the weights. */
export function applyUpdate(
	trained: Trained,
	gradients: Float32Array,
	{ optimizer, learningRate, weightDecay }: Omit<Update, "dropoutMasks">,
	t: number,
): void {
	switch (optimizer) {
		case "sgd":
			momentumUpdate(trained, gradients, learningRate, weightDecay);
			break;
		case "adam":
			adamUpdate(trained, gradients, {
				...adamCorrections(learningRate, t),
				addedDecay: weightDecay,
				kept: 1,
			});
			break;
		case "adamw":
			adamUpdate(trained, gradients, {
				...adamCorrections(learningRate, t),
				addedDecay: 0,
				kept: 1 - learningRate * weightDecay,
			});
			break;
	}
}

function momentumUpdate(
	{ weights, first }: Trained,
	gradients: Float32Array,
	rate: number,
	decay: number,
): void {
	for (let at = 0; at < weights.length; at++) {
		const weight = weights[at] as number;
		const moment =
			MOMENTUM * (first[at] as number) +
			((gradients[at] as number) + decay * weight);
		first[at] = moment;
		weights[at] = weight - rate * moment;
	}
}

interface AdamRates {
	readonly rate: number;
	readonly epsilon: number;
	/** Times the weights is added to the gradient. */
	readonly addedDecay: number;
	/** The share of the weights that stays before the step. */
	readonly kept: number;
}

function adamUpdate(
	{ weights, first, second }: Trained,
	gradients: Float32Array,
	{ rate, epsilon, addedDecay, kept }: AdamRates,
): void {
	for (let at = 0; at < weights.length; at++) {
		const weight = weights[at] as number;
		const gradient = (gradients[at] as number) + addedDecay * weight;
		const mean = BETA_1 * (first[at] as number) + (1 - BETA_1) * gradient;
		const square =
			BETA_2 * (second[at] as number) + (1 - BETA_2) * gradient * gradient;
		first[at] = mean;
		second[at] = square;
		weights[at] = kept * weight - (rate * mean) / (Math.sqrt(square) + epsilon);
	}
}
