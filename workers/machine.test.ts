import assert from "node:assert/strict";
import { test } from "node:test";
import { tensorFlowName } from "./engine-name.js";
import { describeMachine, type MachineSource, toThreads } from "./machine.js";

const cpuInfo = (flags: string, vendor = "GenuineIntel") =>
	`processor\t: 0\nvendor_id\t: ${vendor}\nflags\t\t: fpu sse ${flags}\n\nprocessor\t: 1\nflags\t\t: none\n`;

const source: MachineSource = {
	environment: { TF_NUM_INTRAOP_THREADS: "1", TF_NUM_INTEROP_THREADS: "2" },
	platform: "linux",
	architecture: "x64",
	cpuInfo: cpuInfo(
		"avx avx2 fma avx512f avx512bw avx512vl avx512dq avx512_vnni",
	),
	coreCaches: ["48K", "2048K"],
	model: "A processor",
	processors: 2,
};

const nameOf = (changes: Partial<MachineSource>) =>
	tensorFlowName("2.21.0", describeMachine({ ...source, ...changes }));
const under = (environment: MachineSource["environment"]) =>
	nameOf({ environment: { ...source.environment, ...environment } });

test("The name of the engine says what its bits depend on.", () => {
	assert.match(
		nameOf({}),
		/^tensorflow-2\.21\.0 \(onednn, intra 1, inter 2, avx512-vnni, intel, caches 48K 2048K, math [0-9a-f]{8}, float32\)$/,
	);
});

test("Whatever changes bits changes the name, each to another one.", () => {
	const names = [
		nameOf({}),
		tensorFlowName("2.20.0", describeMachine(source)),
		under({ TF_ENABLE_ONEDNN_OPTS: "0" }),
		under({ TF_NUM_INTRAOP_THREADS: "2" }),
		under({ TF_NUM_INTEROP_THREADS: "1" }),
		under({ ONEDNN_MAX_CPU_ISA: "AVX2" }),
		under({ ONEDNN_CPU_ISA_HINTS: "PREFER_YMM" }),
		under({ ONEDNN_DEFAULT_FPMATH_MODE: "BF16" }),
		under({ TF_SET_ONEDNN_FPMATH_MODE: "BF16" }),
		under({ TF_XLA_FLAGS: "--tf_xla_auto_jit=2" }),
		under({ XLA_FLAGS: "--xla_cpu_enable_fast_math=true" }),
		nameOf({ cpuInfo: cpuInfo("avx avx2 fma avx_vnni") }),
		nameOf({ cpuInfo: cpuInfo("avx avx2 fma") }),
		nameOf({ cpuInfo: cpuInfo("avx") }),
		nameOf({ cpuInfo: cpuInfo("") }),
		nameOf({ cpuInfo: source.cpuInfo.replace("GenuineIntel", "AuthenticAMD") }),
		nameOf({ coreCaches: ["32K", "2048K"] }),
		nameOf({ coreCaches: [] }),
		nameOf({ architecture: "arm64", cpuInfo: "" }),
		nameOf({ architecture: "arm64", cpuInfo: "", model: "Another" }),
	];
	assert.equal(new Set(names).size, names.length);
});

test("oneDNN is on and off by TensorFlow's own rule.", () => {
	const isOn = (changes: Partial<MachineSource>) =>
		describeMachine({ ...source, ...changes }).oneDnn;
	const told = (value: string, changes: Partial<MachineSource> = {}) =>
		isOn({ environment: { TF_ENABLE_ONEDNN_OPTS: value }, ...changes });
	const plain = { cpuInfo: cpuInfo("avx avx2 fma avx512f") };
	assert.equal(isOn({}), true);
	assert.equal(isOn(plain), false);
	for (const off of ["0", "false", "False"]) assert.equal(told(off), false);
	for (const on of ["1", "true", "TRUE"]) assert.equal(told(on, plain), true);
	for (const neither of ["", "yes"]) {
		assert.equal(told(neither), true);
		assert.equal(told(neither, plain), false);
	}
	assert.equal(isOn({ platform: "win32" }), false);
	assert.equal(told("1", { platform: "win32" }), true);
	assert.equal(told("1", { platform: "darwin" }), false);
	const arm = (part: string) => ({
		architecture: "arm64",
		cpuInfo: `CPU implementer\t: 0x41\nCPU part\t: ${part}\n`,
	});
	assert.equal(isOn(arm("0xd40")), true);
	assert.equal(isOn(arm("0xd0c")), false);
});

test("A number of threads that is none stands for every processor, as TensorFlow takes it.", () => {
	for (const every of [undefined, "", "0", "-1", "many", "1.5"])
		assert.equal(toThreads(every, 6), 6);
	assert.equal(toThreads("3", 6), 3);
});

test("This machine is described, and twice the same.", () => {
	const machine = describeMachine();
	assert.deepEqual(describeMachine(), machine);
	assert.ok(machine.intraOpThreads >= 1);
	assert.notEqual(machine.processor, "");
});
