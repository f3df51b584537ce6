import { Toolbox, WrongCall } from "../../../proto/tools.js";
import { type Clock, workClock } from "../../clock.js";
import { drawFraction } from "../../entropy.js";
import type {
	Agent,
	Decision,
	Episode,
	EpisodePlayer,
	Turn,
	Usage,
} from "../agent.js";
import { sumUsage } from "../usage.js";
import { Conversation, PROMPT_VERSION } from "./conversation.js";
import { ModelClient } from "./model-client.js";
import { RateLimiter } from "./rate-limiter.js";
import { readReply } from "./reply.js";
import type { LlmSettings } from "./settings.js";

/** What an agent stands on; tests hand in their own. */
export interface LlmAgentParts {
	readonly clock?: Clock;
	/** At least 0, below 1. */
	readonly random?: () => number;
	/** Told in a sentence what goes on at the endpoint. */
	readonly tell?: (sentence: string) => void;
}

/** Answers in a row that are no action, and refused actions, after which the fallback is played in the model's place. */
const MAX_FAILURES = 3;
/** Fallbacks in a row after which the episode is left. */
const MAX_FALLBACKS = 3;
const NOTE_CHARACTERS = 2000;

/** A language model that plays by function calling. All its episodes share one limiter and what was learnt of the endpoint. */
export function createLlmAgent(
	settings: LlmSettings,
	{
		clock = workClock,
		random = drawFraction,
		tell = () => {},
	}: LlmAgentParts = {},
): Agent {
	const limiter = new RateLimiter(settings.requestsPerMinute, clock);
	const client = new ModelClient(settings, { limiter, clock, random, tell });
	return {
		name: "llm",
		version: versionOf(settings),
		description: `The language model ${settings.model} at ${new URL(settings.baseUrl).host}, by function calling.`,
		wantsText: true,
		plays: () => true,
		start: (episode) => new LlmPlayer(episode, client, settings),
	};
}

/** What an answer depends on. */
function versionOf({
	model,
	baseUrl,
	reasoningEffort,
	maxSteps,
}: LlmSettings): string {
	return [
		model,
		`at ${new URL(baseUrl).host}`,
		`prompt ${PROMPT_VERSION}`,
		`effort ${reasoningEffort ?? "off"}`,
		`steps ${Object.values(maxSteps).join("/")}`,
	].join(", ");
}

/** One episode. */
class LlmPlayer implements EpisodePlayer {
	private conversation: Conversation | undefined;
	private toolbox: Toolbox | undefined;
	private decisions = 0;
	/** In a row: answers that were no action, and actions that were refused. */
	private failures = 0;
	/** In a row. */
	private fallbacks = 0;
	private last: "none" | "model" | "fallback" = "none";
	private fallbackRefused = false;

	constructor(
		private readonly episode: Episode,
		private readonly client: ModelClient,
		private readonly settings: LlmSettings,
	) {}

	async act(turn: Turn, signal: AbortSignal): Promise<Decision> {
		const { conversation, toolbox } = this.begin(turn);
		const maxSteps = this.settings.maxSteps[this.episode.task.id];
		const left = maxSteps === undefined ? undefined : maxSteps - this.decisions;
		conversation.observe(turn, left);
		this.count(turn);
		if (left === 0)
			return this.fallBack(`The limit of ${maxSteps} decisions is reached.`);
		const usages: Usage[] = [];
		let reason = turn.refusal ?? "";
		while (this.failures < MAX_FAILURES) {
			const answer = await this.client.ask(conversation, signal);
			usages.push(answer.usage);
			try {
				const call = readReply(answer, toolbox);
				conversation.act(toolbox.describe(call), answer);
				this.decisions++;
				this.last = "model";
				return {
					...call,
					usage: sumUsage(usages),
					...(answer.text && { note: answer.text.slice(0, NOTE_CHARACTERS) }),
				};
			} catch (error) {
				if (!(error instanceof WrongCall)) throw error;
				reason = error.message;
				conversation.correct(answer, reason);
				this.failures++;
			}
		}
		return {
			...this.fallBack(`The model chose no possible action: ${reason}`),
			...(usages.length > 0 && { usage: sumUsage(usages) }),
		};
	}

	/** The names that a tool's arguments may be are known with the first observation. */
	private begin({ observation }: Turn) {
		const { task } = this.episode;
		this.toolbox ??= new Toolbox(
			task,
			observation.sre?.metrics.map(({ service_id }) => service_id),
		);
		this.conversation ??= new Conversation(task, this.toolbox);
		return { conversation: this.conversation, toolbox: this.toolbox };
	}

	private count({ refusal }: Turn): void {
		this.fallbackRefused = refusal !== undefined && this.last === "fallback";
		if (refusal !== undefined) this.failures++;
		else {
			this.failures = 0;
			if (this.last === "model") this.fallbacks = 0;
		}
	}

	/** Waits (sre) or submits (training); after some in a row, and where even that is refused, leaves the episode. */
	private fallBack(note: string): Decision {
		if (this.fallbackRefused || this.fallbacks++ >= MAX_FALLBACKS)
			return { note };
		const action =
			this.episode.task.environment === "sre"
				? { wait: {} }
				: { submit_model: {} };
		this.last = "fallback";
		this.conversation?.act(this.toolbox?.describe({ action }) ?? "", undefined);
		return { action, note };
	}
}
