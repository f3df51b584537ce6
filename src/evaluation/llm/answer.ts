import type { Usage } from "../agent.js";

/** A tool call as the endpoint sent it; what else it holds goes back unchanged where the endpoint wants to see it again. */
export interface RawCall {
	readonly id: string;
	readonly type: "function";
	readonly function: { readonly name: string; readonly arguments: string };
}

/** What a model answered. */
export interface Answer {
	readonly text: string;
	readonly calls: readonly RawCall[];
	/** The limit of tokens cut it off. */
	readonly cutOff: boolean;
	readonly usage: Usage;
}

/** What endpoints send that is no answer; worth asking again. */
export class BrokenAnswer extends Error {
	override readonly name = "BrokenAnswer";
}

interface Message {
	content?: unknown;
	tool_calls?: unknown;
}

interface Piece {
	index?: number;
	id?: string;
	function?: { name?: string; arguments?: unknown };
}

/** The usage that an endpoint tells; OpenRouter tells the cost, too. */
export interface ToldUsage {
	prompt_tokens?: number;
	completion_tokens?: number;
	cost?: number;
}

/** An answer that came whole, without its usage. Errors: BrokenAnswer. */
export function readWhole(body: unknown): {
	answer: Omit<Answer, "usage">;
	told: ToldUsage;
} {
	const { choices, usage } = (body ?? {}) as {
		choices?: { message?: Message; finish_reason?: string }[];
		usage?: ToldUsage;
	};
	const choice = Array.isArray(choices) ? choices[0] : undefined;
	if (typeof choice?.message !== "object" || choice.message === null)
		throw new BrokenAnswer("The endpoint's answer holds no message.");
	const { content, tool_calls } = choice.message;
	return {
		answer: {
			text: toText(content),
			calls: Array.isArray(tool_calls) ? tool_calls.map(toCall) : [],
			cutOff: choice.finish_reason === "length",
		},
		told: usage ?? {},
	};
}

/** An answer that comes piece by piece. One that ends before it says so was cut off. Errors: BrokenAnswer; those of the stream. */
export async function readStream(
	stream: AsyncIterable<unknown>,
): Promise<ReturnType<typeof readWhole>> {
	let content = "";
	let told: ToldUsage = {};
	let finished: string | undefined;
	const pieces: Piece[] = [];
	for await (const chunk of stream) {
		const { choices, usage } = (chunk ?? {}) as {
			choices?: {
				delta?: { content?: unknown; tool_calls?: Piece[] };
				finish_reason?: string | null;
			}[];
			usage?: ToldUsage | null;
		};
		if (usage) told = usage;
		const choice = choices?.[0];
		content += toText(choice?.delta?.content);
		for (const piece of choice?.delta?.tool_calls ?? [])
			addPiece(pieces, piece);
		finished = choice?.finish_reason ?? finished;
	}
	if (finished === undefined)
		throw new BrokenAnswer("The answer's stream was cut off.");
	return {
		answer: {
			text: content,
			calls: pieces.filter(Boolean).map(toCall),
			cutOff: finished === "length",
		},
		told,
	};
}

/** The pieces of a call share its index; without one, a piece with an id begins a call. */
function addPiece(pieces: Piece[], piece: Piece): void {
	const last = Math.max(0, pieces.length - 1);
	const place = piece.index ?? (piece.id && pieces[last] ? last + 1 : last);
	const before = pieces[place];
	pieces[place] =
		before === undefined
			? piece
			: {
					...before,
					...piece,
					id: before.id || piece.id || "",
					function: {
						name: before.function?.name || piece.function?.name || "",
						arguments:
							toText(before.function?.arguments) +
							toText(piece.function?.arguments),
					},
				};
}

function toCall(raw: unknown, place: number): RawCall {
	const { index: _, ...call } = (raw ?? {}) as Piece;
	const given = call.function?.arguments;
	return {
		...call,
		id: call.id || `call_${place}`,
		type: "function",
		function: {
			name: toText(call.function?.name),
			// Some endpoints send the object itself.
			arguments:
				typeof given === "object" && given !== null
					? JSON.stringify(given)
					: toText(given),
		},
	};
}

/** Text as a string, or as a list of parts. */
function toText(content: unknown): string {
	if (typeof content === "string") return content;
	if (!Array.isArray(content)) return "";
	return content
		.map((part) => toText((part as { text?: unknown } | null)?.text))
		.join("");
}
