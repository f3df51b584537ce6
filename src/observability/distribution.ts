import { Histogram, type HistogramConfiguration } from "prom-client";
import type { Labels } from "./series.js";

/** Seconds, from a step that is taken at once to a stream that stays open. */
const BOUNDS = [
	0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
	0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

/** How durations spread, in plain numbers: to take one in is a search and two additions. */
export class Distribution {
	/** Of each bucket alone; the last one has no bound. */
	readonly counts = new Float64Array(BOUNDS.length + 1);
	sum = 0;

	observe(seconds: number): void {
		let bucket = 0;
		while (bucket < BOUNDS.length && seconds > (BOUNDS[bucket] as number))
			bucket += 1;
		this.counts[bucket] = (this.counts[bucket] as number) + 1;
		this.sum += seconds;
	}
}

/** A histogram of a registry that is read from distributions when somebody asks. */
export class DistributionMetric extends Histogram<string> {
	constructor(
		private readonly about: HistogramConfiguration<string>,
		private readonly readings: Iterable<readonly [Labels, Distribution]>,
	) {
		super(about);
	}

	override async get(): ReturnType<Histogram<string>["get"]> {
		const { name } = this.about;
		const values = [];
		for (const [labels, { counts, sum }] of this.readings) {
			let count = 0;
			for (const [bucket, counted] of counts.entries()) {
				count += counted;
				const le = BOUNDS[bucket] ?? "+Inf";
				const metricName = `${name}_bucket`;
				values.push({ metricName, labels: { ...labels, le }, value: count });
			}
			values.push({ metricName: `${name}_sum`, labels, value: sum });
			values.push({ metricName: `${name}_count`, labels, value: count });
		}
		const { help, type, aggregator, collect } = this as unknown as Awaited<
			ReturnType<Histogram<string>["get"]>
		>;
		return { name, help, type, aggregator, collect, values };
	}

	/** What the registry asks for its text. */
	getForPromString(): ReturnType<Histogram<string>["get"]> {
		return this.get();
	}
}
