import assert from "node:assert/strict";
import { test } from "node:test";
import { deserialize, serialize } from "node:v8";
import { episodeKey } from "../episode-key.js";
import {
	act,
	cloneIncident,
	declare,
	finishIncident,
	gradeIncident,
	hiddenState,
	type IncidentState,
	observe,
	openIncident,
	possible,
	type SreAction,
	startIncident,
} from "./incident.js";
import { INTERVENTIONS } from "./simulator/actions.js";
import { Draws } from "./simulator/random.js";
import { sreTask, sreTasks } from "./tasks.js";
import { acceptedScenarios } from "./testing.js";

const wait: SreAction = { name: "wait" };

test("An incident begins with the seed's observation: telemetry of every service, the graph, budgets and nothing done.", () => {
	const state = incident("sre/easy", 1);
	const seen = observe(state);
	assert.equal(seen.step, 0);
	assert.equal(seen.max_steps, 30);
	assert.deepEqual(
		seen.metrics?.map(({ service_id, kind }) => [service_id, kind]),
		[
			["api_gateway", "SERVICE_KIND_GATEWAY"],
			["auth_service", "SERVICE_KIND_SERVICE"],
			["product_service", "SERVICE_KIND_SERVICE"],
			["order_service", "SERVICE_KIND_SERVICE"],
			["user_db", "SERVICE_KIND_STORE"],
			["inventory_db", "SERVICE_KIND_STORE"],
			["payment_gateway", "SERVICE_KIND_PROVIDER"],
		],
	);
	assert.deepEqual(seen.dependency_graph?.[3], {
		service_id: "order_service",
		depends_on: ["inventory_db", "payment_gateway"],
	});
	assert.deepEqual(seen.budgets, {
		restart: 3,
		scale_up: 2,
		circuit_break: 4,
		rollback: 2,
	});
	assert.deepEqual(seen.action_history, []);
	assert.equal(seen.reward_hint, 0);
	assert.equal(seen.action_mask?.length, 7 * 4 + 1);
	assert.deepEqual(seen.action_mask?.slice(24), [
		false,
		false,
		true,
		false,
		true,
	]);
});

test("A missing sample leaves its figures absent, and the objective's status too before the first sample.", () => {
	let missing = 0;
	let unknown = 0;
	for (let seed = 0; seed < 40; seed++) {
		const { metrics = [], sla_status = [] } = observe(
			incident("sre/hard", seed),
		);
		metrics.forEach((metric, k) => {
			const figures = ["latency_p99", "error_rate", "cpu_pct", "memory_pct"];
			for (const figure of figures)
				assert.equal(Object.hasOwn(metric, figure), !metric.missing);
			assert.equal(Object.hasOwn(sla_status[k] ?? {}, "met"), !metric.missing);
			if (metric.missing) missing++;
			if (!Object.hasOwn(sla_status[k] ?? {}, "met")) unknown++;
		});
	}
	assert.ok(missing > 60);
	assert.equal(unknown, missing);
});

test("The history shows the last five actions with their steps, oldest first.", () => {
	const state = incident("sre/easy", 2);
	act(state, { name: "restart", service: 1 });
	for (let minute = 0; minute < 4; minute++) act(state, wait);
	act(state, { name: "circuit_break", service: 6 });
	const history = observe(state).action_history;
	assert.deepEqual(
		history?.map(({ step }) => step),
		[2, 3, 4, 5, 6],
	);
	assert.deepEqual(history?.[4], {
		step: 6,
		action: "circuit_break",
		service_id: "payment_gateway",
	});
	assert.deepEqual(history?.[0], { step: 2, action: "wait", service_id: "" });
});

test("An impossible action is refused in a sentence and changes nothing.", () => {
	const state = incident("sre/easy", 3);
	for (let spent = 0; spent < 3; spent++)
		act(state, { name: "restart", service: 1 });
	const before = cloneIncident(state);
	assert.throws(() => act(state, { name: "restart", service: 2 }), {
		reason: "ACTION_NOT_POSSIBLE",
		message: /The budget of restart is spent/,
	});
	assert.throws(() => act(state, { name: "rollback", service: 6 }), {
		reason: "ACTION_NOT_POSSIBLE",
		message: /payment_gateway is an external provider/,
	});
	assert.deepEqual(state, before);
	assert.deepEqual(possible(state).slice(4, 8), [false, true, true, true]);
});

