import type {
	Action,
	EnvSession,
	EpisodeResult,
	SreObservation,
	StepResponse,
	Task,
} from "../../clients/typescript/index.js";
import type { Policy } from "../environments/policy.js";

/** Services out of their objective that a row names; the strip beside it shows them all. */
const NAMED = 3;

/**
 * Shows an incident as it is played: the services with whom they call and what is seen of them, then a line a minute (a sign for each service,
 * what was done, what it cost, who was seen out of the objective), and the score with its parts and the truth.
 */
export class IncidentView {
	private done = "";
	private cost = 0;

	constructor(
		private readonly output: Pick<NodeJS.WriteStream, "write">,
		private readonly task: Task,
		private readonly session: EnvSession,
		private readonly policy: Policy,
	) {}

	begin(): void {
		const seen = this.session.observation.sre as SreObservation;
		this.line(
			`task:    ${this.task.id}, seed ${this.session.info.seed}: ${this.task.goal}`,
		);
		this.line(`policy:  ${this.policy.name}: ${this.policy.description}`);
		this.line("services and what is seen of them as the page comes:");
		const width = Math.max(
			...seen.metrics.map(({ service_id }) => service_id.length),
		);
		seen.metrics.forEach((service, k) => {
			const calls = seen.dependency_graph[k]?.depends_on ?? [];
			const figures = service.missing
				? "sample lost"
				: `p99 ${number(service.latency_p99)} ms, errors ${percent(service.error_rate)}, cpu ${whole(service.cpu_pct)} %, memory ${whole(service.memory_pct)} %`;
			this.line(
				`   ${sign(seen, k)} ${service.service_id.padEnd(width)}  ${kindName(service.kind).padEnd(8)}  ${figures}${service.recent_release ? ", released lately" : ""}${calls.length > 0 ? `\n${" ".repeat(7 + width)}calls ${calls.join(", ")}` : ""}`,
			);
		});
		this.line(
			"a sign for each service, in that order:  . within 200 ms and 1 % errors  X out of it  ? sample lost",
		);
		const strip = "state".padEnd(Math.max(5, seen.metrics.length));
		this.line(
			` minute  ${strip}  ${"done".padEnd(36)}   cost  seen out of the objective`,
		);
		this.row(seen);
	}

	acting(action: Action): void {
		const [name, given] = Object.entries(action).find(
			([, value]) => value !== undefined,
		) ?? ["", {}];
		const { service_id = "" } = given as { service_id?: string };
		this.done = `${name} ${service_id}`.trimEnd();
	}

	progress(): void {}

	acted(answer: StepResponse): void {
		this.cost = answer.info?.sre?.cost ?? 0;
		this.row(answer.observation?.sre as SreObservation);
		if (answer.info?.notice) this.line(`  ${answer.info.notice}`);
	}

	end(result: EpisodeResult): void {
		const { sre } = result;
		this.line("");
		this.line(
			`score    ${result.score?.toFixed(3) ?? "none"}  (${result.terminated ? "the last minute" : "finished"} after ${result.steps} actions)`,
		);
		if (!sre) return;
		const { breakdown } = sre;
		const cause = faultName(sre.fault_class);
		this.line(
			`  it was          ${sre.root_service_id === "" ? "nothing: noise" : `${cause} at ${sre.root_service_id}`}`,
		);
		this.line(
			`  objective       ${sre.objective.toFixed(3)}; doing nothing ${sre.objective_do_nothing.toFixed(3)}, the best known plan ${sre.objective_ceiling.toFixed(3)}`,
		);
		if (breakdown)
			this.line(
				`  score's parts   level regained ${signed(breakdown.sla_compliance)}, costs ${signed(breakdown.cost_penalty)}, own downtime ${signed(breakdown.downtime_penalty)}, lasting recovery ${signed(breakdown.resolution_bonus)}, bounds ${signed(breakdown.bound)}`,
			);
		this.line(
			`  mitigated       ${sre.time_to_mitigate === undefined ? "never within the thirty minutes" : sre.time_to_mitigate === 0 ? "nothing to mitigate" : `after minute ${sre.time_to_mitigate}`}, ${(100 * sre.recovery).toFixed(0)} % recovered in the probation after it`,
		);
		this.line(
			`  actions         ${sre.wrong_actions} wrong, ${sre.trap_actions} of them traps`,
		);
	}

	private row(seen: SreObservation): void {
		const strip = seen.metrics.map((_, k) => sign(seen, k)).join("");
		const out = seen.metrics.filter(
			({ missing }, k) => !missing && seen.sla_status[k]?.met === false,
		);
		const named = out
			.slice(0, NAMED)
			.map(
				({ service_id, latency_p99, error_rate }) =>
					`${service_id} ${number(latency_p99)} ms ${percent(error_rate)}`,
			);
		if (out.length > NAMED) named.push(`${out.length - NAMED} more`);
		this.line(
			`${String(seen.step).padStart(7)}  ${strip.padEnd(5)}  ${this.done.padEnd(36)}  ${this.cost > 0 ? this.cost.toFixed(2).padStart(5) : "     "}  ${named.join("; ")}`.trimEnd(),
		);
	}

	private line(text: string): void {
		this.output.write(`${text}\n`);
	}
}

function sign({ metrics, sla_status }: SreObservation, k: number): string {
	if (metrics[k]?.missing) return "?";
	return sla_status[k]?.met === false ? "X" : ".";
}

function kindName(kind: unknown): string {
	return String(kind).slice("SERVICE_KIND_".length).toLowerCase();
}

function faultName(fault: unknown): string {
	return String(fault).slice("FAULT_CLASS_".length).toLowerCase();
}

function number(value: number | undefined): string {
	return value === undefined ? "-" : String(Number(value.toPrecision(3)));
}

function percent(share: number | undefined): string {
	return share === undefined ? "-" : `${number(100 * share)} %`;
}

function whole(value: number | undefined): string {
	return value === undefined ? "-" : value.toFixed(0);
}

function signed(value: number): string {
	return `${value < 0 ? "" : "+"}${value.toFixed(3)}`;
}
