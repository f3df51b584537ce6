import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { envService } from "../../clients/typescript/contract.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { CreateSessionRequest } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { Environment } from "../environments/environment.js";
import {
	type HiddenState,
	hiddenState,
	type IncidentState,
} from "../environments/sre/incident.js";
import { FAULTS } from "../environments/sre/simulator/faults/catalogue.js";
import { createSreEnvironment } from "../environments/sre/sre-environment.js";
import { sreTasks } from "../environments/sre/tasks.js";
import {
	fixedBytes,
	refusal,
	startTestServer,
	streamStep,
	type TestServer,
} from "./testing.js";

const serve = (context: TestContext) =>
	startTestServer(context, {
		environment: createSreEnvironment() as Environment,
	});

const views = ["VIEW_TYPED", "VIEW_FLAT", "VIEW_TEXT"] as const;

async function create(
	server: TestServer,
	request: CreateSessionRequest = {},
): Promise<{ id: string; first: string; services: string[] }> {
	const { session, observation } = await server.ask(envService.CreateSession, {
		task_id: "sre/easy",
		seed: 7,
		options: { views: [...views] },
		...request,
	});
	return {
		id: session?.session_id as string,
		first: fixedBytes({ observation }),
		services: (observation?.sre?.metrics ?? []).map(
			({ service_id }) => service_id,
		),
	};
}

const step = (
	server: TestServer,
	session_id: string,
	action: Action,
	rest: { request_number?: number; declare?: object } = {},
) => server.ask(envService.Step, { session_id, action, ...rest });

const wait: Action = { wait: {} };
const flat = (...levels: number[]): Action => ({ flat: { levels } });

/** The state that a server keeps of a session. */
const stateOf = (server: TestServer, id: string) =>
	server.sessions.get(id).record.episode.state as IncidentState;

/** Some of everything, in a graph of any size. */
const plan: readonly Action[] = [
	flat(2, 0, 0, 1, 0),
	wait,
	flat(0, 2, 0, 0, 0),
	flat(1, 0, 3, 0, 0),
	flat(3, 0, 0, 0, 2),
	flat(0, 15, 0, 0, 0),
];

/** Plays the plan, then waits to the end, and gives every answer's bytes. */
async function play(
	server: TestServer,
	request: CreateSessionRequest,
): Promise<string[]> {
	const { id, first } = await create(server, request);
	const answers = [first];
	for (let taken = 0; taken < 30; taken++)
		answers.push(fixedBytes(await step(server, id, plan[taken] ?? wait)));
	return answers;
}

test("ListTasks tells the tiers and the pinned scenarios, with their actions, columns, bounds and splits.", async (context) => {
	const server = await serve(context);
	const { tasks } = await server.ask(envService.ListTasks, {
		environment: "sre",
	});
	assert.deepEqual(
		tasks.map(({ id, difficulty }) => `${id} ${difficulty}`),
		[
			"sre/easy easy",
			"sre/medium medium",
			"sre/hard hard",
			"sre/hard_aliased hard",
			"sre/single_oom easy",
			"sre/db_connection_leak medium",
			"sre/flapping_network hard",
		],
	);
	for (const task of tasks) {
		assert.deepEqual(
			task.actions.map(({ name }) => name),
			["restart", "scale_up", "circuit_break", "rollback", "wait"],
		);
		assert.deepEqual(task.reward_modes, ["REWARD_MODE_SCORE"]);
		assert.ok(task.observation_columns.length > 500);
		assert.equal(task.max_actions, 30);
	}
});

