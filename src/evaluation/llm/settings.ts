import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import {
	ConfigurationError,
	integerWithin,
	oneOf,
} from "../../configuration.js";

/** Everything that can be set about the language model that plays. */
export interface LlmSettings {
	/** Of the OpenAI-compatible API, for example "https://api.openai.com/v1". */
	readonly baseUrl: string;
	/** Never told to anybody but the endpoint. */
	readonly key: string;
	/** Where the key came from, for messages; absent where there is none. */
	readonly keyVariable: string | undefined;
	readonly model: string;
	/** Requests a minute over all episodes of the process; 0 for no limit. */
	readonly requestsPerMinute: number;
	/** Times that one request is repeated after a failure of the endpoint. */
	readonly maxRetries: number;
	/** Sent as reasoning_effort; absent: not sent. */
	readonly reasoningEffort: string | undefined;
	/** Decisions of the model, by task; then the model is submitted. */
	readonly maxSteps: Readonly<Record<string, number>>;
	readonly stream: boolean;
	/** Of one request, its whole answer included. */
	readonly timeoutMs: number;
	/** US dollars a million tokens, where the endpoint does not tell the cost itself. */
	readonly prices:
		| { readonly input: number; readonly output: number }
		| undefined;
}

/** A variable, for help texts. */
export interface LlmVariable {
	readonly name: string;
	readonly description: string;
	/** What holds where it is not set, in words. */
	readonly otherwise: string;
}

/** The endpoints of the vendors whose keys are known; in this order a key is looked for. */
const VENDORS = [
	{ variable: "OPENAI_API_KEY", baseUrl: "https://api.openai.com/v1" },
	{ variable: "OPENROUTER_API_KEY", baseUrl: "https://openrouter.ai/api/v1" },
	{
		variable: "GEMINI_API_KEY",
		baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai/",
	},
] as const;

/** For endpoints that want none: the API's clients always send one. */
const NO_KEY = "none";

/** The training tasks whose decisions are limited, as the founding document has it. */
const LIMITED_TASKS = [
	{
		variable: "LLM_MAX_STEPS_EASY",
		task: "training/easy_mnist",
		otherwise: 5,
	},
	{
		variable: "LLM_MAX_STEPS_MEDIUM",
		task: "training/medium_fashion",
		otherwise: 6,
	},
	{
		variable: "LLM_MAX_STEPS_HARD",
		task: "training/hard_cifar",
		otherwise: 7,
	},
] as const;

/** The one table of the variables' defaults. */
const DEFAULTS = {
	model: "gpt-4o-mini",
	requestsPerMinute: 5,
	maxRetries: 3,
	reasoningEffort: "minimal",
	timeoutSeconds: 60,
} as const;

export const llmVariables: readonly LlmVariable[] = [
	{
		name: "OPENAI_API_KEY",
		description: "key; the first one found of these four is used",
		otherwise: "none",
	},
	{
		name: "OPENROUTER_API_KEY",
		description: "key, with OpenRouter's endpoint",
		otherwise: "none",
	},
	{
		name: "GEMINI_API_KEY",
		description: "key, with Gemini's endpoint",
		otherwise: "none",
	},
	{
		name: "HF_TOKEN",
		description: "key, where API_BASE_URL is set",
		otherwise: "none",
	},
	{
		name: "API_BASE_URL",
		description: "any OpenAI-compatible endpoint; one without keys needs none",
		otherwise: "the key's vendor",
	},
	{
		name: "MODEL_NAME",
		description: "model, as the endpoint calls it",
		otherwise: DEFAULTS.model,
	},
	{
		name: "ENV_URL",
		description: "HOST:PORT of a Nightshift server, or the URL of its HTTP",
		otherwise: "one is started",
	},
	{
		name: "LLM_RPM_LIMIT",
		description: "requests a minute, evenly spaced, 0 for no limit",
		otherwise: String(DEFAULTS.requestsPerMinute),
	},
	{
		name: "LLM_MAX_RETRIES",
		description: "repetitions of a request that failed at the endpoint",
		otherwise: String(DEFAULTS.maxRetries),
	},
	{
		name: "LLM_REASONING_EFFORT",
		description:
			"sent as reasoning_effort until the endpoint refuses it; off: not sent",
		otherwise: DEFAULTS.reasoningEffort,
	},
	...LIMITED_TASKS.map(({ variable, task, otherwise }) => ({
		name: variable,
		description: `decisions on ${task}, then it is submitted`,
		otherwise: String(otherwise),
	})),
	{
		name: "LLM_TIMEOUT_SECONDS",
		description: "for one request with its whole answer",
		otherwise: String(DEFAULTS.timeoutSeconds),
	},
	{
		name: "LLM_STREAM",
		description: "yes: answers are read as streams",
		otherwise: "no",
	},
	{
		name: "LLM_PRICE_INPUT",
		description: "US dollars a million input tokens, to tell the cost",
		otherwise: "unknown",
	},
	{
		name: "LLM_PRICE_OUTPUT",
		description: "the same for output tokens",
		otherwise: "unknown",
	},
];

