/** What requests to an endpoint hold beside the messages; what it refuses is left out, for the rest of the run. */
export interface RequestForm {
	/** Off: the model is asked for JSON in its text. */
	readonly tools: boolean;
	readonly toolChoice: "required" | "auto";
	readonly reasoningEffort: boolean;
	readonly tokenLimit: "max_tokens" | "max_completion_tokens" | "none";
	/** Whether a stream is asked to tell its usage. */
	readonly streamUsage: boolean;
}

export const FULL_FORM: RequestForm = {
	tools: true,
	toolChoice: "required",
	reasoningEffort: true,
	tokenLimit: "max_tokens",
	streamUsage: true,
};

/** Statuses with which endpoints refuse a part of a request. */
const REFUSALS = [400, 404, 422];

/** Each: what of a form an endpoint's sentence speaks of, and the form without it. The first that fits holds. */
const PARTS: readonly {
	readonly sentence: RegExp;
	/** Whether the sentence means this also with a status of a failure (5xx). */
	readonly alsoFailed?: boolean;
	without(form: RequestForm, sentence: string): RequestForm | undefined;
}[] = [
	{
		sentence: /reasoning|thinking/i,
		without: (form) =>
			form.reasoningEffort ? { ...form, reasoningEffort: false } : undefined,
	},
	{
		sentence: /max_(completion_)?tokens/i,
		without(form, sentence) {
			if (form.tokenLimit === "none") return undefined;
			const other =
				form.tokenLimit === "max_tokens" &&
				/max_completion_tokens/.test(sentence) &&
				!/too large/i.test(sentence);
			return { ...form, tokenLimit: other ? "max_completion_tokens" : "none" };
		},
	},
	{
		sentence: /stream_options|include_usage/i,
		without: (form) =>
			form.streamUsage ? { ...form, streamUsage: false } : undefined,
	},
	{
		sentence: /tool[_ ]choice/i,
		without: (form) =>
			form.tools && form.toolChoice === "required"
				? { ...form, toolChoice: "auto" }
				: undefined,
	},
	{
		sentence: /(not|n't) support (tool|function)|tool use|tools param|--jinja/i,
		alsoFailed: true,
		without: withoutTools,
	},
	{ sentence: /\btools?\b|\bfunctions?\b/i, without: withoutTools },
];

/**
 * The form that is left when an endpoint refuses a request with a sentence, or nothing where the sentence speaks of no part of it (a model that
 * is not there, say). Where a bad request names nothing, the least usual part goes.
 */
export function simplify(
	form: RequestForm,
	status: number,
	sentence: string,
): RequestForm | undefined {
	const refused = REFUSALS.includes(status);
	for (const part of PARTS) {
		if (!refused && !(part.alsoFailed && status >= 500)) continue;
		if (!part.sentence.test(sentence)) continue;
		const left = part.without(form, sentence);
		if (left !== undefined) return left;
	}
	return refused && status !== 404 && form.reasoningEffort
		? { ...form, reasoningEffort: false }
		: undefined;
}

function withoutTools(form: RequestForm): RequestForm | undefined {
	return form.tools ? { ...form, tools: false } : undefined;
}
