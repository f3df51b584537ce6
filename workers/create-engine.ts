import type { Engine, Precision } from "./engine.js";
import { tensorFlowName } from "./engine-name.js";
import type { EngineDescription } from "./job-result.js";
import { describeMachine } from "./machine.js";
import type { Network } from "./network.js";
import { createPortableEngine } from "./portable/portable-engine.js";

/** Which engine to use: the native one where it loads, or the one that is named. */
export type EngineChoice = "auto" | "tensorflow" | "portable";

/**
 * The engine of this thread and what it is. With 'tensorflow', a native library that does not load is an error; so is 'bf16' where it cannot
 * be had, with any choice: another precision gives other results.
 */
export async function createEngine(
	choice: EngineChoice,
	networks: readonly Network[],
	precision: Precision = "float32",
): Promise<{ engine: Engine; description: EngineDescription }> {
	if (precision === "bf16") checkBf16(choice);
	if (choice === "portable") return portable("it was asked for");
	try {
		const { createTensorFlowEngine, tensorFlowVersion } = await import(
			"./tensorflow/tensorflow-engine.js"
		);
		const version = tensorFlowVersion();
		const machine = describeMachine();
		const { oneDnn, intraOpThreads, interOpThreads, instructionSet } = machine;
		const name = tensorFlowName(version, machine, precision);
		const engine = await createTensorFlowEngine(name, networks, precision);
		return {
			engine,
			description: {
				name,
				kind: "tensorflow",
				tensorflowVersion: version,
				why: undefined,
				oneDnn,
				intraOpThreads,
				interOpThreads,
				instructionSet,
				precision,
			},
		};
	} catch (error) {
		const why = whyNot(error);
		if (choice === "tensorflow" || precision === "bf16")
			throw new Error(why, { cause: error });
		return portable(`native TensorFlow did not load (${why})`);
	}
}

function portable(why: string): {
	engine: Engine;
	description: EngineDescription;
} {
	const engine = createPortableEngine();
	const { instructionSet } = describeMachine();
	return {
		engine,
		description: {
			name: engine.name,
			kind: "portable",
			tensorflowVersion: undefined,
			why,
			oneDnn: false,
			intraOpThreads: 1,
			interOpThreads: 1,
			instructionSet,
			precision: "float32",
		},
	};
}

function checkBf16(choice: EngineChoice): void {
	if (choice === "portable")
		throw new Error(
			"the portable engine has no bf16; use native TensorFlow, or precision float32",
		);
	if (!describeMachine().hasBf16)
		throw new Error(
			"this processor has neither AVX512_BF16 nor AMX_BF16, which bf16 needs; use precision float32",
		);
}

/** The first line of what was thrown; and what to do, where it is the disk that does not take the engine's graphs. */
function whyNot(error: unknown): string {
	const [line = ""] = String(
		error instanceof Error ? error.message : error,
	).split("\n");
	const { code = "" } = error as NodeJS.ErrnoException;
	return ["ENOSPC", "EDQUOT", "EROFS", "EACCES"].includes(code)
		? `${line}; make room there, or name another temporary folder with TMPDIR`
		: line;
}
