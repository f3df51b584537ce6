import { useMemo, useRef, useState } from "preact/hooks";
import {
	type Incident,
	type Level,
	levelInWords,
	levelOf,
	telemetryInWords,
} from "../../model/incident.js";
import { layersOf } from "../../model/layers.js";
import type { ServiceMetrics } from "../../model/messages.js";
import { useWidth } from "../chart.js";

interface Place {
	readonly service: string;
	readonly x: number;
	readonly y: number;
}

interface Drawing {
	readonly width: number;
	readonly height: number;
	readonly nodeWidth: number;
	readonly nodeHeight: number;
	/** Whether callers stand left of whom they call, else above. */
	readonly isAcross: boolean;
	readonly places: ReadonlyMap<string, Place>;
}

const SIGNS: Readonly<Record<Level, string>> = {
	met: "✓",
	missed: "!",
	lost: "?",
};
/** Least width of a layer; where the layers do not fit beside each other, callers stand above whom they call. */
const COLUMN = 156;
const GAP = 14;

/** Who calls whom: coloured, and marked with a sign, by whether each service is within its objective. */
export function ServiceGraph({
	incident,
	minute,
	service,
	onService,
}: {
	readonly incident: Incident;
	/** The minute that is shown. */
	readonly minute: number;
	/** The one that is looked at. */
	readonly service: string;
	readonly onService: (service: string) => void;
}) {
	const box = useRef<HTMLDivElement>(null);
	const width = useWidth(box);
	const [told, setTold] = useState("");
	const { services, calls, minutes, result } = incident;
	const shape = services.join() + JSON.stringify(calls);
	const drawing = useMemo(
		() => draw(layersOf(services, calls), width),
		[shape, width],
	);
	const seen = minutes[minute];
	const root = result?.sre?.root_service_id ?? "";
	const tip = drawing.places.get(told);
	const move = (event: KeyboardEvent, from: string) => {
		const to = neighbourOf(drawing, from, event.key);
		if (event.key === "Escape") setTold("");
		if (to === undefined) return;
		event.preventDefault();
		box.current?.querySelector<SVGElement>(`[data-service="${to}"]`)?.focus();
	};
	return (
		<div class="graph" ref={box}>
			<p class="unseen">Arrow keys move between the services.</p>
			{width > 0 && (
				<svg
					aria-hidden="true"
					width={drawing.width}
					height={drawing.height}
					viewBox={`0 0 ${drawing.width} ${drawing.height}`}
				>
					<defs>
						<marker
							id="arrow"
							viewBox="0 0 8 8"
							refX="7"
							refY="4"
							markerUnits="userSpaceOnUse"
							markerWidth="8"
							markerHeight="8"
							orient="auto-start-reverse"
						>
							<path class="arrow-head" d="M0 0 8 4 0 8z" />
						</marker>
					</defs>
					{services.flatMap((caller) =>
						(calls[caller] ?? []).map((called) => (
							<path
								key={`${caller} ${called}`}
								class={`call ${[caller, called].includes(told || service) ? "near" : ""}`}
								d={pathOf(drawing, caller, called)}
								marker-end="url(#arrow)"
							/>
						)),
					)}
					{[...drawing.places.values()].map((place) => (
						<Node
							key={place.service}
							place={place}
							drawing={drawing}
							level={levelOf(seen, place.service)}
							metrics={seen?.metrics[place.service]}
							isChosen={place.service === service}
							isRoot={place.service === root}
						/>
					))}
				</svg>
			)}
			{[...drawing.places.values()].map(({ service: name, x, y }) => {
				const metrics = seen?.metrics[name];
				return (
					<button
						key={name}
						type="button"
						class="spot"
						data-service={name}
						style={{
							left: `${x}px`,
							top: `${y}px`,
							width: `${drawing.nodeWidth}px`,
							height: `${drawing.nodeHeight}px`,
						}}
						aria-pressed={name === service}
						aria-label={`${name}, ${metrics?.kind ?? "service"}: ${levelInWords(levelOf(seen, name))}; ${telemetryInWords(metrics)}${metrics?.recent_release ? "; released lately" : ""}${name === root ? "; it was the root" : ""}`}
						onClick={() => onService(name)}
						onFocus={() => setTold(name)}
						onBlur={() => setTold("")}
						onMouseEnter={() => setTold(name)}
						onMouseLeave={() => setTold("")}
						onKeyDown={(event) => move(event, name)}
					/>
				);
			})}
			{tip && (
				<div class="tip" aria-hidden="true" style={tipPlace(tip, drawing)}>
					<b>{tip.service}</b>
					<Telemetry metrics={seen?.metrics[tip.service]} />
				</div>
			)}
		</div>
	);
}

