import type { ModelState } from "./engine.js";
import { type Network, parameterCount, parametersOf } from "./network.js";
import { RandomStream } from "./random-stream.js";

/** Weights by He's rule (normal, variance 2 / fan-in), biases 0, moments 0; drawn by the episode's key and the trial's number. */
export function drawInitialState(
	network: Network,
	key: Uint8Array,
	trial: number,
): ModelState {
	const stream = new RandomStream(key, "weights", trial);
	const count = parameterCount(network);
	const weights = new Float32Array(count);
	for (const { offset, size, fanIn } of parametersOf(network)) {
		if (fanIn === 0) continue;
		const deviation = Math.sqrt(2 / fanIn);
		for (let i = offset; i < offset + size; i++)
			weights[i] = stream.nextNormal() * deviation;
	}
	return {
		weights,
		first: new Float32Array(count),
		second: new Float32Array(count),
		steps: 0,
	};
}
