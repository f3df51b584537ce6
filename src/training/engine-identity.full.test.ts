import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const script = fileURLToPath(
	new URL("./testing-engine-identity.js", import.meta.url),
);

/** An epoch in a process of its own, whose environment says so. */
async function train(environment: Record<string, string>) {
	const { stdout } = await promisify(execFile)(process.execPath, [script], {
		env: { ...process.env, ...environment },
		maxBuffer: 2 ** 26,
	});
	return JSON.parse(stdout) as { kind: string; name: string; weights: string };
}

test("Processes whose engines have one name train the same bits, under any settings of the environment.", async (context) => {
	const plain = await train({});
	if (plain.kind !== "tensorflow")
		return context.skip("there is no native TensorFlow here");
	const bits = new Map([[plain.name, plain.weights]]);
	for (const environment of [
		{},
		{ TF_ENABLE_ONEDNN_OPTS: "1" },
		{ TF_ENABLE_ONEDNN_OPTS: "0" },
		{ TF_ENABLE_ONEDNN_OPTS: "False" },
		{ TF_NUM_INTRAOP_THREADS: "2" },
		{ TF_NUM_INTRAOP_THREADS: "0" },
		{ TF_NUM_INTEROP_THREADS: "1" },
		{ ONEDNN_MAX_CPU_ISA: "AVX2" },
		{ ONEDNN_DEFAULT_FPMATH_MODE: "BF16" },
		{ TF_XLA_FLAGS: "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit" },
	] as Record<string, string>[]) {
		const { name, weights } = await train(environment);
		const known = bits.get(name);
		assert.ok(
			known === undefined || known === weights,
			`${JSON.stringify(environment)} trains other bits under the name ${name}`,
		);
		bits.set(name, weights);
	}
	assert.ok(new Set(bits.values()).size > 1, "no setting changed a bit");
});
