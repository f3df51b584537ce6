import type { EChartsCoreOption } from "echarts/core";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type {
	EpochMetrics,
	SessionEvent,
	TrainingResult,
} from "../../model/messages.js";
import { inWords, type TakenAction } from "../../model/taken-actions.js";
import {
	actionInWords,
	toPercent,
	toShort,
	toSigned,
} from "../../model/told.js";
import {
	shareDone,
	type TrainingCurve,
	trainingCurve,
} from "../../model/training-curve.js";
import {
	axisLook,
	Chart,
	Figures,
	type Palette,
	titleLook,
	tooltipLook,
} from "../chart.js";
import { Notice, Parts, Tile } from "../parts.js";

export interface EpisodeProps {
	readonly events: readonly SessionEvent[];
	readonly actions: readonly TakenAction[];
	/** The service that is looked at, in an incident. */
	readonly service: string;
	readonly onService: (service: string) => void;
	/** To act with, where that can be done; it stands behind what is looked at before one acts. */
	readonly form: ComponentChildren;
}

/** A training: its curves, its actions on their axis, what it was paid for, and after the end what its score is made of. */
export function TrainingView({ events, actions, form }: EpisodeProps) {
	const curve = useMemo(
		() => trainingCurve(events, actions),
		[events, actions],
	);
	const { epochs, observation, running, result } = curve;
	const last = epochs.at(-1);
	const best = epochs.reduce<EpochMetrics | undefined>(
		(top, epoch) =>
			(epoch.val_accuracy ?? -1) > (top?.val_accuracy ?? -1) ? epoch : top,
		undefined,
	);
	const reward = actions.reduce((sum, action) => sum + (action.reward ?? 0), 0);
	return (
		<div class="episode">
			<dl class="tiles">
				<Tile name="Epochs" note={`of ${curve.maxEpochs || "–"}`}>
					{last?.epoch ?? observation?.current_epoch ?? 0}
				</Tile>
				<Tile name="Val. accuracy">
					{toPercent(last?.val_accuracy ?? observation?.val_accuracy)}
				</Tile>
				<Tile name={best ? `Best, epoch ${best.epoch}` : "Best"}>
					{toPercent(best?.val_accuracy ?? observation?.best_val_accuracy)}
				</Tile>
				<Tile name="Val. loss">
					{toShort(last?.val_loss ?? observation?.val_loss)}
				</Tile>
				<Tile name="Learning rate">
					{toShort(observation?.learning_rate ?? last?.learning_rate)}
				</Tile>
				<Tile name="The curves are">
					<span class="word">
						{(
							last?.convergence_signal ??
							observation?.convergence_signal ??
							"not_started"
						).replaceAll("_", " ")}
					</span>
				</Tile>
				<Tile name="Rewards so far">{toSigned(reward)}</Tile>
			</dl>
			{running && <Running curve={curve} />}
			{observation === undefined && events.length > 0 && (
				<Notice>
					This session asked for no typed observations; the curves come from its
					epochs alone.
				</Notice>
			)}
			{result?.training && (
				<ScoreParts result={result.training} score={result.score} />
			)}
			{form}
			<section aria-label="Learning curves">
				<h2>Curves</h2>
				<ul class="legend">
					<li>
						<Sample dashed={false} /> validation
					</li>
					<li>
						<Sample dashed /> training
					</li>
					<li>▲ action</li>
					{result?.training && <li>◆ hidden test accuracy</li>}
				</ul>
				<Curves curve={curve} />
				<Figures
					caption="Epochs"
					columns={[
						"Epoch",
						"Validation accuracy",
						"Training accuracy",
						"Validation loss",
						"Training loss",
						"Learning rate",
						"Signal",
					]}
					rows={epochs.map((epoch) => [
						epoch.epoch,
						toPercent(epoch.val_accuracy),
						toPercent(epoch.train_accuracy),
						toShort(epoch.val_loss),
						toShort(epoch.train_loss),
						toShort(epoch.learning_rate),
						epoch.convergence_signal.replaceAll("_", " "),
					])}
				/>
			</section>
			<Rewards actions={actions} />
			<ActionList curve={curve} />
		</div>
	);
}

