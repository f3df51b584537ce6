import type { DataSet } from "../../../datasets/load.js";
import type { Action__Output } from "../../../proto/generated/nightshift/v1/Action.js";
import type { TrainingResult } from "../../../proto/generated/nightshift/v1/TrainingResult.js";
import type { EpisodeImages } from "../../../workers/job.js";
import { NightshiftError, throwIfCancelled } from "../../errors.js";
import type { DataSets } from "../../training/data-sets.js";
import { type Trainer, WorkInterrupted } from "../../training/trainer.js";
import { toActionSpecs } from "../action-schema.js";
import type {
	Environment,
	Outcome,
	PerformContext,
	TaskDefinition,
} from "../environment.js";
import {
	type CheckpointName,
	type Configuration,
	readTrainingAction,
	type TrainingAction,
	trainingActions,
	waitingAction,
} from "./actions.js";
import { applyConfigure, checkConfigure } from "./configure.js";
import {
	newEpisode,
	type Submission,
	submissionOf,
	type TrainingEpisode,
} from "./episode.js";
import { flattenTraining, observationColumns } from "./flat-observation.js";
import { observationFields, observeTraining } from "./observation.js";
import { whyNotPossible } from "./possible.js";
import { referenceScores } from "./reference-scores.js";
import { payReward, REWARD_BOUNDS, unpaid } from "./reward.js";
import { abandonRun, finite, runEpochs } from "./run-epochs.js";
import { type Score, scoreSubmission } from "./score.js";
import { type TrainingTask, trainingTasks } from "./tasks.js";
import { describeTraining } from "./text.js";

/** Counted actions beyond the budget of epochs. */
const ACTIONS_BEYOND_BUDGET = 100;
const MAX_FREE_CALLS = 1000;

/** The training environment over a trainer and the server's data sets. `tasks` can be others than those of the service, for tests. */
export function createTrainingEnvironment(
	trainer: Trainer,
	dataSets: DataSets,
	tasks: readonly TrainingTask[] = trainingTasks,
): Environment<TrainingEpisode, TrainingAction> {
	return new TrainingEnvironment(trainer, dataSets, tasks);
}

