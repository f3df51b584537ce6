import { useEffect, useState } from "preact/hooks";
import { toPercent, toShort } from "../../model/told.js";
import {
	type Evaluation,
	type EvaluationRow,
	getEvaluation,
	listEvaluations,
	type ScoreRow,
	toSentence,
} from "../api.js";
import { axisLook, Chart, type Palette, Table } from "../chart.js";
import { Heading, Notice } from "../parts.js";

const MOST = 6;

/** Evaluations that the server keeps: a list, and the chosen ones side by side. */
export function EvaluationsView() {
	const [rows, setRows] = useState<readonly EvaluationRow[]>();
	const [error, setError] = useState("");
	const [chosen, setChosen] = useState<readonly string[]>([]);
	useEffect(() => {
		listEvaluations().then(
			(list) => {
				setRows(list);
				setChosen(list.slice(0, 2).map(({ name }) => name));
			},
			(thrown: unknown) => setError(toSentence(thrown)),
		);
	}, []);
	const toggle = (name: string) =>
		setChosen(
			chosen.includes(name)
				? chosen.filter((one) => one !== name)
				: [...chosen, name],
		);
	return (
		<>
			<Heading title="Evaluations">Evaluations</Heading>
			<p class="faint">
				What agents scored, as <code>nightshift evaluate</code> kept it. Up to{" "}
				{MOST} can stand side by side.
			</p>
			{error && <Notice kind="error">{error}</Notice>}
			{rows === undefined && !error && <p role="status">Loading …</p>}
			{rows?.length === 0 && (
				<div class="empty">
					<p>
						No evaluation yet. <code>serve --results DIR</code> names the folder
						that holds them.
					</p>
				</div>
			)}
			{rows && rows.length > 0 && (
				<fieldset class="evaluations">
					<legend>Side by side</legend>
					{rows.map(
						({
							name,
							split,
							has_report,
							overall,
							episodes,
							created_at,
							tasks,
						}) => (
							<div key={name} class="evaluation">
								<label>
									<input
										type="checkbox"
										checked={chosen.includes(name)}
										disabled={!chosen.includes(name) && chosen.length >= MOST}
										onChange={() => toggle(name)}
									/>
									<span>
										<b>{name}</b>
										<small class="faint">
											{" "}
											{created_at?.slice(0, 10)} · {episodes} episodes · split{" "}
											{split} · {tasks.join(", ")}
										</small>
										<span class="agents">
											{overall
												.map(({ agent, score }) => `${agent} ${toShort(score)}`)
												.join(" · ")}
										</span>
									</span>
								</label>
								{has_report && (
									<a
										href={`reports/${encodeURIComponent(name)}`}
										target="_blank"
										rel="noopener"
									>
										Report<span class="unseen"> of {name}, in a new tab</span>
									</a>
								)}
							</div>
						),
					)}
				</fieldset>
			)}
			<SideBySide names={chosen} />
		</>
	);
}

interface Row extends ScoreRow {
	readonly evaluation: string;
	readonly interquartile_mean?: number;
	readonly actions_per_episode?: number;
}

function SideBySide({ names }: { readonly names: readonly string[] }) {
	const [loaded, setLoaded] = useState<ReadonlyMap<string, Evaluation>>(
		new Map(),
	);
	const [error, setError] = useState("");
	const key = names.join(" ");
	useEffect(() => {
		for (const name of names)
			if (!loaded.has(name))
				getEvaluation(name).then(
					(evaluation) =>
						setLoaded((before) => new Map([...before, [name, evaluation]])),
					(thrown: unknown) => setError(toSentence(thrown)),
				);
	}, [key]);
	const tasks = new Map<string, Row[]>();
	for (const name of names)
		for (const { task, agents } of loaded.get(name)?.tasks ?? [])
			tasks.set(task, [
				...(tasks.get(task) ?? []),
				...agents.map((row) => ({ ...row, evaluation: name })),
			]);
	for (const rows of tasks.values()) {
		// An agent of several evaluations stands beside itself.
		const order = [...new Set(rows.map(({ agent }) => agent))];
		rows.sort((a, b) => order.indexOf(a.agent) - order.indexOf(b.agent));
	}
	return (
		<>
			{error && <Notice kind="error">{error}</Notice>}
			{tasks.size > 0 && (
				<ul class="legend">
					{names.map((name, k) => (
						<li key={name}>
							<svg
								width="14"
								height="14"
								viewBox="-7 -7 14 14"
								aria-hidden="true"
							>
								<path class={`agent-${k % 8}`} d={SIGNS[k % SIGNS.length]} />
							</svg>
							{name}
						</li>
					))}
				</ul>
			)}
			{[...tasks].map(([task, rows]) => (
				<section key={task} aria-label={task}>
					<h2>{task}</h2>
					<div class="halves wide-left">
						<ScoreChart task={task} rows={rows} names={names} />
						<Table
							caption={`Scores on ${task}`}
							columns={[
								"Agent",
								"Evaluation",
								"Episodes",
								"Score, 95 % interval",
								"IQM",
								"Passed",
								"Actions",
							]}
							rows={rows.map((row) => [
								row.agent,
								row.evaluation,
								row.episodes,
								scoreTold(row),
								toShort(row.interquartile_mean),
								row.passed ? toPercent(row.passed.share) : "–",
								toShort(row.actions_per_episode),
							])}
						/>
					</div>
				</section>
			))}
		</>
	);
}

