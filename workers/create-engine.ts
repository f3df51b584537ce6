import type { Engine } from "./engine.js";
import type { EngineDescription } from "./job-result.js";
import { describeMachine } from "./machine.js";
import type { Network } from "./network.js";
import { createPortableEngine } from "./portable/portable-engine.js";

/** Which engine to use: the native one where it loads, or the one that is named. */
export type EngineChoice = "auto" | "tensorflow" | "portable";

/** The engine of this thread and what it is. With 'tensorflow', a native library that does not load is an error. */
export async function createEngine(
	choice: EngineChoice,
	networks: readonly Network[],
): Promise<{ engine: Engine; description: EngineDescription }> {
	if (choice === "portable") return portable("it was asked for");
	try {
		const { createTensorFlowEngine, tensorFlowVersion } = await import(
			"./tensorflow/tensorflow-engine.js"
		);
		const version = tensorFlowVersion();
		const { oneDnn, intraOpThreads, interOpThreads, instructionSet } =
			describeMachine();
		const name = `tensorflow-${version} (${oneDnn ? "onednn" : "no onednn"}, intra ${intraOpThreads}, inter ${interOpThreads}, ${instructionSet}, float32)`;
		const engine = await createTensorFlowEngine(name, networks);
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
			},
		};
	} catch (error) {
		if (choice === "tensorflow") throw error;
		return portable(`native TensorFlow did not load (${firstLine(error)})`);
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
		},
	};
}

function firstLine(error: unknown): string {
	return String(error instanceof Error ? error.message : error).split(
		"\n",
	)[0] as string;
}
