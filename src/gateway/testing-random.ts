import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What malformed requests and messages are made of: everything follows from a seed. Only tests use it. */

/** Bytes that the heap may have grown by since a tenth of the requests was answered. */
export const MOST_GROWTH = 16 * 2 ** 20;

export type Random = () => number;

/** Fractions of a seed, one after the other (Mulberry32). */
export function randomOf(seed: number): Random {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

export const pick = <T>(random: Random, list: readonly T[]): T =>
	list[Math.floor(random() * list.length)] as T;

export const MOUNTS = ["", "/training", "/sre"];
export const KEYS = [
	"action",
	"service_id",
	"num_epochs",
	"stop",
	"declare",
	"episode_id",
	"task_id",
	"task_tier",
	"seed",
	"split",
	"views",
	"request_id",
	"request_number",
	"timeout_s",
	"metadata",
	"type",
	"tool_name",
	"arguments",
	"optimizer",
	"__proto__",
	"constructor",
	"toString",
	"",
	"a.b",
];
const VALUES: readonly unknown[] = [
	null,
	true,
	0,
	-1,
	1.5,
	1e308,
	2 ** 53,
	"",
	"easy",
	"wait",
	"restart",
	"user_db",
	"run_epochs",
	"call_tool",
	"x".repeat(300),
	"\u0000\ud800",
	"18446744073709551616",
	[],
	[1],
	["typed"],
	{},
	"episode",
];
export const RPC_BODIES: readonly object[] = [
	"tools/list",
	"tools/call",
	"openenv/session/create",
	"initialize",
	"server/discover",
	"resources/read",
	"notifications/cancelled",
	"x",
].map((method) => ({
	jsonrpc: "2.0",
	id: 1,
	method,
	params: {
		name: "wait",
		uri: "nightshift://tasks",
		arguments: { session: "e" },
		_meta: { progressToken: 1 },
	},
}));

export function anyValue(random: Random, depth = 0): unknown {
	if (depth > 3 || random() < 0.7) return pick(random, VALUES);
	return random() < 0.5
		? Array.from({ length: 3 }, () => anyValue(random, depth + 1))
		: Object.fromEntries(
				Array.from({ length: 3 }, () => [
					pick(random, KEYS),
					anyValue(random, depth + 1),
				]),
			);
}

/** A text that is cut off, or has something in it that does not belong there. */
export function damaged(random: Random, text: string): string {
	const at = Math.floor(random() * text.length);
	if (random() < 0.5) return text.slice(0, at);
	return `${text.slice(0, at)}${pick(random, ['"', "{", "[".repeat(40), "\u0000", "\\u", "}", "é"])}${text.slice(at)}`;
}

/** After a collection. */
export function heapBytes(): number {
	setFlagsFromString("--expose_gc");
	(runInNewContext("gc") as () => void)();
	return process.memoryUsage().heapUsed;
}
