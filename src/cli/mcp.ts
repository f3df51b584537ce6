import { Command } from "commander";
import {
	readServerConfiguration,
	type ServerConfiguration,
} from "../configuration.js";
import { createLog } from "../log.js";
import { interruption } from "./interruption.js";
import { addSettings } from "./serve.js";
import { startedService } from "./started-service.js";

/** What matters to a server of one client, which asks over standard input. */
const SETTINGS: readonly (keyof ServerConfiguration)[] = [
	"data",
	"download",
	"engine",
	"precision",
	"workers",
	"maxSessions",
	"leaseSeconds",
	"logLevel",
];

/**
 * `nightshift mcp`: the Model Context Protocol over standard input and output, as hosts on a desktop want it. The service is started in this
 * process, as `serve` starts it, and its gateway speaks over the streams; so the tools and their rules are those of /mcp.
 */
export function mcpCommand(): Command {
	const command = new Command("mcp").description(
		"Serve the environments as tools over standard input and output (Model Context Protocol), until the input ends.",
	);
	addSettings(command, SETTINGS);
	return command
		.addHelpText(
			"after",
			"\nFor hosts that start their servers themselves; others find the same tools at http://HOST:PORT/mcp of `nightshift serve`. Logs are JSON lines on standard error.",
		)
		.action(
			async (flags: Partial<Record<keyof ServerConfiguration, string>>) => {
				const configuration: ServerConfiguration = {
					...readServerConfiguration(flags),
					host: "127.0.0.1",
					port: 0,
					httpPort: 0,
				};
				const log = createLog(configuration.logLevel);
				const interrupted = interruption();
				const service = await startedService(configuration, log, interrupted);
				const { http } = service;
				log.info({ grpc: service.address, http: http?.address }, "listening");
				const cause = await Promise.race([
					http
						?.speakMcp(process.stdin, process.stdout)
						.then(() => "the end of the input"),
					interrupted,
					service.draining.then(() => "the operator"),
				]);
				log.info({ cause }, "draining");
				await service.drain();
				process.stdin.destroy();
			},
		);
}
