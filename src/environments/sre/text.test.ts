import assert from "node:assert/strict";
import { test } from "node:test";
import { observe } from "./incident.js";
import { sreTask, sreTasks } from "./tasks.js";
import {
	context,
	environment,
	names,
	startEpisode,
	take,
	toMessage,
} from "./testing-on-call.js";
import { describeSre } from "./text.js";

test("A text tells the services, what was seen of them, their calls, the budgets and the last actions.", async () => {
	const state = await startEpisode();
	await take(state, toMessage("restart", "auth_service"));
	const text = describeSre(state, sreTask("sre/easy"));
	assert.match(text, /^task: sre\/easy - Bring every service back/);
	assert.match(text, /\nstep: 1 of 30 taken\nbudgets left: restart 2, /);
	assert.match(text, /\nlast actions: 1 restart auth_service\n/);
	assert.match(text, /\n {2}order_service -> inventory_db, payment_gateway$/);
	await environment.grade(state, context);
	assert.match(
		describeSre(state, sreTask("sre/easy")),
		/\nended: score 0\.\d+$/,
	);
});

test("A line for each service tells its figures, or that its sample was lost.", async () => {
	const kinds = new Set<string>();
	for (const seed of ["1", "2", "3", "4"]) {
		const state = await startEpisode("sre/hard", seed);
		await take(state, toMessage("wait"));
		const lines = describeSre(state, sreTask("sre/hard")).split("\n");
		const { metrics = [], sla_status = [] } = observe(state);
		metrics.forEach((service, k) => {
			const line = lines.find((one) =>
				one.startsWith(`${service.service_id} `),
			);
			const [, kind, p99, errors, cpu, memory, ...rest] = (line ?? "").split(
				/ +/,
			);
			const { met } = sla_status[k] ?? {};
			const status = met === undefined ? "unknown" : met ? "met" : "MISSED";
			assert.equal(`SERVICE_KIND_${kind?.toUpperCase()}`, String(service.kind));
			assert.equal(
				rest.join(" "),
				`${status}${service.missing ? ", sample lost" : ""}${service.recent_release ? ", released lately" : ""}`,
			);
			kinds.add(rest.join(" "));
			if (service.missing)
				assert.deepEqual([p99, errors, cpu, memory], ["-", "-", "-", "-"]);
			else {
				assert.ok(
					Math.abs(Number(p99) / Number(service.latency_p99) - 1) < 0.006,
				);
				assert.equal(cpu, String(Math.round(Number(service.cpu_pct))));
				assert.equal(memory, String(Math.round(Number(service.memory_pct))));
				assert.ok(
					Math.abs(Number(errors) - 100 * Number(service.error_rate)) <= 0.5,
				);
			}
		});
	}
	assert.ok(kinds.size >= 5, [...kinds].join("; "));
});

test("Texts stay under 4 kB on the largest graphs, and equal states give equal texts.", async () => {
	let longest = 0;
	for (const { id } of sreTasks)
		for (let seed = 0; seed < 100; seed++) {
			const state = await startEpisode(id, String(seed));
			for (let step = 0; step < 4; step++)
				await take(state, toMessage("circuit_break", names(state)[step]));
			const text = describeSre(state, sreTask(id));
			longest = Math.max(longest, Buffer.byteLength(text));
			assert.equal(describeSre(structuredClone(state), sreTask(id)), text);
		}
	assert.ok(longest < 4096 && longest > 2000, String(longest));
});
