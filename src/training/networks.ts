import type { Layer, Network } from "../../workers/network.js";

/** The networks that tasks train. A new one is a row here; docs/extending.md shows how. */

/** 3x3, stride 1, padded to keep the size, then ReLU. */
export const convolution = (filters: number): Layer => ({
	kind: "convolution",
	filters,
});
/** The last one gives the logits; one before it is hidden: ReLU, then dropout. */
export const dense = (units: number): Layer => ({ kind: "dense", units });
/** The maximum of each 2x2 pixels. */
export const maxPooling: Layer = { kind: "max-pooling" };
export const flatten: Layer = { kind: "flatten" };

/** 101,770 parameters. */
export const mlp: Network = {
	name: "mlp",
	input: [28, 28, 1],
	layers: [flatten, dense(128), dense(10)],
};

/** 195,058 parameters. */
export const cnn: Network = {
	name: "cnn",
	input: [28, 28, 1],
	layers: [
		convolution(32),
		maxPooling,
		convolution(64),
		maxPooling,
		flatten,
		dense(56),
		dense(10),
	],
};

/** 488,586 parameters. */
export const deepCnn: Network = {
	name: "deep-cnn",
	input: [32, 32, 3],
	layers: [
		convolution(32),
		maxPooling,
		convolution(64),
		maxPooling,
		convolution(128),
		maxPooling,
		flatten,
		dense(192),
		dense(10),
	],
};
