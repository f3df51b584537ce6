/** Figures and times as the page tells them. */

/** 0.25, 0.5, 1: a number without noughts at its end; "-" for what is not known. */
export function toShort(value: number | null | undefined, digits = 3): string {
	return value === null || value === undefined || !Number.isFinite(value)
		? "–"
		: String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** 97.3 %. */
export function toPercent(value: number | null | undefined): string {
	return value === null || value === undefined
		? "–"
		: `${(100 * value).toFixed(1)} %`;
}

/** With its sign: +0.12. */
export function toSigned(value: number | null | undefined): string {
	const text = toShort(value);
	return typeof value === "number" && value > 0 ? `+${text}` : text;
}

/** "just now", "4 min ago", "3 h ago", else the day. */
export function toAgo(time: string, nowMs: number): string {
	const seconds = Math.max(0, (nowMs - Date.parse(time)) / 1000);
	if (seconds < 45) return "just now";
	if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
	if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
	return time.slice(0, 10);
}

const ENDS: Readonly<Record<string, string>> = {
	submitted: "submitted",
	last_step: "last step taken",
	action_limit: "limit of actions reached",
	free_call_limit: "limit of free calls reached",
	finished: "finished by its holder",
	lease_expired: "its lease ran out",
	abandoned: "abandoned, not graded",
};

export function endInWords(reason: string): string {
	return ENDS[reason] ?? reason.replaceAll("_", " ");
}

const FAULTS: Readonly<Record<string, string>> = {
	none: "no fault",
	single_oom: "out of memory",
	db_connection_leak: "connection leak of a store",
};

/** "memory leak". */
export function faultInWords(fault: string | null): string {
	return FAULTS[fault ?? "none"] ?? (fault as string).replaceAll("_", " ");
}

/** "run epochs". */
export function actionInWords(action: string): string {
	return action.replaceAll("_", " ");
}