function Node({
	place: { service, x, y },
	drawing: { nodeWidth, nodeHeight },
	level,
	metrics,
	isChosen,
	isRoot,
}: {
	readonly place: Place;
	readonly drawing: Drawing;
	readonly level: Level;
	readonly metrics: ServiceMetrics | undefined;
	readonly isChosen: boolean;
	readonly isRoot: boolean;
}) {
	const kind = metrics?.kind ?? "service";
	return (
		<g
			class={`node ${level} ${kind} ${isChosen ? "chosen" : ""}`}
			transform={`translate(${x} ${y})`}
		>
			<Body kind={kind} width={nodeWidth} height={nodeHeight} />
			<Name
				name={service}
				kind={kind}
				width={nodeWidth}
				height={nodeHeight}
				isRecent={metrics?.recent_release === true}
			/>
			<g transform={`translate(${nodeWidth - 5} 5)`}>
				<Sign level={level} />
			</g>
			{isRoot && (
				<g class="root" transform={`translate(${nodeWidth / 2} ${nodeHeight})`}>
					<rect x="-22" y="-7" width="44" height="15" rx="7.5" />
					<text y="4">root</text>
				</g>
			)}
		</g>
	);
}

/** A sign of a level: disc, diamond, ring; each with its letter. */
export function Sign({ level }: { readonly level: Level }) {
	return (
		<g class={`mark ${level}`}>
			{level === "missed" ? (
				<path d="M0 -10 10 0 0 10 -10 0z" />
			) : (
				<circle r="8.5" />
			)}
			<text y="4">{SIGNS[level]}</text>
		</g>
	);
}

/** What kind of thing it is, by its outline. */
function Body({
	kind,
	width,
	height,
}: {
	readonly kind: ServiceMetrics["kind"];
	readonly width: number;
	readonly height: number;
}) {
	if (kind === "store")
		return (
			<>
				<path
					class="body"
					d={`M0 7 C0 -2 ${width} -2 ${width} 7 V${height - 7} C${width} ${height + 2} 0 ${height + 2} 0 ${height - 7}z`}
				/>
				<path class="lid" d={`M0 7 C0 15 ${width} 15 ${width} 7`} />
			</>
		);
	const round = kind === "gateway" ? height / 2 : kind === "provider" ? 2 : 9;
	return <rect class="body" width={width} height={height} rx={round} />;
}

/** A letter's width in pixels at the size of names, about; and where there is little room, in smaller ones. */
const LETTER = 7;
const SMALL_LETTER = 6.3;
const SMALL = 120;

function Name({
	name,
	kind,
	width,
	height,
	isRecent,
}: {
	readonly name: string;
	readonly kind: string;
	readonly width: number;
	readonly height: number;
	readonly isRecent: boolean;
}) {
	const isSmall = width < SMALL;
	const lines = linesOf(
		name,
		Math.floor(
			(width - (isSmall ? 6 : 16)) / (isSmall ? SMALL_LETTER : LETTER),
		),
	);
	const first = height / 2 - (lines.length - 1) * 6.5 - 2;
	return (
		<>
			{lines.map((line, k) => (
				<text
					class={isSmall ? "name small" : "name"}
					key={line}
					x={width / 2}
					y={first + 13 * k}
				>
					{line}
				</text>
			))}
			<text class="kind" x={width / 2} y={first + 13 * lines.length}>
				{kind}
			</text>
			{isRecent && (
				<g class="release" transform="translate(-4 -7)">
					<rect width="34" height="15" rx="7.5" />
					<text x="17" y="11">
						new
					</text>
				</g>
			)}
		</>
	);
}

/** A name in one line or two, broken at its underscores. */
function linesOf(name: string, most: number): string[] {
	if (name.length <= most) return [name];
	const words = name.split("_");
	const first = [words.shift() as string];
	while (words.length > 1 && `${first.join("_")}_${words[0]}`.length <= most)
		first.push(words.shift() as string);
	const cut = (text: string) =>
		text.length > most ? `${text.slice(0, most - 1)}…` : text;
	return [
		cut(first.join("_")),
		...(words.length > 0 ? [cut(words.join("_"))] : []),
	];
}

