import { ConfigurationError } from "../../configuration.js";
import { readServerAddress } from "./settings.js";

const ASKING_MS = 10_000;

/**
 * HOST:PORT of the Nightshift server to play on, if ENV_URL names one. Of a URL, as the founding documents write it, the server's HTTP is asked
 * for gRPC's port; what answers without telling one is taken for gRPC's port itself. Errors: ConfigurationError.
 */
export async function findServerAddress(
	environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
	const text = environment.ENV_URL?.trim();
	if (!text?.startsWith("http://")) return readServerAddress(environment);
	const url = text.replace(/\/+$/, "");
	const { host } = new URL(
		`http://${readServerAddress({ ENV_URL: url.replace(/^(http:\/\/[^/]*).*/, "$1") })}`,
	);
	const port = await askForPort(url);
	return port === undefined ? host : host.replace(/:\d+$/, `:${port}`);
}

async function askForPort(url: string): Promise<number | undefined> {
	let answer: Response;
	try {
		answer = await fetch(`${url}/metadata`, {
			signal: AbortSignal.timeout(ASKING_MS),
		});
	} catch (error) {
		const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
		// Something else than HTTP/1.1 is spoken there.
		if (code?.startsWith("HPE_") || code === "UND_ERR_SOCKET") return undefined;
		throw new ConfigurationError(
			`ENV_URL: nothing answers at ${url} (${code ?? (error as Error).message}); start a server with "nightshift serve", or give its address.`,
		);
	}
	try {
		const { grpc_port } = (await answer.json()) as { grpc_port?: unknown };
		return Number.isInteger(grpc_port) ? (grpc_port as number) : undefined;
	} catch {
		return undefined;
	}
}
