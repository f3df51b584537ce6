import { Command } from "commander";
import { NightshiftClient } from "../../clients/typescript/index.js";
import { readServerConfiguration } from "../configuration.js";
import { CommandFailure } from "./exit-status.js";

/** `nightshift health`: whether a server serves; for containers and scripts. */
export function healthCommand(): Command {
	return new Command("health")
		.description("Ask a server whether it serves.")
		.option(
			"--address <HOST:PORT>",
			"the server (default: port NIGHTSHIFT_PORT, else 50051, of this machine)",
		)
		.option("--json", 'tell it as JSON: {"status":"SERVING"}')
		.addHelpText("after", "\nExit status 0 when it is SERVING, else 1.")
		.action(async (options: { address?: string; json?: boolean }) => {
			const { json } = options;
			const address =
				options.address ?? `127.0.0.1:${readServerConfiguration({}).port}`;
			const client = new NightshiftClient(address);
			try {
				const status = await client.health({ timeoutMs: 5000 }).catch(() => {
					throw new CommandFailure(
						`no server answers at ${address}; start one with \`npx nightshift serve\`.`,
					);
				});
				console.log(json ? JSON.stringify({ status }) : status);
				if (status !== "SERVING")
					throw new CommandFailure(`${address} is ${status}.`);
			} finally {
				client.close();
			}
		});
}
