import assert from "node:assert/strict";
import { after, type TestContext, test } from "node:test";
import type { PolicyEpisode } from "../../clients/typescript/index.js";
import type { Environment } from "../environments/environment.js";
import { policyOf } from "../environments/policies.js";
import { onlyOnTheServer, type Policy } from "../environments/policy.js";
import type { HiddenState } from "../environments/sre/incident.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { playEpisode } from "../evaluation/episode-player.js";
import { meanInterval } from "../evaluation/student-t.js";
import { COUNTER, CounterEnvironment } from "../sessions/testing.js";
import {
	createTinyEnvironment,
	createTrainer,
	TINY,
} from "../sessions/testing-training.js";
import { readWireError, startTestServer, type TestServer } from "./testing.js";

const trainer = await createTrainer();
after(() => trainer.close());

/** Restarts what looks worst in the first steps, then leaves. */
const restarter: Policy = {
	name: "restarter",
	version: 1,
	environment: "sre",
	description: "Restarts the slowest services, and leaves.",
	start: (_, seed) => {
		let left = 1 + Number(seed % 3n);
		return ({ sre }) => {
			const slowest = [...(sre?.metrics ?? [])]
				.filter(({ kind }) => kind !== "SERVICE_KIND_PROVIDER")
				.sort((a, b) => (b.latency_p99 ?? 0) - (a.latency_p99 ?? 0))[0];
			return left-- > 0
				? { restart: { service_id: slowest?.service_id as string } }
				: undefined;
		};
	},
};

/** Waits to the end. */
const waiter: Policy = {
	...restarter,
	name: "waiter",
	description: "Waits.",
	start: () => () => ({ wait: {} }),
};

/** Sees what is hidden; keeps what it saw. */
const looked: HiddenState[] = [];
const looker: Policy = {
	...restarter,
	name: "looker",
	description: "Sees.",
	start: onlyOnTheServer,
	startPrivileged: (task, seed, look) => {
		assert.equal(task.id, "sre/easy");
		assert.equal(seed, 5n);
		return ({ sre }) => {
			looked.push(look());
			return sre?.step === 0
				? { restart: { service_id: "auth_service" } }
				: undefined;
		};
	},
};

const serve = (
	context: TestContext,
	options: Partial<Parameters<typeof startTestServer>[1]> = {},
) =>
	startTestServer(context, {
		environment: [
			createSreEnvironment() as Environment,
			createTinyEnvironment(trainer),
		],
		policies: [
			restarter,
			waiter,
			looker,
			policyOf("training", "heuristic"),
			policyOf("training", "do-nothing"),
		],
		...options,
	});

async function runPolicy(
	server: TestServer,
	...call: Parameters<ReturnType<TestServer["client"]>["runPolicy"]>
): Promise<PolicyEpisode[]> {
	const episodes: PolicyEpisode[] = [];
	for await (const episode of server.client().runPolicy(...call))
		episodes.push(episode);
	return episodes;
}

for (const [taskId, policy, episodes] of [
	["sre/hard", restarter, 8],
	["sre/easy", waiter, 3],
	[TINY, policyOf("training", "heuristic"), 2],
	[TINY, policyOf("training", "do-nothing"), 2],
] as const)
	test(`A run of ${policy.name} on ${taskId} gives, seed by seed, what a client that plays it gets.`, async (context) => {
		const server = await serve(context);
		const client = server.client();
		const [task] = (await client.listTasks()).filter(({ id }) => id === taskId);
		assert.ok(task);
		const run = await runPolicy(server, taskId, policy.name, {
			episodes,
			firstSeed: 11,
			split: "validation",
		});
		const scores: number[] = [];
		for (const [index, episode] of run.entries()) {
			const seed = String(11 + index);
			assert.equal(episode.seed, seed);
			const { result } = await playEpisode(
				client,
				{ task, policy, seed, split: "validation" },
				new AbortController().signal,
			);
			assert.deepEqual(episode.result, result);
			scores.push(result.score as number);
			const { mean, halfWidth } = meanInterval(scores);
			assert.ok(Math.abs(episode.mean_score - mean) < 1e-12);
			if (halfWidth === undefined)
				assert.equal(episode.interval_half_width, undefined);
			else
				assert.ok(
					Math.abs((episode.interval_half_width as number) - halfWidth) < 1e-9,
				);
		}
		assert.equal(run.length, episodes);
	});

