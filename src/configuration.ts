import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { EngineChoice } from "../workers/create-engine.js";
import type { Precision } from "../workers/engine.js";
import type { LogLevel } from "./log.js";

/** Everything that can be set about a server. Read once, here, from flags and the environment; flags win. */
export interface ServerConfiguration {
	readonly host: string;
	readonly port: number;
	/** The HTTP port beside gRPC's: 0 picks a free one, "off" serves none; nothing given: see `httpPortOf`. */
	readonly httpPort: number | "off" | undefined;
	/** Played at the root of HTTP where a request names no task. */
	readonly httpEnvironment: "training" | "sre";
	readonly allowedHost: readonly string[];
	readonly data: readonly string[];
	readonly download: boolean;
	readonly engine: EngineChoice;
	readonly precision: Precision;
	readonly workers: number;
	readonly maxSessions: number;
	/** Of HTTP. */
	readonly maxSessionsPerAddress: number;
	readonly maxActions: number;
	readonly maxWatchers: number;
	readonly leaseSeconds: number;
	readonly drainSeconds: number;
	readonly logLevel: LogLevel;
	/** Folder of evaluations that the page /web tells. */
	readonly results: string;
	/** Whoever has it may make the operator's calls; absent: nobody may. */
	readonly operatorToken: string | undefined;
}

const HTTP_PORT = 8000;

/** Whoever lets gRPC's port be picked starts servers side by side, which must not meet at one port. */
export function httpPortOf({
	port,
	httpPort = port === 0 ? 0 : HTTP_PORT,
}: Pick<ServerConfiguration, "port" | "httpPort">): number | "off" {
	return httpPort;
}

type Parse<T> = (text: string) => T;

export interface Setting<T = unknown> {
	/** Absent for a secret: a command line can be read by others. Its value is never told. */
	readonly flag: string | undefined;
	readonly variable: string;
	readonly placeholder: string;
	readonly description: string;
	readonly otherwise: T;
	readonly parse: Parse<T>;
	/** The default in words, where its value does not tell. */
	readonly shown: string | undefined;
}

const setting = <T>(
	flag: string | undefined,
	placeholder: string,
	variable: string,
	description: string,
	otherwise: T,
	parse: Parse<T>,
	shown?: string,
): Setting<T> => ({
	flag,
	placeholder,
	variable,
	description,
	otherwise,
	parse,
	shown,
});

