/** Rounds in which neighbours pull the services of a layer into order. */
const ROUNDS = 6;

/**
 * Services in layers: whoever calls stands before whom it calls, wherever that can be (a circle is cut where it closes). Within a layer they
 * stand near their neighbours, so that few calls cross. Deterministic.
 */
export function layersOf(
	services: readonly string[],
	calls: Readonly<Record<string, readonly string[]>>,
): string[][] {
	const depth = depthsOf(services, calls);
	const layers: string[][] = [];
	for (const service of services) {
		const place = depth.get(service) as number;
		layers[place] = [...(layers[place] ?? []), service];
	}
	const neighbours = neighboursOf(services, calls);
	for (let round = 0; round < ROUNDS; round++) {
		const isDown = round % 2 === 0;
		for (let k = 1; k < layers.length; k++) {
			const place = isDown ? k : layers.length - 1 - k;
			const fixed = layers[isDown ? place - 1 : place + 1] ?? [];
			layers[place] = ordered(layers[place] ?? [], fixed, neighbours);
		}
	}
	return layers;
}

/** The longest way from a service that nobody calls. */
function depthsOf(
	services: readonly string[],
	calls: Readonly<Record<string, readonly string[]>>,
): Map<string, number> {
	const depth = new Map<string, number>(services.map((name) => [name, 0]));
	const visiting = new Set<string>();
	const visit = (service: string, at: number) => {
		if (visiting.has(service) || at < (depth.get(service) ?? 0)) return;
		depth.set(service, at);
		visiting.add(service);
		for (const called of calls[service] ?? [])
			if (depth.has(called)) visit(called, at + 1);
		visiting.delete(service);
	};
	const called = new Set(Object.values(calls).flat());
	for (const service of services) if (!called.has(service)) visit(service, 0);
	// What only circles reach.
	for (const service of services)
		if (depth.get(service) === 0) visit(service, 0);
	return compact(depth);
}

/** Without empty layers between. */
function compact(depth: ReadonlyMap<string, number>): Map<string, number> {
	const used = [...new Set(depth.values())].sort((a, b) => a - b);
	return new Map([...depth].map(([name, at]) => [name, used.indexOf(at)]));
}

function neighboursOf(
	services: readonly string[],
	calls: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, readonly string[]> {
	const found = new Map<string, string[]>(services.map((name) => [name, []]));
	for (const [caller, list] of Object.entries(calls))
		for (const called of list) {
			found.get(caller)?.push(called);
			found.get(called)?.push(caller);
		}
	return found;
}

function ordered(
	layer: readonly string[],
	fixed: readonly string[],
	neighbours: ReadonlyMap<string, readonly string[]>,
): string[] {
	const pull = layer.map((service, place) => {
		const places = (neighbours.get(service) ?? [])
			.map((name) => fixed.indexOf(name))
			.filter((at) => at >= 0);
		const mean =
			places.length === 0
				? place / Math.max(1, layer.length)
				: places.reduce((sum, at) => sum + at + 0.5, 0) /
					(places.length * fixed.length);
		return { service, mean, place };
	});
	return pull
		.sort((a, b) => a.mean - b.mean || a.place - b.place)
		.map(({ service }) => service);
}
