import { render } from "preact";
import { useEffect } from "preact/hooks";
import { ownSessions, Refusal, setOwnSessions, tell } from "./api.js";
import { useRoute } from "./route.js";
import { EvaluationsView } from "./views/evaluations.js";
import { PlayView } from "./views/play.js";
import { SessionView } from "./views/session.js";
import { SessionsView } from "./views/sessions.js";

/** The whole page. Its address after "#" says which view. */
function Page() {
	const [view = "sessions", id] = useRoute();
	useLeases();
	return (
		<>
			<button type="button" class="skip" onClick={skip}>
				Skip to the content
			</button>
			<header class="top">
				<a class="brand" href="#/">
					<img src="icon.svg" alt="" width="28" height="28" /> Nightshift
				</a>
				<nav aria-label="Views">
					<Tab to="sessions" view={view}>
						Sessions
					</Tab>
					<Tab to="play" view={view}>
						Play
					</Tab>
					<Tab to="evaluations" view={view}>
						Evaluations
					</Tab>
				</nav>
			</header>
			<main id="view" tabIndex={-1}>
				{view === "play" ? (
					<PlayView />
				) : view === "evaluations" ? (
					<EvaluationsView />
				) : id !== undefined ? (
					<SessionView key={id} id={id} />
				) : (
					<SessionsView />
				)}
			</main>
			<footer>
				Agents learn to keep things running.{" "}
				<a href="../docs">The same over HTTP</a>
			</footer>
		</>
	);
}

function Tab({
	to,
	view,
	children,
}: {
	readonly to: string;
	readonly view: string;
	readonly children: string;
}) {
	return (
		<a href={`#/${to}`} aria-current={view === to ? "page" : undefined}>
			{children}
		</a>
	);
}

/** The address after "#" says which view is shown, so it cannot name a place as well. */
function skip(): void {
	document.getElementById("view")?.focus();
}

/** Often enough for a lease of two minutes where a browser lets a hidden tab's timers run once a minute. */
const RENEW_MS = 30_000;

/** Renews the leases of the sessions that this tab opened; a tab that is closed lets them run out. */
function useLeases(): void {
	useEffect(() => {
		const renew = async () => {
			for (const id of ownSessions())
				await tell(id, "renew").catch((error: unknown) => {
					if (error instanceof Refusal)
						setOwnSessions(ownSessions().filter((own) => own !== id));
				});
		};
		void renew();
		const timer = setInterval(() => void renew(), RENEW_MS);
		return () => clearInterval(timer);
	}, []);
}

render(<Page />, document.getElementById("page") as HTMLElement);