/** Flags, variables, defaults and bounds: the one table, from which `--help` is made too. */
export const serverSettings: {
	readonly [Key in keyof ServerConfiguration]: Setting<
		ServerConfiguration[Key]
	>;
} = {
	host: setting(
		"--host",
		"HOST",
		"NIGHTSHIFT_HOST",
		"address to listen on; there is no authentication yet, so only this machine by default",
		"127.0.0.1",
		nonEmpty,
	),
	port: setting(
		"--port",
		"PORT",
		"NIGHTSHIFT_PORT",
		"port to listen on; 0 picks a free one",
		50051,
		integerWithin(0, 65535),
	),
	httpPort: setting(
		"--http-port",
		"PORT",
		"NIGHTSHIFT_HTTP_PORT",
		"port to serve HTTP on, beside gRPC; 0 picks a free one, off serves none",
		undefined,
		(text) => (text === "off" ? text : portOrOff(text)),
		`${HTTP_PORT}, or a free one with --port 0`,
	),
	httpEnvironment: setting(
		"--http-environment",
		"ENVIRONMENT",
		"NIGHTSHIFT_HTTP_ENVIRONMENT",
		"training or sre: what HTTP plays at its root where a request names no task",
		"training" as const,
		oneOf({ training: "training", sre: "sre" } as const),
	),
	allowedHost: setting(
		"--allowed-host",
		"HOST",
		"NIGHTSHIFT_ALLOWED_HOST",
		"name under which HTTP may be asked, also by its web pages, beside addresses and names without a dot (several: separated by commas; * for all)",
		[] as readonly string[],
		hostNames,
	),
	data: setting(
		"--data",
		"DIR",
		"NIGHTSHIFT_DATA",
		"directory with data sets (several: separated by a colon)",
		[] as readonly string[],
		(text) => nonEmpty(text).split(":").filter(Boolean),
	),
	download: setting(
		"--download",
		"yes|no",
		"NIGHTSHIFT_DOWNLOAD",
		"download a data set that is not found",
		true,
		oneOf({ yes: true, no: false }),
	),
	engine: setting(
		"--engine",
		"ENGINE",
		"NIGHTSHIFT_ENGINE",
		"auto, tensorflow or portable",
		"auto" as EngineChoice,
		oneOf({ auto: "auto", tensorflow: "tensorflow", portable: "portable" }),
	),
	precision: setting(
		"--precision",
		"PRECISION",
		"NIGHTSHIFT_PRECISION",
		"float32, or bf16 where the processor has it: faster convolutions, other results",
		"float32" as Precision,
		oneOf({ float32: "float32", bf16: "bf16" }),
	),
	workers: setting(
		"--workers",
		"N",
		"NIGHTSHIFT_WORKERS",
		"worker threads, 1 or 2",
		2,
		integerWithin(1, 2),
	),
	maxSessions: setting(
		"--max-sessions",
		"N",
		"NIGHTSHIFT_MAX_SESSIONS",
		"sessions open at once",
		64,
		integerWithin(1, 100_000),
	),
	maxSessionsPerAddress: setting(
		"--max-sessions-per-address",
		"N",
		"NIGHTSHIFT_MAX_SESSIONS_PER_ADDRESS",
		"sessions open at once that one address may open over HTTP",
		100_000,
		integerWithin(1, 100_000),
		"as many as there are",
	),
	maxActions: setting(
		"--max-actions",
		"N",
		"NIGHTSHIFT_MAX_ACTIONS",
		"actions running or waiting at once, over all sessions",
		64,
		integerWithin(1, 100_000),
	),
	maxWatchers: setting(
		"--max-watchers",
		"N",
		"NIGHTSHIFT_MAX_WATCHERS",
		"watch streams open at once",
		256,
		integerWithin(1, 100_000),
	),
	leaseSeconds: setting(
		"--lease-seconds",
		"S",
		"NIGHTSHIFT_LEASE_SECONDS",
		"how long a session may be left alone",
		600,
		integerWithin(10, 86_400),
	),
	drainSeconds: setting(
		"--drain-seconds",
		"S",
		"NIGHTSHIFT_DRAIN_SECONDS",
		"how long running actions may go on after SIGTERM",
		10,
		integerWithin(0, 3600),
	),
	logLevel: setting(
		"--log-level",
		"LEVEL",
		"NIGHTSHIFT_LOG_LEVEL",
		"debug, info, warn, error or silent",
		"info" as LogLevel,
		oneOf({
			debug: "debug",
			info: "info",
			warn: "warn",
			error: "error",
			silent: "silent",
		}),
	),
	results: setting(
		"--results",
		"DIR",
		"NIGHTSHIFT_RESULTS",
		"folder with evaluations, whose summaries and reports the page /web shows to whoever can reach it",
		"outputs/evals",
		nonEmpty,
	),
	operatorToken: setting(
		undefined,
		"TOKEN",
		"NIGHTSHIFT_OPERATOR_TOKEN",
		"turns on the calls that are for the operator alone, for whoever sends this token",
		undefined as string | undefined,
		token,
	),
};

/** A flag or variable that cannot be taken: the sentence names it and what is allowed. */
export class ConfigurationError extends Error {
	override readonly name = "ConfigurationError";
}

/** Checks everything at the door. `flags` holds what was given, by setting. Errors: ConfigurationError. */
export function readServerConfiguration(
	flags: Readonly<Partial<Record<keyof ServerConfiguration, string>>>,
	environment: NodeJS.ProcessEnv = process.env,
): ServerConfiguration {
	const entries = Object.entries(serverSettings).map(
		([key, { flag, variable, otherwise, parse }]) => {
			const fromFlag = flags[key as keyof ServerConfiguration];
			const text = fromFlag ?? environment[variable];
			if (text === undefined) return [key, otherwise];
			try {
				return [key, parse(text)];
			} catch (error) {
				const shown = flag === undefined ? "its value" : `"${text}"`;
				throw new ConfigurationError(
					`${fromFlag === undefined ? variable : flag}: ${shown} is not allowed; ${(error as Error).message}.`,
				);
			}
		},
	);
	const read = Object.fromEntries(entries) as ServerConfiguration;
	return {
		...read,
		allowedHost: [...read.allowedHost, ...ownHosts(environment)],
	};
}

/** The name that a Hugging Face Space tells the server in it. */
function ownHosts({ SPACE_HOST }: NodeJS.ProcessEnv): string[] {
	return SPACE_HOST && /^[a-z0-9.-]+$/.test(SPACE_HOST) ? [SPACE_HOST] : [];
}

