import { createRequire } from "node:module";
import type { Logger } from "pino";
import { locateDataSets } from "../datasets/load.js";
import { systemClock } from "./clock.js";
import {
	dataCacheDirectory,
	httpPortOf,
	type ServerConfiguration,
} from "./configuration.js";
import { createProgressTeller } from "./data-progress.js";
import type { ObservedCall } from "./door/call-observer.js";
import type { Environment } from "./environments/environment.js";
import { createSreEnvironment } from "./environments/sre/sre-environment.js";
import { networksOf, trainingTasks } from "./environments/training/tasks.js";
import { createTrainingEnvironment } from "./environments/training/training-environment.js";
import { REASONS } from "./errors.js";
import { type Gateway, startGateway } from "./gateway/gateway.js";
import { Metrics } from "./observability/metrics.js";
import { startTracingWhereAsked } from "./observability/start-tracing.js";
import type { Tracing } from "./observability/tracing.js";
import { type GrpcServer, startGrpcServer } from "./server/grpc-server.js";
import { Sessions } from "./sessions/sessions.js";
import { DataSets } from "./training/data-sets.js";
import type { Trainer } from "./training/trainer.js";
import {
	createWorkerPool,
	type WorkerPoolEvent,
} from "./training/worker-pool.js";

/** A running service. */
export interface Service extends GrpcServer {
	readonly sessions: Sessions;
	readonly trainer: Trainer;
	/** Absent where it is off. */
	readonly http: Pick<Gateway, "address" | "port" | "speakMcp"> | undefined;
	/** For GET /metrics, and to be told of what comes through other doors. */
	readonly metrics: Metrics;
	/** Absent where nothing is traced. */
	readonly tracing: Tracing | undefined;
}

const { version } = createRequire(import.meta.url)("#package") as {
	version: string;
};

/** Data sets, workers, environments, sessions, server, gateway: the whole service, listening. */
export async function startService(
	configuration: ServerConfiguration,
	log: Logger,
): Promise<Service> {
	const places = {
		directories: configuration.data,
		cacheDirectory: dataCacheDirectory(),
	};
	// A directory that the user named and that holds nothing is an error now, not at the first session.
	for (const [family, location] of Object.entries(locateDataSets(places))) {
		if (location.found)
			log.info({ family, path: location.path }, "data set found");
		else
			log.info(
				{ family, looked: location.looked },
				"data set not found; it is fetched or drawn when a task first needs it",
			);
	}
	const dataSets = new DataSets(
		{
			...places,
			download: configuration.download ? "if-missing" : "never",
			onProgress: createProgressTeller(systemClock, (progress, text) =>
				log.info({ progress }, text),
			),
		},
		({ name, digest, source, synthetic }) =>
			log.info({ dataSet: name, digest, source, synthetic }, "data set ready"),
	);
	const metrics = new Metrics();
	const tracing = await startTracingWhereAsked(log, version);
	let setServing = (_isServing: boolean) => {};
	const trainer = await createWorkerPool({
		engine: configuration.engine,
		precision: configuration.precision,
		threads: configuration.workers,
		networks: networksOf(trainingTasks),
		onEvent(event) {
			logWorkers(log, event);
			if (event.kind === "worker-lost") metrics.workerLost();
			if (event.kind !== "worker-lost")
				setServing(event.kind === "engine-back");
		},
		onJob: (job) => metrics.job(job),
		tracer: tracing?.jobs,
	});
	log.info(
		{ ...trainer.engine },
		trainer.engine.kind === "portable"
			? `training on the portable engine: ${trainer.engine.why}`
			: "training engine ready",
	);
	const environments: Environment[] = [
		createTrainingEnvironment(trainer, dataSets) as Environment,
		createSreEnvironment() as Environment,
	];
	const sessions = new Sessions({
		clock: systemClock,
		environments,
		maxSessions: configuration.maxSessions,
		maxActions: configuration.maxActions,
	});
	const defaultLeaseMs = configuration.leaseSeconds * 1000;
	metrics.readFrom({ version, sessions, trainer });
	const server = await startGrpcServer({
		sessions,
		clock: systemClock,
		host: configuration.host,
		port: configuration.port,
		defaultLeaseMs,
		maxWatchers: configuration.maxWatchers,
		operatorToken: configuration.operatorToken,
		drainGraceMs: configuration.drainSeconds * 1000,
		tracer: tracing?.requests,
		observe(call) {
			logCall(log, call);
			metrics.call(call);
		},
	});
	const httpPort = httpPortOf(configuration);
	const gateway =
		httpPort === "off"
			? undefined
			: await startGateway({
					sessions,
					clock: systemClock,
					host: configuration.host,
					port: httpPort,
					environment: configuration.httpEnvironment,
					grpcPort: server.port,
					allowedHosts: configuration.allowedHost,
					defaultLeaseMs,
					maxSessionsPerAddress: configuration.maxSessionsPerAddress,
					web: {
						operatorToken: configuration.operatorToken,
						results: configuration.results,
						maxWatchers: configuration.maxWatchers,
					},
					metrics,
					tracer: tracing?.requests,
					observe(call) {
						logCall(log, call);
						if (call.error) metrics.failure(call.error);
					},
				}).catch(async (error: unknown) => {
					// What listens already would keep the process alive.
					await server.drain();
					throw error;
				});
	setServing = (isServing) => {
		server.setServing(isServing);
		gateway?.setServing(isServing);
	};
	void server.draining.then(() => gateway?.setServing(false));
	return {
		...server,
		sessions,
		trainer,
		http: gateway,
		metrics,
		tracing,
		async drain() {
			await server.drain();
			await gateway?.close();
			await trainer.close();
			metrics.close();
			await tracing?.shutdown();
		},
	};
}

function logWorkers(log: Logger, event: WorkerPoolEvent): void {
	switch (event.kind) {
		case "worker-lost":
			log.warn(
				{ err: event.cause },
				"a worker thread ended; another one takes its place, and its epoch is repeated by whoever asked for it",
			);
			return;
		case "no-engine":
			log.fatal(
				{ err: event.cause },
				"no worker thread can start the training engine, so health says NOT_SERVING; each call tries again. Mend what err says, or restart the server",
			);
			return;
		case "engine-back":
			log.info("a worker thread has the training engine again");
	}
}

function logCall(
	log: Logger,
	{ method, error, durationMs, isInBand }: ObservedCall,
): void {
	// What fails in-band is no failed call; but a defect belongs in the log, which its text promises.
	if (isInBand && error?.reason !== "INTERNAL") return;
	if (error === undefined && !log.isLevelEnabled("debug")) return;
	const fields = { method, ms: Math.round(durationMs * 10) / 10 };
	if (error === undefined) log.debug({ ...fields, code: "OK" }, "call");
	else if (error.reason === "INTERNAL")
		log.error(
			{ ...fields, code: "INTERNAL", ...error.metadata, err: error.cause },
			"a defect",
		);
	else
		log.info(
			{
				...fields,
				code: REASONS[error.reason].code,
				reason: error.reason,
				message: error.message,
			},
			"call failed",
		);
}
