import { Counter, Gauge, Registry } from "prom-client";
import { type NightshiftError, REASONS } from "../errors.js";
import type { Sessions } from "../sessions/sessions.js";
import type { EndedJob } from "../training/job-watch.js";
import type { PoolTrainer } from "../training/worker-pool.js";
import { Distribution, DistributionMetric } from "./distribution.js";
import { addProcessMetrics } from "./process-metrics.js";
import { Count, type Labels, Series } from "./series.js";

/** What metrics are read from, beside what is told them. */
export interface MetricSources {
	readonly version: string;
	readonly sessions: Pick<Sessions, "all" | "counts" | "places" | "slots">;
	readonly trainer: Pick<PoolTrainer, "engine" | "load">;
}

/** A call of the contract that has ended, or a request within a stream that failed. */
export interface CallToCount {
	readonly method: string;
	readonly error: NightshiftError | undefined;
	readonly durationMs: number;
	readonly isInBand?: boolean;
}

/** An HTTP request that was answered. */
export interface HttpRequestToCount {
	/** GET, POST and so on. */
	readonly method: string;
	/** The route's pattern, "/s/:id": never an address with what a caller put into it. Absent where no route took the request. */
	readonly route: string | undefined;
	/** 100..599. */
	readonly status: number;
	readonly durationMs: number;
}

const HTTP_METHODS: ReadonlySet<string> = new Set([
	"DELETE",
	"GET",
	"HEAD",
	"OPTIONS",
	"PATCH",
	"POST",
	"PUT",
]);

type Readings<Value> = Iterable<readonly [Labels, Value]>;

/**
 * The service's metrics for Prometheus. What happens is counted in plain numbers, here and where it happens; the registry reads them when
 * somebody asks for its text. No label holds a session, a seed or an address.
 */
export class Metrics {
	private readonly registry = new Registry();
	private readonly stopLooking: () => void;
	private readonly errors = new Series(["reason"], () => new Count());
	private readonly calls = new Series(
		["method", "code", "reason"],
		() => new Count(),
	);
	private readonly callSeconds = new Series(
		["method"],
		() => new Distribution(),
	);
	private readonly epochs = new Series(["network", "end"], () => new Count());
	private readonly gradings = new Series(["network", "end"], () => new Count());
	private readonly queueSeconds = new Series(
		["job", "network"],
		() => new Distribution(),
	);
	private readonly computeSeconds = new Series(
		["job", "network"],
		() => new Distribution(),
	);
	private readonly lostWorkers = new Count();
	private readonly httpRequests = new Series(
		["method", "route", "status"],
		() => new Count(),
	);
	private readonly httpSeconds = new Series(
		["method", "route"],
		() => new Distribution(),
	);
	private readonly messages = new Series(
		["route", "direction"],
		() => new Count(),
	);

	constructor() {
		// A rate can be taken only of what stood at 0 before.
		for (const reason of Object.keys(REASONS)) this.errors.of(reason);
		this.addCalls();
		this.addJobs();
		this.addHttp();
		this.stopLooking = addProcessMetrics(this.registry);
	}

	/** The Content-Type of the text. */
	get contentType(): string {
		return this.registry.contentType;
	}

	/** What GET /metrics answers: Prometheus's text format 0.0.4. */
	text(): Promise<string> {
		return this.registry.metrics();
	}

	/** Also reads from these, once they are there. */
	readFrom({ version, sessions, trainer }: MetricSources): void {
		this.addSessions(sessions);
		this.addWorkers(trainer);
		this.gauge(
			"nightshift_build_info",
			"1, with what the server is: its version, Node's, and the engine that trains.",
			["version", "node_version", "engine", "engine_kind"],
			() => [
				[
					{
						version,
						node_version: process.version,
						engine: trainer.engine.name,
						engine_kind: trainer.engine.kind,
					},
					1,
				],
			],
		);
	}

	/** Stops what looks at the event loop. */
	close(): void {
		this.stopLooking();
	}