/** Where things are kept between runs: $NIGHTSHIFT_CACHE, else nightshift in $XDG_CACHE_HOME, else ~/.cache/nightshift. */
export function cacheDirectory(
	environment: NodeJS.ProcessEnv = process.env,
): string {
	const chosen = environment.NIGHTSHIFT_CACHE;
	if (chosen) return isAbsolute(chosen) ? chosen : resolve(chosen);
	return join(
		environment.XDG_CACHE_HOME || join(homedir(), ".cache"),
		"nightshift",
	);
}

const OTLP_PROTOCOLS = ["grpc", "http/protobuf", "http/json"] as const;

/** How traces go to a collector. */
export type OtlpProtocol = (typeof OTLP_PROTOCOLS)[number];

/**
 * How traces are sent, by OpenTelemetry's own variables: only where an endpoint is set, and http/protobuf where no protocol is. Absent: nothing is
 * traced. Errors: ConfigurationError.
 */
export function readOtlpProtocol(
	environment: NodeJS.ProcessEnv = process.env,
): OtlpProtocol | undefined {
	const isAsked =
		environment.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ||
		environment.OTEL_EXPORTER_OTLP_ENDPOINT;
	if (!isAsked || environment.OTEL_SDK_DISABLED?.toLowerCase() === "true")
		return undefined;
	const name = environment.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL
		? "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
		: "OTEL_EXPORTER_OTLP_PROTOCOL";
	const text = environment[name] || "http/protobuf";
	const protocol = OTLP_PROTOCOLS.find((known) => known === text);
	if (protocol !== undefined) return protocol;
	throw new ConfigurationError(
		`${name}: "${text}" is not allowed; one of ${OTLP_PROTOCOLS.join(", ")}.`,
	);
}

/** The Python that benchmarks look for grpcio, protobuf and numpy in: $NIGHTSHIFT_PYTHON, else python3. */
export function clientPython(
	environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
	return environment.NIGHTSHIFT_PYTHON || "python3";
}

/** The Python that benchmarks and their tests find OpenEnv in: $NIGHTSHIFT_OPENENV_PYTHON; absent, one is made. */
export function openEnvPython(
	environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
	return environment.NIGHTSHIFT_OPENENV_PYTHON || undefined;
}

/** The Python that tests and benchmarks look for PyTorch in: $NIGHTSHIFT_TORCH_PYTHON, else python3. */
export function torchPython(
	environment: NodeJS.ProcessEnv = process.env,
): string {
	return environment.NIGHTSHIFT_TORCH_PYTHON || "python3";
}

/** The Python that tests read exported logs in, with inspect_ai: $NIGHTSHIFT_INSPECT_PYTHON; absent, they are not read. */
export function inspectPython(
	environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
	return environment.NIGHTSHIFT_INSPECT_PYTHON || undefined;
}

/** Where downloaded data sets are kept. */
export function dataCacheDirectory(
	environment: NodeJS.ProcessEnv = process.env,
): string {
	return join(cacheDirectory(environment), "datasets");
}

export function integerWithin(minimum: number, maximum: number): Parse<number> {
	return (text) => {
		const value = Number(text);
		if (
			text.trim() === "" ||
			!Number.isInteger(value) ||
			value < minimum ||
			value > maximum
		)
			throw new Error(`a whole number from ${minimum} to ${maximum}`);
		return value;
	};
}

export function oneOf<T>(values: Readonly<Record<string, T>>): Parse<T> {
	return (text) => {
		if (!Object.hasOwn(values, text))
			throw new Error(`one of ${Object.keys(values).join(", ")}`);
		return values[text] as T;
	};
}

function portOrOff(text: string): number {
	try {
		return integerWithin(0, 65535)(text);
	} catch (error) {
		throw new Error(`${(error as Error).message}, or off`);
	}
}

function hostNames(text: string): string[] {
	const names = nonEmpty(text).split(",").filter(Boolean);
	if (!names.every((name) => /^(\*|[a-z0-9.-]+|\[[0-9a-f:]+\])$/.test(name)))
		throw new Error(
			"names of hosts in lower case, without scheme and port, separated by commas, or *",
		);
	return names;
}

/** What can be sent in a header. */
function token(text: string): string {
	if (!/^[\x21-\x7e]{16,256}$/.test(text))
		throw new Error("16 to 256 visible ASCII characters, without spaces");
	return text;
}

function nonEmpty(text: string): string {
	if (text === "") throw new Error("it must not be empty");
	return text;
}
