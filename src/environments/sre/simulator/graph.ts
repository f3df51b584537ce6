import { Columns } from "./columns.js";
import type { Draws } from "./random.js";

/** Numbers of the contract's ServiceKind, less one. */
export const KIND = { gateway: 0, service: 1, store: 2, provider: 3 } as const;

/** A graph of services. A service calls only services after it; the gateway, service 0, is the entry of all traffic. */
export interface Graph {
	/** Unique. */
	readonly names: readonly string[];
	/** Of KIND. */
	readonly kinds: Uint8Array;
	/** Calls firstCall[k] .. firstCall[k + 1] - 1 are those of service k; one more than services. */
	readonly firstCall: Uint8Array;
	/** Per call, the service called. */
	readonly callee: Uint8Array;
	/** Calls per request of the caller. */
	readonly callsPerRequest: Float64Array;
	/** Deadline of an attempt, milliseconds. */
	readonly deadlineMs: Float64Array;
	/** Share of failed calls that fail the request: 1 (hard), or less where there is a fallback. */
	readonly criticality: Float64Array;
	/** Attempts after the first. */
	readonly retries: Uint8Array;
}

/** The graph of the environment's founding document, or the least and most services of a random one. */
export type GraphRule =
	| "fixed"
	| { readonly fewest: number; readonly most: number };

/** A call before its figures are drawn. */
interface Link {
	readonly caller: number;
	readonly callee: number;
	readonly callsPerRequest: number;
}

/** 70 % of calls are hard, the others have a fallback; those to the provider all have one. */
const HARD_SHARE = 0.7;
const FALLBACK = [0.15, 0.4] as const;
const STORE_SHARE = 0.3;

export function drawGraph(rule: GraphRule, draws: Draws): Graph {
	return rule === "fixed" ? fixedGraph(draws) : randomGraph(rule, draws);
}

const FIXED_NAMES = [
	"api_gateway",
	"auth_service",
	"product_service",
	"order_service",
	"user_db",
	"inventory_db",
	"payment_gateway",
];
const FIXED_KINDS = Uint8Array.of(
	KIND.gateway,
	KIND.service,
	KIND.service,
	KIND.service,
	KIND.store,
	KIND.store,
	KIND.provider,
);
const FIXED_LINKS = [
	[0, 1],
	[0, 2],
	[0, 3],
	[1, 4],
	[2, 5],
	[3, 5],
	[3, 6],
] as const;

function fixedGraph(draws: Draws): Graph {
	const links = FIXED_LINKS.map(([caller, callee]) => ({
		caller,
		callee,
		callsPerRequest: draws.between(0.3, 0.8),
	}));
	return toGraph(FIXED_NAMES, FIXED_KINDS, links, draws);
}

/**
 * Each service is called by one before it (the first two by the gateway), which gives a tree; then each service in the middle calls one or two.
 * Stores and, last, the provider call nobody.
 */
function randomGraph(
	{ fewest, most }: { readonly fewest: number; readonly most: number },
	draws: Draws,
): Graph {
	const size = fewest + draws.below(most - fewest + 1);
	const leaves = Math.max(2, Math.round(size * STORE_SHARE));
	const firstLeaf = size - leaves;
	const kinds = new Uint8Array(size).fill(KIND.service);
	kinds[0] = KIND.gateway;
	kinds.fill(KIND.store, firstLeaf);
	kinds[size - 1] = KIND.provider;
	const links: Link[] = [];
	for (let callee = 1; callee < size; callee++)
		links.push({
			caller: callee <= 2 ? 0 : draws.below(Math.min(callee, firstLeaf)),
			callee,
			callsPerRequest: draws.between(0.3, 0.8),
		});
	for (let caller = 1; caller < firstLeaf; caller++) {
		const wanted = 1 + draws.below(2);
		for (let has = linksOf(links, caller); has < wanted; has++) {
			const callee = caller + 1 + draws.below(size - caller - 1);
			if (
				!links.some((link) => link.caller === caller && link.callee === callee)
			)
				links.push({
					caller,
					callee,
					callsPerRequest: draws.between(0.25, 0.7),
				});
		}
	}
	links.sort((a, b) => a.caller - b.caller || a.callee - b.callee);
	return toGraph(drawNames(kinds, draws), kinds, links, draws);
}

function linksOf(links: readonly Link[], caller: number): number {
	let count = 0;
	for (const link of links) if (link.caller === caller) count++;
	return count;
}

/** `links` in order of their callers. */
function toGraph(
	names: readonly string[],
	kinds: Uint8Array,
	links: readonly Link[],
	draws: Draws,
): Graph {
	const count = links.length;
	const columns = new Columns(3 * count, 2 * count + kinds.length + 1);
	const graph: Graph = {
		names,
		kinds,
		callsPerRequest: columns.floats(count),
		deadlineMs: columns.floats(count),
		criticality: columns.floats(count),
		callee: columns.bytes(count),
		retries: columns.bytes(count),
		firstCall: columns.bytes(kinds.length + 1),
	};
	links.forEach(({ caller, callee, callsPerRequest }, call) => {
		graph.callee[call] = callee;
		graph.callsPerRequest[call] = callsPerRequest;
		graph.deadlineMs[call] = draws.between(300, 700);
		graph.retries[call] = 1 + draws.below(2);
		const hard = kinds[callee] !== KIND.provider && draws.chance(HARD_SHARE);
		graph.criticality[call] = hard ? 1 : draws.between(...FALLBACK);
		graph.firstCall.fill(call + 1, caller + 1);
	});
	return graph;
}

const NAMES: Readonly<Record<number, readonly string[]>> = {
	[KIND.service]: [
		"auth_service",
		"product_service",
		"order_service",
		"cart_service",
		"search_service",
		"pricing_service",
		"shipping_service",
		"review_service",
		"profile_service",
		"catalog_service",
		"checkout_service",
		"notification_service",
		"recommendation_service",
		"session_service",
		"invoice_service",
		"coupon_service",
	],
	[KIND.store]: [
		"user_db",
		"inventory_db",
		"order_db",
		"session_cache",
		"catalog_db",
		"pricing_cache",
		"review_db",
		"event_store",
		"search_index",
		"billing_db",
	],
	[KIND.provider]: [
		"payment_gateway",
		"email_provider",
		"sms_provider",
		"tax_provider",
		"maps_provider",
		"fraud_provider",
	],
};

/** Names without repetition, which tell nothing but the kind. */
function drawNames(kinds: Uint8Array, draws: Draws): string[] {
	const left = new Map(
		Object.entries(NAMES).map(([kind, names]) => [Number(kind), [...names]]),
	);
	return Array.from(kinds, (kind) => {
		const names = left.get(kind);
		if (names === undefined) return FIXED_NAMES[0] as string;
		const [name] = names.splice(draws.below(names.length), 1);
		return name as string;
	});
}