test("A privileged policy sees what is hidden at each moment, and plays on the server alone.", async (context) => {
	const server = await serve(context);
	const [episode] = await runPolicy(server, "sre/easy", "looker", {
		episodes: 1,
		firstSeed: 5,
	});
	assert.equal(
		looked[0]?.root_service_id,
		episode?.result?.sre?.root_service_id,
	);
	assert.deepEqual(
		looked.map(({ cost }) => cost),
		[0, 0.02],
	);
	assert.throws(() => looker.start({} as never, 5n), /only on the server/);
});

test("A run that cannot be made is refused with the fields at fault and the policies that there are.", async (context) => {
	const server = await serve(context);
	const cases: readonly (readonly [
		Parameters<typeof runPolicy>[1],
		string,
		Parameters<typeof runPolicy>[3],
		readonly string[],
	])[] = [
		["sre/easy", "heuristic", { episodes: 1 }, ["policy"]],
		["sre/easy", "", { episodes: 0 }, ["policy", "episodes"]],
		["sre/easy", "waiter", { episodes: 10_001 }, ["episodes"]],
		[
			"sre/easy",
			"waiter",
			{ episodes: 2, firstSeed: "18446744073709551615" },
			["first_seed"],
		],
		["sre/none", "waiter", { episodes: 1 }, ["task_id"]],
	];
	for (const [task, policy, options, fields] of cases) {
		const error = await runPolicy(server, task, policy, options).then(
			() => assert.fail("it ran"),
			readWireError,
		);
		assert.equal(error.code, "INVALID_ARGUMENT");
		assert.deepEqual(error.fields, fields);
		if (fields[0] === "policy")
			assert.match(error.message, /one of restarter, waiter, looker\./);
	}
	const last = await runPolicy(server, "sre/easy", "waiter", {
		episodes: 1,
		firstSeed: "18446744073709551615",
	});
	assert.equal(last.length, 1);
});

test("Other calls have their turn during a run; leaving it stops it and gives its place back.", async (context) => {
	const server = await serve(context, { maxSessions: 1 });
	const client = server.client();
	const run = client.runPolicy("sre/easy", "waiter", { episodes: 10_000 });
	assert.equal((await run.next()).done, false);
	const busy = await client
		.createSession("sre/easy")
		.then(() => assert.fail("there was a place"), readWireError);
	assert.equal(busy.reason, "TOO_MANY_SESSIONS");
	await run.return(undefined);
	const { error } = await server.calls.ended("RunPolicy");
	assert.equal(error?.reason, "CALL_CANCELLED");
	await (await client.createSession("sre/easy")).close();
});

test("A caller that goes away in the middle of an epoch stops it, and a drain ends a run with its reason.", async (context) => {
	const environment = new CounterEnvironment();
	const epochs: Policy = {
		...restarter,
		name: "epochs",
		environment: "training",
		start: () => () => ({ run_epochs: { num_epochs: 20 } }),
	};
	const server = await serve(context, {
		environment: environment as Environment,
		policies: [epochs],
	});
	const client = server.client();
	for (const end of ["leave", "drain"] as const) {
		environment.epochGate.shut();
		const gone = new AbortController();
		const run = client.runPolicy(COUNTER, "epochs", {
			episodes: 2,
			signal: gone.signal,
		});
		const first = run.next();
		first.catch(() => {});
		await environment.epochGate.holds(1);
		if (end === "leave") {
			gone.abort();
			await assert.rejects(first);
			const { error } = await server.calls.ended("RunPolicy");
			assert.equal(error?.reason, "CALL_CANCELLED");
		} else {
			await server.drain();
			const error = await first.then(
				() => assert.fail("it went on"),
				readWireError,
			);
			assert.equal(error.reason, "SERVER_DRAINING");
		}
	}
});
