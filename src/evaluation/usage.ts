import type { Usage } from "./agent.js";

/** Two usages together; a cost is known where either has one. */
export function addUsage(one: Usage | undefined, other: Usage): Usage {
	if (one === undefined) return other;
	const cost =
		one.cost === undefined && other.cost === undefined
			? undefined
			: (one.cost ?? 0) + (other.cost ?? 0);
	return {
		requests: one.requests + other.requests,
		inputTokens: one.inputTokens + other.inputTokens,
		outputTokens: one.outputTokens + other.outputTokens,
		...(cost !== undefined && { cost }),
	};
}

/** Of several decisions or episodes together. */
export function sumUsage(usages: readonly Usage[]): Usage {
	return usages.reduce<Usage>(addUsage, NO_USAGE);
}

const NO_USAGE: Usage = { requests: 0, inputTokens: 0, outputTokens: 0 };
