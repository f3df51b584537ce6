import { useMemo, useRef, useState } from "preact/hooks";
import {
	type Incident,
	incidentOf,
	type Level,
	levelInWords,
	levelOf,
	stripsOf,
} from "../../model/incident.js";
import type { ServiceMetrics, SreResult } from "../../model/messages.js";
import type { TakenAction } from "../../model/taken-actions.js";
import {
	actionInWords,
	faultInWords,
	toPercent,
	toShort,
	toSigned,
} from "../../model/told.js";
import {
	axisLook,
	Chart,
	Figures,
	Table,
	titleLook,
	tooltipLook,
	useWidth,
} from "../chart.js";
import { Notice, Parts, Tile } from "../parts.js";
import { ServiceGraph, Sign } from "./service-graph.js";
import { type EpisodeProps, LogEntry } from "./training.js";

/** An incident: its service graph, its telemetry, its actions over the minutes, and after the end the truth. */
export function IncidentView({
	events,
	actions,
	service,
	onService,
	form,
}: EpisodeProps) {
	const incident = useMemo(() => incidentOf(events), [events]);
	const { services, now, minutes, maxSteps, result } = incident;
	const [looked, setLooked] = useState<number | undefined>();
	const latest = Math.max(0, minutes.length - 1);
	const minute = Math.min(looked ?? latest, latest);
	if (now === undefined)
		return (
			<div class="episode">
				{events.length > 0 && (
					<Notice>
						This session asked for no typed observations, and nobody watched it,
						so there is no graph; its actions stand below.
					</Notice>
				)}
				<LastText actions={actions} />
				{form}
				<ActionList actions={actions} />
				{result?.sre && <Truth result={result.sre} />}
			</div>
		);
	const seen = minutes[minute];
	const met = services.filter((name) => levelOf(seen, name) === "met").length;
	const chosen = services.includes(service) ? service : (services[0] ?? "");
	return (
		<div class="episode">
			<dl class="tiles">
				<Tile name="Minute" note={`of ${maxSteps}`}>
					{now.step}
				</Tile>
				<Tile name="Within objective" note={`of ${services.length} services`}>
					{met}
				</Tile>
				{Object.entries(now.budgets).map(([action, count]) => (
					<Tile key={action} name={`${actionInWords(action)} left`}>
						{count}
					</Tile>
				))}
				<Tile name="Hint, no reward">{toSigned(now.reward_hint)}</Tile>
			</dl>
			{Array.from(minutes).includes(undefined) && (
				<Notice>
					This session asked for no typed observations; minutes that this page
					did not watch stand as if they had no sample.
				</Notice>
			)}
			{result?.sre && <Truth result={result.sre} />}
			<section aria-label="Service graph">
				<h2>Services</h2>
				<ul class="legend">
					{(["met", "missed", "lost"] as const).map((level) => (
						<li key={level}>
							<svg
								width="20"
								height="20"
								viewBox="-10 -10 20 20"
								aria-hidden="true"
							>
								<Sign level={level} />
							</svg>
							{levelInWords(level)}
						</li>
					))}
					<li class="faint">objective: 200 ms, 1 % errors</li>
				</ul>
				<ServiceGraph
					incident={incident}
					minute={minute}
					service={chosen}
					onService={onService}
				/>
				{latest > 0 && (
					<label class="scrub">
						<span>
							Minute {minute}
							{looked === undefined ? " (now)" : ""}
						</span>
						<input
							type="range"
							min={0}
							max={latest}
							value={minute}
							onInput={(event) => {
								const value = Number(event.currentTarget.value);
								setLooked(value === latest ? undefined : value);
							}}
						/>
					</label>
				)}
			</section>
			{form}
			<section aria-label="Timeline">
				<h2>Timeline</h2>
				<Timeline incident={incident} actions={actions} service={chosen} />
				<Figures
					caption="Services outside their objective, and actions, by minute"
					columns={["Minute", "Action", "Outside", "No sample"]}
					rows={minutes.map((one, k) => [
						k,
						actions
							.filter(({ step }) => step === k)
							.map(({ name, told }) => `${actionInWords(name)} ${told}`)
							.join("; "),
						services
							.filter((name) => levelOf(one, name) === "missed")
							.join(", "),
						services.filter((name) => levelOf(one, name) === "lost").join(", "),
					])}
				/>
			</section>
			<section aria-label="Telemetry">
				<h2>
					<label class="heading-choice">
						<span>Telemetry of</span>
						<select
							value={chosen}
							onChange={(event) => onService(event.currentTarget.value)}
						>
							{services.map((name) => (
								<option key={name}>{name}</option>
							))}
						</select>
					</label>
				</h2>
				<TelemetryCharts incident={incident} service={chosen} />
				<Table
					caption={`All services in minute ${minute}`}
					columns={[
						"Service",
						"Objective",
						"Latency p99",
						"Errors",
						"Processor",
						"Memory",
					]}
					rows={services.map((name) => {
						const metrics = seen?.metrics[name];
						const level = levelOf(seen, name);
						return [
							<button
								type="button"
								class="quiet name"
								onClick={() => onService(name)}
							>
								{name}
							</button>,
							<span class={`level ${level}`}>{LEVELS[level]}</span>,
							unit(metrics?.latency_p99, " ms", 0),
							metrics?.error_rate === null
								? "–"
								: toPercent(metrics?.error_rate),
							unit(metrics?.cpu_pct, " %", 0),
							unit(metrics?.memory_pct, " %", 0),
						];
					})}
				/>
			</section>
			<ActionList actions={actions} />
		</div>
	);
}

