/** Estimates how long the rest of some episodes takes, from the pace of what was played: seconds an epoch by task, epochs by task and policy. */

interface Episode {
	readonly task: { readonly id: string; readonly budget: number };
	readonly policy: { readonly name: string };
}

export class TimeLeft {
	private readonly pace = new Map<
		string,
		{ seconds: number; epochs: number }
	>();
	private readonly lengths = new Map<
		string,
		{ epochs: number; episodes: number }
	>();

	/** `atOnce`: episodes that are played side by side. */
	constructor(private readonly atOnce: number) {}

	/** Counts an episode that is over. */
	played(
		task: string,
		policy: string,
		{ epochs, seconds }: { epochs: number; seconds: number },
	): void {
		if (epochs > 0) {
			const pace = this.pace.get(task) ?? { seconds: 0, epochs: 0 };
			this.pace.set(task, {
				seconds: pace.seconds + seconds,
				epochs: pace.epochs + epochs,
			});
		}
		const name = `${task} ${policy}`;
		const length = this.lengths.get(name) ?? { epochs: 0, episodes: 0 };
		this.lengths.set(name, {
			epochs: length.epochs + epochs,
			episodes: length.episodes + 1,
		});
	}

	/**
	 * Seconds that these episodes take, running ones with the epochs and seconds that they have behind them. `atLeast` where the pace of a task
	 * is not known yet, so that its episodes are not counted.
	 */
	estimate(
		episodes: readonly (Episode & {
			readonly epochs: number;
			readonly seconds: number;
		})[],
	): { seconds: number; atLeast: boolean } {
		let sum = 0;
		let atLeast = false;
		for (const { task, policy, epochs, seconds } of episodes) {
			const epochsLeft = Math.max(0, this.lengthOf(task, policy.name) - epochs);
			const pace = this.pace.get(task.id);
			if (epochsLeft === 0) continue;
			if (pace) sum += (epochsLeft * pace.seconds) / pace.epochs;
			else if (epochs > 0) sum += (epochsLeft * seconds) / epochs;
			else atLeast = true;
		}
		return { seconds: sum / this.atOnce, atLeast };
	}

	/** Until an episode of the policy was played it is taken to spend the budget. */
	private lengthOf(task: Episode["task"], policy: string): number {
		const known = this.lengths.get(`${task.id} ${policy}`);
		return known ? known.epochs / known.episodes : task.budget;
	}
}
