/** Logistic probes: how well a label can be told from features. Only tests use them. */

export interface Example {
	readonly features: readonly number[];
	readonly label: boolean;
}

const ROUNDS = 200;
const RATE = 1;
const DECAY = 1e-3;

/**
 * Fits a logistic regression on standardised features to the training examples, and gives the area under its ROC curve on the test examples:
 * .5 where nothing can be told, 1 where all can.
 */
export function probe(
	training: readonly Example[],
	testing: readonly Example[],
): number {
	const scale = standardise(training);
	const inputs = training.map(({ features }) => scale(features));
	const weights = inputs[0]?.map(() => 0) as number[];
	let bias = 0;
	for (let round = 0; round < ROUNDS; round++) {
		const slopes = weights.map(() => 0);
		let biasSlope = 0;
		inputs.forEach((input, index) => {
			const error =
				1 / (1 + Math.exp(-(bias + dot(weights, input)))) -
				Number(training[index]?.label);
			biasSlope += error;
			for (let k = 0; k < input.length; k++)
				slopes[k] = (slopes[k] as number) + error * (input[k] as number);
		});
		bias -= (RATE * biasSlope) / inputs.length;
		slopes.forEach((slope, k) => {
			const weight = weights[k] as number;
			weights[k] = weight - RATE * (slope / inputs.length + DECAY * weight);
		});
	}
	return areaUnderRoc(
		testing.map(({ features, label }) => ({
			score: dot(weights, scale(features)),
			label,
		})),
	);
}

/** Share of pairs of a positive and a negative in which the positive has the higher score; ties count half. */
export function areaUnderRoc(
	scored: readonly { readonly score: number; readonly label: boolean }[],
): number {
	const sorted = [...scored].sort((a, b) => a.score - b.score);
	let positives = 0;
	let negatives = 0;
	let wins = 0;
	for (let first = 0; first < sorted.length; ) {
		const { score } = sorted[first] as { score: number };
		let tiedPositives = 0;
		let tied = 0;
		while (sorted[first + tied]?.score === score) {
			if (sorted[first + tied]?.label) tiedPositives++;
			tied++;
		}
		wins += tiedPositives * (negatives + (tied - tiedPositives) / 2);
		positives += tiedPositives;
		negatives += tied - tiedPositives;
		first += tied;
	}
	return wins / (positives * negatives);
}

/** Whether two labels are independent at the 1 % level, by Pearson's chi-square test; cells are counts by row and column. */
export function areIndependent(
	counts: readonly (readonly number[])[],
): boolean {
	const rows = counts.map(sum);
	const columns = (counts[0] ?? []).map((_, k) =>
		sum(counts.map((row) => row[k] as number)),
	);
	const all = sum(rows);
	let statistic = 0;
	counts.forEach((row, i) => {
		row.forEach((count, k) => {
			const expected = ((rows[i] as number) * (columns[k] as number)) / all;
			if (expected > 0) statistic += (count - expected) ** 2 / expected;
		});
	});
	const degrees =
		(rows.filter((n) => n > 0).length - 1) *
		(columns.filter((n) => n > 0).length - 1);
	return statistic < chiSquareQuantile99(degrees);
}

/** Wilson and Hilferty 1931. */
function chiSquareQuantile99(degrees: number): number {
	const spread = 2 / (9 * degrees);
	return degrees * (1 - spread + 2.3263 * Math.sqrt(spread)) ** 3;
}

function standardise(examples: readonly Example[]) {
	const width = examples[0]?.features.length ?? 0;
	const means: number[] = [];
	const spreads: number[] = [];
	for (let k = 0; k < width; k++) {
		const column = examples.map(({ features }) => features[k] as number);
		const mean = sum(column) / column.length;
		const variance =
			sum(column.map((value) => (value - mean) ** 2)) / column.length;
		means.push(mean);
		spreads.push(variance > 0 ? Math.sqrt(variance) : 1);
	}
	return (features: readonly number[]) =>
		features.map(
			(value, k) => (value - (means[k] as number)) / (spreads[k] as number),
		);
}

function dot(weights: readonly number[], input: readonly number[]): number {
	let product = 0;
	for (let k = 0; k < weights.length; k++)
		product += (weights[k] as number) * (input[k] as number);
	return product;
}

function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}
