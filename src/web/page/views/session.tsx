import { useEffect, useMemo, useState } from "preact/hooks";
import { environmentOf, type Session } from "../../model/messages.js";
import { takenActions } from "../../model/taken-actions.js";
import { endInWords, toShort, toSigned } from "../../model/told.js";
import { type Catalogue, loadCatalogue, ownSessions } from "../api.js";
import { Heading, LinkBadge, Notice, StateBadge } from "../parts.js";
import { type SessionState, useSession } from "../use-session.js";
import { ActForm } from "./act-form.js";
import { IncidentView } from "./incident.js";
import { TrainingView } from "./training.js";

/** One session: watched live, and played by whoever holds its id. */
export function SessionView({ id }: { readonly id: string }) {
	const state = useSession(id);
	const catalogue = useCatalogue();
	const { session, feed, link, error } = state;
	const [chosen, setChosen] = useState<number | undefined>();
	const [service, setService] = useState("");
	const newest = Math.max(0, ...feed.episodes.keys());
	const episode = chosen ?? newest;
	const events = feed.episodes.get(episode) ?? [];
	const started = events.find((event) => event.episode_started);
	const taskId = started?.episode_started?.task_id ?? session?.task_id ?? "";
	const task = catalogue?.tasks.find((one) => one.id === taskId);
	const services = useMemo(
		() =>
			Object.keys(
				started?.episode_started?.observation?.sre?.metrics ??
					events.findLast((event) => event.action_completed?.observation?.sre)
						?.action_completed?.observation?.sre?.metrics ??
					{},
			),
		[events],
	);
	const actions = useMemo(
		() => takenActions(events, task?.actions ?? [], services),
		[events, task, services],
	);
	if (error)
		return (
			<>
				<Heading title="Session">Session</Heading>
				<Notice kind="error">{error}</Notice>
				<p>
					<a href="#/">All sessions</a>
				</p>
			</>
		);
	if (!session || taskId === "")
		return (
			<>
				<Heading title="Session">Session</Heading>
				<p role="status">Loading the session …</p>
			</>
		);
	const isNow = episode === session.episode || episode === newest;
	const result =
		events.find((event) => event.episode_ended)?.episode_ended?.result ?? null;
	const View = environmentOf(taskId) === "sre" ? IncidentView : TrainingView;
	return (
		<article class="session">
			<div class="title">
				<Heading title={taskId}>{taskId}</Heading>
				<StateBadge state={session.state} />
				<LinkBadge link={link} />
			</div>
			<p class="facts">
				<span>
					seed <b>{started?.episode_started?.seed ?? session.seed}</b>
				</span>
				<span>
					split <b>{started?.episode_started?.split ?? session.split}</b>
				</span>
				<span>
					rewards <b>{session.options.reward_mode}</b>
				</span>
				<CopyId session={session} />
			</p>
			{feed.episodes.size > 1 && (
				<label class="episodes">
					<span>Episode</span>
					<select
						value={episode}
						onChange={(event) => {
							const value = Number(event.currentTarget.value);
							setChosen(value === newest ? undefined : value);
						}}
					>
						{[...feed.episodes.keys()].reverse().map((number) => (
							<option key={number} value={number}>
								{number}
								{number === newest ? " (now)" : ""}
							</option>
						))}
					</select>
				</label>
			)}
			{feed.missed > 0 && (
				<Notice>
					The first {feed.missed} events of this session are no longer kept;
					what follows begins after them.
				</Notice>
			)}
			{task && events.length > 0 && (
				<p class="goal faint">
					{task.description} {task.goal}
				</p>
			)}
			{result && <ResultLine result={result} />}
			<View
				events={events}
				actions={actions}
				service={service}
				onService={setService}
				form={
					isPlayable(state) &&
					isNow &&
					task && (
						<ActForm
							session={session}
							task={task}
							tools={catalogue?.tools[task.environment] ?? []}
							services={services}
							events={events}
							service={service}
							onService={setService}
							isOwn={ownSessions().includes(session.session_id)}
						/>
					)
				}
			/>
			{feed.ended && <p class="faint">{feed.ended}</p>}
		</article>
	);
}

function isPlayable({ session }: SessionState): boolean {
	return session !== undefined && session.state !== "ended";
}

function ResultLine({
	result,
}: {
	readonly result: NonNullable<Session["result"]>;
}) {
	return (
		<p class="result" role="status">
			{result.score === null ? (
				<b>Not graded</b>
			) : (
				<>
					Score <b class="big">{toShort(result.score)}</b>
				</>
			)}
			<span class="faint">
				{endInWords(result.end_reason)}, {result.steps} actions, rewards{" "}
				{toSigned(result.total_reward)}
			</span>
		</p>
	);
}

function CopyId({ session }: { readonly session: Session }) {
	const [isCopied, setCopied] = useState(false);
	return (
		<span>
			id{" "}
			<button
				type="button"
				class="quiet"
				title="Whoever has it may watch, act and close"
				onClick={() => {
					void navigator.clipboard
						?.writeText(session.session_id)
						.then(() => setCopied(true));
				}}
			>
				<code>{session.session_id.slice(0, 8)}…</code>{" "}
				<span role="status">{isCopied ? "copied" : "copy"}</span>
			</button>
		</span>
	);
}

export function useCatalogue(): Catalogue | undefined {
	const [catalogue, setCatalogue] = useState<Catalogue>();
	useEffect(() => {
		let isStopped = false;
		const load = () =>
			loadCatalogue().then(
				(loaded) => {
					if (!isStopped) setCatalogue(loaded);
				},
				() => setTimeout(() => void (isStopped || load()), 2000),
			);
		void load();
		return () => {
			isStopped = true;
		};
	}, []);
	return catalogue;
}
