import assert from "node:assert/strict";
import { test } from "node:test";
import protobuf from "protobufjs";
import { lookupType } from "../../proto/contract-files.js";
import type { SreObservation } from "../../proto/generated/nightshift/v1/SreObservation.js";
import { RandomStream } from "../../workers/random-stream.js";
import { episodeKey } from "../environments/episode-key.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { formOf, type JsonSchema, unlessFrozen } from "./json-form.js";

function observeAnIncident() {
	const sre = createSreEnvironment();
	const state = sre.start(
		"sre/hard",
		episodeKey({
			taskId: "sre/hard",
			taskVersion: 1,
			split: "train",
			seed: "3",
		}),
		"train",
	);
	return sre.observe(state as Awaited<typeof state>).sre as SreObservation;
}

test("An observation of an incident is told by the names of its services, in the graph's order, with nothing added or lost.", () => {
	const { metrics, dependency_graph, sla_status, ...rest } =
		observeAnIncident();
	const json = formOf("nightshift.v1.SreObservation").toJson(
		observeAnIncident(),
	) as Record<string, Record<string, Record<string, unknown>>>;
	assert.deepEqual(
		Object.keys(json.metrics ?? {}),
		metrics?.map(({ service_id }) => service_id),
	);
	for (const { service_id = "", ...told } of metrics ?? []) {
		const { kind, latency_p99, ...others } = json.metrics?.[service_id] ?? {};
		assert.equal(`SERVICE_KIND_${String(kind).toUpperCase()}`, told.kind);
		assert.equal(latency_p99, told.latency_p99 ?? null);
		assert.deepEqual(Object.keys(others), [
			"recent_release",
			"missing",
			"error_rate",
			"cpu_pct",
			"memory_pct",
		]);
	}
	assert.ok(
		metrics?.some(({ missing }) => missing),
		"a sample was lost",
	);
	for (const { service_id = "", depends_on } of dependency_graph ?? [])
		assert.deepEqual(json.dependency_graph?.[service_id], depends_on);
	for (const { service_id = "", met } of sla_status ?? [])
		assert.equal(json.sla_status?.[service_id], met ?? null);
	for (const [name, value] of Object.entries(rest))
		assert.deepEqual(json[name], value, name);
});

test("A message's JSON has each field of its schema, null where it has no value, and of a oneof the member that is set.", () => {
	const form = formOf("nightshift.v1.EpisodeResult");
	assert.deepEqual(form.toJson({ end_reason: "END_REASON_ABANDONED" }), {
		episode: 0,
		score: null,
		terminated: false,
		truncated: false,
		end_reason: "abandoned",
		steps: 0,
		total_reward: 0,
	});
	assert.deepEqual(form.schema.required, [
		"episode",
		"score",
		"terminated",
		"truncated",
		"end_reason",
		"steps",
		"total_reward",
	]);
	const { sre } = form.toJson({
		sre: { fault_class: "FAULT_CLASS_UNSPECIFIED", objective: Number.NaN },
	}) as { sre: Record<string, unknown> };
	assert.equal(sre.fault_class, null);
	assert.equal(sre.objective, null);
	assert.equal(sre.time_to_mitigate, null);
	const schema = form.schema.properties as Record<string, JsonSchema>;
	assert.deepEqual(schema.score?.type, ["number", "null"]);
	assert.match(String(schema.score?.description), /^0\.\.1;/);
});

test("Whole numbers keep every digit, times are ISO 8601, lengths of time seconds.", () => {
	const session = formOf("nightshift.v1.Session").toJson({
		seed: "18446744073709551615",
		next_event_offset: 7,
		create_time: { seconds: "1767225600", nanos: 5e8 },
		options: { lease: { seconds: 600, nanos: 0 }, views: ["VIEW_TEXT"] },
	}) as Record<string, unknown>;
	assert.equal(session.seed, "18446744073709551615");
	assert.equal(session.next_event_offset, 7);
	assert.equal(session.create_time, "2026-01-01T00:00:00.500Z");
	assert.deepEqual(session.options, {
		reward_mode: null,
		views: ["text"],
		lease: 600,
	});
	assert.equal(session.lease_expire_time, null);
});

test("A message's text is its JSON as JSON.stringify writes it, whatever stands in the message.", () => {
	const draws = new RandomStream(new Uint8Array(32).fill(7), "json-form");
	const pick = <T>(list: readonly T[]): T =>
		list[draws.nextBelow(list.length)] as T;
	const numbers = [0, -0, 1.5, -3e-7, 1e21, 0.1 + 0.2, Number.NaN, -Infinity];
	const texts = ["", "plain", 'a "quote"\\', "é\u2028\ud800", "x".repeat(80)];
	const whole = [0, 7, 2 ** 53 - 1, "18446744073709551615", undefined];
	const drawValue = (field: protobuf.Field, depth: number): unknown => {
		const { resolvedType } = field.resolve();
		if (resolvedType instanceof protobuf.Enum)
			return pick([...Object.keys(resolvedType.values), "?", undefined]);
		if (resolvedType?.fullName.startsWith(".google.protobuf"))
			return { seconds: pick([1_700_000_000, "12"]), nanos: 5_000_000 };
		if (resolvedType instanceof protobuf.Type)
			return depth > 4 ? null : drawMessage(resolvedType, depth + 1);
		if (field.type === "string") return pick([...texts, undefined]);
		if (field.type === "bool") return pick([true, false, undefined]);
		return field.type.startsWith("uint")
			? pick(field.type === "uint64" ? whole : [0, 12, undefined])
			: pick([...numbers, undefined]);
	};
	const drawMessage = (type: protobuf.Type, depth = 0): object => {
		const message: Record<string, unknown> = {};
		for (const field of type.fieldsArray) {
			if (draws.nextUnit() < 0.2) continue;
			message[field.name] = field.repeated
				? Array.from({ length: draws.nextBelow(4) }, (_, index) => {
						const value = drawValue(field, depth);
						// Names in a list of named things differ.
						return typeof value === "object" && value !== null
							? { ...value, service_id: `s"${index}` }
							: value;
					})
				: drawValue(field, depth);
		}
		return message;
	};
	let different = 0;
	for (const name of [
		"TrainingObservation",
		"SreObservation",
		"FlatObservation",
		"EpisodeResult",
		"Session",
		"StepInfo",
		"Timing",
	].map((name) => `nightshift.v1.${name}`)) {
		const form = formOf(name);
		const seen = new Set<string>();
		for (let count = 0; count < 200; count++) {
			const message = drawMessage(lookupType(name));
			const text = form.write(message);
			assert.equal(text, JSON.stringify(form.toJson(message)), name);
			assert.equal(text, `{${form.writeFields(message)}}`);
			seen.add(text);
		}
		different += seen.size;
	}
	assert.ok(different > 700, `${different} texts`);
});

test("What is frozen is written once, what is not each time.", () => {
	let written = 0;
	const write = unlessFrozen((value: { readonly a: number }) => {
		written += 1;
		return `${value.a}`;
	});
	const open = { a: 1 };
	const frozen = Object.freeze({ a: 2 });
	assert.deepEqual([write(open), write(frozen), written], ["1", "2", 2]);
	open.a = 3;
	assert.deepEqual([write(open), write(frozen), written], ["3", "2", 3]);
});
