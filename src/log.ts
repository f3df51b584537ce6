import { writeSync } from "node:fs";
import { type DestinationStream, type Logger, pino } from "pino";

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
		standardError,
	);
}

const STANDARD_ERROR = 2;
/** Milliseconds between two looks at a reader that is slow, and how many there are. */
const PAUSE_MS = 10;
const PAUSES = 100;

/** A line that cannot be written (a full disk, a reader that is gone or asleep) is dropped: the service must not end with its log. */
const standardError: DestinationStream = {
	write(line) {
		let rest = Buffer.from(line);
		for (let pauses = 0; rest.length > 0 && pauses < PAUSES; ) {
			try {
				rest = rest.subarray(writeSync(STANDARD_ERROR, rest));
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
				pauses += 1;
				Atomics.wait(nobody, 0, 0, PAUSE_MS);
			}
		}
	},
};

const nobody = new Int32Array(new SharedArrayBuffer(4));
