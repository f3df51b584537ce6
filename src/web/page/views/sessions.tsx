import { useEffect, useState } from "preact/hooks";
import { environmentOf, type Session } from "../../model/messages.js";
import { endInWords, toAgo, toShort } from "../../model/told.js";
import {
	listSessions,
	operatorToken,
	ownerKey,
	setOperatorToken,
	setOwnerKey,
	toSentence,
} from "../api.js";
import { Heading, Notice, StateBadge } from "../parts.js";
import { goTo } from "../route.js";

const LOOK_MS = 2000;
const ROWS = 50;

type Which = "all" | "live" | "over";

/** The sessions that this browser may list, live and over, as they change. */
export function SessionsView() {
	const [asked, setAsked] = useState(0);
	const { sessions, total, error } = useSessions(asked);
	const [which, setWhich] = useState<Which>("all");
	const [environment, setEnvironment] = useState("all");
	const [page, setPage] = useState(0);
	const shown = sessions?.filter(
		(session) =>
			(which === "all" || (which === "live") === isLive(session)) &&
			(environment === "all" || environmentOf(session.task_id) === environment),
	);
	const pages = Math.max(1, Math.ceil((shown?.length ?? 0) / ROWS));
	const at = Math.min(page, pages - 1);
	const isOperator = operatorToken() !== "";
	return (
		<>
			<Heading title="Sessions">Sessions</Heading>
			<p class="faint">
				{isOperator
					? "All sessions of this server, as its operator sees them."
					: "The sessions opened in this browser. Any other can be watched by its id."}
			</p>
			<div class="bar">
				<Choice
					label="Show"
					value={which}
					values={{ all: "All", live: "Live", over: "Over" }}
					onChange={(value) => {
						setWhich(value as Which);
						setPage(0);
					}}
				/>
				<Choice
					label="Environment"
					value={environment}
					values={{ all: "Both", training: "Training", sre: "On call" }}
					onChange={(value) => {
						setEnvironment(value);
						setPage(0);
					}}
				/>
				<OpenById />
			</div>
			{error && <Notice kind="error">{error}</Notice>}
			{shown?.length === 0 && (
				<div class="empty">
					<p>
						{sessions?.length === 0
							? "No session yet."
							: "No session of this kind."}
					</p>
					<a class="button" href="#/play">
						Play an episode by hand
					</a>
				</div>
			)}
			{shown && shown.length > 0 && (
				<>
					<SessionTable sessions={shown.slice(at * ROWS, (at + 1) * ROWS)} />
					<div class="pager">
						<span role="status">
							{at * ROWS + 1} to {Math.min(shown.length, (at + 1) * ROWS)} of{" "}
							{shown.length}
							{total !== undefined && total > (sessions?.length ?? 0)
								? ` (the newest of ${total})`
								: ""}
						</span>
						{pages > 1 && (
							<>
								<button
									type="button"
									disabled={at === 0}
									onClick={() => setPage(at - 1)}
								>
									Newer
								</button>
								<button
									type="button"
									disabled={at === pages - 1}
									onClick={() => setPage(at + 1)}
								>
									Older
								</button>
							</>
						)}
					</div>
				</>
			)}
			<Keys
				onChange={() => {
					setPage(0);
					setAsked(asked + 1);
				}}
			/>
		</>
	);
}

function useSessions(asked: number) {
	const [state, setState] = useState<{
		readonly sessions?: readonly Session[];
		readonly total?: number;
		readonly error?: string;
	}>({});
	useEffect(() => {
		let isStopped = false;
		let timer: ReturnType<typeof setTimeout> | undefined;
		const look = async () => {
			try {
				const answer = await listSessions();
				if (!isStopped) setState(answer);
			} catch (error) {
				if (!isStopped)
					setState((before) => ({ ...before, error: toSentence(error) }));
			}
			if (!isStopped) timer = setTimeout(() => void look(), LOOK_MS);
		};
		void look();
		return () => {
			isStopped = true;
			clearTimeout(timer);
		};
	}, [asked]);
	return state;
}

function isLive({ state }: Session): boolean {
	return state === "idle" || state === "running";
}

