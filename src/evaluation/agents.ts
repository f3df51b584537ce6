import { join } from "node:path";
import type { Agent } from "./agent.js";
import { toAgentName } from "./agent-name.js";
import { createCommandAgent } from "./command-agent.js";
import { createLlmAgent } from "./llm/llm-agent.js";
import { readLlmSettings, withEnvironmentFile } from "./llm/settings.js";
import { loadModuleAgent } from "./module-agent.js";
import { policyAgents, privilegedPolicies } from "./policy-agent.js";

/** An agent that is known by its name. */
export interface NamedAgent {
	readonly name: string;
	readonly description: string;
	/** Errors: an Error with a sentence. */
	create(): Promise<Agent> | Agent;
}

const scripted: readonly NamedAgent[] = policyAgents().map((agent) => ({
	name: agent.name,
	description: agent.description,
	create: () => agent,
}));

const languageModel: NamedAgent = {
	name: "llm",
	description:
		"both: A language model at an OpenAI-compatible endpoint; `nightshift inference --help` tells its variables.",
	create: () =>
		createLlmAgent(
			readLlmSettings(withEnvironmentFile(process.env, process.cwd())),
			{ tell: (sentence) => console.error(sentence) },
		),
};

/** All of them, in the order in which they are told; another kind of agent is a row here. */
export const namedAgents: readonly NamedAgent[] = [...scripted, languageModel];

/** Where agents write what is no result: in a folder of the evaluation's own. */
export interface AgentPlace {
	/** The evaluation's folder. */
	readonly folder: string;
}

/** An agent by its name or by its module's file. Errors: an Error with a sentence. */
export async function createAgent(asked: string): Promise<Agent> {
	const named = namedAgents.find(({ name }) => name === asked);
	if (named !== undefined) return named.create();
	if (/[/\\]|\.[cm]?js$/.test(asked)) return loadModuleAgent(asked);
	const names = namedAgents.map(({ name }) => name).join(", ");
	if (privilegedPolicies().some(({ name }) => name === asked))
		throw new Error(
			`${asked} sees what is hidden, so it plays only on the server, by the RPC RunPolicy; choose one of ${names}.`,
		);
	throw new Error(
		`no agent is called "${asked}"; there are ${names}, and a module is named by its file (./agent.mjs).`,
	);
}

/** A program as an agent: "COMMAND", or "NAME=COMMAND" where its name is to be another one. Errors: an Error with a sentence. */
export function createProgramAgent(
	asked: string,
	{ folder }: AgentPlace,
): Agent {
	const [, chosen, rest] = /^([a-z0-9][a-z0-9.-]*)=(.+)$/s.exec(asked) ?? [];
	const command = (rest ?? asked).trim();
	if (command === "")
		throw new Error(
			"the command is empty; name a program, for example 'python3 agent.py'.",
		);
	const unnamed = createCommandAgent({ command, logFile: "" });
	const name = toAgentName(chosen ?? unnamed.name);
	return createCommandAgent({
		command,
		name,
		logFile: join(folder, "agents", `${name}.log`),
	});
}
