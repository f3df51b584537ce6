import type { Usage } from "../agent.js";

/** Of several decisions together; the cost is that of those that tell one. */
export function sumUsage(usages: readonly Usage[]): Usage {
	const total = (of: (usage: Usage) => number) =>
		usages.reduce((all, usage) => all + of(usage), 0);
	const known = usages.some(({ cost }) => cost !== undefined);
	return {
		requests: total(({ requests }) => requests),
		inputTokens: total(({ inputTokens }) => inputTokens),
		outputTokens: total(({ outputTokens }) => outputTokens),
		...(known && { cost: total(({ cost }) => cost ?? 0) }),
	};
}
