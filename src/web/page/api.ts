import type { Observation, Session, Task } from "../model/messages.js";

/** What the page asks its server for. Addresses are relative, so that the page works under any prefix. */

/** A refusal, in the server's own sentence. */
export class Refusal extends Error {
	override readonly name = "Refusal";

	constructor(
		message: string,
		readonly status: number,
		/** A name of the contract's ErrorReason, where it is one of its errors. */
		readonly reason: string | undefined,
	) {
		super(message);
	}
}

/** The server cannot be reached. */
export class Unreachable extends Error {
	override readonly name = "Unreachable";

	constructor() {
		super("The server cannot be reached; is it still running?");
	}
}

const OWNER_KEY = "nightshift.owner-key";
const TOKEN = "nightshift.operator-token";
const OWN = "nightshift.own-sessions";

/** A random key of this browser, under which it finds the sessions again that it opened. */
export function ownerKey(): string {
	const known = localStorage.getItem(OWNER_KEY);
	if (known) return known;
	const key = `web-${randomHex()}`;
	localStorage.setItem(OWNER_KEY, key);
	return key;
}

export function setOwnerKey(key: string): void {
	if (key === "") localStorage.removeItem(OWNER_KEY);
	else localStorage.setItem(OWNER_KEY, key);
}

/** Kept as long as the tab is open; empty: none. */
export function operatorToken(): string {
	return sessionStorage.getItem(TOKEN) ?? "";
}

export function setOperatorToken(token: string): void {
	if (token === "") sessionStorage.removeItem(TOKEN);
	else sessionStorage.setItem(TOKEN, token);
}

/** Sessions that this tab opened, whose leases it renews while it is open. */
export function ownSessions(): string[] {
	return JSON.parse(sessionStorage.getItem(OWN) ?? "[]") as string[];
}

export function setOwnSessions(ids: readonly string[]): void {
	sessionStorage.setItem(OWN, JSON.stringify(ids));
}

export function randomHex(): string {
	return [...crypto.getRandomValues(new Uint8Array(16))]
		.map((byte) => byte.toString(16).padStart(2, "0"))
		.join("");
}

export interface Tool {
	readonly name: string;
	readonly parameters: {
		readonly properties?: Readonly<
			Record<
				string,
				{
					readonly properties?: Readonly<
						Record<string, { readonly enum?: readonly string[] }>
					>;
				}
			>
		>;
	};
}

export interface Catalogue {
	readonly tasks: readonly Task[];
	/** By environment. */
	readonly tools: Readonly<Record<string, readonly Tool[]>>;
}

export interface Asked {
	readonly task_id: string;
	readonly seed?: string;
	readonly split: string;
	readonly reward_mode: string;
}

let catalogue: Promise<Catalogue> | undefined;

/** Asked once. */
export function loadCatalogue(): Promise<Catalogue> {
	catalogue ??= get<Catalogue>("tasks").catch((error: unknown) => {
		catalogue = undefined;
		throw error;
	});
	return catalogue;
}

/** All sessions with the operator's token, else those of the owner key. */
export function listSessions(): Promise<{
	readonly total: number;
	readonly sessions: readonly Session[];
}> {
	return get("sessions");
}

export function getSession(
	id: string,
): Promise<{ readonly session: Session; readonly observation: Observation }> {
	return get(`sessions/${encodeURIComponent(id)}`);
}

export async function createSession(asked: Asked): Promise<Session> {
	const { session } = await post<{ readonly session: Session }>("sessions", {
		...asked,
		request_id: randomHex(),
	});
	setOwnSessions([...ownSessions(), session.session_id]);
	return session;
}

export type About = "finish" | "reset" | "renew" | "close";

export function tell(id: string, about: About): Promise<unknown> {
	return post(`sessions/${encodeURIComponent(id)}/${about}`, {});
}

export interface StepReply {
	readonly reward: number;
	readonly done: boolean;
}

/** The last request number that this tab used, by session: the session itself tells of it a little later. */
const numbers = new Map<string, bigint>();

/** Exactly once: the number makes a repetition after a lost answer the same step. */
export function takeStep(
	{ session_id, last_request_number }: Session,
	action: Readonly<Record<string, unknown>>,
): Promise<StepReply> {
	const told = BigInt(last_request_number ?? 0);
	const used = numbers.get(session_id) ?? 0n;
	const number = (used > told ? used : told) + 1n;
	numbers.set(session_id, number);
	return post(`sessions/${session_id}/step`, {
		action,
		request_number: String(number),
	});
}

export function eventsAddress(id: string, from: number | undefined): string {
	return `api/sessions/${encodeURIComponent(id)}/events${from === undefined ? "" : `?from=${from}`}`;
}

export interface EvaluationRow {
	readonly name: string;
	readonly has_report: boolean;
	readonly created_at: string | null;
	readonly split: string | null;
	readonly episodes: number;
	readonly tasks: readonly string[];
	readonly overall: readonly ScoreRow[];
}

export interface ScoreRow {
	readonly agent: string;
	readonly episodes: number;
	readonly score?: number;
	readonly score_interval_95?: readonly [number, number];
	readonly passed?: { readonly share: number };
}

export interface Evaluation {
	readonly passing_score?: number;
	readonly tasks: readonly {
		readonly task: string;
		readonly agents: readonly (ScoreRow & {
			readonly interquartile_mean?: number;
			readonly actions_per_episode?: number;
		})[];
	}[];
}

export async function listEvaluations(): Promise<readonly EvaluationRow[]> {
	const { evaluations } = await get<{
		readonly evaluations: readonly EvaluationRow[];
	}>("evaluations");
	return evaluations;
}

export function getEvaluation(name: string): Promise<Evaluation> {
	return get(`evaluations/${encodeURIComponent(name)}`);
}

function get<T>(path: string): Promise<T> {
	return ask(path, { method: "GET" });
}

/** A lost answer is asked for once more: what is repeated has a number or changes nothing further. */
async function post<T>(path: string, body: object): Promise<T> {
	const request = {
		method: "POST",
		body: JSON.stringify(body),
		headers: { "content-type": "application/json" },
	};
	try {
		return await ask(path, request);
	} catch (error) {
		if (!(error instanceof Unreachable)) throw error;
		return ask(path, request);
	}
}

interface Request {
	readonly method: string;
	readonly body?: string;
	readonly headers?: Readonly<Record<string, string>>;
}

async function ask<T>(
	path: string,
	{ headers, ...request }: Request,
): Promise<T> {
	const token = operatorToken();
	const response = await fetch(`api/${path}`, {
		...request,
		headers: {
			...headers,
			"nightshift-owner-key": ownerKey(),
			...(token !== "" && { authorization: `Bearer ${token}` }),
		},
	}).catch(() => {
		throw new Unreachable();
	});
	const answer = (await response.json().catch(() => ({}))) as {
		readonly detail?: string | readonly { readonly msg: string }[];
		readonly reason?: string;
	};
	if (response.ok) return answer as T;
	const { detail, reason } = answer;
	throw new Refusal(
		typeof detail === "string"
			? detail
			: (detail?.map(({ msg }) => msg).join(" ") ??
					`The server answered ${response.status}.`),
		response.status,
		reason,
	);
}

export function toSentence(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
