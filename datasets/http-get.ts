import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";

const MAX_REDIRECTS = 5;

export interface HttpGetOptions {
	/** First byte that is wanted; above 0 it is asked for with a Range header, which a server may ignore. */
	readonly from: number;
	/** Time for name, connection, TLS and the answer's headers, in milliseconds, for each hop. */
	readonly connectTimeoutMs: number;
	/** Time without a byte, in milliseconds, after which the body fails. */
	readonly stallTimeoutMs: number;
	readonly signal?: AbortSignal;
}

/** Asks for a URL and follows up to five redirects. The answer's body is what the server sent, not decoded, and fails when
 * the connection is cut or stalls, or the signal is aborted.
 * @throws Error with a sentence when no answer comes in time, or redirects lead astray; what Node says otherwise */
export async function httpGet(
	url: string,
	options: HttpGetOptions,
): Promise<IncomingMessage> {
	let at = new URL(url);
	for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
		const response = await answerOf(at, options);
		const location = response.headers.location;
		if (!isRedirect(response.statusCode) || location === undefined)
			return response;
		response.destroy();
		const next = new URL(location, at);
		if (next.protocol !== "https:" && next.protocol !== at.protocol) {
			throw new Error(
				`redirects from ${at.protocol}// to ${next.protocol}//, which is refused`,
			);
		}
		at = next;
	}
	throw new Error(`redirects more than ${MAX_REDIRECTS} times`);
}

function isRedirect(status: number | undefined): boolean {
	return (
		status === 301 ||
		status === 302 ||
		status === 303 ||
		status === 307 ||
		status === 308
	);
}

function answerOf(url: URL, options: HttpGetOptions): Promise<IncomingMessage> {
	const { from, connectTimeoutMs, stallTimeoutMs, signal } = options;
	const request = url.protocol === "https:" ? httpsRequest : httpRequest;
	return new Promise((resolve, reject) => {
		const asked = request(url, {
			agent: false,
			headers: {
				accept: "*/*",
				"accept-encoding": "identity",
				"user-agent": "nightshift",
				...(from > 0 && { range: `bytes=${from}-` }),
			},
			...(signal && { signal }),
		});
		const timer = setTimeout(() => {
			asked.destroy(new Error(`gave no answer within ${connectTimeoutMs} ms`));
		}, connectTimeoutMs);
		asked.once("error", (error) => {
			clearTimeout(timer);
			reject(error);
		});
		asked.once("response", (response) => {
			clearTimeout(timer);
			response.setTimeout(stallTimeoutMs, () => {
				const { socket } = response;
				const before = socket.bytesRead;
				// A process that was held up itself first reads what has come meanwhile.
				setImmediate(() => {
					if (socket.bytesRead !== before) return;
					response.destroy(new Error(`sent nothing for ${stallTimeoutMs} ms`));
				});
			});
			resolve(response);
		});
		asked.end();
	});
}
