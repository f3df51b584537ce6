import assert from "node:assert/strict";
import { test } from "node:test";
import { flattenSre, observationColumns } from "./flat-observation.js";
import { type IncidentState, observe } from "./incident.js";
import { INTERVENTIONS } from "./simulator/actions.js";
import { sreTasks } from "./tasks.js";
import {
	names,
	startEpisode,
	take,
	toFlatMessage,
	toMessage,
} from "./testing-on-call.js";

const place = new Map(observationColumns.map(({ name }, at) => [name, at]));

/** Reads columns of a state by name. */
function reader(state: IncidentState): (name: string) => number {
	const { columns } = flattenSre(state);
	return (name) => {
		const at = place.get(name);
		assert.ok(at !== undefined, name);
		return columns?.[at] as number;
	};
}

test("Every column has a name of its own, and every value of every task is a float32 within its bounds.", async () => {
	assert.equal(place.size, observationColumns.length);
	for (const { id } of sreTasks)
		for (const seed of ["1", "2", "3"]) {
			const state = await startEpisode(id, seed);
			for (let step = 0; step < 6; step++) {
				const { columns = [] } = flattenSre(state);
				assert.equal(columns.length, observationColumns.length);
				columns.forEach((given, at) => {
					const value = Number(given);
					const { name, minimum, maximum } = observationColumns[at] ?? {};
					assert.equal(Math.fround(value), value);
					assert.ok(
						value >= Number(minimum) && value <= Number(maximum),
						`${id}: ${name} ${value}`,
					);
				});
				await take(state, toFlatMessage([2, 0, 0, step % 3, 0]));
			}
		}
});

test("Columns tell what the typed observation tells, and nothing where the graph has no service.", async () => {
	for (const id of ["sre/easy", "sre/hard"]) {
		const state = await startEpisode(id, "4");
		await take(state, toMessage("restart", names(state)[1]));
		await take(state, toMessage("wait"));
		const seen = observe(state);
		const read = reader(state);
		assert.equal(read("step"), 2);
		assert.equal(read("restart_budget"), 2);
		assert.equal(read("rollback_budget"), 2);
		assert.equal(read("reward_hint"), Math.fround(Number(seen.reward_hint)));
		assert.deepEqual(
			[0, 1, 2].map((ago) => [
				read(`action_${ago}_ago`),
				read(`action_${ago}_ago_service`),
			]),
			[
				[5, -1],
				[1, 1],
				[0, -1],
			],
		);
		const graph = seen.dependency_graph ?? [];
		for (let k = 0; k < 16; k++) {
			const service = seen.metrics?.[k];
			const column = (name: string) => read(`service_${k}_${name}`);
			if (service === undefined) {
				for (const { name } of observationColumns)
					if (
						name?.startsWith(`service_${k}_`) ||
						name?.startsWith(`calls_${k}_`)
					)
						assert.equal(read(name), 0, name);
				continue;
			}
			assert.equal(column("present"), 1);
			assert.equal(column("missing"), service.missing ? 1 : 0);
			assert.equal(column("recent_release"), service.recent_release ? 1 : 0);
			const kind = String(service.kind)
				.slice("SERVICE_KIND_".length)
				.toLowerCase();
			for (const other of ["gateway", "service", "store", "provider"])
				assert.equal(column(`is_${other}`), other === kind ? 1 : 0);
			assert.equal(
				column("error_rate"),
				Math.fround(Number(service.error_rate ?? 0)),
			);
			assert.equal(
				column("log10_latency_p99"),
				Math.fround(Math.log10(Number(service.latency_p99 ?? 1))),
			);
			const { met } = seen.sla_status?.[k] ?? {};
			assert.equal(column("sla_met"), met === undefined ? 0.5 : met ? 1 : 0);
			for (const [number, name] of INTERVENTIONS.entries())
				assert.equal(
					column(`${name}_possible`),
					seen.action_mask?.[4 * k + number] ? 1 : 0,
				);
			for (const [callee, { service_id }] of graph.entries())
				assert.equal(
					read(`calls_${k}_${callee}`),
					graph[k]?.depends_on?.includes(service_id as string) ? 1 : 0,
				);
		}
	}
});

test("The mask rules an action out once its budget is spent.", async () => {
	const state = await startEpisode();
	assert.deepEqual(flattenSre(state).action_mask, [
		true,
		true,
		true,
		true,
		true,
	]);
	for (const service of [1, 2])
		await take(state, toMessage("rollback", names(state)[service]));
	assert.deepEqual(flattenSre(state).action_mask, [
		true,
		true,
		true,
		false,
		true,
	]);
});
