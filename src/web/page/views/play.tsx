import { useState } from "preact/hooks";
import type { Task } from "../../model/messages.js";
import { toShort } from "../../model/told.js";
import { createSession, toSentence } from "../api.js";
import { Heading, Notice } from "../parts.js";
import { goTo } from "../route.js";
import { useCatalogue } from "./session.js";

/** Opens a session to play by hand. */
export function PlayView() {
	const catalogue = useCatalogue();
	const [taskId, setTaskId] = useState("sre/easy");
	const [seed, setSeed] = useState("");
	const [split, setSplit] = useState("train");
	const [mode, setMode] = useState("");
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState("");
	const tasks = catalogue?.tasks ?? [];
	const task = tasks.find(({ id }) => id === taskId) ?? tasks[0];
	const start = async (event: Event) => {
		event.preventDefault();
		if (task === undefined || busy) return;
		setBusy(true);
		setError("");
		try {
			const { session_id } = await createSession({
				task_id: task.id,
				split,
				reward_mode: task.reward_modes.includes(mode)
					? mode
					: task.default_reward_mode,
				...(seed !== "" && { seed }),
			});
			goTo("sessions", session_id);
		} catch (thrown) {
			setError(toSentence(thrown));
			setBusy(false);
		}
	};
	return (
		<>
			<Heading title="Play">Play an episode by hand</Heading>
			<p class="faint">
				You get what an agent gets: the same observations, actions and score.
				The session is yours while this tab is open.
			</p>
			{catalogue === undefined && <p role="status">Loading the tasks …</p>}
			{task && (
				<form class="start" onSubmit={(event) => void start(event)}>
					<Tasks
						title="On call: keep a failing system of services running"
						tasks={tasks.filter(({ environment }) => environment === "sre")}
						chosen={task.id}
						onChoose={setTaskId}
					/>
					<Tasks
						title="Training: train a real network under a budget of epochs"
						tasks={tasks.filter(
							({ environment }) => environment === "training",
						)}
						chosen={task.id}
						onChoose={setTaskId}
					/>
					<div class="arguments">
						<label>
							<span>Seed</span>
							<input
								value={seed}
								inputMode="numeric"
								pattern="\d{1,20}"
								title="A whole number from 0 to 2^64-1"
								placeholder="random"
								autocomplete="off"
								onInput={(event) => setSeed(event.currentTarget.value)}
							/>
						</label>
						<label>
							<span>Split</span>
							<select
								value={split}
								onChange={(event) => setSplit(event.currentTarget.value)}
							>
								{task.splits.map((one) => (
									<option key={one}>{one}</option>
								))}
							</select>
						</label>
						{task.reward_modes.length > 1 && (
							<label>
								<span>Rewards</span>
								<select
									value={
										task.reward_modes.includes(mode)
											? mode
											: task.default_reward_mode
									}
									onChange={(event) => setMode(event.currentTarget.value)}
								>
									{task.reward_modes.map((one) => (
										<option key={one}>{one}</option>
									))}
								</select>
							</label>
						)}
					</div>
					{error && <Notice kind="error">{error}</Notice>}
					<div class="buttons">
						<button type="submit" class="main" disabled={busy}>
							{busy ? "Opening …" : `Start ${task.id}`}
						</button>
					</div>
				</form>
			)}
		</>
	);
}

function Tasks({
	title,
	tasks,
	chosen,
	onChoose,
}: {
	readonly title: string;
	readonly tasks: readonly Task[];
	readonly chosen: string;
	readonly onChoose: (id: string) => void;
}) {
	if (tasks.length === 0) return null;
	return (
		<fieldset class="cards">
			<legend>{title}</legend>
			{tasks.map((task) => (
				<label key={task.id} class="card">
					<input
						type="radio"
						name="task"
						checked={task.id === chosen}
						onChange={() => onChoose(task.id)}
					/>
					<span>
						<b>{titleOf(task)}</b>
						<small class={`tier ${task.difficulty}`}>{task.difficulty}</small>
						<span class="faint">{task.description}</span>
						<References task={task} />
					</span>
				</label>
			))}
		</fieldset>
	);
}

function titleOf({ id }: Task): string {
	return (id.split("/")[1] ?? id)
		.replaceAll("_", " ")
		.replace(/\b(oom|db|mnist|cifar)\b/g, (name) => name.toUpperCase());
}

/** The best scripted policy, as something to beat. */
function References({ task }: { readonly task: Task }) {
	const best = [...task.reference_scores].sort((a, b) => b.score - a.score);
	const fair = best.find(({ policy }) => policy !== "oracle");
	return fair === undefined ? null : (
		<small class="faint">
			to beat: {fair.policy} {toShort(fair.score, 2)}
		</small>
	);
}
