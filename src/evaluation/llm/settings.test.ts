import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
	llmVariables,
	readLlmSettings,
	readServerAddress,
	withEnvironmentFile,
} from "./settings.js";

const KEY = { OPENAI_API_KEY: "sk-a" };

test("The defaults are the founding document's.", () => {
	const settings = readLlmSettings(KEY);
	assert.deepEqual(settings, {
		baseUrl: "https://api.openai.com/v1",
		key: "sk-a",
		keyVariable: "OPENAI_API_KEY",
		model: "gpt-4o-mini",
		requestsPerMinute: 5,
		maxRetries: 3,
		reasoningEffort: "minimal",
		maxSteps: {
			"training/easy_mnist": 5,
			"training/medium_fashion": 6,
			"training/hard_cifar": 7,
		},
		stream: false,
		timeoutMs: 60_000,
		prices: undefined,
	});
});

test("The first key found decides the endpoint, unless one is named.", () => {
	const all = {
		OPENAI_API_KEY: "",
		OPENROUTER_API_KEY: "or",
		GEMINI_API_KEY: "ge",
		HF_TOKEN: "hf",
	};
	const endpoint = (environment: NodeJS.ProcessEnv) => {
		const { baseUrl, key, keyVariable } = readLlmSettings(environment);
		return [new URL(baseUrl).host, key, keyVariable];
	};
	assert.deepEqual(endpoint({ ...all, ...KEY }), [
		"api.openai.com",
		"sk-a",
		"OPENAI_API_KEY",
	]);
	assert.deepEqual(endpoint(all), [
		"openrouter.ai",
		"or",
		"OPENROUTER_API_KEY",
	]);
	assert.deepEqual(endpoint({ ...all, OPENROUTER_API_KEY: "" }), [
		"generativelanguage.googleapis.com",
		"ge",
		"GEMINI_API_KEY",
	]);
	const named = { API_BASE_URL: "https://models.example/v1" };
	assert.deepEqual(endpoint({ ...all, ...named }), [
		"models.example",
		"or",
		"OPENROUTER_API_KEY",
	]);
	assert.deepEqual(endpoint({ HF_TOKEN: "hf", ...named }), [
		"models.example",
		"hf",
		"HF_TOKEN",
	]);
	assert.deepEqual(endpoint(named), ["models.example", "none", undefined]);
});

test("Without a key and an endpoint one sentence says what to set.", () => {
	assert.throws(
		() => readLlmSettings({}),
		/^ConfigurationError: No language model can be reached: set OPENAI_API_KEY or OPENROUTER_API_KEY or GEMINI_API_KEY, or API_BASE_URL/,
	);
	assert.throws(() => readLlmSettings({ HF_TOKEN: "hf" }), /for HF_TOKEN/);
});

test("A value that cannot be taken is told with its variable and what is allowed.", () => {
	const wrong: readonly [string, string, RegExp][] = [
		["LLM_RPM_LIMIT", "-1", /a whole number from 0 to 100000/],
		["LLM_MAX_RETRIES", "x", /a whole number from 0 to 20/],
		["LLM_MAX_STEPS_HARD", "0", /a whole number from 1 to 200/],
		["LLM_REASONING_EFFORT", "Very High", /a word such as minimal/],
		["LLM_STREAM", "1", /one of yes, no/],
		["LLM_TIMEOUT_SECONDS", "0", /1 to 3600/],
		["LLM_PRICE_INPUT", "-2", /US dollars/],
		["API_BASE_URL", "localhost:8080", /an http or https address/],
		["API_BASE_URL", "https://me:secret@models.example", /without a user/],
	];
	for (const [name, value, expected] of wrong) {
		assert.throws(
			() => readLlmSettings({ ...KEY, [name]: value }),
			(error: Error) =>
				error.message.startsWith(`${name}: "${value}" is not allowed; `) &&
				expected.test(error.message),
			name,
		);
	}
	assert.throws(
		() => readLlmSettings({ ...KEY, LLM_PRICE_INPUT: "1" }),
		/go together/,
	);
	assert.equal(
		readLlmSettings({ ...KEY, LLM_REASONING_EFFORT: "off" }).reasoningEffort,
		undefined,
	);
});

test("ENV_URL is HOST:PORT; the founding document's http:// before it is taken off.", () => {
	const address = (ENV_URL: string) => readServerAddress({ ENV_URL });
	assert.equal(address("localhost:50051"), "localhost:50051");
	assert.equal(address("http://localhost:8000/"), "localhost:8000");
	assert.equal(address("[::1]:50051"), "[::1]:50051");
	assert.equal(address(" "), undefined);
	assert.equal(readServerAddress({}), undefined);
	for (const wrong of ["localhost", "https://a:1", "a:b"])
		assert.throws(() => address(wrong), /ENV_URL: .* HOST:PORT/);
});

test("A file .env fills in what is not set.", (context) => {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-env-"));
	context.after(() => rmSync(folder, { recursive: true }));
	const before = { MODEL_NAME: "set" };
	assert.deepEqual(withEnvironmentFile(before, folder), before);
	writeFileSync(
		join(folder, ".env"),
		'# a comment\nMODEL_NAME=filed\nOPENAI_API_KEY="sk-b"\n',
	);
	assert.deepEqual(withEnvironmentFile(before, folder), {
		MODEL_NAME: "set",
		OPENAI_API_KEY: "sk-b",
	});
	rmSync(join(folder, ".env"));
	assert.throws(
		() => withEnvironmentFile({}, join(folder, "\0")),
		/cannot be read/,
	);
});

test("Every variable is told with its default.", () => {
	const told = new Map(
		llmVariables.map(({ name, otherwise }) => [name, otherwise]),
	);
	assert.equal(told.get("LLM_MAX_STEPS_MEDIUM"), "6");
	assert.equal(told.get("LLM_RPM_LIMIT"), "5");
	for (const name of ["ENV_URL", "HF_TOKEN", "API_BASE_URL", "MODEL_NAME"])
		assert.ok(told.has(name), name);
});
