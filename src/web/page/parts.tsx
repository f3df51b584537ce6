import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Session } from "../model/messages.js";
import { hasMoved } from "./route.js";
import type { Link } from "./use-session.js";

/** Small pieces that several views are made of. */

const STATES: Readonly<
	Record<Session["state"], { readonly sign: string; readonly words: string }>
> = {
	idle: { sign: "●", words: "live" },
	running: { sign: "▶", words: "running" },
	episode_ended: { sign: "■", words: "episode over" },
	ended: { sign: "□", words: "ended" },
};

/** A session's state, in colour, sign and word. */
export function StateBadge({ state }: { readonly state: Session["state"] }) {
	const { sign, words } = STATES[state];
	return (
		<span class={`badge ${state}`}>
			<span aria-hidden="true">{sign}</span> {words}
		</span>
	);
}

const LINKS: Readonly<Record<Link, string>> = {
	connecting: "connecting",
	live: "watching live",
	lost: "connection lost, trying again",
	over: "complete",
};

export function LinkBadge({ link }: { readonly link: Link }) {
	return (
		<span class={`link ${link}`} role="status">
			{LINKS[link]}
		</span>
	);
}

/** A figure and what it is. */
export function Tile({
	name,
	note,
	children,
}: {
	readonly name: string;
	readonly note?: ComponentChildren;
	readonly children: ComponentChildren;
}) {
	return (
		<div class="tile">
			<dt>{name}</dt>
			<dd>
				{children}
				{note !== undefined && <small>{note}</small>}
			</dd>
		</div>
	);
}

export function Notice({
	kind = "note",
	children,
}: {
	readonly kind?: "note" | "error";
	readonly children: ComponentChildren;
}) {
	return (
		<p class={`notice ${kind}`} role={kind === "error" ? "alert" : undefined}>
			{children}
		</p>
	);
}

/** A view's heading, which takes the focus when the view is gone to, so that it is read out. */
export function Heading({
	title,
	children,
}: {
	/** Of the tab. */
	readonly title: string;
	readonly children: ComponentChildren;
}) {
	const place = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		document.title = `${title} · Nightshift`;
	}, [title]);
	useEffect(() => {
		// Not on the first view of a visit: the browser reads that one out.
		if (hasMoved()) place.current?.focus();
	}, []);
	return (
		<h1 ref={place} tabIndex={-1}>
			{children}
		</h1>
	);
}

/** Shares that add up to something, each as a bar from nought with its figure beside it. */
export function Parts({
	label,
	parts,
	least = 0,
	most = 1,
}: {
	readonly label: string;
	readonly parts: readonly {
		readonly name: string;
		readonly value: number | null;
		readonly told: string;
		readonly note?: string;
	}[];
	readonly least?: number;
	readonly most?: number;
}) {
	const span = most - least;
	const at = (value: number) =>
		(100 * (Math.min(most, Math.max(least, value)) - least)) / span;
	return (
		<ul class="parts" aria-label={label}>
			{parts.map(({ name, value, told, note }) => (
				<li key={name}>
					<span class="part-name">
						{name}
						{note && <small> {note}</small>}
					</span>
					<svg
						class="part-bar"
						aria-hidden="true"
						preserveAspectRatio="none"
						viewBox="0 0 100 8"
					>
						<rect class="track" x="0" y="0" width="100" height="8" />
						{value !== null && (
							<rect
								class={value < 0 ? "loss" : "gain"}
								x={Math.min(at(0), at(value))}
								y="0"
								width={Math.abs(at(value) - at(0))}
								height="8"
							/>
						)}
						{least < 0 && (
							<rect
								class="nought"
								x={at(0) - 0.2}
								y="0"
								width="0.4"
								height="8"
							/>
						)}
					</svg>
					<span class="part-value">{told}</span>
				</li>
			))}
		</ul>
	);
}