function scoreTold({ score, score_interval_95 }: ScoreRow): string {
	if (score === undefined) return "–";
	return score_interval_95
		? `${toShort(score)} (${toShort(score_interval_95[0])} to ${toShort(score_interval_95[1])})`
		: toShort(score);
}

const ROW = 34;
/** A sign for each evaluation, beside its colour. */
const SIGNS = [
	"M-6 0A6 6 0 1 0 6 0A6 6 0 1 0-6 0z",
	"M-5.5-5.5H5.5V5.5H-5.5z",
	"M0-6.5 6.5 5H-6.5z",
	"M0-7 7 0 0 7-7 0z",
];

/** The mean with its interval: a disc on a line; a colour an evaluation. */
function ScoreChart({
	task,
	rows,
	names,
}: {
	readonly task: string;
	readonly rows: readonly Row[];
	readonly names: readonly string[];
}) {
	const colour = (palette: Palette, row: Row) =>
		palette[`agent-${names.indexOf(row.evaluation) % 8}` as keyof Palette];
	return (
		<Chart
			height={ROW * rows.length + 44}
			label={`Mean scores on ${task}: ${rows.map((row) => `${row.agent} of ${row.evaluation} ${scoreTold(row)}`).join("; ")}`}
			of={[JSON.stringify(rows)]}
			option={(palette, width) => {
				const most = width < 420 ? 16 : 30;
				const told = rows.map(({ agent }) => cut(agent, most));
				const look = axisLook(palette);
				return {
					grid: {
						left: 20 + 6.6 * Math.max(...told.map(({ length }) => length)),
						right: 18,
						top: 8,
						bottom: 30,
					},
					xAxis: {
						...look,
						type: "value",
						min: 0,
						max: 1,
						interval: 0.25,
						axisLabel: {
							...look.axisLabel,
							formatter: (value: number) => toShort(value),
						},
					},
					yAxis: {
						...look,
						type: "category",
						inverse: true,
						data: told,
						axisTick: { show: false },
						splitLine: { show: false },
						axisLabel: { ...look.axisLabel, color: palette.ink, interval: 0 },
					},
					series: [
						{
							type: "custom",
							silent: true,
							data: rows.map(({ score = 0, score_interval_95 }, k) => [
								k,
								score,
								...(score_interval_95 ?? [score, score]).map((end) =>
									Math.min(1, Math.max(0, end)),
								),
							]),
							renderItem: (_: unknown, api: RenderApi) => {
								const row = api.value(0);
								const [x, y] = api.coord([api.value(1), row]);
								const [low] = api.coord([api.value(2), row]);
								const [high] = api.coord([api.value(3), row]);
								const fill = colour(palette, rows[row] as Row);
								return {
									type: "group",
									children: [
										{
											type: "line",
											shape: { x1: low, y1: y, x2: high, y2: y },
											style: { stroke: fill, lineWidth: 3 },
										},
										{
											type: "path",
											x,
											y,
											shape: {
												pathData:
													SIGNS[
														names.indexOf((rows[row] as Row).evaluation) %
															SIGNS.length
													],
											},
											style: { fill, stroke: palette.paper, lineWidth: 1 },
										},
									],
								};
							},
						},
					],
				};
			}}
		/>
	);
}

interface RenderApi {
	coord(point: readonly [number, number]): [number, number];
	value(dimension: number): number;
}

function cut(text: string, most: number): string {
	return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