test("An episode is played to its end: one reward, at the thirtieth step, that is the score; after it a step is refused.", async (context) => {
	const server = await serve(context);
	const { id } = await create(server);
	for (let taken = 1; taken < 30; taken++) {
		const answer = await step(server, id, plan[taken - 1] ?? wait);
		assert.equal(answer.reward, 0);
		assert.deepEqual(answer.reward_breakdown, []);
		assert.equal(answer.terminated || answer.truncated, false);
		assert.equal(answer.step, taken);
		assert.equal(answer.result, undefined);
	}
	const last = await step(server, id, wait, { request_number: 9 });
	assert.equal(last.terminated, true);
	assert.equal(last.truncated, false);
	assert.equal(last.reward, last.result?.score);
	assert.equal(last.result?.total_reward, last.result?.score);
	assert.equal(last.result?.end_reason, "END_REASON_LAST_STEP");
	assert.ok(last.result?.sre?.root_service_id);
	const again = await step(server, id, wait, { request_number: 9 });
	assert.equal(again.replayed, true);
	assert.equal(fixedBytes(again), fixedBytes(last));
	assert.equal((await refusal(step(server, id, wait))).reason, "EPISODE_ENDED");
	const finished = await server.ask(envService.Finish, { session_id: id });
	assert.equal(finished.reward, 0);
	assert.deepEqual(finished.result, last.result);
});

test("Finish truncates, pays the score once, and takes a last diagnosis.", async (context) => {
	const server = await serve(context);
	const [silent, told] = [await create(server), await create(server)];
	const root = hiddenState(stateOf(server, told.id)).root_service_id;
	const refused = await refusal(
		server.ask(envService.Finish, {
			session_id: told.id,
			declare: { service_id: "moon", fault_class: "FAULT_CLASS_NONE" },
		}),
	);
	assert.deepEqual(refused.fields, ["declare.service_id"]);
	const plain = await server.ask(envService.Finish, { session_id: silent.id });
	const declared = await server.ask(envService.Finish, {
		session_id: told.id,
		declare: { service_id: root, fault_class: "FAULT_CLASS_NONE" },
	});
	assert.equal(plain.result?.truncated, true);
	assert.equal(plain.result?.end_reason, "END_REASON_FINISHED");
	assert.equal(plain.reward, plain.result?.score);
	assert.equal(declared.result?.score, plain.result?.score);
	assert.equal(plain.result?.sre?.declared_service_correct, undefined);
	assert.equal(declared.result?.sre?.declared_service_correct, true);
	assert.equal(declared.result?.sre?.declared_class_correct, false);
});

test("A streamed step tells its step, then the one result, equal to a plain step's; watchers see both.", async (context) => {
	const server = await serve(context);
	const [streamed, plain] = [await create(server), await create(server)];
	const { progress, result } = await streamStep(server, {
		session_id: streamed.id,
		action: { restart: { service_id: "auth_service" } },
	});
	assert.equal(progress, 1);
	assert.equal(
		fixedBytes(result),
		fixedBytes(
			await step(server, plain.id, {
				restart: { service_id: "auth_service" },
			}),
		),
	);
	assert.equal(result.info?.sre?.cost, 0.02);
	await server.ask(envService.CloseSession, { session_id: streamed.id });
	const events = [];
	for await (const { event } of server.stream(envService.Watch, {
		session_id: streamed.id,
	}))
		events.push(event?.event);
	assert.deepEqual(events, [
		"episode_started",
		"action_started",
		"action_completed",
		"episode_ended",
		"session_ended",
	]);
});

test("What is refused is told with its reason, costs nothing and takes no step.", async (context) => {
	const server = await serve(context);
	const { id, first } = await create(server);
	const cases: readonly (readonly [string, Promise<unknown>])[] = [
		[
			"ACTION_NOT_POSSIBLE",
			step(server, id, { rollback: { service_id: "payment_gateway" } }),
		],
		["INVALID_FIELD", step(server, id, { restart: { service_id: "moon" } })],
		["INVALID_FIELD", step(server, id, { restart: {} })],
		["INVALID_FIELD", step(server, id, flat(0, 0))],
		["WRONG_ACTION", step(server, id, { submit_model: {} })],
		[
			"INVALID_FIELD",
			step(server, id, wait, { declare: { service_id: "user_db" } }),
		],
		[
			"INVALID_FIELD",
			create(server, { options: { reward_mode: "REWARD_MODE_SHAPED" } }),
		],
		["UNKNOWN_TASK", create(server, { task_id: "sre/none" })],
	];
	for (const [reason, call] of cases)
		assert.equal((await refusal(call)).reason, reason);
	const { session, observation } = await server.ask(envService.GetSession, {
		session_id: id,
	});
	assert.equal(session?.step, 0);
	assert.equal(fixedBytes({ observation }), first);
});

