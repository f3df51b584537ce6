import type { Precision } from "./engine.js";
import { javaScriptMath } from "./javascript-math.js";
import type { Machine } from "./machine.js";

/** Names of engines: equal names on equal data mean equal bits. For example "tensorflow-2.21.0 (onednn, intra 1, inter 2, avx512, intel, caches 48K 2048K, math 0123abcd, float32)". */
export function tensorFlowName(
	version: string,
	machine: Machine,
	precision: Precision = "float32",
): string {
	const parts = [
		machine.oneDnn ? "onednn" : "no onednn",
		`intra ${machine.intraOpThreads}`,
		`inter ${machine.interOpThreads}`,
		machine.instructionSet,
		machine.processor,
		...machine.settings,
		`math ${javaScriptMath()}`,
		precision,
	];
	return `tensorflow-${version} (${parts.join(", ")})`;
}

/** For example "portable-1 (javascript, math 0123abcd, float32)". */
export function portableName(): string {
	return `portable-1 (javascript, math ${javaScriptMath()}, float32)`;
}
