import { type IncidentState, observe } from "./incident.js";
import type { SreTask } from "./tasks.js";

/** An observation for language models and people, under 4 kB. Equal states give equal texts. */
export function describeSre(state: IncidentState, task: SreTask): string {
	const seen = observe(state);
	const { budgets } = seen;
	const services = seen.metrics ?? [];
	const status = seen.sla_status ?? [];
	const width = Math.max(
		...services.map(({ service_id }) => service_id?.length ?? 0),
	);
	const calls = (seen.dependency_graph ?? []).filter(
		({ depends_on }) => depends_on?.length,
	);
	const history = seen.action_history ?? [];
	return [
		`task: ${task.id} - ${task.goal}`,
		`step: ${seen.step} of ${seen.max_steps} taken`,
		`budgets left: restart ${budgets?.restart}, scale_up ${budgets?.scale_up}, circuit_break ${budgets?.circuit_break}, rollback ${budgets?.rollback}`,
		`last actions: ${history.length === 0 ? "none" : history.map(({ step, action, service_id }) => `${step} ${action}${service_id ? ` ${service_id}` : ""}`).join("; ")}`,
		`hint: ${number(seen.reward_hint)}`,
		`${"service".padEnd(width)} kind      p99_ms  err_%  cpu_%  mem_%  objective`,
		...services.map((service, place) =>
			[
				(service.service_id ?? "").padEnd(width),
				kindName(String(service.kind)).padEnd(8),
				number(service.latency_p99).padStart(7),
				percent(service.error_rate).padStart(6),
				whole(service.cpu_pct).padStart(6),
				whole(service.memory_pct).padStart(6),
				` ${objective(status[place]?.met)}${service.missing ? ", sample lost" : ""}${service.recent_release ? ", released lately" : ""}`,
			].join(" "),
		),
		"calls:",
		...calls.map(
			({ service_id, depends_on }) =>
				`  ${service_id} -> ${depends_on?.join(", ")}`,
		),
		...(state.ended ? [`ended: score ${number(state.ended.score)}`] : []),
	].join("\n");
}

function kindName(kind: string): string {
	return kind.slice("SERVICE_KIND_".length).toLowerCase();
}

function objective(met: boolean | undefined): string {
	return met === undefined ? "unknown" : met ? "met" : "MISSED";
}

/** As the contract's messages may hold it. */
type Figure = number | string | undefined;

function number(value: Figure): string {
	return value === undefined
		? "-"
		: String(Number(Number(value).toPrecision(3)));
}

function percent(share: Figure): string {
	return number(share === undefined ? undefined : 100 * Number(share));
}

function whole(value: Figure): string {
	return value === undefined ? "-" : String(Math.round(Number(value)));
}
