import type { EpisodeRecord, FailedAttempt } from "../episode-record.js";
import { chooseEpisodes, MOST_PICTURES } from "./choose-episodes.js";
import type { EpisodeDigest } from "./episode-digest.js";
import { historyOf, type IncidentHistory } from "./incident-history.js";
import { html, Markup } from "./markup.js";
import {
	actionsChart,
	actionTold,
	perEpisode,
} from "./pictures/actions-chart.js";
import { agentsChart } from "./pictures/agents-chart.js";
import { faultsChart, faultTold } from "./pictures/faults-chart.js";
import {
	ACTION_LETTERS,
	incidentTimeline,
} from "./pictures/incident-timeline.js";
import { learningCurve } from "./pictures/learning-curve.js";
import { scoreHistograms } from "./pictures/score-histograms.js";
import {
	agentColour,
	agentSymbol,
	type Chart,
	drawChart,
} from "./pictures/svg-chart.js";
import type { Evaluation } from "./read-evaluation.js";
import { reportStyle } from "./report-style.js";
import type { AgentRow, SreSummary, Summary, TaskSummary } from "./summary.js";
import {
	costTold,
	incidentCells,
	intervalTold,
	limitsTold,
	numberTold,
	proportionTold,
	seedsTold,
	tokensTold,
} from "./summary-text.js";
import { curveOf, type TrainingCurve } from "./training-curve.js";

/** Rows of a list of failures at most. */
const MOST_FAILURES = 50;

/**
 * An evaluation as one page of HTML that needs nothing else: no script, no request. The same lines give the same bytes. `read` gives an
 * episode whole; it is asked for those alone of which the page has a picture.
 */
export async function renderReport(
	evaluation: Evaluation,
	summary: Summary,
	read: (episode: EpisodeDigest) => Promise<EpisodeRecord>,
): Promise<string> {
	const page = new ReportPage(evaluation, summary, read);
	return `${(await page.render()).text.replace(/^\s*\n/gm, "")}\n`;
}

interface Cell {
	readonly text: string;
	/** Words, not figures. */
	readonly words?: boolean;
}

class ReportPage {
	private pictures = 0;
	private readonly places: ReadonlyMap<string, number>;

	constructor(
		private readonly evaluation: Evaluation,
		private readonly summary: Summary,
		private readonly read: (episode: EpisodeDigest) => Promise<EpisodeRecord>,
	) {
		this.places = new Map(
			summary.header.agents.map(({ name }, place) => [name, place]),
		);
	}

