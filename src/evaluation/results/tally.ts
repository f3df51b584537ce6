/** Things by a key, the groups in the order of their first member. */
export function groupBy<Thing>(
	things: readonly Thing[],
	keyOf: (thing: Thing) => string,
): Map<string, Thing[]> {
	const groups = new Map<string, Thing[]>();
	for (const thing of things) {
		const key = keyOf(thing);
		const group = groups.get(key);
		if (group) group.push(thing);
		else groups.set(key, [thing]);
	}
	return groups;
}

/** How often each name comes, in alphabetical order. A name may come with a number of times. */
export function tally<Name extends string>(
	names: Iterable<Name | readonly [Name, number]>,
): Partial<Record<Name, number>> {
	const counts = new Map<Name, number>();
	for (const told of names) {
		const [name, times] = typeof told === "string" ? [told, 1] : told;
		counts.set(name, (counts.get(name) ?? 0) + times);
	}
	return Object.fromEntries(
		[...counts].sort(([a], [b]) => (a < b ? -1 : 1)),
	) as Partial<Record<Name, number>>;
}