function Sample({ dashed }: { readonly dashed: boolean }) {
	return (
		<svg width="26" height="8" viewBox="0 0 26 8" aria-hidden="true">
			<line
				class={dashed ? "sample training" : "sample validation"}
				x1="1"
				y1="4"
				x2="25"
				y2="4"
			/>
		</svg>
	);
}

function Running({ curve: { running } }: { readonly curve: TrainingCurve }) {
	if (!running) return null;
	const share = shareDone(running);
	const loss = running.batch?.train_loss ?? running.epoch?.train_loss;
	return (
		<div class="running">
			<label>
				<span>
					Epoch {running.epoch_of_call} of {running.epochs_of_call} in this call
					{typeof loss === "number" && <>, loss {toShort(loss)}</>}
				</span>
				<progress max={1} value={share} />
			</label>
		</div>
	);
}

const PANEL = 150;
const LANE = 22;

function Curves({ curve }: { readonly curve: TrainingCurve }) {
	const lanes = [...new Set(curve.actions.map(({ name }) => name))];
	const height = 24 + PANEL + 34 + PANEL + 10 + LANE * lanes.length + 46;
	const { epochs } = curve;
	const top = Math.max(
		0,
		...epochs.map(({ val_accuracy }) => val_accuracy ?? 0),
	);
	return (
		<Chart
			height={height}
			label={`Learning curves by epoch: ${epochs.length === 0 ? "no epoch trained yet" : `${epochs.length} epochs, validation accuracy up to ${toPercent(top)}`}; ${curve.actions.length} actions. The tables below have the figures.`}
			of={[curve]}
			option={(palette, width) => curvesOption(curve, lanes, palette, width)}
		/>
	);
}

