import type {
	EpisodeResult,
	ServiceMetrics,
	SessionEvent,
	SreObservation,
} from "./messages.js";

/** What was seen of a service against its objective: held, missed, no sample, or not seen yet. */
export type Level = "met" | "missed" | "lost";

/** An incident as it has come so far. */
export interface Incident {
	/** In graph order. */
	readonly services: readonly string[];
	/** Whom each service calls. */
	readonly calls: Readonly<Record<string, readonly string[]>>;
	readonly maxSteps: number;
	/** What was seen after each step, by step; gaps where nothing typed was told. */
	readonly minutes: readonly (SreObservation | undefined)[];
	/** The last one. */
	readonly now: SreObservation | undefined;
	readonly result: EpisodeResult | undefined;
}

export function incidentOf(events: readonly SessionEvent[]): Incident {
	const minutes: (SreObservation | undefined)[] = [];
	let now: SreObservation | undefined;
	let result: EpisodeResult | undefined;
	for (const { episode_started, action_completed, episode_ended } of events) {
		const seen =
			episode_started?.observation?.sre ?? action_completed?.observation?.sre;
		if (seen) {
			minutes[seen.step] = seen;
			now = seen;
		}
		result = episode_ended?.result ?? result;
	}
	return {
		services: Object.keys(now?.metrics ?? {}),
		calls: now?.dependency_graph ?? {},
		maxSteps: now?.max_steps ?? 0,
		minutes,
		now,
		result,
	};
}

export function levelOf(
	seen: SreObservation | undefined,
	service: string,
): Level {
	const met = seen?.sla_status[service];
	if (seen?.metrics[service]?.missing || met === null || met === undefined)
		return "lost";
	return met ? "met" : "missed";
}

/** Minutes of one level that follow each other. */
export interface Strip {
	readonly first: number;
	readonly last: number;
	readonly level: Level;
}

export function stripsOf({ minutes }: Incident, service: string): Strip[] {
	const strips: { first: number; last: number; level: Level }[] = [];
	for (const [minute, seen] of minutes.entries()) {
		const level = levelOf(seen, service);
		const strip = strips.at(-1);
		if (strip?.level === level && strip.last === minute - 1)
			strip.last = minute;
		else strips.push({ first: minute, last: minute, level });
	}
	return strips;
}

const WORDS: Readonly<Record<Level, string>> = {
	met: "within its objective",
	missed: "outside its objective",
	lost: "no sample",
};

export function levelInWords(level: Level): string {
	return WORDS[level];
}

/** A service's telemetry in one line. */
export function telemetryInWords(metrics: ServiceMetrics | undefined): string {
	if (!metrics || metrics.missing) return "this minute's sample was lost";
	const { latency_p99, error_rate, cpu_pct, memory_pct } = metrics;
	const part = (value: number | null, tell: (value: number) => string) =>
		value === null ? "unknown" : tell(value);
	return [
		`latency ${part(latency_p99, (ms) => `${Math.round(ms)} ms`)}`,
		`errors ${part(error_rate, (share) => `${(100 * share).toFixed(1)} %`)}`,
		`processor ${part(cpu_pct, (value) => `${Math.round(value)} %`)}`,
		`memory ${part(memory_pct, (value) => `${Math.round(value)} %`)}`,
	].join(", ");
}

/** Actions that the mask tells, in its order: four a service, then wait. */
const MASKED = ["restart", "scale_up", "circuit_break", "rollback"];

export function isPossible(
	{ services, now }: Incident,
	action: string,
	service: string,
): boolean {
	const mask = now?.action_mask ?? [];
	if (action === "wait") return mask[MASKED.length * services.length] ?? true;
	const place = services.indexOf(service);
	const column = MASKED.indexOf(action);
	return place < 0 || column < 0
		? true
		: (mask[MASKED.length * place + column] ?? true);
}
