import type {
	Action,
	EnvSession,
	EpisodeResult,
	Progress,
	StepResponse,
	Task,
	TrainingObservation,
} from "../../clients/typescript/index.js";
import type { EpochMetrics__Output } from "../../proto/generated/nightshift/v1/EpochMetrics.js";
import type { Policy } from "../environments/policy.js";
import { curve } from "./curve.js";

const CURVE_WIDTH = 16;

/**
 * Shows a training episode as it is played: a line for each epoch (losses, accuracies, signal, a small curve, time left), a line for each
 * action, and the score with its parts. On a terminal the running epoch is a line that updates itself.
 */
export class EpisodeView {
	private readonly accuracies: number[] = [];
	private readonly startedMs = performance.now();
	private epochsMs = 0;
	private epochsTimed = 0;
	private lastEpochMs = 0;
	private firstLeft = false;
	private liveLine = false;

	constructor(
		private readonly output: NodeJS.WriteStream,
		private readonly task: Task,
		private readonly session: EnvSession,
		private readonly policy: Policy,
	) {}

	begin(): void {
		const { data_set, engine } = this.observation;
		const synthetic = data_set?.name.startsWith("synthetic")
			? " (drawn from a seed: no real images were found)"
			: "";
		this.line(
			`data:    ${data_set?.name}${synthetic}, ${data_set?.train_images} training and ${data_set?.validation_images} validation images`,
		);
		this.line(
			`task:    ${this.task.id}, seed ${this.session.info.seed}: ${this.task.goal}`,
		);
		this.line(`engine:  ${engine}`);
		this.line(`policy:  ${this.policy.name}: ${this.policy.description}`);
	}

	acting(action: Action): void {
		const [name, given] = Object.entries(action).find(
			([, value]) => value !== undefined,
		) ?? ["", {}];
		this.line(`> ${name} ${words(given)}`.trimEnd());
		this.lastEpochMs = performance.now();
		if (name === "run_epochs" && this.accuracies.length === 0)
			this.line(
				"   epoch  train loss  val loss  train acc  val acc  signal        val accuracy      time left",
			);
	}

	progress({ training }: Progress): void {
		if (training?.epoch) this.epoch(training.epoch);
		else if (training?.batch && this.output.isTTY) {
			const { epoch, batch, batches, train_loss } = training.batch;
			this.live(
				`   ${String(epoch).padStart(5)}  ${number(train_loss).padStart(10)}  batch ${batch} of ${batches}`,
			);
		}
	}

	acted(answer: StepResponse): void {
		const parts = answer.reward_breakdown
			.filter(({ value }) => value !== 0)
			.map(({ name, value }) => `${name} ${signed(value)}`);
		if (parts.length > 0)
			this.line(`  reward ${signed(answer.reward)} (${parts.join(", ")})`);
		if (answer.info?.notice) this.line(`  ${answer.info.notice}`);
	}

	end(result: EpisodeResult): void {
		const { training } = result;
		this.line("");
		this.line(
			`score    ${result.score?.toFixed(3) ?? "none"}  (${result.terminated ? "submitted" : "finished"} after ${result.steps} actions, sum of rewards ${signed(result.total_reward)})`,
		);
		if (!training) return;
		const percent = (value: number | undefined) =>
			value === undefined ? "not measured" : `${(100 * value).toFixed(2)} %`;
		this.line(
			`  test accuracy   ${percent(training.test_accuracy)} on ${training.test_images} hidden images, checkpoint of epoch ${training.epoch} -> accuracy share ${training.accuracy_share.toFixed(3)}`,
		);
		this.line(`  train accuracy  ${percent(training.train_accuracy)}`);
		const shares = {
			generalisation: training.generalisation_share,
			efficiency: training.efficiency_share,
			stability: training.stability_share,
		};
		for (const [name, share] of Object.entries(shares))
			if (share !== undefined)
				this.line(`  ${name.padEnd(15)} share ${share.toFixed(3)}`);
		this.line(
			`  epochs spent    ${training.epochs_charged} of ${this.task.budget}, in ${seconds(performance.now() - this.startedMs)}`,
		);
	}

	private get observation(): TrainingObservation {
		return this.session.observation.training as TrainingObservation;
	}

	private epoch(metrics: EpochMetrics__Output): void {
		const now = performance.now();
		// The first epoch is slower than those that follow: it leaves the mean as soon as there is another.
		if (this.epochsTimed === 1 && !this.firstLeft) {
			this.firstLeft = true;
			this.epochsMs = 0;
			this.epochsTimed = 0;
		}
		this.epochsMs += now - this.lastEpochMs;
		this.epochsTimed += 1;
		this.lastEpochMs = now;
		if (metrics.val_accuracy !== undefined)
			this.accuracies.push(metrics.val_accuracy);
		const left =
			((this.task.budget - metrics.epoch) * this.epochsMs) / this.epochsTimed;
		const signal = String(metrics.convergence_signal)
			.slice("CONVERGENCE_SIGNAL_".length)
			.toLowerCase();
		this.line(
			`   ${String(metrics.epoch).padStart(5)}  ${number(metrics.train_loss).padStart(10)}  ${number(metrics.val_loss).padStart(8)}  ${number(metrics.train_accuracy).padStart(9)}  ${number(metrics.val_accuracy).padStart(7)}  ${signal.padEnd(12)}  ${curve(this.accuracies, CURVE_WIDTH).padEnd(CURVE_WIDTH)}  ${seconds(left)}`,
		);
	}

	private line(text: string): void {
		this.output.write(`${this.liveLine ? "\r\u001b[K" : ""}${text}\n`);
		this.liveLine = false;
	}

	private live(text: string): void {
		this.output.write(`\r\u001b[K${text}`);
		this.liveLine = true;
	}
}

function words(given: unknown): string {
	return Object.entries(given as object)
		.map(
			([name, value]) =>
				`${name}=${typeof value === "string" ? value.toLowerCase().replace(/^(optimizer|learning_rate_schedule|resume_from|checkpoint)_/, "") : String(value)}`,
		)
		.join(" ");
}

function number(value: number | undefined): string {
	return value === undefined ? "-" : value.toFixed(4);
}

function signed(value: number): string {
	return `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}

function seconds(ms: number): string {
	return ms < 60_000
		? `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
		: `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}
