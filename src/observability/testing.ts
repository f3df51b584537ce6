import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import type { TestContext } from "node:test";
import {
	type Context,
	type ContextManager,
	ROOT_CONTEXT,
} from "@opentelemetry/api";

/** What tests of metrics and traces stand on: a reader of Prometheus's text that holds its rules, and a collector of spans. */

interface Sample {
	readonly name: string;
	readonly labels: Readonly<Record<string, string>>;
	readonly value: number;
}

interface Family {
	readonly help: string;
	readonly type: string;
	readonly samples: Sample[];
}

/** Metrics as a scrape reads them. */
export class Scrape {
	readonly families = new Map<string, Family>();

	constructor(text: string) {
		assert.ok(text.endsWith("\n"), "the text ends with a line's end");
		let family: { name: string; help: string; type?: string } | undefined;
		for (const line of text.split("\n")) {
			const [, kind, name = "", rest = ""] =
				/^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
			if (kind === "HELP") {
				assert.ok(!this.families.has(name), `${name} stands once`);
				family = { name, help: rest };
			} else if (kind === "TYPE") {
				assert.equal(family?.name, name, "TYPE follows its HELP");
				const { help } = family as { help: string };
				this.families.set(name, { help, type: rest, samples: [] });
			} else if (line !== "") {
				const sample = readSample(line);
				const known = this.families.get(family?.name as string);
				assert.ok(sample.name.startsWith(family?.name as string), line);
				known?.samples.push(sample);
			}
		}
	}

	/** The value of a series, found by its name and some of its labels; fails where there is none, or more than one. */
	value(name: string, labels: Readonly<Record<string, string>> = {}): number {
		const found = [...this.families.values()]
			.flatMap(({ samples }) => samples)
			.filter(
				(sample) =>
					sample.name === name &&
					Object.entries(labels).every(
						([label, value]) => sample.labels[label] === value,
					),
			);
		assert.equal(found.length, 1, `${name} ${JSON.stringify(labels)}`);
		return (found[0] as Sample).value;
	}

	/** What `promtool check metrics` holds against these, and what the text's format demands of histograms: nothing, if all is well. */
	get faults(): string[] {
		return [...this.families].flatMap(([name, family]) =>
			faultsOf(name, family).map((fault) => `${name} ${fault}`),
		);
	}
}

function readSample(line: string): Sample {
	const [, name = "", inBraces = "", value = ""] =
		/^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
	assert.notEqual(name, "", `a sample: ${line}`);
	const labels = [...inBraces.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
	return {
		name,
		labels: Object.fromEntries(labels.map(([, key, text]) => [key, text])),
		value: value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value),
	};
}

function faultsOf(name: string, { help, type, samples }: Family): string[] {
	const series = samples.map(({ name, labels }) =>
		JSON.stringify([name, labels]),
	);
	const rules: [boolean, string][] = [
		[help.length > 0, "has no help"],
		[/^[a-z_][a-z0-9_]*$/.test(name), "is not in lower case"],
		[["counter", "gauge", "histogram"].includes(type), `is a ${type}`],
		[
			(type === "counter") === name.endsWith("_total"),
			"_total is for counters",
		],
		[!/_(count|sum|bucket|info_total)$/.test(name), "has a histogram's ending"],
		[
			!/(milli|micro|nano)|_(ms|us|ns|kb|mb|minutes|hours)\b/.test(name),
			"is in no base unit",
		],
		[!/counter|gauge|histogram/.test(name), "has its type in its name"],
		[
			type === "histogram" || samples.every(({ labels }) => !labels.le),
			"has a histogram's label",
		],
		[samples.every(({ labels }) => !labels.quantile), "has a summary's label"],
		[new Set(series).size === series.length, "has a series twice"],
		[samples.every(({ value }) => !Number.isNaN(value)), "is no number"],
		[
			type === "gauge" || samples.every(({ value }) => value >= 0),
			"is negative",
		],
		[
			samples.every(({ labels }) =>
				Object.values(labels).every((text) => !/[0-9a-f]{32}|\d{6}/.test(text)),
			),
			"has an id in a label",
		],
	];
	const faults = rules.filter(([holds]) => !holds).map(([, fault]) => fault);
	return type === "histogram"
		? [...faults, ...bucketFaults(name, samples)]
		: faults;
}

