import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Task } from "../../clients/typescript/index.js";
import { type Clock, workClock } from "../clock.js";
import type { Agent, Episode, EpisodePlayer, Turn } from "./agent.js";
import { toAgentName } from "./agent-name.js";

type Act = (
	turn: Turn,
	signal: AbortSignal,
) => ReturnType<EpisodePlayer["act"]>;

/** What a module may export by default, beside a function alone, which is its `start`. */
interface Exported {
	readonly name?: string;
	readonly version?: string | number;
	readonly description?: string;
	readonly wantsText?: boolean;
	readonly plays?: (task: Task) => boolean;
	readonly start?: (episode: Episode, signal: AbortSignal) => unknown;
	readonly act?: Act;
	readonly close?: () => unknown;
}

/** What a module's close may take; then the evaluation ends without it. */
const CLOSING_MS = 5000;

/**
 * The agent of a JavaScript module. Its default export is a function or an object: `start(episode, signal)` gives the player of one episode (an
 * object with `act`, or `act` itself); an object with `act(turn, signal)` alone, and no `start`, remembers nothing between turns. All other parts
 * of Agent may be left out. Its version is a digest of the file's bytes, behind the `version` that it exports, if it does.
 * Errors: an Error with a sentence.
 */
export async function loadModuleAgent(
	file: string,
	clock: Clock = workClock,
): Promise<Agent> {
	const path = resolve(file);
	let bytes: Buffer;
	let exported: unknown;
	try {
		bytes = readFileSync(path);
		({ default: exported } = (await import(pathToFileURL(path).href)) as {
			default?: unknown;
		});
	} catch (error) {
		throw new Error(`${file} cannot be loaded: ${(error as Error).message}`, {
			cause: error,
		});
	}
	const own = readExport(exported, file);
	const { name, version, description, wantsText = false } = own;
	const digest = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
	return {
		name: toAgentName(name ?? basename(path, extname(path))),
		version: version === undefined ? digest : `${version}-${digest}`,
		description: description ?? `The module ${file}.`,
		wantsText,
		plays: (task) => own.plays === undefined || own.plays(task),
		start: async (episode, signal) =>
			own.start === undefined
				? { act: (turn, signal) => (own as { act: Act }).act(turn, signal) }
				: readPlayer(await own.start(episode, signal), file),
		async close() {
			let cancel = () => {};
			const longEnough = new Promise<void>((resolve) => {
				cancel = clock.after(CLOSING_MS, resolve);
			});
			try {
				await Promise.race([own.close?.(), longEnough]);
			} finally {
				cancel();
			}
		},
	};
}

const PARTS = {
	name: ["string"],
	version: ["string", "number"],
	description: ["string"],
	wantsText: ["boolean"],
	plays: ["function"],
	start: ["function"],
	act: ["function"],
	close: ["function"],
} as const satisfies Record<keyof Exported, readonly string[]>;

function readExport(exported: unknown, file: string): Exported {
	if (typeof exported === "function")
		return { start: exported as NonNullable<Exported["start"]> };
	if (typeof exported !== "object" || exported === null)
		throw new Error(
			`${file} has no default export that plays; export default a function (episode) => (turn) => ({ action }), or an object with start or act.`,
		);
	const own = exported as Exported;
	if (own.start === undefined && own.act === undefined)
		throw new Error(
			`${file}: its default export has neither start nor act; start(episode) gives the player of an episode, act(turn) decides without memory.`,
		);
	for (const [part, types] of Object.entries(PARTS)) {
		const type = typeof own[part as keyof Exported];
		if (type !== "undefined" && !(types as readonly string[]).includes(type))
			throw new Error(
				`${file}: ${part} is a ${type}; it must be a ${types.join(" or ")}.`,
			);
	}
	return own;
}

function readPlayer(player: unknown, file: string): EpisodePlayer {
	if (typeof player === "function") return { act: player as Act };
	const { act, end } = (player ?? {}) as Partial<
		Record<keyof EpisodePlayer, unknown>
	>;
	if (
		typeof act !== "function" ||
		!["undefined", "function"].includes(typeof end)
	)
		throw new Error(
			`${file}: start gave no player; it gives a function (turn) => ({ action }), or an object with act(turn) and, if need be, end(result).`,
		);
	return player as EpisodePlayer;
}