function curvesOption(
	{ epochs, actions, maxEpochs, result }: TrainingCurve,
	lanes: readonly string[],
	palette: Palette,
	width: number,
): EChartsCoreOption {
	const left = width < 500 ? 70 : 92;
	const look = axisLook(palette);
	const lossTop = 24 + PANEL + 34;
	const panels = [
		{ top: 24, height: PANEL },
		{ top: lossTop, height: PANEL },
		...(lanes.length > 0
			? [{ top: lossTop + PANEL + 10, height: LANE * lanes.length }]
			: []),
	];
	const last = panels.length - 1;
	const sane = epochs.filter(({ diverged }) => !diverged);
	const line = (
		name: string,
		list: readonly EpochMetrics[],
		read: (epoch: EpochMetrics) => number | null,
		panel: number,
		isTraining: boolean,
	) => ({
		type: "line",
		name,
		xAxisIndex: panel,
		yAxisIndex: panel,
		data: list.map((epoch) => [epoch.epoch, read(epoch)]),
		symbol: "circle",
		symbolSize: list.length < 4 ? 8 : 5,
		showSymbol: list.length < 40,
		lineStyle: {
			color: palette[isTraining ? "agent-1" : "agent-0"],
			width: 2.5,
			type: isTraining ? "dashed" : "solid",
		},
		itemStyle: {
			color: palette[isTraining ? "agent-1" : "agent-0"],
			borderWidth: 0,
		},
	});
	const markLine = {
		silent: true,
		symbol: "none",
		label: { show: false },
		data: [
			...(result?.training && result.training.epoch > 0
				? [
						{
							xAxis: result.training.epoch,
							lineStyle: { color: palette.ink, type: "dotted", width: 1.5 },
						},
					]
				: []),
			...epochs
				.filter(({ diverged }) => diverged)
				.map(({ epoch }) => ({
					xAxis: epoch,
					lineStyle: { color: palette.missed, type: "dotted", width: 1.5 },
				})),
		],
	};
	const test = result?.training?.test_accuracy;
	const short = (text: unknown) => toShort(Number(text));
	return {
		title: ["accuracy", "loss"].map((text, k) => ({
			text,
			left: left - 2,
			top: (panels[k]?.top ?? 0) - 20,
			...titleLook(palette),
		})),
		tooltip: {
			...tooltipLook(palette),
			trigger: "axis",
			valueFormatter: short,
			axisPointer: { lineStyle: { color: palette.faint } },
		},
		grid: panels.map((panel) => ({ left, right: 14, ...panel })),
		xAxis: panels.map((_, k) => ({
			...look,
			type: "value",
			gridIndex: k,
			min: 0,
			max: Math.max(1, maxEpochs),
			minInterval: 1,
			axisLabel: {
				...look.axisLabel,
				show: k === last,
				hideOverlap: true,
				showMaxLabel: true,
			},
			axisTick: { show: k === last, lineStyle: look.axisTick.lineStyle },
			...(k === last && {
				name: "epoch",
				nameLocation: "middle",
				nameGap: 26,
			}),
		})),
		yAxis: panels.map((_, k) =>
			k === 2
				? {
						...look,
						type: "category",
						inverse: true,
						gridIndex: 2,
						data: lanes.map(laneTold),
						axisTick: { show: false },
						splitLine: { show: false },
						axisLabel: { ...look.axisLabel, interval: 0 },
					}
				: {
						...look,
						type: "value",
						gridIndex: k,
						splitNumber: 4,
						...(k === 0 ? { min: 0, max: 1, interval: 0.25 } : { min: 0 }),
						axisLabel: { ...look.axisLabel, formatter: short },
					},
		),
		series: [
			line("training accuracy", epochs, (e) => e.train_accuracy, 0, true),
			{
				...line("validation accuracy", epochs, (e) => e.val_accuracy, 0, false),
				markLine,
			},
			...(result?.training && typeof test === "number"
				? [
						{
							type: "scatter",
							name: "test accuracy",
							xAxisIndex: 0,
							yAxisIndex: 0,
							symbol: "diamond",
							symbolSize: 14,
							itemStyle: {
								color: palette.ink,
								borderColor: palette.paper,
								borderWidth: 1.5,
							},
							data: [[result.training.epoch, test]],
							z: 5,
						},
					]
				: []),
			line("training loss", sane, (e) => e.train_loss, 1, true),
			{
				...line("validation loss", sane, (e) => e.val_loss, 1, false),
				markLine,
			},
			...(lanes.length > 0
				? [
						{
							type: "scatter",
							clip: false,
							xAxisIndex: 2,
							yAxisIndex: 2,
							symbol: "triangle",
							symbolSize: 10,
							itemStyle: { color: palette.ink },
							tooltip: { show: false },
							data: actions.map(({ epoch, name, state }) => ({
								value: [epoch, lanes.indexOf(name)],
								...(state === "cut" && {
									itemStyle: {
										color: "transparent",
										borderColor: palette.missed,
										borderWidth: 2,
									},
								}),
							})),
						},
					]
				: []),
		],
	};
}

const LANES: Readonly<Record<string, string>> = {
	configure_training: "configure",
	adjust_learning_rate: "rate",
	toggle_augmentation: "augment",
	submit_model: "submit",
	run_epochs: "run",
};

function laneTold(action: string): string {
	return LANES[action] ?? actionInWords(action).slice(0, 10);
}

