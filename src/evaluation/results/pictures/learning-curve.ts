import type { CurvePoint, TrainingCurve } from "../training-curve.js";
import {
	axisLook,
	type Chart,
	FONT_SIZE,
	INK,
	namesLook,
	toShort,
	WIDTH,
} from "./svg-chart.js";

const PANEL = 104;
const LANE = 18;
const LEFT = 76;

const VALIDATION = "var(--agent-0)";
const TRAINING = "var(--agent-1)";

/** A training as its agent saw it: accuracy, loss, and what it did between the epochs, on one axis of epochs. */
export function learningCurve(title: string, curve: TrainingCurve): Chart {
	const lanes = [...new Set(curve.actions.map(({ name }) => name))];
	const lossTop = 24 + PANEL + 26;
	const lanesTop = lossTop + PANEL + 8;
	const lanesHeight = LANE * lanes.length;
	const bottom = lanesTop + lanesHeight;
	const panels = [
		{ top: 24, height: PANEL },
		{ top: lossTop, height: PANEL },
		...(lanes.length > 0 ? [{ top: lanesTop, height: lanesHeight }] : []),
	];
	const last = panels.length - 1;
	const line = (
		data: readonly CurvePoint[],
		panel: number,
		colour: string,
	) => ({
		data,
		type: "line",
		silent: true,
		xAxisIndex: panel,
		yAxisIndex: panel,
		symbol: "circle",
		// A line of few points is told by its points.
		symbolSize: data.length < 4 ? 7 : 4,
		lineStyle: {
			color: colour,
			width: 2,
			type: colour === TRAINING ? "dashed" : "solid",
		},
		itemStyle: { color: colour, borderWidth: 0 },
	});
	// A loss that exploded would press all others flat; its epoch has a mark.
	const sane = (points: readonly CurvePoint[]) =>
		points.filter(([epoch]) => !curve.divergences.includes(epoch));
	const vertical = (epoch: number, colour: string) => ({
		xAxis: epoch,
		lineStyle: { color: colour, type: "dotted", width: 1.5 },
		label: { show: false },
	});
	const marks = [
		...(curve.submittedEpoch > 0 ? [vertical(curve.submittedEpoch, INK)] : []),
		...curve.divergences.map((epoch) => vertical(epoch, "var(--missed)")),
	];
	const markLine = { silent: true, symbol: "none", data: marks };
	return {
		width: WIDTH,
		height: bottom + 44,
		label: `${title}: learning curves by epoch, ${curve.validationAccuracy.length > 0 ? `validation accuracy up to ${toShort(Math.max(...curve.validationAccuracy.map(([, value]) => value)))}` : "no epoch trained"}`,
		option: {
			title: ["accuracy", "loss"].map((text, k) => ({
				text,
				left: LEFT - 2,
				top: (panels[k]?.top ?? 0) - 18,
				padding: 0,
				textStyle: {
					fontSize: FONT_SIZE,
					fontWeight: "normal",
					color: INK,
				},
			})),
			grid: panels.map((panel) => ({ left: LEFT, right: 16, ...panel })),
			xAxis: panels.map((_, k) => ({
				...axisLook,
				type: "value",
				gridIndex: k,
				min: 0,
				max: curve.maxEpochs,
				minInterval: 1,
				splitNumber: 5,
				axisLabel: {
					...axisLook.axisLabel,
					show: k === last,
					hideOverlap: true,
					showMaxLabel: true,
				},
				axisTick: { show: k === last, lineStyle: axisLook.axisTick.lineStyle },
				...(k === last && {
					name: "epoch",
					nameLocation: "middle",
					nameGap: 24,
				}),
			})),
			yAxis: panels.map((_, k) =>
				k === 2
					? {
							...namesLook,
							gridIndex: 2,
							data: lanes.map(laneTold),
							axisLabel: { ...namesLook.axisLabel, interval: 0 },
						}
					: {
							...axisLook,
							type: "value",
							gridIndex: k,
							splitNumber: 3,
							...(k === 0 ? { min: 0, max: 1, interval: 0.25 } : { min: 0 }),
							axisLabel: { ...axisLook.axisLabel, formatter: toShort },
						},
			),
			series: [
				line(curve.trainAccuracy, 0, TRAINING),
				{
					...line(curve.validationAccuracy, 0, VALIDATION),
					markLine,
				},
				...(curve.testAccuracy !== undefined
					? [
							{
								type: "scatter",
								silent: true,
								xAxisIndex: 0,
								yAxisIndex: 0,
								symbol: "diamond",
								symbolSize: 11,
								itemStyle: { color: INK },
								data: [[curve.submittedEpoch, curve.testAccuracy]],
							},
						]
					: []),
				line(sane(curve.trainLoss), 1, TRAINING),
				{
					...line(sane(curve.validationLoss), 1, VALIDATION),
					markLine,
				},
				...(lanes.length > 0
					? [
							{
								type: "scatter",
								silent: true,
								clip: false,
								xAxisIndex: 2,
								yAxisIndex: 2,
								symbol: "triangle",
								symbolSize: 9,
								itemStyle: { color: INK },
								data: curve.actions.map(({ epoch, name, refused }) => ({
									value: [epoch, lanes.indexOf(name)],
									...(refused && {
										symbol: "circle",
										itemStyle: {
											color: "transparent",
											borderColor: "var(--missed)",
											borderWidth: 2,
										},
									}),
								})),
							},
						]
					: []),
			],
		},
	};
}

const LANES: Readonly<Record<string, string>> = {
	configure_training: "configure",
	adjust_learning_rate: "rate",
	toggle_augmentation: "augment",
	submit_model: "submit",
};

function laneTold(action: string): string {
	return LANES[action] ?? action.slice(0, 10).replaceAll("_", " ");
}