	async render(): Promise<Markup> {
		const { header, tasks } = this.summary;
		const title = `Nightshift: ${header.agents.map(({ name }) => name).join(", ")}`;
		const chosen = chooseEpisodes(this.evaluation.episodes);
		const total = this.evaluation.episodes.length;
		const sections: Markup[] = [];
		for (const [k, task] of tasks.entries())
			sections.push(
				await this.renderTask(
					task,
					k,
					chosen.filter(({ episode }) => episode.task === task.task),
				),
			);
		return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>Evaluation</h1>
<p class="faint">Asked on ${dateTold(header.createdAt)}. Split ${header.split}, seeds ${seedsTold(header.seeds)}${limitsAsked(this.summary)}.</p>
${this.renderFigures()}
${this.renderLegend(header.agents.map(({ name }) => name))}
</header>
<nav aria-label="Tasks"><ul>${tasks.map(({ task }, k) => html`<li><a href="#task-${k}">${task}</a></li>`)}</ul></nav>
<main>
${this.renderOverall()}
${sections}
${this.renderFailures()}
</main>
<footer>
<p>Scores run from 0 to 1. A mean stands with half of its 95 % confidence interval (Student's t), the interquartile mean (IQM: of the middle half of the
episodes) with that of the winsorised variance, a share with Wilson's 95 % interval. An episode with a score of at least ${this.summary.passingScore} passed. Attempts that the infrastructure cut
off are never scored. ${chosen.length < total ? `Single episodes are shown for ${chosen.length} of ${total}: the best, the median and the worst of each agent on each task, or the medians alone where that were more than ${MOST_PICTURES}.` : ""} All of it is made from the lines of evaluation.jsonl.</p>
</footer>
</body>
</html>`;
	}

	private renderFigures(): Markup {
		const { episodes, failedAttempts, tasks } = this.summary;
		const rows = tasks.flatMap((task) => task.rows);
		const count = (of: (row: AgentRow) => number) =>
			rows.reduce((sum, row) => sum + of(row), 0);
		const cost = rows.some(({ usage }) => usage?.cost !== undefined)
			? `$${count(({ usage }) => usage?.cost ?? 0).toFixed(4)}`
			: undefined;
		const tokens = count(({ usage }) =>
			usage ? usage.inputTokens + usage.outputTokens : 0,
		);
		const figure = (name: string, value: string | number | undefined) =>
			value !== undefined && html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
		return html`<dl>
${figure("finished episodes", episodes)}
${figure("agents", this.summary.header.agents.length)}
${figure("tasks", tasks.length)}
${figure(
	"agent failures",
	count(({ agentFailures }) => agentFailures),
)}
${figure("attempts cut off by infrastructure", failedAttempts)}
${figure("tokens", tokens > 0 ? tokens : undefined)}
${figure("cost", cost)}
</dl>`;
	}

	private renderLegend(agents: readonly string[]): Markup {
		return html`<ul class="legend" aria-label="Agents">${agents.map(
			(agent) =>
				html`<li>${agentSign(this.placeOf(agent))}<span>${agent} <span class="faint">${this.versionOf(agent)}</span></span></li>`,
		)}</ul>`;
	}

	private renderOverall(): Markup | undefined {
		const { overall } = this.summary;
		if (overall.length === 0)
			return html`<p>No episode is finished yet, so there is nothing to score.</p>`;
		if (overall.every(({ tasks }) => tasks === 1)) return undefined;
		const different = new Set(overall.map(({ tasks }) => tasks)).size > 1;
		return html`<h2>All tasks</h2>
<p class="note">Each task that an agent played weighs the same.${different ? " The agents played different numbers of tasks, so these means are not of the same episodes." : ""}</p>
${table(
	"Mean over the tasks",
	["agent", "tasks", "episodes", "score", "passed"],
	overall.map((row) => [
		row.agent,
		row.tasks,
		row.episodes,
		intervalTold(row.score),
		proportionTold(row.passed),
	]),
)}`;
	}

	private async renderTask(
		task: TaskSummary,
		number: number,
		chosen: ReturnType<typeof chooseEpisodes>,
	): Promise<Markup> {
		const { rows } = task;
		const played = rows.filter(({ episodes }) => episodes > 0);
		return html`<section aria-labelledby="task-${number}">
<h2 id="task-${number}">${task.task}</h2>
${rows.length === 0 && html`<p>No agent has played it.</p>`}
${played.length > 0 && this.renderScores(task.task, played)}
${rows.length > 0 && taskTables(rows)}
${played.length > 0 && this.renderFaults(task.task, played)}
${played.length > 0 && this.renderActions(task.task, played)}
${await this.renderEpisodes(chosen)}
</section>`;
	}

	private renderScores(task: string, rows: readonly AgentRow[]): Markup {
		const scores = rows.map(({ agent }) => ({
			agent,
			scores: this.evaluation.episodes
				.filter((episode) => episode.task === task && episode.agent === agent)
				.map(({ score }) => score),
		}));
		return html`<div class="pictures pair">
${this.figure(
	html`<b>Agents side by side.</b> Disc: mean score, with its 95 % interval; upright stroke: interquartile mean.`,
	agentsChart(task, rows, this.placeOf),
)}
${this.figure(
	html`<b>Distribution of scores.</b> Share of an agent's episodes in each twentieth of the scale; the number of episodes stands beside the name.`,
	scoreHistograms(task, scores, this.placeOf),
)}
</div>`;
	}

	private renderFaults(
		task: string,
		rows: readonly AgentRow[],
	): Markup | undefined {
		const agents = rows.flatMap(({ agent, sre }) =>
			sre ? { agent, sre } : [],
		);
		const faults = [
			...new Set(
				agents.flatMap(({ sre }) => sre.faults.map(({ fault }) => fault)),
			),
		].sort();
		if (faults.length === 0) return undefined;
		return html`<h3>By fault</h3>
${this.renderLegend(agents.map(({ agent }) => agent))}
<div class="pictures pair">
${this.figure(
	html`<b>Mean score by the fault that came.</b>`,
	faultsChart(task, agents, faults, this.placeOf),
)}
<div>${table(
			"Mean score (episodes)",
			["fault", ...agents.map(({ agent }) => agent)],
			faults.map((fault) => [
				faultTold(fault),
				...agents.map(({ sre }) => faultCell(sre, fault)),
			]),
		)}</div>
</div>`;
	}

	private renderActions(task: string, rows: readonly AgentRow[]): Markup {
		const actions = [
			...new Set(rows.flatMap(({ actionCounts }) => Object.keys(actionCounts))),
		].sort();
		if (actions.length === 0)
			return html`<p class="note">No agent acted in any episode.</p>`;
		return html`<h3>Actions</h3>
${this.renderLegend(rows.map(({ agent }) => agent))}
<div class="pictures pair">
${this.figure(
	html`<b>Actions per episode,</b> refused ones included.`,
	actionsChart(task, rows, actions, this.placeOf),
)}
<div>${table(
			"Actions per episode",
			["action", ...rows.map(({ agent }) => agent)],
			actions.map((action) => [
				actionTold(action),
				...rows.map((row) => perEpisode(row, action).toFixed(2)),
			]),
		)}</div>
</div>`;
	}

	private async renderEpisodes(
		chosen: ReturnType<typeof chooseEpisodes>,
	): Promise<Markup | undefined> {
		if (chosen.length === 0) return undefined;
		const incidents: Markup[] = [];
		const trainings: Markup[] = [];
		for (const { episode, standing } of chosen) {
			const record = await this.read(episode);
			const title = html`<b>${episode.agent}, seed ${episode.seed}:</b> ${standing}, score ${episode.score.toFixed(3)}`;
			const label = `${episode.agent}, ${episode.task}, seed ${episode.seed}, score ${episode.score.toFixed(3)}`;
			const history = historyOf(record);
			if (history)
				incidents.push(this.renderIncident(title, label, history, record));
			const curve = curveOf(record);
			if (curve)
				trainings.push(this.renderTraining(title, label, curve, record));
		}
		return html`
${
	incidents.length > 0 &&
	html`<h3>Incidents</h3>
<p class="note">What the agent saw, minute by minute, each service against its objective of 200 ms and 1 % errors. The arrow points at the root, which the agent was told after the end.</p>
<ul class="legend" aria-label="Signs">
<li>${swatch("met")}met</li><li>${swatch("missed")}missed</li><li>${swatch("lost")}sample lost</li>
${["restart", "scale_up", "circuit_break", "rollback"].map((name) => html`<li><span class="letter">${ACTION_LETTERS[name]}</span>${actionTold(name)}</li>`)}
<li><span class="letter">r</span>refused, in lower case</li></ul>
<div class="pictures">${incidents}</div>`
}
${
	trainings.length > 0 &&
	html`<h3>Learning curves</h3>
<p class="note">As the agent saw them: accuracies after each call, losses of the last ten epochs of each call. Dotted upright: the submitted epoch, in red one that diverged, whose loss is left out; diamond: accuracy on the hidden test images, told after the end. The rows below have the actions between the epochs; a ring is a refused one.</p>
<ul class="legend" aria-label="Lines"><li>${stroke(0, false)}validation</li><li>${stroke(1, true)}training</li></ul>
<div class="pictures">${trainings}</div>`
}`;
	}

	private renderIncident(
		title: Markup,
		label: string,
		history: IncidentHistory,
		record: EpisodeRecord,
	): Markup {
		const { root, fault, timeToMitigate } = history;
		return html`<div>${this.figure(
			html`${title}. ${root === "" ? "No fault, noise" : `${faultTold(fault)} at ${root}`}; ${timeToMitigate === undefined ? "not mitigated" : `mitigated after minute ${timeToMitigate}`}${outcomeTold(record)}.`,
			incidentTimeline(label, history),
		)}
<details><summary>Actions</summary>${table(
			"Actions other than waiting",
			["minute", "action", "service"],
			history.actions.map(({ step, name, service, refused }) => [
				step,
				`${actionTold(name)}${refused ? " (refused)" : ""}`,
				service,
			]),
		)}</details></div>`;
	}

	private renderTraining(
		title: Markup,
		label: string,
		curve: TrainingCurve,
		record: EpisodeRecord,
	): Markup {
		const { testAccuracy, submittedEpoch } = curve;
		return html`<div>${this.figure(
			html`${title}. Test accuracy ${testAccuracy === undefined ? "none" : testAccuracy.toFixed(4)}, of epoch ${submittedEpoch}${outcomeTold(record)}.`,
			learningCurve(label, curve),
		)}
<details><summary>Actions and figures</summary>${table(
			"Actions between the epochs",
			["epochs before", "action", "with"],
			curve.actions.map(({ epoch, name, told, refused }) => [
				epoch,
				`${actionTold(name)}${refused ? " (refused)" : ""}`,
				{ text: told, words: true },
			]),
		)}
${table(
	"What was seen after each call",
	["epoch", "validation accuracy", "training accuracy", "validation loss"],
	curve.validationAccuracy.map(([epoch, accuracy]) => [
		epoch,
		accuracy.toFixed(4),
		numberTold(valueAt(curve.trainAccuracy, epoch), 4),
		numberTold(valueAt(curve.validationLoss, epoch), 4),
	]),
)}</details></div>`;
	}

	private renderFailures(): Markup | undefined {
		const failed = this.evaluation.episodes.filter(
			({ outcome }) => outcome === "agent-failed",
		);
		const attempts = this.evaluation.failedAttempts;
		if (failed.length === 0 && attempts.length === 0) return undefined;
		return html`<h2>Failures</h2>
${
	failed.length > 0 &&
	html`<h3>Of agents</h3>
<p class="note">The episode was graded as it was.${rest(failed)}</p>
${table(
	"Agent failures",
	["agent", "task", "seed", "score", "error"],
	failed
		.slice(0, MOST_FAILURES)
		.map((episode) => [
			episode.agent,
			episode.task,
			episode.seed,
			episode.score.toFixed(3),
			{ text: episode.error ?? "", words: true },
		]),
)}`
}
${
	attempts.length > 0 &&
	html`<h3>Of the infrastructure</h3>
<p class="note">These attempts were never scored.${rest(attempts)}</p>
${table(
	"Attempts cut off by infrastructure",
	["agent", "task", "seed", "attempt", "played anew", "error"],
	attempts
		.slice(0, MOST_FAILURES)
		.map((attempt: FailedAttempt) => [
			attempt.agent,
			attempt.task,
			attempt.seed,
			attempt.attempt,
			attempt.retried ? "yes" : "no",
			{ text: attempt.error, words: true },
		]),
)}`
}`;
	}

	private figure(caption: Markup, chart: Chart): Markup {
		return html`<figure><figcaption>${caption}</figcaption>${drawChart(chart, this.pictures++)}</figure>`;
	}

	private readonly placeOf = (agent: string): number =>
		this.places.get(agent) ?? 0;

	private versionOf(agent: string): string {
		return (
			this.summary.header.agents.find(({ name }) => name === agent)?.version ??
			""
		);
	}
}

/** Not a text of a record, so it is not escaped. */
const STYLE = new Markup(reportStyle);

function taskTables(rows: readonly AgentRow[]): Markup {
	const incidents = rows.flatMap(({ agent, sre }) =>
		sre ? { agent, sre } : [],
	);
	const trainings = rows.flatMap(({ agent, training }) =>
		training ? { agent, training } : [],
	);
	return html`${table(
		"Scores",
		[
			"agent",
			"episodes",
			"score",
			"IQM",
			"passed",
			"least",
			"quarter",
			"median",
			"three quarters",
			"most",
		],
		rows.map((row) => [
			row.agent,
			row.episodes,
			intervalTold(row.score),
			intervalTold(row.interquartileMean),
			proportionTold(row.passed),
			...(["least", "lower", "median", "upper", "most"] as const).map((name) =>
				numberTold(row.quartiles?.[name], 3),
			),
		]),
	)}
${
	incidents.length > 0 &&
	table(
		"Incidents",
		[
			"agent",
			"mitigated",
			"minutes to mitigate",
			"wrong actions",
			"trap actions",
			"root hit@1",
			"class hit@1",
		],
		incidents.map(({ agent, sre }) => [agent, ...incidentCells(sre)]),
	)
}
${
	trainings.length > 0 &&
	table(
		"Trainings",
		["agent", "test accuracy", "gap", "epochs"],
		trainings.map(({ agent, training }) => [
			agent,
			intervalTold(training.testAccuracy, 4),
			numberTold(training.gap, 4),
			numberTold(training.epochs),
		]),
	)
}
${table(
	"Work, per episode, and failures",
	[
		"agent",
		"actions",
		"refused",
		"seconds",
		"of them the agent's",
		"tokens in + out (all)",
		"cost (all)",
		"left",
		"limits hit",
		"agent failures",
		"cut off by infrastructure",
		"never finished",
	],
	rows.map((row) => [
		row.agent,
		numberTold(row.actions),
		numberTold(row.refused),
		numberTold(row.seconds, 2),
		numberTold(row.decideSeconds, 2),
		tokensTold(row),
		costTold(row),
		row.left,
		limitsTold(row),
		row.agentFailures,
		row.failedAttempts,
		row.unfinished,
	]),
)}`;
}

function table(
	caption: string,
	head: readonly string[],
	rows: readonly (readonly (string | number | Cell)[])[],
): Markup {
	return html`<div class="wide" role="region" tabindex="0" aria-label="${caption}"><table><caption>${caption}</caption>
<thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
		(cells) =>
			html`<tr>${cells.map((cell, k) => {
				if (typeof cell === "object")
					return html`<td class="${cell.words ? "text" : ""}">${cell.text}</td>`;
				return k === 0
					? html`<th scope="row">${cell}</th>`
					: html`<td>${cell}</td>`;
			})}</tr>`,
	)}</tbody></table></div>`;
}

function faultCell(sre: SreSummary, fault: string): string {
	const row = sre.faults.find((one) => one.fault === fault);
	return row ? `${row.score.mean.toFixed(3)} (${row.episodes})` : "-";
}

/** "2026-01-02 03:04 UTC"; what is no such date as it stands. */
function dateTold(date: string): string {
	const [, day, time] =
		/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):[\d.]+Z$/.exec(date) ?? [];
	return day ? `${day} ${time} UTC` : date;
}

function limitsAsked({ header: { limits } }: Summary): string {
	const told = [
		limits.steps !== undefined && `${limits.steps} actions`,
		limits.wallSeconds !== undefined && `${limits.wallSeconds} s`,
		limits.tokens !== undefined && `${limits.tokens} tokens`,
		limits.cost !== undefined && `$${limits.cost}`,
	].filter((limit) => limit !== false);
	return told.length > 0 ? `; at most ${told.join(", ")} an episode` : "";
}

/** How an episode ended where the environment did not end it. */
function outcomeTold({ outcome, limit }: EpisodeRecord): string {
	switch (outcome) {
		case "ended":
			return "";
		case "left":
			return "; left by the agent";
		case "limit":
			return `; stopped by the limit of ${limit === "wallSeconds" ? "seconds" : (limit ?? "the evaluation")}`;
		case "agent-failed":
			return "; the agent failed";
	}
}

function rest(all: readonly unknown[]): string {
	return all.length > MOST_FAILURES
		? ` The first ${MOST_FAILURES} of ${all.length} are listed.`
		: "";
}

function valueAt(
	line: readonly (readonly [number, number])[],
	epoch: number,
): number | undefined {
	return line.find(([at]) => at === epoch)?.[1];
}

const SIGNS: Readonly<Record<string, Markup>> = {
	circle: html`<circle cx="6" cy="6" r="5"/>`,
	rect: html`<rect x="1.5" y="1.5" width="9" height="9"/>`,
	triangle: html`<path d="M6 1L11 11H1Z"/>`,
	diamond: html`<path d="M6 0L12 6L6 12L0 6Z"/>`,
};

function agentSign(place: number): Markup {
	return html`<svg viewBox="0 0 12 12" aria-hidden="true" fill="${agentColour(place)}">${SIGNS[agentSymbol(place)]}</svg>`;
}

function swatch(state: "met" | "missed" | "lost"): Markup {
	return html`<svg viewBox="0 0 12 12" aria-hidden="true" fill="var(--${state})"><rect width="12" height="12"/></svg>`;
}

function stroke(place: number, isDashed: boolean): Markup {
	return html`<svg viewBox="0 0 12 12" aria-hidden="true" stroke="${agentColour(place)}" stroke-width="2.5" stroke-dasharray="${isDashed ? "4 3" : "none"}"><path d="M0 6H12"/></svg>`;
}
