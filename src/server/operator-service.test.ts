import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import * as grpc from "@grpc/grpc-js";
import { envService, type Method } from "../../clients/typescript/contract.js";
import { NightshiftRpcError } from "../../clients/typescript/index.js";
import type { Environment } from "../environments/environment.js";
import type { HiddenState } from "../environments/sre/incident.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { ScriptedTrainer } from "../environments/training/testing.js";
import { createTinyEnvironment, TINY } from "../sessions/testing-training.js";
import { operatorService } from "./contract.js";
import { refusal, startTestServer, type TestServer } from "./testing.js";

const TOKEN = "a-token-for-this-test-alone";

/** One call of the operator's service, with this value of the metadata `authorization`, or none. */
function ask<Request, Response>(
	server: TestServer,
	{ path, requestSerialize, responseDeserialize }: Method<Request, Response>,
	request: Request,
	authorization: string | undefined = `Bearer ${TOKEN}`,
): Promise<Response> {
	const metadata = new grpc.Metadata();
	if (authorization !== "") metadata.set("authorization", authorization);
	return new Promise((resolve, reject) => {
		server
			.channel()
			.makeUnaryRequest(
				path,
				requestSerialize,
				responseDeserialize,
				request,
				metadata,
				(error, response) => {
					if (error) reject(NightshiftRpcError.from(error));
					else resolve(response as Response);
				},
			);
	});
}

const { GetHiddenState, ListAllSessions, Drain } = operatorService;

const serve = (
	context: TestContext,
	operatorToken: string | undefined = TOKEN,
) =>
	startTestServer(context, {
		environment: [
			createSreEnvironment() as Environment,
			createTinyEnvironment(new ScriptedTrainer(() => ({}))),
		],
		...(operatorToken && { operatorToken }),
	});

async function create(
	server: TestServer,
	task_id = "sre/easy",
	owner_key = "",
): Promise<string> {
	const { session } = await server.ask(envService.CreateSession, {
		task_id,
		seed: 7,
		owner_key,
	});
	return session?.session_id as string;
}

async function hiddenOf<Hidden>(
	server: TestServer,
	session_id: string,
): Promise<Hidden> {
	const { state_json } = await ask(server, GetHiddenState, { session_id });
	return JSON.parse(state_json) as Hidden;
}

test("The operator sees what is hidden in an incident, as it is now, and what the result tells at the end.", async (context) => {
	const server = await serve(context);
	const session_id = await create(server);
	const before = await hiddenOf<HiddenState>(server, session_id);
	assert.equal(before.services.length, 7);
	assert.equal(before.cost, 0);
	await server.ask(envService.Step, {
		session_id,
		action: { restart: { service_id: "auth_service" } },
	});
	const after = await hiddenOf<HiddenState>(server, session_id);
	assert.equal(after.cost, 0.02);
	const { result } = await server.ask(envService.Finish, { session_id });
	assert.equal(result?.sre?.root_service_id, before.root_service_id);
	assert.equal(result?.sre?.fault_class, before.fault_class);
	assert.equal(result?.sre?.objective_ceiling, before.objective_ceiling);
	await server.ask(envService.CloseSession, { session_id });
	const ended = await refusal(ask(server, GetHiddenState, { session_id }));
	assert.equal(ended.reason, "SESSION_ENDED");
	const unknown = await refusal(
		ask(server, GetHiddenState, { session_id: "0".repeat(32) }),
	);
	assert.equal(unknown.reason, "SESSION_LOST");
});

test("The operator sees the key of a training episode.", async (context) => {
	const server = await serve(context);
	const { key } = await hiddenOf<{ key: string }>(
		server,
		await create(server, TINY),
	);
	assert.match(key, /^[0-9a-f]{64}$/);
});

test("The operator lists all sessions, of every owner, page by page.", async (context) => {
	const server = await serve(context);
	const ids = [
		await create(server, "sre/easy", "one"),
		await create(server, "sre/hard", "two"),
		await create(server, TINY),
	];
	await server.ask(envService.CloseSession, { session_id: ids[1] as string });
	const seen: string[] = [];
	for (let page_token = ""; ; ) {
		const page = await ask(server, ListAllSessions, {
			page_size: 2,
			page_token,
		});
		assert.ok(page.sessions.length <= 2);
		seen.push(...page.sessions.map(({ session_id }) => session_id));
		page_token = page.next_page_token;
		if (page_token === "") break;
	}
	assert.deepEqual(seen, ids);
	const error = await refusal(
		ask(server, ListAllSessions, { page_size: 1001, page_token: "x" }),
	);
	assert.deepEqual(error.fields, ["page_size", "page_token"]);
});

test("Whoever has no token, another one, or sends it otherwise is refused every call, whatever it asks.", async (context) => {
	const server = await serve(context);
	const session_id = await create(server);
	for (const authorization of [
		"",
		"Bearer ",
		TOKEN,
		`bearer ${TOKEN}`,
		`Bearer  ${TOKEN}`,
		`Bearer ${TOKEN}x`,
		`Bearer ${TOKEN.slice(0, -1)}`,
		`Bearer ${TOKEN.slice(0, -1)}x`,
	])
		for (const call of [
			ask(server, GetHiddenState, { session_id }, authorization),
			ask(server, GetHiddenState, { session_id: "moon" }, authorization),
			ask(server, ListAllSessions, {}, authorization),
			ask(server, Drain, {}, authorization),
		]) {
			const error = await refusal(call);
			assert.equal(error.code, "PERMISSION_DENIED");
			assert.equal(error.reason, "OPERATOR_ONLY");
			assert.doesNotMatch(error.message, new RegExp(TOKEN));
		}
	assert.equal(await server.client().health(), "SERVING");
});

test("Without a configured token nothing is served to the operator, and the error says how to turn it on.", async (context) => {
	const server = await startTestServer(context, {
		environment: createSreEnvironment() as Environment,
	});
	for (const authorization of [
		"",
		"Bearer ",
		"Bearer undefined",
		`Bearer ${TOKEN}`,
	]) {
		const error = await refusal(
			ask(server, ListAllSessions, {}, authorization),
		);
		assert.equal(error.code, "UNIMPLEMENTED");
		assert.equal(error.reason, "OPERATOR_OFF");
		assert.match(error.message, /NIGHTSHIFT_OPERATOR_TOKEN/);
	}
});

test("The operator drains the server: it answers, takes nothing new, and ends.", async (context) => {
	const server = await serve(context);
	await create(server);
	const started = server.draining;
	await ask(server, Drain, {});
	await started;
	await server.drain();
	await assert.rejects(create(server));
});