/** The variables that are set, with those of a file `.env` in a folder that are not set already. Errors: ConfigurationError. */
export function withEnvironmentFile(
	environment: NodeJS.ProcessEnv,
	folder: string,
): NodeJS.ProcessEnv {
	const path = join(folder, ".env");
	let text: string;
	try {
		text = readFileSync(path, "utf8");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return environment;
		throw new ConfigurationError(
			`${path} cannot be read (${(error as Error).message}); mend it or take it away.`,
		);
	}
	return { ...parseEnv(text), ...environment };
}

/** Checks everything at the door; an empty variable counts as not set. Errors: ConfigurationError. */
export function readLlmSettings(environment: NodeJS.ProcessEnv): LlmSettings {
	const read = <T>(
		name: string,
		parse: (text: string) => T,
		otherwise: T,
	): T => {
		const text = environment[name]?.trim();
		if (!text) return otherwise;
		try {
			return parse(text);
		} catch (error) {
			throw new ConfigurationError(
				`${name}: "${text}" is not allowed; ${(error as Error).message}.`,
			);
		}
	};
	const effort = read<string>(
		"LLM_REASONING_EFFORT",
		word,
		DEFAULTS.reasoningEffort,
	);
	return {
		...readEndpoint(environment, read("API_BASE_URL", url, undefined)),
		model: read("MODEL_NAME", String, DEFAULTS.model),
		requestsPerMinute: read<number>(
			"LLM_RPM_LIMIT",
			integerWithin(0, 100_000),
			DEFAULTS.requestsPerMinute,
		),
		maxRetries: read<number>(
			"LLM_MAX_RETRIES",
			integerWithin(0, 20),
			DEFAULTS.maxRetries,
		),
		reasoningEffort: effort === "off" ? undefined : effort,
		maxSteps: Object.fromEntries(
			LIMITED_TASKS.map(({ variable, task, otherwise }) => [
				task,
				read<number>(variable, integerWithin(1, 200), otherwise),
			]),
		),
		stream: read("LLM_STREAM", oneOf({ yes: true, no: false }), false),
		timeoutMs:
			1000 *
			read<number>(
				"LLM_TIMEOUT_SECONDS",
				integerWithin(1, 3600),
				DEFAULTS.timeoutSeconds,
			),
		prices: readPrices(
			read("LLM_PRICE_INPUT", price, undefined),
			read("LLM_PRICE_OUTPUT", price, undefined),
		),
	};
}

/** HOST:PORT of the Nightshift server to play on, if one is named. Errors: ConfigurationError. */
export function readServerAddress(
	environment: NodeJS.ProcessEnv,
): string | undefined {
	const text = environment.ENV_URL?.trim();
	if (!text) return undefined;
	const address = text.replace(/^http:\/\//, "").replace(/\/$/, "");
	if (!/^[^\s/:]+:\d{1,5}$|^\[[0-9a-f:.]+\]:\d{1,5}$/i.test(address))
		throw new ConfigurationError(
			`ENV_URL: "${text}" is not allowed; HOST:PORT of a Nightshift server, for example 127.0.0.1:50051, or the URL of its HTTP, http://HOST:PORT.`,
		);
	return address;
}

function readEndpoint(
	environment: NodeJS.ProcessEnv,
	baseUrl: string | undefined,
): Pick<LlmSettings, "baseUrl" | "key" | "keyVariable"> {
	const vendor = VENDORS.find(({ variable }) => environment[variable]?.trim());
	if (vendor !== undefined)
		return {
			baseUrl: baseUrl ?? vendor.baseUrl,
			key: (environment[vendor.variable] as string).trim(),
			keyVariable: vendor.variable,
		};
	const token = environment.HF_TOKEN?.trim();
	if (baseUrl !== undefined)
		return {
			baseUrl,
			key: token || NO_KEY,
			keyVariable: token ? "HF_TOKEN" : undefined,
		};
	throw new ConfigurationError(
		`No language model can be reached: set ${VENDORS.map(({ variable }) => variable).join(" or ")}, or API_BASE_URL with an OpenAI-compatible endpoint${token ? " for HF_TOKEN" : " (its key in HF_TOKEN, if it wants one)"}.`,
	);
}

function readPrices(
	input: number | undefined,
	output: number | undefined,
): LlmSettings["prices"] {
	if (input === undefined && output === undefined) return undefined;
	if (input === undefined || output === undefined)
		throw new ConfigurationError(
			"LLM_PRICE_INPUT and LLM_PRICE_OUTPUT go together; set both, or none.",
		);
	return { input, output };
}

function url(text: string): string {
	const allowed = "an http or https address, as http://127.0.0.1:8080/v1";
	if (!URL.canParse(text)) throw new Error(allowed);
	const { protocol, username, password } = new URL(text);
	if (!/^https?:$/.test(protocol) || username || password)
		throw new Error(`${allowed}, without a user`);
	return text;
}

function word(text: string): string {
	if (!/^[a-z]{1,20}$/.test(text))
		throw new Error("a word such as minimal, low, medium or high, or off");
	return text;
}

function price(text: string): number {
	const value = Number(text);
	if (!Number.isFinite(value) || value < 0)
		throw new Error("a number of US dollars, at least 0");
	return value;
}