function bucketFaults(name: string, samples: readonly Sample[]): string[] {
	const counts = samples.filter((sample) => sample.name === `${name}_count`);
	return counts.flatMap(({ labels, value }) => {
		const isSame = (other: Sample) =>
			Object.entries(labels).every(([key, text]) => other.labels[key] === text);
		const buckets = samples
			.filter((sample) => sample.name === `${name}_bucket`)
			.filter(isSame);
		const bounds = buckets.map(({ labels: { le } }) =>
			le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le),
		);
		const rises = (numbers: number[]) =>
			numbers.every(
				(number, at) => at === 0 || number >= (numbers[at - 1] as number),
			);
		return [
			...(bounds.at(-1) === Number.POSITIVE_INFINITY
				? []
				: ["has no last bucket"]),
			...(rises(bounds) && rises(buckets.map(({ value }) => value))
				? []
				: ["has buckets that do not rise"]),
			...(buckets.at(-1)?.value === value
				? []
				: ["has another count than its last bucket"]),
			...(samples.some(
				(sample) => sample.name === `${name}_sum` && isSame(sample),
			)
				? []
				: ["has no sum"]),
		];
	});
}

/** A span as OTLP tells it. */
export interface CollectedSpan {
	readonly traceId: string;
	readonly spanId: string;
	readonly parentSpanId?: string;
	readonly name: string;
	/** 1 internal, 2 server, 3 client. */
	readonly kind: number;
	readonly attributes: readonly {
		readonly key: string;
		readonly value: Readonly<Record<string, unknown>>;
	}[];
	readonly links?: readonly {
		readonly traceId: string;
		readonly spanId: string;
	}[];
	readonly status: { readonly code?: number; readonly message?: string };
}

interface Told {
	readonly resourceSpans: readonly {
		readonly resource: { readonly attributes: CollectedSpan["attributes"] };
		readonly scopeSpans: readonly {
			readonly spans: readonly CollectedSpan[];
		}[];
	}[];
}

export interface Collector {
	readonly url: string;
	/** In the order in which they came. */
	readonly spans: CollectedSpan[];
	/** Names of the services that they are of. */
	readonly services: Set<unknown>;
}

/** A collector of OTLP over HTTP, in JSON. */
export async function startCollector(context: TestContext): Promise<Collector> {
	const spans: CollectedSpan[] = [];
	const services = new Set<unknown>();
	const url = await startReceiver(context, ({ url }, body) => {
		assert.equal(url, "/v1/traces");
		const { resourceSpans } = JSON.parse(body.toString()) as Told;
		for (const { resource, scopeSpans } of resourceSpans) {
			services.add(attributeOf(resource, "service.name"));
			spans.push(...scopeSpans.flatMap(({ spans }) => spans));
		}
	});
	return { url, spans, services };
}

/** An HTTP server that takes whatever comes, until the test is over; gives its address. */
export async function startReceiver(
	context: TestContext,
	take: (request: IncomingMessage, body: Buffer) => void,
): Promise<string> {
	const server = createServer((request, response) => {
		void buffer(request).then((body) => {
			take(request, body);
			response.end();
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	context.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as { port: number };
	return `http://127.0.0.1:${port}`;
}

/** The value of an attribute; nothing where there is none. */
export function attributeOf(
	{ attributes }: Pick<CollectedSpan, "attributes">,
	name: string,
): unknown {
	const value = attributes.find(({ key }) => key === name)?.value;
	return value && Object.values(value)[0];
}

/** What a program sets up so that its spans have their parents: OpenTelemetry's own is in a package of its own. */
export class AsyncContexts implements ContextManager {
	private readonly current = new AsyncLocalStorage<Context>();

	active(): Context {
		return this.current.getStore() ?? ROOT_CONTEXT;
	}

	with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
		context: Context,
		work: F,
		self?: ThisParameterType<F>,
		...args: A
	): ReturnType<F> {
		return this.current.run(context, () => work.call(self as never, ...args));
	}

	bind<T>(_context: Context, target: T): T {
		return target;
	}

	enable(): this {
		return this;
	}

	disable(): this {
		return this;
	}
}
