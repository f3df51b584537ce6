import { createHash } from "node:crypto";
import { BETA_1, BETA_2 } from "./engine.js";

/**
 * Which exponentials, logarithms, cosines, sines and powers this JavaScript computes: eight hexadecimal digits, of SHA-256 over their bits at
 * the arguments that trainings use. The language does not fix their last bits, and both engines depend on them (initial weights, rotations,
 * schedules, Adam's corrections). V8's version does not tell: in Node 24 powers come from the C library, which has one for each processor.
 */
export function javaScriptMath(): string {
	return digestOf(Math);
}

/** Of these functions, for tests. */
export function digestOf({
	exp,
	log,
	cos,
	sin,
	pow,
}: Pick<Math, "exp" | "log" | "cos" | "sin" | "pow">): string {
	const values = new Float64Array(6 * POINTS);
	for (let point = 0; point < POINTS; point++) {
		// From 0 to 1, never at a round number.
		const share = (point + 0.618_033_988_749_894_9) / POINTS;
		values.set(
			[
				exp(-30 * share),
				log(share),
				cos(Math.PI * share),
				sin(Math.PI * (share - 0.5)),
				pow(BETA_1, point),
				pow(BETA_2, point),
			],
			6 * point,
		);
	}
	return createHash("sha256")
		.update(new Uint8Array(values.buffer))
		.update(String([1, 2, 3].map((third) => pow(0.1, third))))
		.digest("hex")
		.slice(0, 8);
}

const POINTS = 8192;