test("Equal seeds and actions give equal bytes in every answer, alone and among 32 sessions, and splits are disjoint.", async (context) => {
	const request = { task_id: "sre/hard", seed: 3 };
	const alone = await play(await serve(context), request);
	const server = await serve(context);
	const all = await Promise.all(
		Array.from({ length: 32 }, (_, index) =>
			play(server, index % 2 === 0 ? request : { ...request, seed: index }),
		),
	);
	all.forEach((answers, index) => {
		if (index % 2 === 0 || index === 3) assert.deepEqual(answers, alone);
		else assert.notEqual(answers[0], alone[0]);
	});
	const firsts = await Promise.all(
		(["SPLIT_TRAIN", "SPLIT_VALIDATION", "SPLIT_TEST"] as const).map(
			async (split) => (await create(server, { ...request, split })).first,
		),
	);
	assert.equal(new Set(firsts).size, 3);
	assert.equal(firsts[0], alone[0]);
});

test("A session that was written to bytes goes on elsewhere, byte for byte, and a later episode is what a new session's first is.", async (context) => {
	const [here, there] = [await serve(context), await serve(context)];
	const { id } = await create(here, { task_id: "sre/hard_aliased" });
	for (const action of plan.slice(0, 3)) await step(here, id, action);
	await there.sessions.restore(here.sessions.snapshot(id));
	for (const action of plan.slice(3)) {
		const [one, other] = [
			await step(here, id, action),
			await step(there, id, action),
		];
		assert.equal(fixedBytes(one), fixedBytes(other));
	}
	const ends = await Promise.all(
		[here, there].map((server) =>
			server.ask(envService.Finish, { session_id: id }),
		),
	);
	assert.deepEqual(ends[0]?.result, ends[1]?.result);
	const { observation } = await there.ask(envService.Reset, {
		session_id: id,
		seed: 7,
		task_id: "sre/easy",
	});
	assert.equal(fixedBytes({ observation }), (await create(here)).first);
});

test("The TypeScript client tells a diagnosis beside a step and at the finish.", async (context) => {
	const server = await serve(context);
	const session = await server.client().createSession("sre/single_oom", {
		seed: 3,
	});
	const declare = (service_id: string) => ({
		service_id,
		fault_class: "FAULT_CLASS_SINGLE_OOM" as const,
	});
	const root = hiddenState(stateOf(server, session.id)).root_service_id;
	for (const onProgress of [undefined, () => {}]) {
		await session.step(wait, {
			declare: declare(onProgress ? root : "user_db"),
			...(onProgress && { onProgress }),
		});
		const told = stateOf(server, session.id).declaration;
		assert.equal(
			session.observation.sre?.metrics[told?.service ?? -1]?.service_id,
			onProgress ? root : "user_db",
		);
	}
	const { result } = await session.finish({ declare: declare("auth_service") });
	assert.equal(result?.sre?.declared_service_correct, false);
	assert.equal(result?.sre?.declared_class_correct, true);
});

/** Keys that hidden things have and public ones must not. */
const PUBLIC_KEYS = new Set([
	"services",
	"service_id",
	"latency_p99",
	"error_rate",
	"cpu_pct",
	"memory_pct",
	"cost",
]);

function keysOf(value: unknown, found = new Set<string>()): Set<string> {
	if (typeof value !== "object" || value === null) return found;
	for (const [key, inner] of Object.entries(value)) {
		if (!Array.isArray(value)) found.add(key.replace(/^_/, ""));
		keysOf(inner, found);
	}
	return found;
}

