import { destination, type Logger, pino } from "pino";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** Structured logs: one JSON object a line, on standard error. */
export function createLog(level: LogLevel): Logger {
	return pino(
		{
			level,
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
			formatters: { level: (label) => ({ level: label }) },
		},
		destination({ fd: 2, sync: true }),
	);
}