	call({ method, error, durationMs, isInBand = false }: CallToCount): void {
		if (error !== undefined) this.failure(error);
		if (isInBand) return;
		const reason = error?.reason ?? "";
		const code = error === undefined ? "OK" : REASONS[error.reason].code;
		this.calls.of(method, code, reason).value += 1;
		this.callSeconds.of(method).observe(durationMs / 1000);
	}

	/** An error that was answered and is no call's: those of calls are counted by `call`. */
	failure({ reason }: NightshiftError): void {
		this.errors.of(reason).value += 1;
	}

	job({ kind, network, end, queueMs, computeMs }: EndedJob): void {
		const job = kind === "grade" ? "grade" : "epoch";
		const ends = kind === "grade" ? this.gradings : this.epochs;
		ends.of(network, end).value += 1;
		this.queueSeconds.of(job, network).observe(queueMs / 1000);
		if (computeMs !== undefined)
			this.computeSeconds.of(job, network).observe(computeMs / 1000);
	}

	workerLost(): void {
		this.lostWorkers.value += 1;
	}

	httpRequest({ method, route, status, durationMs }: HttpRequestToCount): void {
		const verb = HTTP_METHODS.has(method) ? method : "other";
		const pattern = route ?? "none";
		this.httpRequests.of(verb, pattern, String(status)).value += 1;
		this.httpSeconds.of(verb, pattern).observe(durationMs / 1000);
	}

	/** Messages of WebSockets in one direction, for whoever counts them. `route`: as in a request. */
	webSocketMessages(route: string, direction: "in" | "out"): Count {
		return this.messages.of(route, direction);
	}

	private addCalls(): void {
		this.counter(
			"nightshift_grpc_calls_total",
			"Calls over gRPC that ended, by method, gRPC code and the contract's reason (empty: none).",
			this.calls.names,
			() => counted(this.calls),
		);
		this.distribution(
			"nightshift_grpc_call_duration_seconds",
			"How long calls over gRPC took, streams from their beginning to their end, in seconds.",
			this.callSeconds,
		);
		this.counter(
			"nightshift_errors_total",
			"Errors that were answered, by the contract's reason: of calls, and of requests and lanes within play streams.",
			this.errors.names,
			() => counted(this.errors),
		);
	}

	private addJobs(): void {
		this.counter(
			"nightshift_epochs_total",
			"Epochs that workers were asked for and that ended, by network and how: done, cancelled, worker-lost, failed.",
			this.epochs.names,
			() => counted(this.epochs),
		);
		this.counter(
			"nightshift_gradings_total",
			"Gradings of submitted models, as epochs.",
			this.gradings.names,
			() => counted(this.gradings),
		);
		this.distribution(
			"nightshift_queue_seconds",
			"How long epochs and gradings waited for a worker, in seconds.",
			this.queueSeconds,
		);
		this.distribution(
			"nightshift_compute_seconds",
			"How long workers took for epochs and gradings, in seconds.",
			this.computeSeconds,
		);
		this.counter(
			"nightshift_worker_threads_lost_total",
			"Worker threads that ended by themselves and were replaced.",
			[],
			() => [[{}, this.lostWorkers.value]],
		);
	}

	private addHttp(): void {
		this.counter(
			"nightshift_http_requests_total",
			"HTTP requests that were answered, by method, route and status.",
			this.httpRequests.names,
			() => counted(this.httpRequests),
		);
		this.distribution(
			"nightshift_http_request_duration_seconds",
			"How long HTTP requests took, in seconds.",
			this.httpSeconds,
		);
		this.counter(
			"nightshift_websocket_messages_total",
			"Messages of WebSockets, by route and direction: in, out.",
			this.messages.names,
			() => counted(this.messages),
		);
	}