class TrainingEnvironment
	implements Environment<TrainingEpisode, TrainingAction>
{
	readonly name = "training";
	readonly tasks: readonly TaskDefinition[];
	private readonly byId: ReadonlyMap<string, TrainingTask>;
	private readonly images = new Map<string, EpisodeImages>();

	constructor(
		private readonly trainer: Trainer,
		private readonly dataSets: DataSets,
		tasks: readonly TrainingTask[],
	) {
		this.byId = new Map(tasks.map((task) => [task.id, task]));
		this.tasks = tasks.map(toTask);
	}

	async start(taskId: string, key: Uint8Array): Promise<TrainingEpisode> {
		const { name, digest } = await this.prepare(this.taskOf(taskId));
		return newEpisode(taskId, key, this.trainer.engine.name, { name, digest });
	}

	async resume(episode: TrainingEpisode): Promise<void> {
		const { name, digest } = await this.prepare(this.taskOf(episode.taskId));
		if (digest !== episode.dataSet.digest) {
			throw new NightshiftError(
				"DATA_UNAVAILABLE",
				`The session was trained on ${episode.dataSet.name} (${episode.dataSet.digest}), and this server has ${name} (${digest}); start the server with the same data.`,
			);
		}
		if (this.trainer.engine.name !== episode.engine) {
			throw new NightshiftError(
				"DATA_UNAVAILABLE",
				`The session was trained by the engine ${episode.engine}, and this server has ${this.trainer.engine.name}; results would not be the same.`,
			);
		}
	}

	parse(episode: TrainingEpisode, message: Action__Output): TrainingAction {
		const { action, fromFlat } = readTrainingAction(message);
		try {
			this.checkPossible(episode, action);
			return action;
		} catch (error) {
			// A MultiDiscrete table has no room for errors: there a masked or contradictory action counts as waiting.
			if (fromFlat && error instanceof NightshiftError) return waitingAction;
			throw error;
		}
	}

	isFree(action: TrainingAction): boolean {
		return action.name === "get_training_status";
	}

	async perform(
		episode: TrainingEpisode,
		action: TrainingAction,
		context: PerformContext,
	): Promise<Outcome> {
		const task = this.taskOf(episode.taskId);
		switch (action.name) {
			case "configure_training":
				applyConfigure(
					episode,
					task,
					action,
					checkConfigure(episode, task, action),
				);
				return this.free();
			case "run_epochs": {
				const images = await this.imagesOf(task);
				const { epochsRun, stop } = await runEpochs(episode, action, {
					...context,
					task,
					trainer: this.trainer,
					images,
				});
				const notice =
					epochsRun < action.num_epochs && stop === "RUN_STOP_BUDGET_SPENT"
						? `The budget had only ${epochsRun} of the ${action.num_epochs} epochs left; they were trained.`
						: "";
				return {
					rewardParts: payReward(episode, undefined),
					info: {
						notice,
						training: {
							epochs_run: epochsRun,
							stop,
							engine: this.trainer.engine.name,
						},
					},
					ending: undefined,
				};
			}
			case "adjust_learning_rate":
				episode.configuration = {
					...(episode.configuration as Configuration),
					learning_rate: action.new_lr,
				};
				return this.free();
			case "toggle_augmentation": {
				const configuration = episode.configuration as Configuration;
				episode.configuration = {
					...configuration,
					augmentation: action.enabled,
					augmentation_strength:
						action.strength ?? configuration.augmentation_strength,
				};
				return this.free();
			}
			case "get_training_status":
				return this.free();
			case "submit_model":
				return this.submit(episode, action.checkpoint, context);
		}
	}

	abandon(episode: TrainingEpisode): void {
		abandonRun(episode);
	}

	/** An episode that was not submitted is graded as if its best checkpoint had been. */
	grade(episode: TrainingEpisode, context: PerformContext): Promise<Outcome> {
		return this.submit(episode, "best", context);
	}

	observe(episode: TrainingEpisode) {
		return { training: observeTraining(episode, this.taskOf(episode.taskId)) };
	}

	flatten(episode: TrainingEpisode) {
		return flattenTraining(episode, this.taskOf(episode.taskId));
	}

	describe(episode: TrainingEpisode): string {
		return describeTraining(episode, this.taskOf(episode.taskId));
	}

	/** Whoever knows an episode's key can draw all of its chance ahead. */
	reveal(episode: TrainingEpisode) {
		const { best } = episode;
		return {
			key: Buffer.from(episode.key).toString("hex"),
			paid: episode.paid,
			...(best && {
				best_checkpoint: {
					trial: best.trial,
					epoch: best.epoch,
					val_loss: best.validationLoss,
					steps: best.state.steps,
				},
			}),
		};
	}

	private checkPossible(
		episode: TrainingEpisode,
		action: TrainingAction,
	): void {
		const task = this.taskOf(episode.taskId);
		const why = whyNotPossible(episode, task, action.name);
		if (why !== undefined)
			throw new NightshiftError("ACTION_NOT_POSSIBLE", why);
		if (action.name === "configure_training")
			checkConfigure(episode, task, action);
	}

	private async submit(
		episode: TrainingEpisode,
		checkpoint: CheckpointName,
		{ signal, onTiming }: PerformContext,
	): Promise<Outcome> {
		const task = this.taskOf(episode.taskId);
		const submission = submissionOf(episode, checkpoint);
		const images = await this.imagesOf(task);
		throwIfCancelled(signal);
		try {
			const grade = await this.trainer.grade(
				{
					network: task.network,
					images,
					key: episode.key,
					trial: submission.trial,
					state: submission.state,
				},
				{ signal },
			);
			onTiming(grade);
			const score = scoreSubmission(task.score, grade, {
				submission,
				epochs: episode.epochs,
				charged: episode.charged,
				budget: task.budget,
			});
			return {
				rewardParts: payReward(episode, score.score),
				info: {
					notice: "",
					training: {
						epochs_run: 0,
						stop: "RUN_STOP_UNSPECIFIED",
						engine: this.trainer.engine.name,
					},
				},
				ending: {
					score: score.score,
					reason: "END_REASON_SUBMITTED",
					details: {
						training: toResult(
							episode,
							task,
							submission,
							grade,
							score,
							images.test.count,
						),
					},
				},
			};
		} catch (error) {
			if (!(error instanceof WorkInterrupted)) throw error;
			throwIfCancelled(signal);
			throw new NightshiftError(
				"WORKER_LOST",
				"A worker thread ended while it graded; nothing has changed. Repeat the call under the same request number, to the same result.",
				{ cause: error },
			);
		}
	}

	/** What an action comes to that trains nothing. */
	private free(): Outcome {
		return {
			rewardParts: unpaid,
			info: {
				notice: "",
				training: {
					epochs_run: 0,
					stop: "RUN_STOP_UNSPECIFIED",
					engine: this.trainer.engine.name,
				},
			},
			ending: undefined,
		};
	}

	private taskOf(taskId: string): TrainingTask {
		const task = this.byId.get(taskId);
		if (task === undefined)
			throw new NightshiftError(
				"UNKNOWN_TASK",
				`No task is called ${taskId}; there are ${[...this.byId.keys()].join(", ")}.`,
			);
		return task;
	}

	private async imagesOf(task: TrainingTask): Promise<EpisodeImages> {
		await this.prepare(task);
		return this.images.get(task.id) as EpisodeImages;
	}

	private async prepare(task: TrainingTask): Promise<DataSet> {
		const dataSet = await this.dataSets.get(task.data);
		const { shape, mean, deviation, train, test } = dataSet;
		const needed = task.trainImages + task.validationImages;
		if (train.count < needed || test.count === 0) {
			throw new NightshiftError(
				"DATA_UNAVAILABLE",
				`${task.id} needs ${needed} training images and a test file, and ${dataSet.name} has ${train.count} and ${test.count}: ${dataSet.source}`,
			);
		}
		this.images.set(task.id, {
			shape,
			mean,
			deviation,
			train,
			test,
			trainCount: task.trainImages,
			validationCount: task.validationImages,
		});
		return dataSet;
	}
}

