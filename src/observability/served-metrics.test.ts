import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { startTestServer } from "../server/testing.js";
import {
	createTinyEnvironment,
	createTrainer,
	TINY,
} from "../sessions/testing-training.js";
import type { PoolTrainer } from "../training/worker-pool.js";
import { Metrics } from "./metrics.js";
import { Scrape } from "./testing.js";

const metrics = new Metrics();
let trainer: PoolTrainer;

before(async () => {
	trainer = await createTrainer({ onJob: (job) => metrics.job(job) });
});

after(async () => {
	metrics.close();
	await trainer.close();
});

test("After known calls every counter has its known value, and no label names a session or a seed.", async (context) => {
	const server = await startTestServer(context, {
		environment: [
			createTinyEnvironment(trainer),
			createSreEnvironment() as Environment,
		],
		maxSessions: 8,
		maxActions: 16,
		observe: (call) => metrics.call(call),
	});
	metrics.readFrom({ version: "1.2.3", sessions: server.sessions, trainer });
	const client = server.client();
	const seed = 987_654_321_012n;

	const training = await client.createSession(TINY, { seed });
	await training.step({ configure_training: {} });
	await training.step({ run_epochs: { num_epochs: 2 } });
	await training.step({ submit_model: {} });
	await assert.rejects(training.step({ submit_model: {} }));

	const incidents = await Promise.all(
		[1, 2, 3].map(() => client.createSession("sre/easy", { seed })),
	);
	const [alone, ...laned] = incidents;
	await alone?.step({ wait: {} });
	await assert.rejects(
		client.createSession("sre/none", { seed }),
		/No task is called/,
	);
	const play = client.play();
	await play.setLanes(laned.map((session) => ({ session })));
	const wait = [4, 0, 0, 0, 0];
	for (let batch = 0; batch < 3; batch++)
		await play.stepLanes({ levels: [...wait, ...wait] });
	await assert.rejects(play.stepLanes({ levels: wait }), /levels/);
	await laned[0]?.finish();
	const { errors } = await play.stepLanes({ levels: [...wait, ...wait] });
	assert.deepEqual(
		errors.map(({ error }) => error.reason),
		["EPISODE_ENDED"],
	);
	await play.close();
	await alone?.close();
	await server.calls.ended("CloseSession");

	const scraped = new Scrape(await metrics.text());
	assert.deepEqual(scraped.faults, []);
	const { value } = {
		value: (name: string, ...labels: [Record<string, string>?]) =>
			scraped.value(`nightshift_${name}`, ...labels),
	};
	const sre = { environment: "sre" };
	assert.equal(value("sessions_opened_total", sre), 3);
	assert.equal(value("sessions_opened_total", { environment: "training" }), 1);
	assert.equal(value("steps_total", sre), 1 + 3 * 2 + 1);
	assert.equal(value("steps_total", { environment: "training" }), 3);
	assert.equal(value("sessions", { ...sre, state: "idle" }), 1);
	assert.equal(value("sessions", { ...sre, state: "episode_ended" }), 1);
	assert.equal(
		value("sessions", { environment: "training", state: "episode_ended" }),
		1,
	);
	assert.equal(value("sessions", { ...sre, state: "running" }), 0);
	for (const reason of ["FINISHED", "ABANDONED"])
		assert.equal(value("episodes_ended_total", { ...sre, reason }), 1);
	assert.equal(value("episodes_ended_total", { reason: "SUBMITTED" }), 1);
	assert.equal(value("session_slots_taken"), 3);
	assert.equal(value("session_slots_limit"), 8);
	assert.equal(value("action_places_taken"), 0);
	assert.equal(value("action_places_limit"), 16);

	assert.equal(value("grpc_calls_total", { method: "Step", code: "OK" }), 4);
	assert.equal(
		value("grpc_calls_total", { method: "Step", reason: "EPISODE_ENDED" }),
		1,
	);
	assert.equal(
		value("grpc_calls_total", {
			method: "CreateSession",
			code: "INVALID_ARGUMENT",
			reason: "UNKNOWN_TASK",
		}),
		1,
	);
	assert.equal(value("grpc_calls_total", { method: "Play" }), 1);
	assert.equal(
		value("grpc_call_duration_seconds_count", { method: "Step" }),
		5,
	);
	assert.equal(value("errors_total", { reason: "UNKNOWN_TASK" }), 1);
	assert.equal(value("errors_total", { reason: "INVALID_FIELD" }), 1);
	// A step of its own, and a lane's.
	assert.equal(value("errors_total", { reason: "EPISODE_ENDED" }), 2);

	assert.equal(value("epochs_total", { network: "mlp", end: "done" }), 2);
	assert.equal(value("gradings_total", { network: "mlp", end: "done" }), 1);
	for (const [job, count] of [
		["epoch", 2],
		["grade", 1],
	] as const) {
		assert.equal(value("queue_seconds_count", { job }), count);
		assert.equal(value("compute_seconds_count", { job }), count);
		assert.ok(value("compute_seconds_sum", { job }) > 0);
	}
	assert.equal(value("worker_threads"), 2);
	assert.equal(value("worker_threads_busy"), 0);
	assert.equal(value("worker_jobs_waiting"), 0);
	assert.equal(
		value("build_info", {
			version: "1.2.3",
			engine: trainer.engine.name,
			engine_kind: trainer.engine.kind,
		}),
		1,
	);
	const text = await metrics.text();
	assert.ok(!text.includes(String(seed)));
	for (const { id } of incidents) assert.ok(!text.includes(id));
});
