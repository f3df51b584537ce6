export type Labels = Readonly<Record<string, string>>;

/** Sets of labels that one metric can have; further ones are counted together as "other", so that nobody fills memory with names. */
const MOST_SETS = 500;

/** Values by their labels, in plain numbers: to find one costs a look into a map. */
export class Series<Value> implements Iterable<readonly [Labels, Value]> {
	private readonly entries = new Map<string, readonly [Labels, Value]>();

	constructor(
		readonly names: readonly string[],
		private readonly make: () => Value,
	) {}

	/** The value of a set of labels: one for each name. */
	of(...labels: readonly string[]): Value {
		const key = labels.join("\n");
		const known = this.entries.get(key);
		if (known !== undefined) return known[1];
		if (this.entries.size >= MOST_SETS && labels.some((one) => one !== OTHER))
			return this.of(...labels.map(() => OTHER));
		const named = this.names.map((name, place) => [name, labels[place]]);
		const value = this.make();
		this.entries.set(key, [Object.fromEntries(named), value]);
		return value;
	}

	[Symbol.iterator](): Iterator<readonly [Labels, Value]> {
		return this.entries.values();
	}
}

/** A number that grows. */
export class Count {
	value = 0;
}

const OTHER = "other";
