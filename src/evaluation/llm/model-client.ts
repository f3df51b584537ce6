import OpenAI from "openai";
import type { Tool } from "../../../proto/tools.js";
import type { Clock } from "../../clock.js";
import { AgentUnusable, InfrastructureFailure, type Usage } from "../agent.js";
import {
	type Answer,
	BrokenAnswer,
	readStream,
	readWhole,
	type ToldUsage,
} from "./answer.js";
import { pause } from "./pause.js";
import type { RateLimiter } from "./rate-limiter.js";
import { FULL_FORM, type RequestForm, simplify } from "./request-form.js";
import type { LlmSettings } from "./settings.js";

export type Message = OpenAI.ChatCompletionMessageParam;

/** What is asked; written anew where the endpoint turns out to know no tools. */
export interface Question {
	/** Sent where the endpoint knows tools. */
	readonly tools: readonly Tool[];
	messages(withTools: boolean): readonly Message[];
}

export interface ModelClientParts {
	readonly limiter: RateLimiter;
	readonly clock: Clock;
	/** At least 0, below 1. */
	readonly random: () => number;
	/** Told in a sentence what goes on at the endpoint. */
	readonly tell: (sentence: string) => void;
}

/** Of an answer, thoughts included. */
export const MAX_ANSWER_TOKENS = 4096;
/** Before the first repetition, on average three quarters of it; twice as long before each later one. */
const BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 30_000;
/** An endpoint that asks for a longer pause is given up. */
const LONGEST_PAUSE_MS = 120_000;

/** How a request failed. */
type Failure =
	| {
			readonly kind: "passing";
			readonly sentence: string;
			readonly pauseMs: number | undefined;
	  }
	| { readonly kind: "final"; readonly sentence: string }
	/** The endpoint refused what the model itself wrote. */
	| { readonly kind: "answer"; readonly text: string };

/**
 * An OpenAI-compatible endpoint. Episodes share one: its limiter, and what it has learnt of what the endpoint takes. Failures that pass
 * (429, 408, 409, 425, 5xx, time-outs, lost connections, broken answers) are repeated, with the pause that the endpoint asks for or a growing one.
 */
export class ModelClient {
	private readonly api: OpenAI;
	private form: RequestForm;

	constructor(
		private readonly settings: LlmSettings,
		private readonly parts: ModelClientParts,
	) {
		this.form = {
			...FULL_FORM,
			reasoningEffort: settings.reasoningEffort !== undefined,
		};
		this.api = new OpenAI({
			apiKey: settings.key,
			baseURL: settings.baseUrl,
			maxRetries: 0,
			// The whole request has a limit of its own, which the library's does not cover.
			timeout: 2 ** 31 - 1,
			logLevel: "off",
			fetch: fetchWithReadableErrors,
		});
	}

	/** Errors: InfrastructureFailure, AgentUnusable; the signal's reason. */
	async ask(question: Question, signal: AbortSignal): Promise<Answer> {
		const { limiter, clock, tell } = this.parts;
		let failures = 0;
		for (let requests = 1; ; requests++) {
			await limiter.take(signal);
			const form = this.form;
			try {
				const { answer, told } = await this.request(question, form, signal);
				return { ...answer, usage: this.toUsage(told, requests) };
			} catch (error) {
				signal.throwIfAborted();
				if (this.learn(form, error)) continue;
				const failure = this.judge(error);
				if (failure.kind === "final") throw new AgentUnusable(failure.sentence);
				if (failure.kind === "answer")
					return {
						text: failure.text,
						calls: [],
						cutOff: false,
						usage: this.toUsage({}, requests),
					};
				const pauseMs = failure.pauseMs ?? this.backOffMs(failures);
				if (
					failures++ >= this.settings.maxRetries ||
					pauseMs > LONGEST_PAUSE_MS
				)
					throw new InfrastructureFailure(
						`The model's endpoint failed ${failures === 1 ? "" : `${failures} times, at last `}with: ${failure.sentence}`,
						{ cause: error },
					);
				tell(
					`${failure.sentence} Asked again after ${(pauseMs / 1000).toFixed(1)} s.`,
				);
				if (failure.pauseMs === undefined) await pause(clock, pauseMs, signal);
				else limiter.hold(pauseMs);
			}
		}
	}

