import { readFileSync } from "node:fs";
import { arch } from "node:os";

/** What of this machine and process the native engine's bits depend on. */
export interface Machine {
	readonly oneDnn: boolean;
	readonly intraOpThreads: number;
	readonly interOpThreads: number;
	/** The highest of oneDNN's dispatch levels that the processor has, or the architecture's name. */
	readonly instructionSet: string;
	/** Whether the processor multiplies bfloat16. */
	readonly hasBf16: boolean;
}

/** TensorFlow reads these variables of the process when the add-on loads; `createWorkerPool` fills them in before that. */
export function describeMachine(): Machine {
	return {
		oneDnn: process.env.TF_ENABLE_ONEDNN_OPTS !== "0" && arch() === "x64",
		intraOpThreads: Number(process.env.TF_NUM_INTRAOP_THREADS ?? 0),
		interOpThreads: Number(process.env.TF_NUM_INTEROP_THREADS ?? 0),
		instructionSet: instructionSet() + instructionSetCap(),
		hasBf16: ["avx512_bf16", "amx_bf16"].some((flag) =>
			processorFlags().has(flag),
		),
	};
}

/** oneDNN can be told to use less than the processor has; its bits follow. */
function instructionSetCap(): string {
	const cap = process.env.ONEDNN_MAX_CPU_ISA ?? process.env.DNNL_MAX_CPU_ISA;
	return cap ? ` capped at ${cap.toLowerCase()}` : "";
}

/** From the highest down: a name and the processor flags it takes (oneDNN's ONEDNN_MAX_CPU_ISA levels). */
const LEVELS: readonly (readonly [string, readonly string[]])[] = [
	["avx512-amx", ["amx_tile", "amx_bf16", "avx512f"]],
	["avx512-fp16", ["avx512_fp16", "avx512f"]],
	["avx512-bf16", ["avx512_bf16", "avx512f"]],
	["avx512-vnni", ["avx512_vnni", "avx512f"]],
	["avx512", ["avx512f", "avx512bw", "avx512vl", "avx512dq"]],
	["avx2-vnni", ["avx_vnni", "avx2", "fma"]],
	["avx2", ["avx2", "fma"]],
	["avx", ["avx"]],
];

function instructionSet(): string {
	if (arch() !== "x64") return arch();
	const flags = processorFlags();
	if (flags.size === 0) return arch();
	return (
		LEVELS.find(([, needed]) => needed.every((flag) => flags.has(flag)))?.[0] ??
		"sse"
	);
}

/** As Linux tells them; none where it does not. */
function processorFlags(): ReadonlySet<string> {
	try {
		return new Set(
			/^flags\s*:(.*)$/m
				.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]
				?.trim()
				.split(/\s+/),
		);
	} catch {
		return new Set();
	}
}
