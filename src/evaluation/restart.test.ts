import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { NightshiftClient } from "../../clients/typescript/index.js";
import { systemClock } from "../clock.js";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { type GrpcServer, startGrpcServer } from "../server/grpc-server.js";
import { hastyClock } from "../server/testing.js";
import { Sessions } from "../sessions/sessions.js";
import { policyAgents } from "./policy-agent.js";
import {
	createScriptedAgent,
	prepare,
	seedsTo,
	wait,
	withoutTimes,
} from "./testing-evaluation.js";

/** A server on a port that another one may have had. */
async function serve(context: TestContext, port: number): Promise<GrpcServer> {
	const server = await startGrpcServer({
		sessions: new Sessions({
			clock: systemClock,
			environments: [createSreEnvironment() as Environment],
			maxSessions: 64,
			maxActions: 64,
		}),
		clock: hastyClock,
		host: "127.0.0.1",
		port,
		defaultLeaseMs: 600_000,
		maxWatchers: 1,
		drainGraceMs: 0,
		observe: () => {},
	});
	context.after(() => server.drain());
	return server;
}

test("A server that is killed in the middle of episodes and comes back costs them an attempt, and changes no record.", async (context) => {
	const { run, records, failures } = await prepare(context);
	const [tunedRule] = policyAgents().filter(
		({ name }) => name === "tuned-rule",
	);
	const first = await serve(context, 0);
	const client = new NightshiftClient(first.address);
	context.after(() => client.close());
	let isKilled = false;
	const agent = {
		...(tunedRule as NonNullable<typeof tunedRule>),
		start: async (
			...given: Parameters<NonNullable<typeof tunedRule>["start"]>
		) => {
			const player = await (tunedRule as NonNullable<typeof tunedRule>).start(
				...given,
			);
			return {
				async act(...turn: Parameters<typeof player.act>) {
					if (!isKilled && turn[0].index === 10) {
						isKilled = true;
						await first.drain();
						await serve(context, first.port);
					}
					return player.act(...turn);
				},
			};
		},
	};
	const end = await run({
		agents: [agent],
		seeds: seedsTo(4),
		parallel: 4,
		client,
	});
	assert.deepEqual(end, { unplayed: 0 });
	assert.ok(failures().length >= 1);
	for (const { error, retried, seconds } of failures()) {
		assert.match(
			error,
			/^(UNAVAILABLE|NOT_FOUND|CANCELLED|INTERNAL|FAILED_PRECONDITION|UNKNOWN): /,
		);
		assert.equal(retried, true);
		assert.ok(seconds >= 0);
	}
	const undisturbed = await prepare(context);
	await undisturbed.run({
		agents: [tunedRule as NonNullable<typeof tunedRule>],
		seeds: seedsTo(4),
	});
	const asFirst = records().map((record) => ({ ...record, attempt: 1 }));
	assert.deepEqual(withoutTimes(asFirst), withoutTimes(undisturbed.records()));
});

test("A server that stays away ends the evaluation with a sentence, and no episode is counted as failed twice.", async (context) => {
	const { run, records, failures } = await prepare(context);
	const server = await serve(context, 0);
	const client = new NightshiftClient(server.address);
	context.after(() => client.close());
	let nowMs = 0;
	await assert.rejects(
		run({
			agents: [
				createScriptedAgent((seed) => async ({ index }) => {
					if (seed === "1") return index === 0 ? { action: wait } : {};
					await server.drain();
					return { action: wait };
				}),
			],
			seeds: seedsTo(3),
			client,
			clock: {
				now: () => nowMs,
				after(delayMs, callback) {
					if (delayMs > 60_000) return () => {};
					const pending = setImmediate(() => {
						nowMs += delayMs;
						callback();
					});
					return () => clearImmediate(pending);
				},
			},
		}),
		/^EvaluationFailure: the server at 127\.0\.0\.1:\d+ has not answered for 60 s \(/,
	);
	assert.equal(records().length, 1);
	assert.equal(failures().length, 1);
});