function unit(
	value: number | null | undefined,
	what: string,
	digits: number,
): string {
	return value === null || value === undefined
		? "–"
		: `${value.toFixed(digits)}${what}`;
}

/** Where there is little room. */
const LEVELS: Readonly<Record<Level, string>> = {
	met: "within",
	missed: "outside",
	lost: "no sample",
};

const LETTERS: Readonly<Record<string, string>> = {
	restart: "R",
	scale_up: "S",
	circuit_break: "C",
	rollback: "B",
	wait: "W",
};

const ROW = 26;

/** A strip a service and a column a minute, with the letters of the actions. */
function Timeline({
	incident,
	actions,
	service,
}: {
	readonly incident: Incident;
	readonly actions: readonly TakenAction[];
	readonly service: string;
}) {
	const box = useRef<HTMLDivElement>(null);
	const width = useWidth(box);
	const { services, maxSteps, result } = incident;
	const root = result?.sre?.root_service_id ?? "";
	const left = Math.min(178, Math.max(96, Math.floor(width * 0.36)));
	const column = Math.max(4, (width - left - 8) / (maxSteps + 1));
	const x = (minute: number) => left + column * minute;
	const height = ROW * services.length + 26;
	const most = Math.floor((left - 14) / 7.2);
	const done = actions.filter(
		({ name, state }) => name !== "wait" && state === "done",
	);
	const ticks = Array.from(
		{ length: Math.floor(maxSteps / 5) + 1 },
		(_, k) => 5 * k,
	);
	const mitigated = result?.sre?.time_to_mitigate;
	return (
		<>
			<ul class="legend letters">
				{Object.entries(LETTERS)
					.filter(([name]) => name !== "wait")
					.map(([name, letter]) => (
						<li key={name}>
							<span class="letter">{letter}</span> {actionInWords(name)}
						</li>
					))}
			</ul>
			<div class="timeline" ref={box}>
				{width > 0 && (
					<svg
						width={width}
						height={height}
						viewBox={`0 0 ${width} ${height}`}
						role="img"
						aria-label={`Whether each of ${services.length} services was within its objective, minute by minute, and ${done.length} actions other than waiting. The table below has the same.`}
					>
						{services.map((name, row) => (
							<g key={name} transform={`translate(0 ${ROW * row})`}>
								<rect
									class={`row ${name === service ? "chosen" : ""}`}
									width={width}
									height={ROW}
								/>
								<text
									class={`row-name ${name === root ? "is-root" : ""}`}
									x={left - 8}
									y={ROW / 2 + 4}
								>
									{name === root ? "▶ " : ""}
									{name.length > most ? `${name.slice(0, most - 1)}…` : name}
								</text>
								{stripsOf(incident, name).map(({ first, last, level }) => (
									<rect
										key={first}
										class={`strip ${level}`}
										x={x(first)}
										y={3}
										width={column * (last - first + 1)}
										height={ROW - 6}
									/>
								))}
							</g>
						))}
						{typeof mitigated === "number" && (
							<line
								class="mitigated"
								x1={x(mitigated + 1)}
								x2={x(mitigated + 1)}
								y1={0}
								y2={ROW * services.length}
							/>
						)}
						{done.map(({ offset, name, service: target, step = 0 }) => {
							const row = services.indexOf(target);
							return row < 0 ? null : (
								<g
									key={offset}
									class="pill"
									transform={`translate(${x(step) + column / 2} ${ROW * (row + 0.5)})`}
								>
									<circle r="9" />
									<text y="4">{LETTERS[name] ?? "?"}</text>
								</g>
							);
						})}
						<g
							class="ticks"
							transform={`translate(0 ${ROW * services.length + 16})`}
						>
							{ticks.map((minute) => (
								<text key={minute} x={x(minute) + column / 2}>
									{minute}
								</text>
							))}
							<text class="unit" x={left - 8}>
								minute
							</text>
						</g>
					</svg>
				)}
			</div>
		</>
	);
}