test("The thirtieth step ends and grades the incident; no action is taken afterwards.", () => {
	const state = incident("sre/medium", 4);
	for (let minute = 1; minute <= 30; minute++) {
		assert.equal(observe(state).reward_breakdown?.bound, 0);
		assert.equal(act(state, wait).done, minute === 30);
	}
	assert.equal(state.ended?.score, 0.01);
	assert.throws(() => act(state, wait), { reason: "EPISODE_ENDED" });
	assert.deepEqual(
		observe(state).reward_breakdown,
		state.ended?.result.breakdown,
	);
});

test("Doing nothing scores .01 where the fault does not heal by itself, at once or after thirty waits.", () => {
	for (let seed = 0; seed < 60; seed++) {
		const state = incident("sre/medium", seed);
		const early = gradeIncident(state);
		assert.equal(state.ended, undefined);
		for (let minute = 0; minute < 30; minute++) act(state, wait);
		assert.deepEqual(state.ended, early);
		assert.equal(early.score, 0.01);
		assert.equal(early.result.objective, early.result.objective_do_nothing);
	}
});

test("Finishing early plays what is left as waits, once.", () => {
	const early = incident("sre/medium", 9);
	const late = cloneIncident(early);
	act(early, { name: "scale_up", service: 1 });
	act(late, { name: "scale_up", service: 1 });
	const ended = finishIncident(early);
	assert.equal(finishIncident(early), ended);
	for (let minute = 0; minute < 29; minute++) act(late, wait);
	assert.deepEqual(late.ended, ended);
});

test("The parts of a score sum to it, and every figure is finite, under random actions in every task.", () => {
	for (const { id } of sreTasks)
		for (let seed = 0; seed < 40; seed++) {
			const state = incident(id, seed);
			const draws = new Draws({ low: seed, high: 5 });
			while (state.ended === undefined) {
				act(state, randomAction(state, draws));
				assert.ok(Number.isFinite(state.hint));
				for (const { latency_p99, error_rate, cpu_pct, memory_pct } of observe(
					state,
				).metrics ?? [])
					for (const figure of [latency_p99, error_rate, cpu_pct, memory_pct])
						assert.ok(figure === undefined || Number.isFinite(figure));
			}
			const { score, result } = state.ended;
			const sum = Object.values(result.breakdown).reduce(
				(a: number, b: number) => a + b,
			);
			assert.ok(Math.abs(sum - score) < 1e-9);
			assert.ok(score >= 0.01 && score <= 0.99);
		}
});

test("The same task, split and seed give the same incident to the last bit; another split or seed another.", () => {
	const play = (split: "train" | "test", seed: number) => {
		const state = incident("sre/hard", seed, split);
		act(state, { name: "circuit_break", service: 2 });
		act(state, wait);
		return serialize(observe(state)).toString("base64");
	};
	assert.equal(play("train", 1), play("train", 1));
	assert.notEqual(play("train", 1), play("train", 2));
	assert.notEqual(play("train", 1), play("test", 1));
});

test("A copy, and a state written to bytes and read, go on exactly as the original, and share nothing with it.", () => {
	for (const id of ["sre/easy", "sre/hard_aliased"]) {
		const state = incident(id, 11);
		const draws = new Draws({ low: 1, high: 1 });
		for (let minute = 0; minute < 7; minute++)
			act(state, randomAction(state, draws));
		const copies = [
			cloneIncident(state),
			deserialize(serialize(state)) as IncidentState,
		];
		const untouched = structuredClone(state);
		const endings = copies.map((copy) => {
			const again = new Draws({ low: 2, high: 1 });
			while (copy.ended === undefined) act(copy, randomAction(copy, again));
			return [copy.ended, observe(copy)];
		});
		assert.deepEqual(state, untouched);
		const again = new Draws({ low: 2, high: 1 });
		while (state.ended === undefined) act(state, randomAction(state, again));
		for (const ending of endings)
			assert.deepEqual(ending, [state.ended, observe(state)]);
	}
});

test("The hint is what an agent can compute: observed objective and goodput, as last seen, less the cost.", () => {
	for (let seed = 0; seed < 10; seed++) {
		const state = incident("sre/easy", seed);
		let goodput = 1;
		const potential = () => {
			const { metrics = [], sla_status = [] } = observe(state);
			const met = sla_status.filter((row) => row.met !== false).length;
			const gateway = metrics[0];
			if (gateway?.missing === false) {
				const lateMs = Number(gateway.latency_p99) - 200;
				goodput =
					(1 - Number(gateway.error_rate)) *
					Math.min(1, Math.max(0, 1 - lateMs / 1000));
			}
			return 0.5 * (met / 7) + 0.5 * goodput;
		};
		let before = potential();
		for (let minute = 0; minute < 10; minute++) {
			const action: SreAction =
				minute === 3 ? { name: "rollback", service: 1 } : wait;
			const { cost } = act(state, action);
			assert.equal(cost, minute === 3 ? 0.08 : 0);
			const after = potential();
			near(observe(state).reward_hint as number, after - before - cost);
			before = after;
		}
	}
});

