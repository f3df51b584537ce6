import { Command } from "commander";
import {
	readServerConfiguration,
	type ServerConfiguration,
	serverSettings,
} from "../configuration.js";
import { createLog } from "../log.js";
import { interruption } from "./interruption.js";
import { startedService } from "./started-service.js";

/** `nightshift serve`: the service, until SIGTERM or SIGINT. */
export function serveCommand(): Command {
	const command = new Command("serve").description(
		"Serve the environments over gRPC and HTTP until SIGTERM or Ctrl-C.",
	);
	addSettings(command, Object.keys(serverSettings));
	return command
		.option(
			"--json",
			'tell where it listens as JSON: {"host":...,"port":...,"http_port":...}',
		)
		.addHelpText(
			"after",
			'\nPrints one line "listening on HOST:PORT" for gRPC and a second one for HTTP when it is ready; logs are JSON lines on standard error. A flag wins over its variable.\n' +
				`${serverSettings.operatorToken.variable} in the environment ${serverSettings.operatorToken.description}.\n` +
				"OTEL_EXPORTER_OTLP_ENDPOINT in the environment sends traces to an OpenTelemetry collector; docs/observability.md has the rest.",
		)
		.action(
			async ({
				json,
				...flags
			}: Partial<Record<keyof ServerConfiguration, string>> & {
				json?: boolean;
			}) => {
				const configuration = readServerConfiguration(flags);
				const log = createLog(configuration.logLevel);
				const interrupted = interruption();
				const service = await startedService(configuration, log, interrupted);
				const { http } = service;
				console.log(
					json
						? JSON.stringify({
								host: configuration.host,
								port: service.port,
								http_port: http?.port ?? null,
							})
						: [service, ...(http ? [http] : [])]
								.map(({ address }) => `listening on ${address}`)
								.join("\n"),
				);
				const cause = await Promise.race([
					interrupted,
					service.draining.then(() => "the operator"),
				]);
				log.info({ cause }, "draining");
				await service.drain();
				log.info("stopped");
			},
		);
}

/** Options for settings of a server, by their names. */
export function addSettings(command: Command, names: readonly string[]): void {
	for (const {
		flag,
		placeholder,
		variable,
		description,
		otherwise,
		shown: inWords,
	} of Object.entries(serverSettings)
		.filter(([name]) => names.includes(name))
		.map(([, setting]) => setting)) {
		if (flag === undefined) continue;
		const shown = Array.isArray(otherwise)
			? "none"
			: typeof otherwise === "boolean"
				? otherwise
					? "yes"
					: "no"
				: String(otherwise);
		command.option(
			`${flag} <${placeholder}>`,
			`${description} (default ${inWords ?? shown}; ${variable})`,
		);
	}
}