function SessionTable({ sessions }: { readonly sessions: readonly Session[] }) {
	const now = Date.now();
	return (
		<table class="sessions">
			<caption class="unseen">Sessions, the newest first</caption>
			<thead>
				<tr>
					<th scope="col">Task</th>
					<th scope="col">State</th>
					<th scope="col">Episode</th>
					<th scope="col">Steps</th>
					<th scope="col">Score</th>
					<th scope="col">Seed</th>
					<th scope="col">Opened</th>
				</tr>
			</thead>
			<tbody>
				{sessions.map((session) => (
					<tr key={session.session_id}>
						<th scope="row">
							<a href={`#/sessions/${session.session_id}`}>
								{session.task_id}
								<small> {session.session_id.slice(0, 8)}</small>
							</a>
						</th>
						<td data-name="State">
							<StateBadge state={session.state} />
						</td>
						<td data-name="Episode">{session.episode}</td>
						<td data-name="Steps">{session.step}</td>
						<td data-name="Score">
							<Score session={session} />
						</td>
						<td data-name="Seed" class="seed">
							{session.seed}
						</td>
						<td data-name="Opened">{toAgo(session.create_time, now)}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

function Score({ session: { result } }: { readonly session: Session }) {
	if (result === null) return <span class="none">–</span>;
	if (result.score === null) return <>{endInWords(result.end_reason)}</>;
	return (
		<span class="score">
			<svg viewBox="0 0 40 6" aria-hidden="true">
				<rect class="track" width="40" height="6" rx="3" />
				<rect class="gain" width={40 * result.score} height="6" rx="3" />
			</svg>
			{toShort(result.score)}
		</span>
	);
}

/** One of a few values, as a row of radio buttons. */
export function Choice({
	label,
	value,
	values,
	onChange,
}: {
	readonly label: string;
	readonly value: string;
	readonly values: Readonly<Record<string, string>>;
	readonly onChange: (value: string) => void;
}) {
	return (
		<fieldset class="choice">
			<legend>{label}</legend>
			{Object.entries(values).map(([key, told]) => (
				<label key={key}>
					<input
						type="radio"
						name={label}
						checked={key === value}
						onChange={() => onChange(key)}
					/>
					<span>{told}</span>
				</label>
			))}
		</fieldset>
	);
}

function OpenById() {
	const [id, setId] = useState("");
	return (
		<form
			class="inline"
			onSubmit={(event) => {
				event.preventDefault();
				goTo("sessions", id.trim());
			}}
		>
			<label>
				<span>Session id</span>
				<input
					value={id}
					required
					pattern="\s*[0-9a-f]{32}\s*"
					title="32 hexadecimal digits"
					autocomplete="off"
					spellcheck={false}
					onInput={(event) => setId(event.currentTarget.value)}
				/>
			</label>
			<button type="submit">Watch</button>
		</form>
	);
}

/** Which sessions are listed: those of an owner key, or all, with the operator's token. */
function Keys({ onChange }: { readonly onChange: () => void }) {
	const [key, setKey] = useState(ownerKey());
	const [token, setToken] = useState(operatorToken());
	return (
		<details class="keys">
			<summary>Whose sessions</summary>
			<form
				class="inline"
				onSubmit={(event) => {
					event.preventDefault();
					setOwnerKey(key.trim());
					setKey(ownerKey());
					onChange();
				}}
			>
				<label>
					<span>Owner key</span>
					<input
						value={key}
						maxLength={128}
						autocomplete="off"
						spellcheck={false}
						onInput={(event) => setKey(event.currentTarget.value)}
					/>
				</label>
				<button type="submit">List its sessions</button>
			</form>
			<p class="faint">
				A program that opens its sessions with the same owner key finds them
				here. Emptied, this browser draws a new one.
			</p>
			<form
				class="inline"
				onSubmit={(event) => {
					event.preventDefault();
					setOperatorToken(token.trim());
					onChange();
				}}
			>
				<label>
					<span>Operator's token</span>
					<input
						type="password"
						value={token}
						autocomplete="off"
						onInput={(event) => setToken(event.currentTarget.value)}
					/>
				</label>
				<button type="submit">{token === "" ? "Leave" : "List all"}</button>
			</form>
			<p class="faint">
				For whoever runs the server. It is forgotten when this tab is closed.
			</p>
		</details>
	);
}
