import assert from "node:assert/strict";
import { test } from "node:test";
import type { Environment } from "../environments/environment.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { startTestGateway } from "../gateway/testing.js";
import { OpenEnvPlayer, overSocket, sreWords } from "./openenv-player.js";

const sre = () => [createSreEnvironment() as Environment];

test("A player steps so many times, and resets with another seed as its episodes end.", async (context) => {
	const gateway = await startTestGateway(context, { environments: sre() });
	const player = await OpenEnvPlayer.join(
		gateway.port,
		sreWords("/sre/ws"),
		5,
		10,
	);
	context.after(() => player.leave());
	const times = await player.steps(70);
	assert.equal(times.length, 70);
	const [session] = gateway.sessions.all;
	assert.ok(session);
	assert.equal(session.record.episode.taskId, "sre/easy");
	assert.equal(session.record.episode.seed, "25");
	assert.equal(session.record.episode.step, 10);
	assert.equal((await player.steps(1)).length, 1);
	assert.equal(session.record.episode.step, 11);
});

test("Players of one contender have each a session; an answer that is no observation is told.", async (context) => {
	const gateway = await startTestGateway(context, { environments: sre() });
	const sample = () =>
		Promise.resolve({ processor: 0, memory: null, threads: null });
	const contender = await overSocket(
		{ port: gateway.port, sample },
		3,
		"three",
		sreWords("/sre/ws"),
	);
	const { count, times } = await contender.play(performance.now() + 50);
	assert.ok(count >= 3);
	assert.equal(times.length, count);
	assert.equal(gateway.sessions.openCount, 3);
	contender.leave();
	const wrong = await OpenEnvPlayer.join(
		gateway.port,
		{ ...sreWords("/sre/ws"), step: { type: "step", data: { action: "x" } } },
		0,
		1,
	);
	context.after(() => wrong.leave());
	await assert.rejects(wrong.steps(1), /no observation: .*VALIDATION_ERROR/);
});