export function Telemetry({
	metrics,
}: {
	readonly metrics: ServiceMetrics | undefined;
}) {
	return (
		<>
			{telemetryInWords(metrics)
				.split(", ")
				.map((line) => (
					<span key={line}>{line}</span>
				))}
		</>
	);
}

function draw(layers: readonly (readonly string[])[], width: number): Drawing {
	const isAcross = width >= COLUMN * layers.length;
	const places = new Map<string, Place>();
	if (isAcross) {
		const nodeHeight = 52;
		const column = width / Math.max(1, layers.length);
		const nodeWidth = Math.min(168, column - 38);
		const most = Math.max(1, ...layers.map(({ length }) => length));
		const height = Math.max(230, most * (nodeHeight + 22) + 14);
		layers.forEach((layer, at) => {
			const step = height / layer.length;
			layer.forEach((service, k) => {
				places.set(service, {
					service,
					x: column * at + (column - nodeWidth) / 2,
					y: step * (k + 0.5) - nodeHeight / 2,
				});
			});
		});
		return { width, height, nodeWidth, nodeHeight, isAcross, places };
	}
	const inRow = Math.max(3, Math.floor(width / (COLUMN + GAP)));
	const nodeHeight = 54;
	const nodeWidth = Math.min(
		168,
		Math.floor((width - GAP * (inRow - 1) - 8) / inRow),
	);
	let y = 12;
	for (const layer of layers) {
		for (let from = 0; from < layer.length; from += inRow) {
			const row = layer.slice(from, from + inRow);
			const rowWidth = row.length * nodeWidth + (row.length - 1) * GAP;
			row.forEach((service, k) => {
				places.set(service, {
					service,
					x: (width - rowWidth) / 2 + k * (nodeWidth + GAP),
					y,
				});
			});
			y += nodeHeight + (from + inRow < layer.length ? 18 : 34);
		}
	}
	return { width, height: y - 18, nodeWidth, nodeHeight, isAcross, places };
}

function pathOf(
	{ places, nodeWidth, nodeHeight, isAcross }: Drawing,
	caller: string,
	called: string,
): string {
	const from = places.get(caller);
	const to = places.get(called);
	if (!from || !to) return "";
	const [x1, y1, x2, y2] = isAcross
		? [
				from.x + nodeWidth,
				from.y + nodeHeight / 2,
				to.x - 2,
				to.y + nodeHeight / 2,
			]
		: [
				from.x + nodeWidth / 2,
				from.y + nodeHeight,
				to.x + nodeWidth / 2,
				to.y - 2,
			];
	const bend = isAcross
		? Math.max(24, Math.abs(x2 - x1) / 2)
		: Math.max(16, Math.abs(y2 - y1) / 2);
	return isAcross
		? `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
		: `M${x1} ${y1} C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`;
}

/** The nearest one in the direction of an arrow key. */
function neighbourOf(
	{ places }: Drawing,
	from: string,
	key: string,
): string | undefined {
	const directions: Readonly<Record<string, readonly [number, number]>> = {
		ArrowRight: [1, 0],
		ArrowLeft: [-1, 0],
		ArrowDown: [0, 1],
		ArrowUp: [0, -1],
	};
	const direction = directions[key];
	const start = places.get(from);
	if (direction === undefined || start === undefined) return undefined;
	let best: { readonly service: string; readonly cost: number } | undefined;
	for (const { service, x, y } of places.values()) {
		const along = (x - start.x) * direction[0] + (y - start.y) * direction[1];
		const aside = Math.abs(
			(x - start.x) * direction[1] + (y - start.y) * direction[0],
		);
		const cost = along + 2.5 * aside;
		if (along > 4 && (best === undefined || cost < best.cost))
			best = { service, cost };
	}
	return best?.service;
}

function tipPlace({ x, y }: Place, { width, nodeWidth, nodeHeight }: Drawing) {
	return {
		left: `${Math.max(0, Math.min(width - 178, x + nodeWidth / 2 - 89))}px`,
		top: `${y + nodeHeight + 8}px`,
	};
}
