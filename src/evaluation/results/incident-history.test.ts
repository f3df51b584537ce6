import assert from "node:assert/strict";
import { test } from "node:test";
import type { Observation } from "../../../clients/typescript/index.js";
import { historyOf } from "./incident-history.js";
import {
	createEpisode,
	createIncidentObservation,
	createStep,
} from "./testing.js";

test("An incident's history has each service's state by minute and the actions but waits.", () => {
	const refused = {
		...createStep({ rollback: { service_id: "api_gateway" } }, 1),
		refusal: "the budget is spent.",
	};
	const history = historyOf(
		createEpisode(
			{
				steps: [
					createStep({ restart: { service_id: "auth_service" } }, 1),
					refused,
					createStep({ wait: {} }, 2),
				],
			},
			{ time_to_mitigate: 2 },
		),
	);
	assert.deepEqual(history?.services, ["api_gateway", "auth_service"]);
	assert.deepEqual(history?.states, [
		["missed", "met"],
		["missed", "met"],
		["met", "met"],
	]);
	assert.deepEqual(history?.actions, [
		{ step: 1, name: "restart", service: "auth_service", refused: false },
		{ step: 2, name: "rollback", service: "api_gateway", refused: true },
	]);
	assert.deepEqual(
		[history?.fault, history?.root, history?.timeToMitigate, history?.maxSteps],
		["single_oom", "auth_service", 2, 30],
	);
});

test("A lost sample and a state that was never told are neither met nor missed.", () => {
	const first = createIncidentObservation(0);
	const { sre } = first;
	assert.ok(sre);
	const history = historyOf(
		createEpisode({
			firstObservation: {
				sre: {
					...sre,
					metrics: sre.metrics.map((one, k) => ({ ...one, missing: k === 0 })),
					sla_status: sre.sla_status.map(({ service_id }) => ({ service_id })),
				},
			} as unknown as Observation,
			steps: [],
		}),
	);
	assert.deepEqual(history?.states, [["lost", "unknown"]]);
});

test("What was not told in the typed view has no history.", () => {
	assert.equal(
		historyOf(
			createEpisode({ firstObservation: { text: "x" } as Observation }),
		),
		undefined,
	);
});
