import type { Task } from "../../clients/typescript/index.js";
import { policies } from "../environments/policies.js";
import type { Policy } from "../environments/policy.js";
import type { Agent, Episode, EpisodePlayer, Turn } from "./agent.js";

/** The scripted policies that a client can play, one agent for each name; a name that both environments have is one agent of both. */
export function policyAgents(all: readonly Policy[] = policies): Agent[] {
	const playable = all.filter((policy) => !isPrivileged(policy));
	return [...new Set(playable.map(({ name }) => name))].map((name) =>
		toAgent(
			name,
			playable.filter((policy) => policy.name === name),
		),
	);
}

/** Policies that see what is hidden, and so play on the server alone. */
export function privilegedPolicies(
	all: readonly Policy[] = policies,
): readonly Policy[] {
	return all.filter(isPrivileged);
}

function isPrivileged(policy: Policy): boolean {
	return policy.startPrivileged !== undefined;
}

function toAgent(name: string, own: readonly Policy[]): Agent {
	const policyOf = (task: Task) =>
		own.find(({ environment }) => environment === task.environment);
	return {
		name,
		version: own
			.map(({ environment, version }) => `${environment}-${version}`)
			.join("+"),
		description: own
			.map(({ environment, description }) => `${environment}: ${description}`)
			.join(" "),
		wantsText: false,
		plays: (task) => policyOf(task) !== undefined,
		start: ({ task, seed }: Episode): EpisodePlayer => {
			const act = (policyOf(task) as Policy).start(task, BigInt(seed));
			return {
				act: ({ observation }: Turn) => {
					const action = act(observation);
					return action === undefined ? {} : { action };
				},
			};
		},
	};
}
