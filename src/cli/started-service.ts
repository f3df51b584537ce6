import type { Logger } from "pino";
import {
	ConfigurationError,
	type ServerConfiguration,
} from "../configuration.js";
import { type Service, startService } from "../serve.js";
import { CommandFailure, EXIT } from "./exit-status.js";

/**
 * The service of a command, started; `interrupted` is awaited from before the start, so no signal comes too early to be heard.
 * Errors: ConfigurationError; CommandFailure, also for an interruption before the service was ready.
 */
export async function startedService(
	configuration: ServerConfiguration,
	log: Logger,
	interrupted: Promise<string>,
): Promise<Service> {
	return await Promise.race([
		startService(configuration, log).catch((error: unknown) => {
			if (error instanceof ConfigurationError) throw error;
			throw new CommandFailure(
				error instanceof Error ? error.message : String(error),
			);
		}),
		interrupted.then((cause) => {
			throw new CommandFailure(
				`ended by ${cause} before it was ready.`,
				EXIT.interrupted,
			);
		}),
	]);
}
