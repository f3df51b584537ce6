import type { TrainingEpisode } from "./episode.js";
import type { TrainingTask } from "./tasks.js";

/** Why an action of this name cannot be taken now, in a sentence that says what can; nothing when it can. Arguments are checked elsewhere. */
export function whyNotPossible(
	episode: TrainingEpisode,
	task: TrainingTask,
	name: string,
): string | undefined {
	const configured = episode.configuration !== undefined;
	switch (name) {
		case "run_epochs":
			if (!configured)
				return "Training is not configured yet; call configure_training first.";
			if (episode.charged >= task.budget)
				return `The budget of ${task.budget} epochs is spent; submit_model ends the episode.`;
			if (episode.diverged)
				return "Training has diverged; call configure_training with resume_from best_checkpoint or scratch to go on.";
			return undefined;
		case "adjust_learning_rate":
		case "toggle_augmentation":
			return configured
				? undefined
				: "Training is not configured yet; call configure_training first.";
		default:
			return undefined;
	}
}