/** Figures of the truth that no observation can hold by chance. */
function secretFigures(hidden: HiddenState): number[] {
	return [
		hidden.severity,
		hidden.objective_do_nothing,
		hidden.objective_ceiling,
		...hidden.services.flatMap((service) => [
			service.latency_p99,
			service.utilisation,
			service.load_rps,
			service.capacity_rps,
		]),
	].filter((figure) => String(figure).length > 10);
}

test("Before the end no reply holds the fault's name, the root, the ceiling or the truth behind the telemetry.", async (context) => {
	const server = await serve(context);
	const faults = new Set<string>();
	for (const { id: task_id } of sreTasks)
		for (const seed of [1, 2, 3, 4]) {
			const replies: unknown[] = [];
			const secrets = new Set<number>();
			const note = (reply: unknown, id?: string) => {
				replies.push(reply);
				if (id === undefined) return;
				for (const figure of secretFigures(hiddenState(stateOf(server, id))))
					secrets.add(figure);
			};
			const created = await server.ask(envService.CreateSession, {
				task_id,
				seed,
				owner_key: `${task_id}/${seed}`,
				options: { views: [...views] },
			});
			const session_id = created.session?.session_id as string;
			note(created, session_id);
			for (const action of plan) {
				for await (const message of server.stream(envService.StepStream, {
					session_id,
					action,
				}))
					note(message, session_id);
				note(await server.ask(envService.GetSession, { session_id }));
			}
			for (const action of [
				{ restart: { service_id: "moon" } },
				{ rollback: {} },
				{ run_epochs: {} },
				flat(9),
				{},
			])
				note(await refusal(step(server, session_id, action)));
			const hidden = hiddenState(stateOf(server, session_id));
			note(
				await server.ask(envService.ListSessions, {
					owner_key: `${task_id}/${seed}`,
				}),
			);
			// Closed in the middle: an episode that nobody graded tells nothing either.
			await server.ask(envService.CloseSession, { session_id });
			note(await server.ask(envService.GetSession, { session_id }));
			for await (const event of server.stream(envService.Watch, { session_id }))
				note(event);
			faults.add(hidden.fault);

			const text = JSON.stringify(replies).replaceAll(task_id, "");
			assert.doesNotMatch(text, /FAULT_CLASS|fault|root|ceiling|decoy/i);
			for (const { name } of FAULTS)
				if (name !== "none") assert.ok(!text.includes(name), name);
			const public_ = keysOf(replies);
			for (const key of keysOf(hidden))
				assert.ok(PUBLIC_KEYS.has(key) || !public_.has(key), key);
			const figures = new Set(
				(text.match(/-?\d+\.\d+(e-?\d+)?/g) ?? []).map(Number),
			);
			for (const figure of secrets)
				assert.ok(!figures.has(figure), `${task_id}, seed ${seed}: ${figure}`);
			assert.ok(secrets.size > 20 && figures.size > 100);
		}
	assert.ok(faults.size >= 8, [...faults].join(", "));
});

test("No reply before the end depends on what cannot be observed: worth, migrations, chances of a fix, decoys' names.", async (context) => {
	const server = await serve(context);
	const [plain, changed] = await Promise.all(
		[0, 1].map(() => create(server, { task_id: "sre/hard" })),
	);
	const state = stateOf(server, changed?.id as string);
	Object.assign(state, { worth: { doNothing: 0.1, ceiling: 0.11 } });
	Object.assign(state, {
		scenario: {
			...state.scenario,
			migration: state.scenario.migration.map((flag) => 1 - flag),
			fixProbability: 0.5,
		},
	});
	for (let taken = 1; taken < 30; taken++) {
		const [one, other] = [
			await step(server, plain?.id as string, wait),
			await step(server, changed?.id as string, wait),
		];
		assert.equal(fixedBytes(one), fixedBytes(other));
	}
	const [one, other] = [
		await step(server, plain?.id as string, wait),
		await step(server, changed?.id as string, wait),
	];
	assert.notEqual(fixedBytes(one), fixedBytes(other));
});