	private async request(
		question: Question,
		form: RequestForm,
		signal: AbortSignal,
	): Promise<ReturnType<typeof readWhole>> {
		const { timeoutMs, stream } = this.settings;
		const timeUp = new AbortController();
		const cancelTimer = this.parts.clock.after(timeoutMs, () => timeUp.abort());
		const options = { signal: AbortSignal.any([signal, timeUp.signal]) };
		const body = this.toBody(question, form);
		try {
			if (stream)
				return await readStream(
					await this.api.chat.completions.create(
						{
							...body,
							stream: true,
							...(form.streamUsage && {
								stream_options: { include_usage: true },
							}),
						},
						options,
					),
				);
			const answer: unknown = await this.api.chat.completions.create(
				body,
				options,
			);
			throwToldError(answer);
			return readWhole(answer);
		} catch (error) {
			if (timeUp.signal.aborted)
				throw new BrokenAnswer(
					`No whole answer came within ${timeoutMs / 1000} s.`,
					{ cause: error },
				);
			throw error;
		} finally {
			cancelTimer();
		}
	}

	private toBody(
		question: Question,
		form: RequestForm,
	): OpenAI.ChatCompletionCreateParamsNonStreaming {
		return {
			model: this.settings.model,
			messages: [...question.messages(form.tools)],
			...(form.tools && {
				tools: question.tools.map((tool) => ({
					type: "function" as const,
					function: {
						...tool,
						parameters: tool.parameters as unknown as Record<string, unknown>,
					},
				})),
				tool_choice: form.toolChoice,
			}),
			...(form.tokenLimit !== "none" && {
				[form.tokenLimit]: MAX_ANSWER_TOKENS,
			}),
			...(form.reasoningEffort && {
				reasoning_effort: this.settings
					.reasoningEffort as OpenAI.ReasoningEffort,
			}),
		};
	}

	/** Whether the request is worth sending in another form, which is kept for the rest of the run. */
	private learn(used: RequestForm, error: unknown): boolean {
		if (!(error instanceof OpenAI.APIError) || isModelsMistake(error))
			return false;
		const left = simplify(used, error.status ?? 0, error.message);
		if (left === undefined) return false;
		// Another episode's request may have taught the same meanwhile, or something else.
		const known = this.form;
		this.form = {
			tools: known.tools && left.tools,
			toolChoice: left.toolChoice === "auto" ? "auto" : known.toolChoice,
			reasoningEffort: known.reasoningEffort && left.reasoningEffort,
			tokenLimit:
				left.tokenLimit === used.tokenLimit
					? known.tokenLimit
					: left.tokenLimit,
			streamUsage: known.streamUsage && left.streamUsage,
		};
		this.parts.tell(
			`The endpoint refused a part of the request (${this.shown(error)}); it is left out from now on${left.tools ? "" : ", and the model answers in JSON"}.`,
		);
		return true;
	}

	private judge(error: unknown): Failure {
		const { baseUrl, model, keyVariable } = this.settings;
		const status = error instanceof OpenAI.APIError ? error.status : undefined;
		if (!(error instanceof OpenAI.APIError) || status === undefined)
			return {
				kind: "passing",
				sentence: this.shown(error),
				pauseMs: undefined,
			};
		if (isModelsMistake(error)) {
			const { failed_generation: text } = (error.error ?? {}) as {
				failed_generation?: unknown;
			};
			return { kind: "answer", text: typeof text === "string" ? text : "" };
		}
		if (status === 401 || status === 403)
			return {
				kind: "final",
				sentence: `${baseUrl} refused ${keyVariable === undefined ? "a request without a key" : `the key in ${keyVariable}`} (${status}); set a key that may use ${model}.`,
			};
		if (status === 404)
			return {
				kind: "final",
				sentence: `${baseUrl} does not know the model ${model} (${this.shown(error)}); set MODEL_NAME, or mend API_BASE_URL.`,
			};
		const passes =
			[408, 409, 425, 429].includes(status) ||
			(status >= 500 && status !== 501);
		if (!passes || error.code === "insufficient_quota")
			return {
				kind: "final",
				sentence: `${baseUrl} refused the request: ${this.shown(error)}`,
			};
		return {
			kind: "passing",
			sentence: this.shown(error),
			pauseMs: retryAfterMs(error.headers, this.parts.clock.now()),
		};
	}

