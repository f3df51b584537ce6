import assert from "node:assert/strict";
import { test } from "node:test";
import type { SreDeclaration__Output } from "../../../proto/generated/nightshift/v1/SreDeclaration.js";
import { flatColumns, toActionSpecs } from "../action-schema.js";
import { failsWith } from "../training/testing.js";
import {
	FAULT_CLASSES,
	readDeclaration,
	readSreAction,
	sreActions,
} from "./actions.js";
import { toFlatMessage, toMessage } from "./testing-on-call.js";

const graph = ["api_gateway", "auth_service", "user_db"];

test("The five actions of the founding document are told with their costs, budgets and places.", () => {
	const specs = toActionSpecs(sreActions);
	assert.deepEqual(
		specs.map(({ name }) => name),
		["restart", "scale_up", "circuit_break", "rollback", "wait"],
	);
	assert.match(specs[0]?.description ?? "", /Costs 0\.02 .*; 3 an episode/);
	assert.match(specs[2]?.description ?? "", /Costs 0\.01 .*; 4 an episode\.$/);
	const [service] = specs[3]?.arguments ?? [];
	assert.equal(service?.type, "ARGUMENT_TYPE_NAME");
	assert.equal(service?.required, true);
	assert.deepEqual(
		service?.levels?.map(({ number }) => number),
		Array.from({ length: 16 }, (_, place) => place),
	);
	assert.deepEqual(flatColumns(sreActions), [5, 16, 16, 16, 16]);
});

test("An action names a service of the episode's graph.", () => {
	for (const name of ["restart", "scale_up", "circuit_break", "rollback"])
		assert.deepEqual(readSreAction(toMessage(name, "user_db"), graph), {
			name,
			service: 2,
		});
	assert.deepEqual(readSreAction(toMessage("wait"), graph), { name: "wait" });
});

test("A service that is missing or not of the graph is refused with the names that there are.", () => {
	for (const [given, why] of [
		["", "is missing"],
		["order_service", "order_service is not allowed"],
		["0", "0 is not allowed"],
	] as const)
		assert.throws(
			() => readSreAction(toMessage("restart", given), graph),
			failsWith(
				"INVALID_FIELD",
				new RegExp(
					`^action\\.restart\\.service_id: ${why}; one of api_gateway, auth_service, user_db\\.$`,
				),
			),
		);
});

test("An action of another environment, and none at all, are refused.", () => {
	assert.throws(
		() => readSreAction(toMessage("run_epochs"), graph),
		failsWith("WRONG_ACTION", /run_epochs is not an action of the sre/),
	);
	assert.throws(
		() => readSreAction({} as never, graph),
		failsWith("WRONG_ACTION", /No action was given; one of restart, /),
	);
});

test("A flat action means the same as the typed one, and nothing at a place that the graph leaves empty.", () => {
	const read = (...levels: number[]) =>
		readSreAction(toFlatMessage(levels), graph);
	assert.deepEqual(read(0, 1, 9, 9, 9), { name: "restart", service: 1 });
	assert.deepEqual(read(1, 9, 2, 9, 9), { name: "scale_up", service: 2 });
	assert.deepEqual(read(2, 9, 9, 0, 9), { name: "circuit_break", service: 0 });
	assert.deepEqual(read(3, 9, 9, 9, 1), { name: "rollback", service: 1 });
	assert.deepEqual(read(4, 9, 9, 9, 9), { name: "wait" });
	assert.deepEqual(read(0, 3, 0, 0, 0), { name: "wait" });
	assert.throws(
		() => read(0, 16, 0, 0, 0),
		failsWith("INVALID_FIELD", /levels\[1\]: 16 is not allowed; 0 to 15/),
	);
	assert.throws(
		() => read(0),
		failsWith("INVALID_FIELD", /has 1 entries; 5 are needed/),
	);
});

test("A diagnosis names a service and a class of fault; no fault needs no service.", () => {
	const read = (service_id: string, fault_class: string | number) =>
		readDeclaration(
			{ service_id, fault_class } as SreDeclaration__Output,
			graph,
		);
	assert.equal(readDeclaration(null, graph), undefined);
	assert.equal(FAULT_CLASSES.length, 13);
	assert.deepEqual(read("user_db", "FAULT_CLASS_BAD_DEPLOY"), {
		service: 2,
		faultClass: "FAULT_CLASS_BAD_DEPLOY",
	});
	assert.deepEqual(read("", "FAULT_CLASS_NONE"), {
		service: -1,
		faultClass: "FAULT_CLASS_NONE",
	});
	for (const [service, fault, field] of [
		["", "FAULT_CLASS_BAD_DEPLOY", /declare\.service_id: is missing/],
		["moon", "FAULT_CLASS_NONE", /declare\.service_id: moon is not allowed/],
		["user_db", "FAULT_CLASS_UNSPECIFIED", /fault_class: is missing; one of/],
		["user_db", 99, /fault_class: enum value 99 is not allowed; one of/],
	] as const)
		assert.throws(
			() => read(service, fault),
			failsWith("INVALID_FIELD", field),
		);
});
