import type { TestContext } from "node:test";
import {
	type Action,
	type EnvSession,
	type EpisodeResult,
	type NightshiftClient,
	NightshiftRpcError,
	type StepResponse,
	type TrainingObservation,
} from "../../../clients/typescript/index.js";
import {
	type DataSet,
	type DataSetFamily,
	drawDataSet,
} from "../../../datasets/load.js";
import type { ConfigureTraining } from "../../../proto/generated/nightshift/v1/ConfigureTraining.js";
import type { StopConditions } from "../../../proto/generated/nightshift/v1/StopConditions.js";
import { startTestServer, type TestServer } from "../../server/testing.js";
import { DataSets } from "../../training/data-sets.js";
import { dense, flatten } from "../../training/networks.js";
import type { Trainer } from "../../training/trainer.js";
import type { Environment } from "../environment.js";
import { noAugmentation, type TrainingTask } from "./tasks.js";
import { createTrainingEnvironment } from "./training-environment.js";

/** Episodes of real training, small enough for tests, played over the wire as an agent plays them. Only tests use them. */

const small = {
	version: 1,
	description: "Small, for tests.",
	goal: "None.",
	trainImages: 512,
	validationImages: 200,
} as const;

/** One task for each way of scoring, on 512 drawn images. */
export const smallTasks = {
	accuracy: {
		...small,
		id: "training/small_digits",
		difficulty: "easy",
		data: "mnist",
		network: {
			name: "small-digits",
			input: [28, 28, 1],
			layers: [flatten, dense(24), dense(10)],
		},
		budget: 20,
		augmentation: { ...noAugmentation, rotationDegrees: 15, shiftShare: 0.1 },
		score: { kind: "accuracy", floor: 0.3, target: 0.9 },
	},
	generalisation: {
		...small,
		id: "training/small_garments",
		difficulty: "medium",
		data: "fashion-mnist",
		network: {
			name: "small-garments",
			input: [28, 28, 1],
			layers: [flatten, dense(32), dense(10)],
		},
		budget: 20,
		augmentation: {
			...noAugmentation,
			rotationDegrees: 10,
			flipProbability: 0.5,
		},
		score: { kind: "generalisation", floor: 0.3, target: 0.9 },
	},
	efficiency: {
		...small,
		id: "training/small_line",
		difficulty: "hard",
		data: "mnist",
		network: {
			name: "small-line",
			input: [28, 28, 1],
			layers: [flatten, dense(16), dense(10)],
		},
		budget: 40,
		augmentation: { ...noAugmentation, rotationDegrees: 15, shiftShare: 0.1 },
		score: { kind: "efficiency", floor: 0.3, target: 0.9 },
	},
} as const satisfies Record<string, TrainingTask>;

export type SmallTask = keyof typeof smallTasks;

/** Data sets that are drawn, each once and not larger than small tasks need. */
export class DrawnDataSets extends DataSets {
	private readonly drawn = new Map<DataSetFamily, Promise<DataSet>>();

	constructor(private readonly counts = { train: 712, test: 600 }) {
		super({ directories: [], cacheDirectory: "", download: "never" });
	}

	override get(family: DataSetFamily): Promise<DataSet> {
		const drawn =
			this.drawn.get(family) ??
			drawDataSet(family, { ...this.counts, seed: 7 });
		this.drawn.set(family, drawn);
		return drawn;
	}
}

/** Serves the small tasks on a free port until the test is over. */
export function serveSmall(
	context: TestContext,
	trainer: Trainer,
	dataSets: DataSets,
): Promise<TestServer> {
	return startTestServer(context, {
		environment: createTrainingEnvironment(
			trainer,
			dataSets,
			Object.values(smallTasks),
		) as Environment,
	});
}

/** What an episode came to. */
export interface Played {
	/** Sum of the rewards that the agent was paid. */
	readonly total: number;
	/** Absent where the episode was never graded. */
	readonly score: number | undefined;
	readonly result: EpisodeResult | undefined;
	readonly rewards: readonly number[];
	readonly last: TrainingObservation;
}

/** One agent in one episode: it keeps count of what it is paid. */
export class Agent {
	readonly rewards: number[] = [];
	result: EpisodeResult | undefined;

	constructor(readonly session: EnvSession) {}

	get seen(): TrainingObservation {
		return this.session.observation.training as TrainingObservation;
	}

	async act(...actions: readonly Action[]): Promise<StepResponse> {
		let answer: StepResponse | undefined;
		for (const action of actions) {
			answer = await this.session.step(action);
			this.rewards.push(answer.reward);
			this.result = answer.result ?? this.result;
		}
		return answer as StepResponse;
	}

	/** Tries what must be refused, and gives the reason. */
	async refused(action: Action): Promise<string> {
		try {
			await this.act(action);
		} catch (error) {
			if (error instanceof NightshiftRpcError) return error.reason;
			throw error;
		}
		throw new Error(`${JSON.stringify(action)} was taken`);
	}

	async finish(): Promise<void> {
		const { reward, result } = await this.session.finish();
		this.rewards.push(reward);
		this.result = result ?? undefined;
	}
}

export type Play = (agent: Agent) => Promise<unknown>;

/** Plays one episode and closes its session. */
export async function playSmall(
	client: NightshiftClient,
	task: SmallTask,
	play: Play,
	{
		seed = 1,
		rewardMode = "shaped",
	}: { seed?: number; rewardMode?: "shaped" | "score" } = {},
): Promise<Played> {
	const session = await client.createSession(smallTasks[task].id, {
		seed,
		rewardMode,
	});
	const agent = new Agent(session);
	await play(agent);
	await session.refresh();
	const { result } = session.info;
	await session.close();
	return {
		total: agent.rewards.reduce((sum, reward) => sum + reward, 0),
		score: result?.score,
		result: result ?? undefined,
		rewards: agent.rewards,
		last: agent.seen,
	};
}

export const configure = (changes: ConfigureTraining = {}): Action => ({
	configure_training: changes,
});
export const run = (num_epochs: number, stop?: StopConditions): Action => ({
	run_epochs: { num_epochs, ...(stop && { stop }) },
});
export const adjust = (new_lr: number): Action => ({
	adjust_learning_rate: { new_lr },
});
export const toggle = (enabled: boolean, strength?: number): Action => ({
	toggle_augmentation: {
		enabled,
		...(strength !== undefined && { strength }),
	},
});
export const status: Action = { get_training_status: {} };
export const submit: Action = { submit_model: {} };
export const submitLast: Action = {
	submit_model: { checkpoint: "CHECKPOINT_LAST" },
};

/** A policy that takes these actions and nothing else. */
export const script =
	(...actions: readonly Action[]): Play =>
	(agent) =>
		agent.act(...actions);