const PANELS: readonly {
	readonly name: string;
	readonly field: "latency_p99" | "error_rate" | "cpu_pct" | "memory_pct";
	readonly scale: number;
	readonly unit: string;
	/** The objective, where it has one. */
	readonly bound?: number;
	readonly most?: number;
}[] = [
	{
		name: "latency p99",
		field: "latency_p99",
		scale: 1,
		unit: "ms",
		bound: 200,
	},
	{ name: "errors", field: "error_rate", scale: 100, unit: "%", bound: 1 },
	{ name: "processor", field: "cpu_pct", scale: 1, unit: "%", most: 100 },
	{ name: "memory", field: "memory_pct", scale: 1, unit: "%", most: 100 },
];

function TelemetryCharts({
	incident: { minutes, maxSteps },
	service,
}: {
	readonly incident: Incident;
	readonly service: string;
}) {
	return (
		<>
			<div class="panels">
				{PANELS.map((panel) => {
					const { name, field, scale, bound, most } = panel;
					const data = minutes.map((seen, minute) => {
						const value = seen?.metrics[service]?.[field];
						return [minute, typeof value === "number" ? scale * value : null];
					});
					const last = data.findLast(([, value]) => value !== null)?.[1];
					return (
						<Chart
							key={name}
							height={160}
							label={`${name} of ${service} by minute${bound === undefined ? "" : `, objective ${bound} ${panel.unit}`}; last ${toShort(last)} ${panel.unit}`}
							of={[minutes, service]}
							option={(palette) => ({
								title: {
									text: `${name}, ${panel.unit}`,
									left: 46,
									top: 2,
									...titleLook(palette),
								},
								tooltip: {
									...tooltipLook(palette),
									trigger: "axis",
									valueFormatter: (value: unknown) =>
										value === null
											? "lost"
											: `${toShort(Number(value))} ${panel.unit}`,
								},
								grid: { left: 48, right: 12, top: 24, bottom: 24 },
								xAxis: {
									...axisLook(palette),
									type: "value",
									min: 0,
									max: maxSteps,
									interval: 10,
									splitLine: { show: false },
								},
								yAxis: {
									...axisLook(palette),
									type: "value",
									min: 0,
									...(most !== undefined
										? { max: most, interval: most / 2 }
										: {
												max: ({ max }: { readonly max: number }) =>
													Math.max(max * 1.05, (bound ?? 1) * 1.5),
												splitNumber: 2,
											}),
									axisLabel: {
										...axisLook(palette).axisLabel,
										formatter: (value: number) => toShort(value),
										showMaxLabel: most !== undefined,
									},
								},
								series: [
									{
										type: "line",
										name,
										data,
										connectNulls: false,
										symbol: "circle",
										symbolSize: 5,
										lineStyle: { color: palette["agent-0"], width: 2 },
										itemStyle: { color: palette["agent-0"] },
										...(bound !== undefined && {
											markLine: {
												silent: true,
												symbol: "none",
												label: { show: false },
												data: [
													{
														yAxis: bound,
														lineStyle: {
															color: palette.missed,
															type: "dashed",
															width: 1.5,
														},
													},
												],
											},
										}),
									},
								],
							})}
						/>
					);
				})}
			</div>
			<Figures
				caption={`Telemetry of ${service}`}
				columns={[
					"Minute",
					...PANELS.map((panel) => `${panel.name}, ${panel.unit}`),
				]}
				rows={minutes.map((seen, minute) => [
					minute,
					...PANELS.map(({ field, scale }) => {
						const value: ServiceMetrics[typeof field] | undefined =
							seen?.metrics[service]?.[field];
						return typeof value === "number" ? toShort(scale * value) : "lost";
					}),
				])}
			/>
		</>
	);
}

