import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { HttpRefusal } from "../http-error.js";
import { sendError } from "../routes.js";

/** The page's files as the build made them. */
const FOLDER = new URL("../../../web/", import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
	"index.html": "text/html; charset=utf-8",
	"app.js": "text/javascript; charset=utf-8",
	"app.css": "text/css; charset=utf-8",
	"icon.svg": "image/svg+xml",
};

/** What every answer of the page says to a browser; nothing of another host is ever asked for. */
export const PAGE_HEADERS = {
	"content-security-policy":
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"referrer-policy": "no-referrer",
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
};

interface Asset {
	readonly bytes: Buffer;
	readonly zipped: Buffer;
	readonly tag: string;
}

/** A Hugging Face Space is shown in a frame of the Hub's page; no other page may frame this one. */
function framersOf(allowedHosts: readonly string[]): string {
	return allowedHosts.some((host) => host.endsWith(".hf.space"))
		? "https://huggingface.co"
		: "'none'";
}

/** Serves the page's files, read once, when they are first asked for. `allowedHosts`: the server's names. */
export function addAssets(
	app: FastifyInstance,
	allowedHosts: readonly string[],
): void {
	const headers = {
		...PAGE_HEADERS,
		"content-security-policy": PAGE_HEADERS["content-security-policy"].replace(
			"frame-ancestors 'none'",
			`frame-ancestors ${framersOf(allowedHosts)}`,
		),
	};
	const known = new Map<string, Promise<Asset>>();
	const assetOf = (name: string): Promise<Asset> => {
		const found = known.get(name) ?? readAsset(name);
		known.set(name, found);
		found.catch(() => known.delete(name));
		return found;
	};
	for (const [name, type] of Object.entries(TYPES))
		app.get(
			`/web/${name === "index.html" ? "" : name}`,
			{ schema: { hide: true } },
			async (request, reply) => {
				// Addresses on the page are relative to /web/.
				if (request.url.split("?")[0] === "/web")
					return reply.redirect("web/", 308);
				const asset = await assetOf(name).catch(() => undefined);
				if (asset === undefined)
					return sendError(
						request,
						reply,
						new HttpRefusal(
							404,
							"The page was not built; npm run build builds it.",
						),
					);
				reply.headers({
					...headers,
					"cache-control": "no-cache",
					etag: asset.tag,
					vary: "accept-encoding",
				});
				if (request.headers["if-none-match"] === asset.tag)
					return reply.code(304).send();
				reply.type(type);
				return /\bgzip\b/.test(request.headers["accept-encoding"] ?? "")
					? reply.header("content-encoding", "gzip").send(asset.zipped)
					: reply.send(asset.bytes);
			},
		);
}

async function readAsset(name: string): Promise<Asset> {
	const bytes = await readFile(new URL(name, FOLDER));
	return {
		bytes,
		zipped: await promisify(gzip)(bytes),
		tag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`,
	};
}
