/**
 * e^x for x in -700..700, to 12 digits. Math.exp may differ in its last bit between versions of V8; this is nothing but additions,
 * multiplications and divisions, which IEEE 754 fixes, so that what is built on it is the same on every machine.
 */
export function exponential(x: number): number {
	if (x < 0) return 1 / exponential(-x);
	let small = x;
	let halvings = 0;
	while (small > 0.5) {
		small *= 0.5;
		halvings++;
	}
	let result = 1;
	for (let term = TERMS; term >= 1; term--)
		result = 1 + result * small * (RECIPROCALS[term] as number);
	for (; halvings > 0; halvings--) result *= result;
	return result;
}

/** The series 1 + x (1 + x/2 (1 + x/3 (...))) is exact to 15 digits for x up to 1/2. */
const TERMS = 13;
const RECIPROCALS = Float64Array.from(
	{ length: TERMS + 1 },
	(_, term) => 1 / Math.max(1, term),
);