	private backOffMs(failures: number): number {
		const longest = Math.min(LONGEST_BACK_OFF_MS, BACK_OFF_MS * 2 ** failures);
		return longest * (0.5 + this.parts.random() / 2);
	}

	/** An error as one line, without the key. */
	private shown(error: unknown): string {
		const { message } = error as Error;
		const { cause } = error as { cause?: { cause?: unknown } };
		const root = (cause?.cause ?? cause) as { code?: unknown } | undefined;
		const told =
			`${message}${typeof root?.code === "string" ? ` (${root.code})` : ""}`
				.replaceAll(/\s+/g, " ")
				.slice(0, 300);
		return this.settings.keyVariable === undefined
			? told
			: told.replaceAll(this.settings.key, "***");
	}

	private toUsage(
		{ prompt_tokens, completion_tokens, cost }: ToldUsage,
		requests: number,
	): Usage {
		const inputTokens = amountOf(prompt_tokens) ?? 0;
		const outputTokens = amountOf(completion_tokens) ?? 0;
		const { prices } = this.settings;
		const paid =
			amountOf(cost) ??
			(prices &&
				(inputTokens * prices.input + outputTokens * prices.output) / 1e6);
		return {
			requests,
			inputTokens,
			outputTokens,
			...(paid !== undefined && { cost: paid }),
		};
	}
}

/** What an endpoint tells of usage; what is no number from 0 counts as not told. */
function amountOf(told: unknown): number | undefined {
	return typeof told === "number" && Number.isFinite(told) && told >= 0
		? told
		: undefined;
}

/** The endpoint could not read the tool call that the model wrote (Groq). */
function isModelsMistake(error: { code?: unknown }): boolean {
	return error.code === "tool_use_failed";
}

/** Routers answer 200 with an error inside. */
function throwToldError(body: unknown): void {
	const { error, choices } = (body ?? {}) as {
		error?: { code?: unknown };
		choices?: unknown;
	};
	if (!error || choices) return;
	const status = Number(error.code);
	throw OpenAI.APIError.generate(
		status >= 400 && status < 600 ? status : 502,
		{ error },
		undefined,
		new Headers(),
	);
}

/** The pause that an endpoint asks for, in milliseconds at least 0; absent where it asks for none that can be read. */
export function retryAfterMs(
	headers: Headers | undefined,
	nowMs: number,
): number | undefined {
	const exact = headers?.get("retry-after-ms");
	const told = headers?.get("retry-after");
	const ms = exact
		? Number(exact)
		: !told
			? Number.NaN
			: Number.isNaN(Number(told))
				? Date.parse(told) - nowMs
				: Number(told) * 1000;
	return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** The library reads an error's sentence only out of {"error": {...}}; endpoints write it in other forms, too. */
async function fetchWithReadableErrors(
	...request: Parameters<typeof fetch>
): Promise<Response> {
	const response = await fetch(...request);
	if (response.ok) return response;
	const text = await response.text();
	let body: unknown;
	try {
		body = JSON.parse(text);
	} catch {
		return new Response(text, response);
	}
	const first: unknown = Array.isArray(body) ? body[0] : body;
	const error = (first as { error?: unknown } | null)?.error ?? first;
	const { headers, status } = response;
	return new Response(
		JSON.stringify({
			error:
				typeof error === "object" && error !== null
					? { message: JSON.stringify(error), ...error }
					: { message: String(error) },
		}),
		{ status, headers: keepPause(headers) },
	);
}

function keepPause(headers: Headers): Headers {
	const kept = new Headers({ "content-type": "application/json" });
	for (const name of ["retry-after", "retry-after-ms"]) {
		const value = headers.get(name);
		if (value !== null) kept.set(name, value);
	}
	return kept;
}
