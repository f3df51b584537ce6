import type { Observation, Task } from "../../../clients/typescript/index.js";
import type { Tool, Toolbox } from "../../../proto/tools.js";
import type { Turn } from "../agent.js";
import type { Answer, RawCall } from "./answer.js";
import type { Message, Question } from "./model-client.js";

/** Raised with any change of what a model is told. */
export const PROMPT_VERSION = 1;

/** Characters of the lines of earlier steps; the oldest go first. */
const HISTORY_CHARACTERS = 6000;
const LINE_CHARACTERS = 300;
/** Of an answer or an error that is told again. */
const QUOTED_CHARACTERS = 1000;
/** Of an answer that holds more. */
const CALLS_QUOTED = 4;
const ONE_AT_A_TIME =
	"Not carried out: one action at a time, and the first one of an answer counts.";

/** An answer of the model's and what came of it. */
interface Exchange {
	readonly answer: Answer;
	readonly outcome: string;
}

/**
 * What a model is told in one episode: the task; a line for each earlier step (action, effect, reward); its last answer and the state that this
 * led to; and since then answers that were no action, with the reason. So a request holds one whole observation, however long the episode is.
 */
export class Conversation implements Question {
	private readonly lines: string[] = [];
	/** Since the state that is shown; the first of them led to it, unless the state stands in the task's message. */
	private exchanges: Exchange[] = [];
	private state = "";
	/** What was done last, until its outcome is known. */
	private pending:
		| { readonly shown: string; readonly answer: Answer | undefined }
		| undefined;
	private stateIsOutcome = false;

	constructor(
		private readonly task: Task,
		private readonly toolbox: Toolbox,
	) {}

	get tools(): readonly Tool[] {
		return this.toolbox.tools;
	}

	/** The outcome of the last action, and what there is now. `decisionsLeft`: where they are limited. */
	observe(turn: Turn, decisionsLeft: number | undefined): void {
		const { pending } = this;
		this.pending = undefined;
		if (pending !== undefined && turn.refusal !== undefined) {
			this.addLine(pending.shown, `refused: ${turn.refusal}`);
			if (pending.answer !== undefined)
				this.addExchange(
					pending.answer,
					`Refused: ${turn.refusal} Nothing changed. ${left(decisionsLeft)}Choose another action.`,
				);
			return;
		}
		this.state = `${turn.observation.text ?? ""}\n${left(decisionsLeft)}Call one tool.`;
		this.exchanges = [];
		this.stateIsOutcome = false;
		if (pending === undefined) return;
		const reward = `reward ${turn.reward.toFixed(3)}`;
		this.addLine(pending.shown, `${reward}; ${effect(turn.observation)}`);
		if (pending.answer === undefined) return;
		this.stateIsOutcome = true;
		this.addExchange(
			pending.answer,
			`Done: ${pending.shown}, ${reward}.\n${this.state}`,
		);
	}

	/** An action is sent; `answer` is absent where the model did not choose it. */
	act(shown: string, answer: Answer | undefined): void {
		this.pending = { shown: cut(shown, QUOTED_CHARACTERS), answer };
	}

	/** The model's answer was no action. */
	correct(answer: Answer, sentence: string): void {
		this.addExchange(answer, `${cut(sentence, QUOTED_CHARACTERS)}`);
	}

	messages(withTools: boolean): readonly Message[] {
		return [
			{ role: "system", content: this.system(withTools) },
			{ role: "user", content: this.history() },
			...this.exchanges.flatMap((exchange) =>
				withTools ? asCalls(exchange) : asTexts(exchange),
			),
		];
	}

	private system(withTools: boolean): string {
		const { task } = this;
		const [unit, waits] =
			task.environment === "sre" ? ["steps", true] : ["epochs", false];
		return [
			"You run a system on your own, one action at a time, and are graded at the end with a score from 0 to 1.",
			`Task ${task.id}: ${task.description}`,
			`Goal: ${task.goal}`,
			`Budget: ${task.budget} ${unit}. An action that is refused changes nothing${waits ? " and takes no time" : " and costs no epochs"}.`,
			...(waits
				? [
						"Telemetry is noisy, late and sometimes lost: compare minutes before you act, do not act on one bad sample, and wait when nothing more is to be done. With any action you may declare your diagnosis; it takes no time.",
					]
				: [
						"You see accuracies on validation images; the score is measured on hidden test images. Submit when more training would not help.",
					]),
			...this.toolbox.notes,
			withTools
				? "Answer with exactly one tool call. Of several only the first is carried out."
				: `Answer with exactly one JSON object and nothing else, {"tool": NAME, "arguments": {...}}. The tools, with the JSON schemas of their arguments:\n${this.tools.map((tool) => JSON.stringify(tool)).join("\n")}`,
		].join("\n");
	}