/** What each action was paid, its parts stacked. */
function Rewards({ actions }: { readonly actions: readonly TakenAction[] }) {
	const paid = actions.filter(({ reward }) => reward !== undefined);
	const names = [
		...new Set(
			paid.flatMap(({ parts = [] }) => parts.map((part) => part.name)),
		),
	];
	if (paid.every(({ reward }) => reward === 0) || names.length === 0)
		return null;
	const of = (action: TakenAction, name: string) =>
		action.parts?.find((part) => part.name === name)?.value ?? 0;
	return (
		<section aria-label="Rewards">
			<h2>Rewards</h2>
			<ul class="legend">
				{names.map((name, k) => (
					<li key={name}>
						<svg width="12" height="12" aria-hidden="true">
							<rect class={`agent-${k % 8}`} width="12" height="12" rx="2" />
						</svg>{" "}
						{inWords(name)}
					</li>
				))}
			</ul>
			<Chart
				height={190}
				label={`Rewards of ${paid.length} actions in their parts ${names.join(", ")}; the table below has the figures.`}
				of={[actions]}
				option={(palette) => ({
					grid: { left: 56, right: 14, top: 12, bottom: 40 },
					tooltip: {
						...tooltipLook(palette),
						trigger: "axis",
						valueFormatter: (value: unknown) => toSigned(Number(value)),
					},
					xAxis: {
						...axisLook(palette),
						type: "category",
						data: paid.map(({ step }) => String(step)),
						name: "action",
						nameLocation: "middle",
						nameGap: 24,
						splitLine: { show: false },
					},
					yAxis: {
						...axisLook(palette),
						type: "value",
						splitNumber: 3,
						axisLabel: {
							...axisLook(palette).axisLabel,
							formatter: (value: number) => toShort(value),
						},
					},
					series: names.map((name, k) => ({
						type: "bar",
						name: inWords(name),
						stack: "reward",
						barMaxWidth: 26,
						itemStyle: {
							color: palette[`agent-${k % 8}` as keyof Palette],
						},
						data: paid.map((action) => of(action, name)),
					})),
				})}
			/>
			<Figures
				caption="Rewards"
				columns={["Action", "What", ...names.map(inWords), "Reward"]}
				rows={paid.map((action) => [
					action.step ?? "",
					actionInWords(action.name),
					...names.map((name) => toSigned(of(action, name))),
					toSigned(action.reward),
				])}
			/>
		</section>
	);
}

function ScoreParts({
	result,
	score,
}: {
	readonly result: TrainingResult;
	readonly score: number | null;
}) {
	const share = (name: string, value: number | null, note: string) =>
		value === null ? [] : [{ name, value, told: toShort(value), note }];
	return (
		<section class="truth" aria-label="What the score is made of">
			<h2>What the score is made of</h2>
			<Parts
				label="Parts of the score"
				parts={[
					...share(
						"Accuracy",
						result.accuracy_share,
						"of the way to its target",
					),
					...share(
						"Generalisation",
						result.generalisation_share,
						"training less test",
					),
					...share("Efficiency", result.efficiency_share, "budget not wasted"),
					...share("Stability", result.stability_share, "no rising loss"),
					...share("Score", score, ""),
				]}
			/>
			<p class="faint">
				The {result.checkpoint} weights, of epoch {result.epoch}, got{" "}
				<b>{toPercent(result.test_accuracy)}</b> of {result.test_images} hidden
				test images right and {toPercent(result.train_accuracy)} of the training
				images. {result.epochs_charged} epochs were charged.
			</p>
		</section>
	);
}

function ActionList({ curve }: { readonly curve: TrainingCurve }) {
	if (curve.actions.length === 0) return null;
	return (
		<section aria-label="Actions">
			<h2>Actions</h2>
			<ol class="log" reversed>
				{[...curve.actions].reverse().map((action) => (
					<LogEntry
						key={action.offset}
						action={action}
						when={`epoch ${action.epoch}`}
					/>
				))}
			</ol>
		</section>
	);
}

/** An action in a list: when, what, with what, and what for. */
export function LogEntry({
	action: { name, told, state, reward, notice },
	when,
}: {
	readonly action: TakenAction;
	readonly when: string;
}) {
	return (
		<li class={state}>
			<span class="when">{when}</span>
			<span class="did">
				<b>{actionInWords(name)}</b>
				{told && <> {told}</>}
				{state === "running" && <i> running …</i>}
				{notice && <small> {notice}</small>}
			</span>
			<span class="paid">{reward === undefined ? "" : toSigned(reward)}</span>
		</li>
	);
}