test("The result tells the truth, the time to mitigate, and counts wrong and trap actions.", () => {
	for (const { scenario, worth } of acceptedScenarios(
		"sre/medium",
		"bad_deploy",
		8,
	)) {
		const { root } = scenario;
		const state = openIncident(
			"sre/medium",
			sreTask("sre/medium").telemetry,
			scenario,
			worth,
			{ low: 1, high: 2 },
		);
		const idle = finishIncident(cloneIncident(state)).result;
		assert.equal(idle.time_to_mitigate, undefined);
		assert.equal(idle.declared_service_correct, undefined);
		act(state, { name: "scale_up", service: root });
		act(state, { name: "circuit_break", service: root === 1 ? 2 : 1 });
		for (let minute = 0; minute < 3; minute++) act(state, wait);
		act(state, { name: "rollback", service: root });
		assert.equal(hiddenState(state).fixed, true);
		const { result, score } = finishIncident(state);
		assert.ok(score > 0.4, `${score}`);
		assert.equal(result.fault_class, "FAULT_CLASS_BAD_DEPLOY");
		assert.equal(result.root_service_id, scenario.graph.names[root]);
		assert.equal(result.wrong_actions, 2);
		assert.equal(result.trap_actions, 1);
		assert.ok(
			result.time_to_mitigate !== undefined &&
				result.time_to_mitigate >= 2 &&
				result.time_to_mitigate < 20,
			`${result.time_to_mitigate}`,
		);
	}
});

test("A declaration is scored apart: the service, the class, and whether what fixed it was aimed there; the last one counts.", () => {
	const [found] = acceptedScenarios("sre/medium", "bad_deploy", 1);
	assert.ok(found !== undefined);
	const { scenario, worth } = found;
	const open = () =>
		openIncident(
			"sre/medium",
			sreTask("sre/medium").telemetry,
			scenario,
			worth,
			{ low: 1, high: 2 },
		);
	const { root: service } = scenario;
	const state = open();
	act(state, { name: "rollback", service });
	const plain = gradeIncident(state);
	declare(state, { service: 0, faultClass: "FAULT_CLASS_NONE" });
	assert.deepEqual(axis(state), [false, false, false]);
	declare(state, { service, faultClass: "FAULT_CLASS_CACHE_COLD" });
	assert.deepEqual(axis(state), [true, false, true]);
	declare(state, { service, faultClass: "FAULT_CLASS_BAD_DEPLOY" });
	assert.deepEqual(axis(state), [true, true, true]);
	assert.equal(gradeIncident(state).score, plain.score);
	const unfixed = open();
	declare(unfixed, { service, faultClass: "FAULT_CLASS_BAD_DEPLOY" });
	assert.deepEqual(axis(unfixed), [true, true, false]);
});

test("The hidden state is plain JSON and tells the fault, its root and the truth of each service.", () => {
	const state = incident("sre/hard", 8);
	const hidden = hiddenState(state);
	assert.deepEqual(JSON.parse(JSON.stringify(hidden)), hidden);
	assert.equal(hidden.services.length, observe(state).metrics?.length);
	const { result } = gradeIncident(state);
	assert.equal(hidden.fault_class, result.fault_class);
	assert.equal(hidden.root_service_id, result.root_service_id);
});

function axis(state: IncidentState) {
	const { result } = gradeIncident(state);
	return [
		result.declared_service_correct,
		result.declared_class_correct,
		result.declaration_grounded,
	];
}

function incident(
	taskId: string,
	seed: number,
	split: "train" | "validation" | "test" = "train",
): IncidentState {
	const taskVersion = sreTask(taskId).version;
	const key = episodeKey({ taskId, taskVersion, split, seed: `${seed}` });
	return startIncident(taskId, split, key);
}

/** One of the possible actions, each equally likely. */
function randomAction(state: IncidentState, draws: Draws): SreAction {
	const places = possible(state).flatMap((is, place) => (is ? [place] : []));
	const place = places[draws.below(places.length)] as number;
	const name = INTERVENTIONS[place % 4];
	const service = Math.floor(place / 4);
	return service === state.scenario.graph.names.length || name === undefined
		? wait
		: { name, service };
}

function near(found: number, wanted: number): void {
	assert.ok(Math.abs(found - wanted) < 1e-9, `${found} is not ${wanted}`);
}
