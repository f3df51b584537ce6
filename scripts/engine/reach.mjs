// Whether a web host answers, decided within seconds; a machine without network must not wait for a time-out of minutes.
import http from "node:http";
import https from "node:https";

const TIMEOUT_MS = 3_000;

/**
 * @param {string} address an http or https URL
 * @param {{ proxy?: string | undefined, signal?: AbortSignal | undefined, timeoutMs?: number }} [options] `proxy`: URL of the proxy to go through
 * @returns {Promise<boolean>} true for any answer of the host, also an error status
 */
export async function canReach(
	address,
	{ proxy, signal, timeoutMs = TIMEOUT_MS } = {},
) {
	const limit = AbortSignal.timeout(timeoutMs);
	const both = signal ? AbortSignal.any([signal, limit]) : limit;
	try {
		return proxy
			? await tunnels(new URL(proxy), new URL(address), both)
			: await answers(new URL(address), both);
	} catch {
		signal?.throwIfAborted();
		return false;
	}
}

/**
 * @param {URL} address
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}
 */
function answers(address, signal) {
	return new Promise((resolve, reject) => {
		clientFor(address)
			.request(
				address,
				{ method: "HEAD", agent: false, signal },
				(response) => {
					response.destroy();
					resolve(true);
				},
			)
			.on("error", reject)
			.end();
	});
}

/**
 * @param {URL} proxy
 * @param {URL} address
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}
 */
function tunnels(proxy, address, signal) {
	const port = address.port || (address.protocol === "https:" ? "443" : "80");
	const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
	const headers = proxy.username
		? {
				"Proxy-Authorization": `Basic ${Buffer.from(credentials).toString("base64")}`,
			}
		: {};
	return new Promise((resolve, reject) => {
		clientFor(proxy)
			.request(proxy, {
				method: "CONNECT",
				path: `${address.hostname}:${port}`,
				headers,
				agent: false,
				signal,
			})
			.on("connect", (response, socket) => {
				socket.destroy();
				resolve(response.statusCode === 200);
			})
			.on("response", (response) => {
				response.destroy();
				resolve(false);
			})
			.on("error", reject)
			.end();
	});
}

/** @param {URL} address */
function clientFor(address) {
	return address.protocol === "https:" ? https : http;
}
