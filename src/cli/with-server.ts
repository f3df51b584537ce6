import {
	NightshiftClient,
	NightshiftRpcError,
} from "../../clients/typescript/index.js";
import { within } from "../evaluation/waiting.js";
import { CommandFailure, EXIT } from "./exit-status.js";
import { startLocalServer } from "./local-server.js";

const READER_GONE = "the reader of the output is gone";

/**
 * Does a command's work with a client of the server at an address, or of one that is started for it. Ctrl-C or SIGTERM aborts the signal and
 * ends with `interrupted` as the sentence, a reader of the output that goes away ends it quietly; either way the server is stopped.
 * Errors: CommandFailure, also for an answer of the server that the work let through; what else the work throws.
 */
export async function withServer(
	{
		address,
		data,
		interrupted,
	}: {
		readonly address: string | undefined;
		readonly data: string | undefined;
		/** What is told after an interruption; asked for when it happens. */
		readonly interrupted: () => string;
	},
	work: (client: NightshiftClient, signal: AbortSignal) => Promise<void>,
): Promise<void> {
	const controller = new AbortController();
	const { signal } = controller;
	const interrupt = () => controller.abort();
	// Whoever read the output has gone (`| head`): nothing more is worth doing.
	process.stdout.on("error", () => controller.abort(READER_GONE));
	process.once("SIGINT", interrupt);
	process.once("SIGTERM", interrupt);
	const server =
		address === undefined ? await startLocalServer(data, signal) : undefined;
	try {
		const client = new NightshiftClient(server?.address ?? (address as string));
		try {
			const ready = client.waitForReady(10_000).catch((error: Error) => {
				throw new CommandFailure(error.message);
			});
			await within(signal, ready);
			await work(client, signal);
		} finally {
			client.close();
		}
	} catch (error) {
		if (signal.reason === READER_GONE) return;
		if (signal.aborted)
			throw new CommandFailure(interrupted(), EXIT.interrupted);
		if (error instanceof NightshiftRpcError)
			throw new CommandFailure(
				`the server at ${server?.address ?? address} answered ${error.code}: ${error.message}`,
			);
		throw error;
	} finally {
		await server?.stop();
	}
}