	private addSessions(sessions: MetricSources["sessions"]): void {
		const { counts } = sessions;
		const byEnvironment = ["environment"];
		this.gauge(
			"nightshift_sessions",
			"Sessions that are open, by environment and state: idle, running, episode_ended.",
			["environment", "state"],
			() => openSessions(sessions),
		);
		this.counter(
			"nightshift_sessions_opened_total",
			"Sessions that clients opened.",
			byEnvironment,
			() => inEach(counts, ({ sessionsOpened }) => sessionsOpened),
		);
		this.counter(
			"nightshift_steps_total",
			"Actions that counted, by environment; also those of policies that the server plays.",
			byEnvironment,
			() => inEach(counts, ({ steps }) => steps),
		);
		this.counter(
			"nightshift_episodes_ended_total",
			"Episodes that ended, by environment and the contract's reason.",
			["environment", "reason"],
			() =>
				[...counts].flatMap(([environment, { episodesEnded }]) =>
					[...episodesEnded].map(([reason, ended]): [Labels, number] => [
						{ environment, reason: toReason(String(reason)) },
						ended,
					]),
				),
		);
		const limits = {
			session_slots: [
				"Slots of sessions",
				"taken by open sessions and runs of policies",
				() => sessions.slots,
			],
			action_places: [
				"Places of actions",
				"taken by actions that run or wait for a worker",
				() => sessions.places,
			],
		} as const;
		for (const [name, [things, which, read]] of Object.entries(limits)) {
			this.gauge(`nightshift_${name}_taken`, `${things} ${which}.`, [], () => [
				[{}, read().taken],
			]);
			this.gauge(`nightshift_${name}_limit`, `${things} in all.`, [], () => [
				[{}, read().limit],
			]);
		}
	}

	private addWorkers(trainer: MetricSources["trainer"]): void {
		const gauges = {
			worker_threads: ["Worker threads that there are.", "threads"],
			worker_threads_busy: ["Worker threads that have a job.", "busy"],
			worker_jobs_waiting: [
				"Epochs and gradings that wait for a worker.",
				"waiting",
			],
		} as const;
		for (const [name, [help, field]] of Object.entries(gauges))
			this.gauge(`nightshift_${name}`, help, [], () => [
				[{}, trainer.load[field]],
			]);
	}

	private counter(
		name: string,
		help: string,
		labelNames: readonly string[],
		read: () => Readings<number>,
	): void {
		new Counter({
			name,
			help,
			labelNames,
			registers: [this.registry],
			collect() {
				this.reset();
				for (const [labels, value] of read()) this.inc(labels, value);
			},
		});
	}

	private gauge(
		name: string,
		help: string,
		labelNames: readonly string[],
		read: () => Readings<number>,
	): void {
		new Gauge({
			name,
			help,
			labelNames,
			registers: [this.registry],
			collect() {
				this.reset();
				for (const [labels, value] of read()) this.set(labels, value);
			},
		});
	}

	private distribution(
		name: string,
		help: string,
		series: Series<Distribution>,
	): void {
		new DistributionMetric(
			{ name, help, labelNames: series.names, registers: [this.registry] },
			series,
		);
	}
}

function* counted(series: Series<Count>): Generator<readonly [Labels, number]> {
	for (const [labels, { value }] of series) yield [labels, value];
}

function* inEach<Counts>(
	counts: ReadonlyMap<string, Counts>,
	read: (counts: Counts) => number,
): Generator<readonly [Labels, number]> {
	for (const [environment, each] of counts) yield [{ environment }, read(each)];
}

function openSessions({
	all,
	counts,
}: Pick<Sessions, "all" | "counts">): Readings<number> {
	const open = new Series(["environment", "state"], () => new Count());
	for (const environment of counts.keys())
		for (const state of ["idle", "running", "episode_ended"])
			open.of(environment, state);
	for (const { isRunning, record } of all) {
		if (record.ended !== undefined) continue;
		const { environment, result } = record.episode;
		const state = isRunning ? "running" : result ? "episode_ended" : "idle";
		open.of(environment, state).value += 1;
	}
	return counted(open);
}

/** The contract's word without its prefix. */
function toReason(name: string): string {
	return name.replace("END_REASON_", "");
}
