import assert from "node:assert/strict";
import { test } from "node:test";
import type {
	EnvSession,
	EpisodeResult,
	SreObservation,
	StepResponse,
	Task,
} from "../../clients/typescript/index.js";
import type { Policy } from "../environments/policy.js";
import { IncidentView } from "./incident-view.js";

/** Three services: the first out of its objective, the second unseen, the third within it. */
const seen = (step: number, latency_p99: number) =>
	({
		step,
		metrics: [
			{
				service_id: "api_gateway",
				kind: "SERVICE_KIND_GATEWAY",
				latency_p99,
				error_rate: 0.232,
				cpu_pct: 36.4,
				memory_pct: 44.6,
				recent_release: true,
				missing: false,
			},
			{
				service_id: "auth_service",
				kind: "SERVICE_KIND_SERVICE",
				recent_release: false,
				missing: true,
			},
			{
				service_id: "user_db",
				kind: "SERVICE_KIND_STORE",
				latency_p99: 14.86,
				error_rate: 0,
				cpu_pct: 3,
				memory_pct: 40,
				recent_release: false,
				missing: false,
			},
		],
		dependency_graph: [
			{ service_id: "api_gateway", depends_on: ["auth_service", "user_db"] },
			{ service_id: "auth_service", depends_on: ["user_db"] },
			{ service_id: "user_db", depends_on: [] },
		],
		sla_status: [
			{ service_id: "api_gateway", met: latency_p99 <= 200 },
			{ service_id: "auth_service" },
			{ service_id: "user_db", met: true },
		],
	}) as unknown as SreObservation;

function createView() {
	const written: string[] = [];
	const view = new IncidentView(
		{ write: (text) => written.push(String(text)) > 0 },
		{ id: "sre/easy", goal: "Mend it." } as Task,
		{
			info: { seed: "7" },
			observation: { sre: seen(0, 784.2) },
		} as unknown as EnvSession,
		{ name: "tuned-rule", description: "Mends." } as Policy,
	);
	return { view, text: () => written.join("") };
}

test("An incident is shown with its services, what was seen, done and paid, and its score with the truth.", () => {
	const { view, text } = createView();
	view.begin();
	view.acting({ restart: { service_id: "api_gateway" } });
	view.acted({
		info: { notice: "", sre: { cost: 0.02 } },
		observation: { sre: seen(1, 2430) },
	} as unknown as StepResponse);
	view.acting({ wait: {} });
	view.acted({
		info: { notice: "", sre: { cost: 0 } },
		observation: { sre: seen(2, 90) },
	} as unknown as StepResponse);
	view.end({
		score: 0.934,
		terminated: true,
		steps: 30,
		sre: {
			fault_class: "FAULT_CLASS_SINGLE_OOM",
			root_service_id: "api_gateway",
			objective: 0.931,
			objective_do_nothing: 0.7,
			objective_ceiling: 0.945,
			recovery: 1,
			time_to_mitigate: 2,
			wrong_actions: 3,
			trap_actions: 1,
			breakdown: {
				sla_compliance: 0.381,
				cost_penalty: -0.02,
				downtime_penalty: -0.01,
				resolution_bonus: 0.573,
				bound: 0.01,
			},
		},
	} as EpisodeResult);
	const shown = text();
	assert.match(
		shown,
		/^task: {4}sre\/easy, seed 7: Mend it\.\npolicy: {2}tuned-rule: Mends\.\n/,
	);
	assert.match(
		shown,
		/\n {3}X api_gateway {3}gateway {3}p99 784 ms, errors 23\.2 %, cpu 36 %, memory 45 %, released lately\n {19}calls auth_service, user_db\n/,
	);
	assert.match(shown, /\n {3}\? auth_service {2}service {3}sample lost\n/);
	assert.match(shown, /\n {3}\. user_db .*memory 40 %\n/);
	assert.match(shown, /\n {6}0 {2}X\?\. .* api_gateway 784 ms 23\.2 %\n/);
	assert.match(
		shown,
		/\n {6}1 {2}X\?\. {4}restart api_gateway +0\.02 {2}api_gateway 2430 ms 23\.2 %\n/,
	);
	assert.match(shown, /\n {6}2 {2}\.\?\. {4}wait\n/);
	assert.match(
		shown,
		/\nscore {4}0\.934 {2}\(the last minute after 30 actions\)\n/,
	);
	assert.match(shown, /it was +single_oom at api_gateway\n/);
	assert.match(
		shown,
		/objective +0\.931; doing nothing 0\.700, the best known plan 0\.945\n/,
	);
	assert.match(
		shown,
		/level regained \+0\.381, costs -0\.020, own downtime -0\.010, lasting recovery \+0\.573, bounds \+0\.010\n/,
	);
	assert.match(shown, /mitigated +after minute 2, 100 % recovered/);
	assert.match(shown, /actions +3 wrong, 1 of them traps\n/);
});

test("An incident without a fault, and one that nobody graded, are told as such.", () => {
	const { view, text } = createView();
	view.end({
		score: 0.5,
		steps: 2,
		sre: {
			root_service_id: "",
			fault_class: "FAULT_CLASS_NONE",
			objective: 1,
			objective_do_nothing: 1,
			objective_ceiling: 1,
			recovery: 0,
		},
	} as EpisodeResult);
	view.end({ steps: 2 } as EpisodeResult);
	assert.match(
		text(),
		/finished after 2 actions\)\n {2}it was +nothing: noise\n/,
	);
	assert.match(text(), /never within the thirty minutes, 0 % recovered/);
	assert.match(text(), /\nscore {4}none {2}\(finished after 2 actions\)\n$/);
});