function toResult(
	episode: TrainingEpisode,
	task: TrainingTask,
	submission: Submission,
	grade: { finite: boolean; testAccuracy: number; trainAccuracy: number },
	score: Score,
	testImages: number,
): TrainingResult {
	return {
		checkpoint:
			submission.checkpoint === "best" ? "CHECKPOINT_BEST" : "CHECKPOINT_LAST",
		epoch: submission.epoch,
		...(grade.finite && {
			test_accuracy: grade.testAccuracy,
			train_accuracy: grade.trainAccuracy,
		}),
		accuracy_share: score.accuracyShare,
		...finite("generalisation_share", score.generalisationShare),
		...finite("efficiency_share", score.efficiencyShare),
		...finite("stability_share", score.stabilityShare),
		test_images: testImages,
		epochs_charged: episode.charged,
		engine: episode.engine,
		data_set: {
			...episode.dataSet,
			train_images: task.trainImages,
			validation_images: task.validationImages,
		},
	};
}

function toTask(task: TrainingTask): TaskDefinition {
	return {
		id: task.id,
		version: task.version,
		environment: "training",
		description: task.description,
		goal: task.goal,
		difficulty: task.difficulty,
		actions: toActionSpecs(trainingActions),
		observation_fields: observationFields(task),
		observation_columns: observationColumns,
		splits: ["SPLIT_TRAIN", "SPLIT_VALIDATION", "SPLIT_TEST"],
		max_actions: task.budget + ACTIONS_BEYOND_BUDGET,
		max_free_calls: MAX_FREE_CALLS,
		budget: task.budget,
		reward_minimum: REWARD_BOUNDS.minimum,
		reward_maximum: REWARD_BOUNDS.maximum,
		reward_modes: ["REWARD_MODE_SHAPED", "REWARD_MODE_SCORE"],
		default_reward_mode: "REWARD_MODE_SHAPED",
		reference_scores: referenceScores(task.id, task.version),
	};
}
