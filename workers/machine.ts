import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";

/** What of this machine and process the native engine's bits depend on. */
export interface Machine {
	readonly oneDnn: boolean;
	readonly intraOpThreads: number;
	readonly interOpThreads: number;
	/** The highest of oneDNN's dispatch levels that the processor has, or the architecture's name. */
	readonly instructionSet: string;
	/** Whether the processor multiplies bfloat16. */
	readonly hasBf16: boolean;
	/** Its maker and the caches of a core, by which oneDNN and Eigen choose and cut their matrix products, for example "intel, caches 48K 2048K". */
	readonly processor: string;
	/** Variables of the environment, as NAME=value, under which TensorFlow computes otherwise; mostly none. */
	readonly settings: readonly string[];
}

/** Where that is read. */
export interface MachineSource {
	readonly environment: Readonly<Record<string, string | undefined>>;
	readonly platform: string;
	/** As Node names it. */
	readonly architecture: string;
	/** The text of /proc/cpuinfo; empty where there is none. */
	readonly cpuInfo: string;
	/** Sizes of a core's data caches from the first level on, as Linux tells them; empty where they are not known. */
	readonly coreCaches: readonly string[];
	/** The processor as the system names it. */
	readonly model: string;
	/** Processors that this process may use. */
	readonly processors: number;
}

/** TensorFlow reads these variables of the process when the add-on loads; `createWorkerPool` fills them in before that. */
export function describeMachine(
	source: MachineSource = thisMachine(),
): Machine {
	const { environment, processors } = source;
	return {
		oneDnn: hasOneDnn(source),
		intraOpThreads: toThreads(environment.TF_NUM_INTRAOP_THREADS, processors),
		interOpThreads: toThreads(environment.TF_NUM_INTEROP_THREADS, processors),
		instructionSet: instructionSet(source) + instructionSetCap(environment),
		processor: processor(source),
		hasBf16: ["avx512_bf16", "amx_bf16"].some((flag) =>
			flagsOf(source.cpuInfo).has(flag),
		),
		settings: SETTINGS.flatMap((name) =>
			environment[name] ? [`${name}=${environment[name]}`] : [],
		),
	};
}

/** As TensorFlow reads a number of threads: what is no whole number above 0 stands for every processor. */
export function toThreads(
	text: string | undefined,
	processors: number,
): number {
	const threads = Number(text);
	return Number.isInteger(threads) && threads > 0 ? threads : processors;
}

/** XLA compiles graphs to other instructions; oneDNN's hints and precision choose other kernels. */
const SETTINGS = [
	"TF_XLA_FLAGS",
	"XLA_FLAGS",
	"ONEDNN_CPU_ISA_HINTS",
	"DNNL_CPU_ISA_HINTS",
	"ONEDNN_DEFAULT_FPMATH_MODE",
	"DNNL_DEFAULT_FPMATH_MODE",
	"TF_SET_ONEDNN_FPMATH_MODE",
];

function thisMachine(): MachineSource {
	return {
		environment: process.env,
		platform: process.platform,
		architecture: process.arch,
		cpuInfo: read("/proc/cpuinfo"),
		coreCaches: readCoreCaches("/sys/devices/system/cpu/cpu0/cache"),
		model: cpus()[0]?.model.trim() ?? "",
		processors: availableParallelism(),
	};
}

function read(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}

/** The data caches of the first and second level; the third is shared, and no sum is cut by it. */
function readCoreCaches(folder: string): string[] {
	let entries: string[];
	try {
		entries = readdirSync(folder);
	} catch {
		return [];
	}
	return entries
		.filter((name) => /^index\d+$/.test(name))
		.map((name) => {
			const of = (what: string) => read(`${folder}/${name}/${what}`).trim();
			return { level: Number(of("level")), type: of("type"), size: of("size") };
		})
		.filter(({ level, type }) => level <= 2 && type !== "Instruction")
		.sort((a, b) => a.level - b.level)
		.map(({ size }) => size);
}

/** TensorFlow's own rule: on Linux it is on by default for processors that are made for neural networks, on Windows off; macOS has none. */
function hasOneDnn(source: MachineSource): boolean {
	const { environment, platform } = source;
	if (platform !== "linux" && platform !== "win32") return false;
	switch (environment.TF_ENABLE_ONEDNN_OPTS?.toLowerCase()) {
		case "0":
		case "false":
			return false;
		case "1":
		case "true":
			return true;
		default:
			return platform === "linux" && isMadeForNetworks(source);
	}
}

function isMadeForNetworks({ architecture, cpuInfo }: MachineSource): boolean {
	if (architecture === "x64") {
		const flags = flagsOf(cpuInfo);
		return [
			"avx512_vnni",
			"avx512_bf16",
			"avx_vnni",
			"amx_tile",
			"amx_int8",
			"amx_bf16",
		].some((flag) => flags.has(flag));
	}
	// Arm's Neoverse V1.
	return (
		architecture === "arm64" &&
		fieldOf(cpuInfo, "CPU implementer") === "0x41" &&
		fieldOf(cpuInfo, "CPU part") === "0xd40"
	);
}

/** oneDNN can be told to use less than the processor has; its bits follow. */
function instructionSetCap(environment: MachineSource["environment"]): string {
	const cap = environment.ONEDNN_MAX_CPU_ISA ?? environment.DNNL_MAX_CPU_ISA;
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

function instructionSet({ architecture, cpuInfo }: MachineSource): string {
	if (architecture !== "x64" || cpuInfo === "") return architecture;
	const flags = flagsOf(cpuInfo);
	return (
		LEVELS.find(([, needed]) => needed.every((flag) => flags.has(flag)))?.[0] ??
		"sse"
	);
}

function processor({ cpuInfo, coreCaches, model }: MachineSource): string {
	const part = fieldOf(cpuInfo, "CPU part");
	const maker =
		fieldOf(cpuInfo, "vendor_id") ??
		(part && `${fieldOf(cpuInfo, "CPU implementer")} ${part}`);
	if (maker === undefined || coreCaches.length === 0)
		return model || "unknown processor";
	const name = MAKERS[maker] ?? maker;
	return `${name}, caches ${coreCaches.join(" ")}`;
}

const MAKERS: Readonly<Record<string, string>> = {
	GenuineIntel: "intel",
	AuthenticAMD: "amd",
	HygonGenuine: "hygon",
};

function flagsOf(cpuInfo: string): Set<string> {
	return new Set(fieldOf(cpuInfo, "flags")?.split(/\s+/) ?? []);
}

/** A field of the first processor. */
function fieldOf(cpuInfo: string, name: string): string | undefined {
	return new RegExp(`^${name}\\s*:(.*)$`, "m").exec(cpuInfo)?.[1]?.trim();
}
