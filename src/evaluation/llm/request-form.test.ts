import assert from "node:assert/strict";
import { test } from "node:test";
import { FULL_FORM, type RequestForm, simplify } from "./request-form.js";

/** Sentences of endpoints, shortened, and what is left out for each. */
const SENTENCES: readonly (readonly [number, string, Partial<RequestForm>])[] =
	[
		[
			400,
			"400 Unrecognized request argument supplied: reasoning_effort",
			{ reasoningEffort: false },
		],
		[
			400,
			"400 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
			{ tokenLimit: "max_completion_tokens" },
		],
		[
			400,
			"400 'max_tokens' or 'max_completion_tokens' is too large: 4096.",
			{ tokenLimit: "none" },
		],
		[400, "400 tool_choice must be auto", { toolChoice: "auto" }],
		[400, "400 llama does not support tools", { tools: false }],
		[404, "404 No endpoints found that support tool use.", { tools: false }],
		[500, "500 tools param requires --jinja flag", { tools: false }],
		[422, "422 stream_options: extra field", { streamUsage: false }],
		[400, "400 status code (no body)", { reasoningEffort: false }],
	];

test("What an endpoint's sentence speaks of is left out.", () => {
	for (const [status, sentence, change] of SENTENCES)
		assert.deepEqual(
			simplify(FULL_FORM, status, sentence),
			{ ...FULL_FORM, ...change },
			sentence,
		);
});

test("What speaks of no part of the request teaches nothing.", () => {
	for (const [status, sentence] of [
		[404, "404 The model `x` does not exist"],
		[401, "401 tools are not for you"],
		[429, "429 too many tokens"],
		[500, "500 a tool broke"],
		[0, "Connection error."],
	] as const)
		assert.equal(simplify(FULL_FORM, status, sentence), undefined, sentence);
});

test("However often an endpoint refuses, the form comes to an end.", () => {
	const refuseAll =
		"400 tools tool_choice max_tokens max_completion_tokens reasoning stream_options";
	let form: RequestForm | undefined = FULL_FORM;
	let steps = 0;
	for (; form !== undefined; steps++) form = simplify(form, 400, refuseAll);
	assert.equal(steps, 7);
});
