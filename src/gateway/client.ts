import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isIP } from "node:net";
import { Departing } from "../departure.js";
import { HttpRefusal } from "./http-error.js";

/** Who asks, as far as HTTP tells it. */
export interface Client {
	/** Where the connection comes from. */
	readonly address: string;
	/** The address and, where there is one, what the header authorization tells apart behind it. */
	readonly key: string;
}

export function clientOf(request: IncomingMessage): Client {
	const address = request.socket.remoteAddress ?? "";
	const { authorization } = request.headers;
	return {
		address,
		key:
			authorization === undefined
				? address
				: `${address} ${createHash("sha256").update(authorization).digest("hex")}`,
	};
}

/** Of the client of a response: it goes away where it does so before all of the response went out. */
export function departureOf(response: ServerResponse): Departing {
	const departing = new Departing();
	response.once("close", () => {
		if (!response.writableFinished) departing.leave();
	});
	return departing;
}

/** The headers that let pages of an allowed origin read an answer; none where no page of another origin asks. */
export type CorsHeaders = Readonly<Record<string, string>>;

/**
 * Keeps foreign web pages out. A browser sends the name that it was given: a name that somebody else's DNS made to mean this machine is
 * refused, and so is a request that a page of another origin makes. Addresses, localhost, names without a dot (which nobody else can own) and
 * `allowedHosts` ("*": all) are names of this server; pages of `allowedHosts` may ask from elsewhere, too. Programs that are no browsers send
 * no origin and are let in. Errors: HttpRefusal.
 */
export function checkOrigin(
	{ method, headers }: Pick<IncomingMessage, "method" | "headers">,
	allowedHosts: readonly string[],
): CorsHeaders {
	const { host, origin } = headers;
	const isAllowed = (name: string) =>
		allowedHosts.includes("*") || allowedHosts.includes(name);
	if (host !== undefined) {
		const name = hostName(host);
		if (name === undefined || !(isOwnName(name) || isAllowed(name)))
			throw new HttpRefusal(
				403,
				`This server is not called "${host.slice(0, 200)}"; if that is its name, start it with --allowed-host ${name ?? "NAME"}.`,
			);
	}
	if (origin === undefined) {
		// What a page asks for without a script (an image, a form) has no origin; following a link is fine.
		const isNavigation =
			headers["sec-fetch-mode"] === "navigate" &&
			(method === "GET" || method === "HEAD");
		if (headers["sec-fetch-site"] === "cross-site" && !isNavigation)
			throw foreign("another site");
		return {};
	}
	const from = URL.canParse(origin) ? new URL(origin) : undefined;
	if (from !== undefined && from.host === normalHost(host, from)) return {};
	if (from === undefined || !isAllowed(from.hostname)) throw foreign(origin);
	return {
		"access-control-allow-origin": origin,
		vary: "Origin",
	};
}

function foreign(origin: string): HttpRefusal {
	return new HttpRefusal(
		403,
		`Pages of ${origin.slice(0, 200)} may not use this server; start it with --allowed-host and that page's host name to let them.`,
	);
}

/** What was asked last: most requests say the same. */
let lastHost: { readonly host: string; readonly name: string | undefined } = {
	host: "",
	name: undefined,
};

/** Without its port, as URLs write it; absent where it is none. */
function hostName(host: string): string | undefined {
	if (lastHost.host !== host) lastHost = { host, name: readHostName(host) };
	return lastHost.name;
}

function readHostName(host: string): string | undefined {
	if (/[/@?#\\\s]/.test(host)) return undefined;
	return URL.canParse(`http://${host}`)
		? new URL(`http://${host}`).hostname
		: undefined;
}

/** With its port, where it is not the usual one, as an origin's URL writes it. */
function normalHost(host: string | undefined, { protocol }: URL) {
	const url = `${protocol}//${host}`;
	return host !== undefined && URL.canParse(url)
		? new URL(url).host
		: undefined;
}

function isOwnName(name: string): boolean {
	return (
		isIP(name.replace(/^\[|\]$/g, "")) !== 0 ||
		name.endsWith(".localhost") ||
		!name.replace(/\.$/, "").includes(".")
	);
}
