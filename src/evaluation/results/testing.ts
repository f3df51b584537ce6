import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type {
	Action,
	NightshiftClient,
	Observation,
	SreDeclaration,
	Task,
} from "../../../clients/typescript/index.js";
import type { Policy } from "../../environments/policy.js";
import type { SplitName } from "../episode-player.js";
import type {
	EpisodeRecord,
	EvaluationHeader,
	EvaluationLine,
	FailedAttempt,
	StepRecord,
} from "../episode-record.js";

/** Lines of evaluations that were never played, and of episodes that are. Only tests use them. */

export function createHeader(
	changes: Partial<EvaluationHeader> = {},
): EvaluationHeader {
	return {
		kind: "evaluation",
		format: 1,
		createdAt: "2026-01-02T03:04:05.000Z",
		agents: [{ name: "first", version: "1" }],
		tasks: ["sre/easy"],
		seeds: ["1", "2", "3", "4"],
		split: "test",
		limits: {},
		...changes,
	};
}

export function createAttempt(
	changes: Partial<FailedAttempt> = {},
): FailedAttempt {
	return {
		kind: "failed-attempt",
		agent: "first",
		agentVersion: "1",
		task: "sre/easy",
		taskVersion: 1,
		split: "test",
		seed: "1",
		attempt: 1,
		startedAt: "2026-01-02T03:04:05.000Z",
		seconds: 0.5,
		error: "the server went away.",
		retried: true,
		...changes,
	};
}

/** An incident: `sre` changes the truth. */
export function createEpisode(
	changes: Partial<EpisodeRecord> = {},
	sre: object = {},
): EpisodeRecord {
	const {
		kind: _kind,
		error: _error,
		retried: _retried,
		...identity
	} = createAttempt();
	return {
		kind: "episode",
		...identity,
		firstObservation: createIncidentObservation(0),
		steps: [
			createStep({ restart: { service_id: "auth_service" } }, 1),
			createStep({ wait: {} }, 2),
		],
		outcome: "ended",
		score: 0.5,
		result: {
			episode: 1,
			score: 0.5,
			terminated: true,
			truncated: false,
			end_reason: "END_REASON_LAST_STEP",
			steps: 2,
			total_reward: 0.5,
			environment: "sre",
			sre: {
				fault_class: "FAULT_CLASS_SINGLE_OOM",
				root_service_id: "auth_service",
				wrong_actions: 1,
				trap_actions: 0,
				...sre,
			},
		} as unknown as EpisodeRecord["result"],
		...changes,
	};
}

/** A training of two calls; `training` changes the result. */
export function createTraining(
	changes: Partial<EpisodeRecord> = {},
	training: object = {},
): EpisodeRecord {
	const episode = createEpisode({ task: "training/tiny", ...changes });
	return {
		...episode,
		firstObservation: createTrainingObservation(0),
		steps: [
			{
				...createStep({ configure_training: { learning_rate: 0.001 } }, 0),
				observation: createTrainingObservation(0),
			},
			{
				...createStep({ run_epochs: { num_epochs: 2 } }, 0),
				observation: createTrainingObservation(2),
			},
			{
				...createStep({ submit_model: {} }, 0),
				observation: createTrainingObservation(2),
			},
		],
		result: {
			end_reason: "END_REASON_SUBMITTED",
			steps: 3,
			total_reward: 0.5,
			environment: "training",
			training: {
				epoch: 2,
				epochs_charged: 2,
				test_accuracy: 0.75,
				train_accuracy: 0.875,
				engine: "an engine",
				data_set: { name: "mnist", digest: "sha256:00" },
				...training,
			},
		} as unknown as EpisodeRecord["result"],
		...changes,
	};
}

export function createStep(action: Action, step: number): StepRecord {
	return {
		action,
		observation: createIncidentObservation(step),
		reward: 0,
		decideSeconds: 0.25,
		stepSeconds: 0.125,
	};
}

/** Two services; the first is out of its objective until step 2. */
export function createIncidentObservation(step: number): Observation {
	return {
		sre: {
			step,
			max_steps: 30,
			metrics: ["api_gateway", "auth_service"].map((service_id) => ({
				service_id,
				missing: false,
			})),
			sla_status: [
				{ service_id: "api_gateway", met: step >= 2 },
				{ service_id: "auth_service", met: true },
			],
		},
	} as unknown as Observation;
}

/** After so many epochs, each a quarter better. */
export function createTrainingObservation(epoch: number): Observation {
	const epochs = Array.from({ length: Math.min(epoch, 10) }, (_, k) => k + 1);
	return {
		training: {
			current_epoch: epoch,
			max_epochs: 6,
			loss_history_last_10: epochs.map((k) => 2 / k),
			val_loss_history_last_10: epochs.map((k) => 3 / k),
			is_diverged: false,
			...(epoch > 0 && {
				train_loss: 2 / epoch,
				val_loss: 3 / epoch,
				train_accuracy: 0.5,
				val_accuracy: epoch / 4,
			}),
		},
	} as unknown as Observation;
}

/** Writes an evaluation's lines into a folder of its own, which is removed after the test, and gives the folder. */
export function writeEvaluation(
	context: TestContext,
	lines: readonly (EvaluationLine | string)[],
): string {
	const folder = mkdtempSync(join(tmpdir(), "nightshift-results-"));
	context.after(() => rmSync(folder, { recursive: true }));
	writeLines(folder, lines);
	return folder;
}

export function writeLines(
	folder: string,
	lines: readonly (EvaluationLine | string)[],
): void {
	mkdirSync(folder, { recursive: true });
	writeFileSync(
		join(folder, "evaluation.jsonl"),
		lines
			.map((line) =>
				typeof line === "string" ? line : `${JSON.stringify(line)}\n`,
			)
			.join(""),
	);
}

/** Plays a policy's episode over gRPC and writes down what an evaluation does. */
export async function playRecord(
	client: NightshiftClient,
	{
		task,
		policy,
		seed,
		split = "test",
		declare,
	}: {
		readonly task: Task;
		readonly policy: Policy;
		readonly seed: string;
		readonly split?: SplitName;
		/** Beside every action. */
		readonly declare?: SreDeclaration;
	},
): Promise<EpisodeRecord> {
	const session = await client.createSession(task.id, { seed, split });
	const firstObservation = session.observation;
	const steps: StepRecord[] = [];
	const act = policy.start(task, BigInt(seed));
	let result: EpisodeRecord["result"] | null = null;
	while (!result) {
		const before = JSON.stringify(session.observation);
		const action = act(session.observation);
		if (!action) {
			result = (await session.finish()).result ?? null;
			continue;
		}
		const answer = await session.step(action, { ...(declare && { declare }) });
		steps.push({
			action,
			...(declare && { declare }),
			...(JSON.stringify(session.observation) !== before && {
				observation: session.observation,
			}),
			reward: answer.reward,
			decideSeconds: 0.001 * (steps.length + 1),
			stepSeconds: 0.002,
		});
		result = answer.result ?? null;
	}
	await session.close();
	return {
		...createEpisode(),
		agent: policy.name,
		agentVersion: String(policy.version),
		task: task.id,
		taskVersion: task.version,
		split,
		seed,
		firstObservation,
		steps,
		outcome: result.terminated ? "ended" : "left",
		score: result.score ?? 0,
		result,
	};
}
