import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { ConfigurationError } from "../configuration.js";
import { conformanceCommand } from "./conformance.js";
import { dataCommand } from "./data.js";
import { demoCommand } from "./demo.js";
import { doctorCommand } from "./doctor.js";
import { evaluateCommand } from "./evaluate.js";
import { CommandFailure, EXIT } from "./exit-status.js";
import { healthCommand } from "./health.js";
import { inferenceCommand } from "./inference.js";
import { mcpCommand } from "./mcp.js";
import { reportCommand } from "./report.js";
import { compareCommand, resultsCommand } from "./results.js";
import { serveCommand } from "./serve.js";

const { version } = createRequire(import.meta.url)("#package") as {
	version: string;
};

/** Runs `nightshift` and gives its exit status. */
export async function main(argumentsGiven: readonly string[]): Promise<number> {
	const program = new Command("nightshift")
		.description(
			"A gRPC environment service where agents learn to keep things running.",
		)
		.version(version, "--version")
		.exitOverride()
		.showHelpAfterError(
			"(nightshift --help and nightshift COMMAND --help say what there is)",
		)
		.helpCommand(false)
		.addHelpText(
			"after",
			"\nExit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.",
		);
	for (const command of [
		serveCommand(),
		mcpCommand(),
		demoCommand(),
		reportCommand(),
		inferenceCommand(),
		evaluateCommand(),
		resultsCommand(),
		compareCommand(),
		conformanceCommand(),
		doctorCommand(),
		dataCommand(),
		healthCommand(),
	])
		program.addCommand(command.exitOverride());
	if (argumentsGiven.length === 0) {
		program.outputHelp({ error: true });
		return EXIT.wrongUsage;
	}
	// Neither a full disk nor a reader that is gone ends a command; what was not told is told at the end.
	let unwritten: NodeJS.ErrnoException | undefined;
	process.stdout.on("error", (error) => {
		unwritten ??= error;
	});
	process.stderr.on("error", () => {});
	const status = await run(program, argumentsGiven);
	// A stream's errors come in a turn of their own.
	await new Promise((resolve) => setImmediate(resolve));
	return unwritten === undefined || unwritten.code === "EPIPE"
		? status
		: tell(
				`standard output cannot be written (${unwritten.message}); send it where there is room.`,
				EXIT.failed,
			);
}

async function run(
	program: Command,
	argumentsGiven: readonly string[],
): Promise<number> {
	try {
		await program.parseAsync(argumentsGiven, { from: "user" });
		return typeof process.exitCode === "number" ? process.exitCode : EXIT.done;
	} catch (error) {
		if (error instanceof CommanderError)
			return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage;
		if (error instanceof ConfigurationError)
			return tell(error.message, EXIT.wrongUsage);
		if (error instanceof CommandFailure)
			return tell(error.message, error.status);
		return tell(
			error instanceof Error ? (error.stack ?? error.message) : String(error),
			EXIT.failed,
		);
	}
}

function tell(message: string, status: number): number {
	console.error(`nightshift: ${message}`);
	return status;
}
