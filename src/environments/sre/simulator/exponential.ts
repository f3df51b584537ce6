/**
 * e^x for x in -700..700, to 14 digits. Math.exp may differ in its last bit between versions of V8; this is nothing but additions,
 * multiplications and divisions, which IEEE 754 fixes, so that what is built on it is the same on every machine.
 */
export function exponential(x: number): number {
	if (x < 0) return 1 / exponential(-x);
	let halvings = 0;
	let small = x;
	while (small > 0.5) {
		small /= 2;
		halvings++;
	}
	let result = 1;
	for (let term = 16; term >= 1; term--) result = 1 + (result * small) / term;
	for (; halvings > 0; halvings--) result *= result;
	return result;
}
