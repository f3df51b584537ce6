import { createRequire } from "node:module";
import type * as tensorflow from "@tensorflow/tfjs-node";
import { tensorFlowVersion } from "../tensorflow/tensorflow-engine.js";

export type Tfjs = typeof tensorflow;

/** tfjs-node as anyone calls it. Throws where the native add-on is not in place. Only for tests and benchmarks: it blocks its thread. */
export function loadTfjs(): Tfjs {
	// The engine mends what tfjs-node misses in newer versions of Node, and loads the same library.
	tensorFlowVersion();
	return createRequire(import.meta.url)("@tensorflow/tfjs-node") as Tfjs;
}