function Truth({ result }: { readonly result: SreResult }) {
	const { breakdown: parts } = result;
	const verdict = (value: boolean | null) =>
		value === null ? "none told" : value ? "right" : "wrong";
	return (
		<section class="truth" aria-label="The truth">
			<h2>The truth</h2>
			<p class="lead">
				{result.root_service_id === "" ? (
					<>
						<b>{faultInWords(result.fault_class)}</b>: nothing was broken.
					</>
				) : (
					<>
						<b>{faultInWords(result.fault_class)}</b> at{" "}
						<b>{result.root_service_id}</b>
					</>
				)}
				{result.time_to_mitigate === null
					? ", not mitigated."
					: `, mitigated after minute ${result.time_to_mitigate}.`}
			</p>
			<dl class="tiles small">
				<Tile name="Wrong actions">{result.wrong_actions}</Tile>
				<Tile name="Trap actions">{result.trap_actions}</Tile>
				<Tile name="Diagnosis: root">
					<span class="word">{verdict(result.declared_service_correct)}</span>
				</Tile>
				<Tile name="Diagnosis: fault">
					<span class="word">{verdict(result.declared_class_correct)}</span>
				</Tile>
				<Tile name="Lasting recovery">{toPercent(result.recovery)}</Tile>
			</dl>
			<div class="halves">
				{parts && (
					<div>
						<h3>Parts of the score</h3>
						<Parts
							label="Parts of the score"
							least={-1}
							parts={(
								[
									["Service level regained", parts.sla_compliance],
									["Resolution bonus", parts.resolution_bonus],
									["Cost of actions", parts.cost_penalty],
									["Downtime caused", parts.downtime_penalty],
									["Bounds of the score", parts.bound],
								] as const
							).map(([name, value]) => ({
								name,
								value,
								told: toSigned(value),
							}))}
						/>
					</div>
				)}
				<div>
					<h3>Against what could be had</h3>
					<Parts
						label="Objective, beside doing nothing and the best plan"
						most={Math.max(1, result.objective, result.objective_ceiling)}
						least={Math.min(0, result.objective, result.objective_do_nothing)}
						parts={[
							{
								name: "Doing nothing",
								value: result.objective_do_nothing,
								told: toShort(result.objective_do_nothing),
							},
							{
								name: "This episode",
								value: result.objective,
								told: toShort(result.objective),
							},
							{
								name: "Best known plan",
								value: result.objective_ceiling,
								told: toShort(result.objective_ceiling),
							},
						]}
					/>
				</div>
			</div>
		</section>
	);
}

/** What a session without a graph was told last. */
function LastText({ actions }: { readonly actions: readonly TakenAction[] }) {
	const text = actions.findLast(({ observation }) => observation?.text)
		?.observation?.text;
	return text ? <pre class="text">{text}</pre> : null;
}

function ActionList({ actions }: { readonly actions: readonly TakenAction[] }) {
	if (actions.length === 0) return null;
	return (
		<section aria-label="Actions">
			<h2>Actions</h2>
			<ol class="log" reversed>
				{[...actions].reverse().map((action) => (
					<LogEntry
						key={action.offset}
						action={action}
						when={action.step === undefined ? "now" : `minute ${action.step}`}
					/>
				))}
			</ol>
		</section>
	);
}