	private history(): string {
		// The last line says what the exchange after it says.
		const lines = this.stateIsOutcome ? this.lines.slice(0, -1) : this.lines;
		const shown: string[] = [];
		let room = HISTORY_CHARACTERS;
		for (const line of lines.toReversed()) {
			room -= line.length + 1;
			if (room < 0) break;
			shown.unshift(line);
		}
		const omitted = lines.length - shown.length;
		return [
			...(lines.length === 0 ? ["The episode begins."] : ["Steps so far:"]),
			...(omitted > 0 ? [`(${omitted} earlier ones are not shown)`] : []),
			...shown,
			...(this.stateIsOutcome ? [] : [this.state]),
		].join("\n");
	}

	private addLine(shown: string, outcome: string): void {
		this.lines.push(
			cut(
				`${this.lines.length + 1}. ${shown} -> ${outcome}`.replaceAll(
					/\s+/g,
					" ",
				),
				LINE_CHARACTERS,
			),
		);
	}

	private addExchange(answer: Answer, outcome: string): void {
		this.exchanges.push({ answer, outcome });
	}
}

/** What an observation comes to, in a few words. */
export function effect({ training, sre }: Observation): string {
	if (training) {
		const best = training.best_val_accuracy;
		return [
			`val_accuracy ${figure(training.val_accuracy)}`,
			`val_loss ${figure(training.val_loss)}`,
			`best ${figure(best)}`,
			`${training.remaining_budget} epochs left`,
		].join(", ");
	}
	const missed = (sre?.sla_status ?? []).filter(({ met }) => met === false);
	if (missed.length === 0) return "no objective is missed";
	return `missed: ${missed
		.map(({ service_id }) => {
			const seen = sre?.metrics.find(
				(metrics) => metrics.service_id === service_id,
			);
			return seen?.missing
				? `${service_id} (sample lost)`
				: `${service_id} (${figure(seen?.latency_p99, 3)} ms, ${figure(seen?.error_rate === undefined ? undefined : 100 * seen.error_rate, 2)} % errors)`;
		})
		.join(", ")}`;
}

/** Every call that is shown gets an answer. */
function asCalls({ answer, outcome }: Exchange): Message[] {
	const { text } = answer;
	const calls = answer.calls.slice(0, CALLS_QUOTED);
	const said = cut(text, QUOTED_CHARACTERS);
	if (calls.length === 0)
		return [
			{ role: "assistant", content: said || "(nothing)" },
			{ role: "user", content: outcome },
		];
	return [
		{
			role: "assistant",
			content: said || null,
			tool_calls: calls.map(fitToSend),
		},
		...calls.map(
			({ id }, place): Message => ({
				role: "tool",
				tool_call_id: id,
				content: place === 0 ? outcome : ONE_AT_A_TIME,
			}),
		),
	];
}

function asTexts({ answer: { text, calls }, outcome }: Exchange): Message[] {
	const [call] = calls;
	const said =
		text ||
		(call &&
			`{"tool": "${call.function.name}", "arguments": ${call.function.arguments || "{}"}}`);
	return [
		{
			role: "assistant",
			content: cut(said ?? "", QUOTED_CHARACTERS) || "(nothing)",
		},
		{ role: "user", content: outcome },
	];
}

/** Endpoints refuse conversations with names or arguments that are none. What is left out here stands in the error that answers the call. */
function fitToSend(call: RawCall): RawCall {
	const { name, arguments: given } = call.function;
	return {
		...call,
		function: {
			name: name.replaceAll(/[^\w-]/g, "_").slice(0, 64) || "unnamed",
			arguments: isObject(given) ? given : "{}",
		},
	};
}

function isObject(text: string): boolean {
	if (text.length > 2 * QUOTED_CHARACTERS) return false;
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null && !Array.isArray(value);
	} catch {
		return false;
	}
}

function left(decisions: number | undefined): string {
	return decisions === undefined ? "" : `Decisions left: ${decisions}. `;
}

function figure(value: number | undefined, digits = 4): string {
	return value === undefined ? "-" : String(Number(value.toPrecision(digits)));
}

function cut(text: string, characters: number): string {
	return text.length <= characters ? text : `${text.slice(0, characters)}...`;
}
