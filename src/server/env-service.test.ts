import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import protobufDescriptor from "protobufjs/ext/descriptor/index.js";
import { callUnary } from "../../clients/typescript/calls.js";
import { envService } from "../../clients/typescript/contract.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { CreateSessionRequest } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { SessionOptions } from "../../proto/generated/nightshift/v1/SessionOptions.js";
import type { Environment } from "../environments/environment.js";
import { REASONS, type Reason } from "../errors.js";
import {
	COUNTER,
	CounterEnvironment,
	SCORE_ONLY,
} from "../sessions/testing.js";
import {
	createTinyEnvironment,
	createTrainer,
	HeldTrainer,
	TINY,
	TINY_LONG,
} from "../sessions/testing-training.js";
import {
	fixedBytes,
	readWireError,
	refusal,
	startTestServer,
	streamStep,
	type TestServer,
} from "./testing.js";

const trainer = await createTrainer();
after(() => trainer.close());

const UNKNOWN_ID = "0123456789abcdef0123456789abcdef";
const configure: Action = {
	configure_training: {
		optimizer: "OPTIMIZER_ADAM",
		learning_rate: 0.002,
		batch_size: 32,
	},
};
const runEpochs = (num_epochs: number): Action => ({
	run_epochs: { num_epochs },
});
const submit: Action = { submit_model: {} };
const status: Action = { get_training_status: {} };

const serveTraining = (
	context: Parameters<typeof startTestServer>[0],
	options: Partial<Parameters<typeof startTestServer>[1]> = {},
) =>
	startTestServer(context, {
		environment: createTinyEnvironment(trainer),
		...options,
	});

async function create(
	server: TestServer,
	request: CreateSessionRequest = {},
): Promise<{ id: string; observation: Observation__Output }> {
	const { session, observation } = await server.ask(envService.CreateSession, {
		task_id: TINY,
		seed: 7,
		...request,
	});
	return {
		id: session?.session_id as string,
		observation: observation as Observation__Output,
	};
}

const step = (
	server: TestServer,
	session_id: string,
	action: Action,
	request_number?: number,
) =>
	server.ask(envService.Step, {
		session_id,
		action,
		...(request_number !== undefined && { request_number }),
	});

const { file: files } = protobufDescriptor.FileDescriptorSet.decode(
	readFileSync(
		fileURLToPath(import.meta.resolve("#proto/generated/descriptors.binpb")),
	),
) as unknown as protobufDescriptor.IFileDescriptorSet;

/** Field names of a message of the contract. */
function fieldsOf(message: string): string[] {
	const found = files
		.filter(({ package: name }) => name === "nightshift.v1")
		.flatMap(({ messageType }) => messageType ?? [])
		.find(({ name }) => name === message);
	return (found?.field ?? []).map(({ name }) => name as string);
}

test("ListTasks tells all that a client needs: actions and observations that the contract's messages have, bounds, limits, splits and rewards.", async (context) => {
	const server = await serveTraining(context);
	const { tasks } = await server.ask(envService.ListTasks, {});
	assert.deepEqual(
		tasks.map(({ id, version, budget, max_actions, max_free_calls }) => ({
			id,
			version,
			budget,
			max_actions,
			max_free_calls,
		})),
		[
			{
				id: TINY,
				version: 2,
				budget: 6,
				max_actions: 106,
				max_free_calls: 1000,
			},
			{
				id: TINY_LONG,
				version: 2,
				budget: 9,
				max_actions: 109,
				max_free_calls: 1000,
			},
		],
	);
	for (const task of tasks) {
		assert.equal(task.environment, "training");
		assert.deepEqual(task.splits, [
			"SPLIT_TRAIN",
			"SPLIT_VALIDATION",
			"SPLIT_TEST",
		]);
		assert.deepEqual(task.reward_modes, [
			"REWARD_MODE_SHAPED",
			"REWARD_MODE_SCORE",
		]);
		assert.equal(task.default_reward_mode, "REWARD_MODE_SHAPED");
		assert.ok(task.reward_minimum < 0 && task.reward_maximum > 1);
		for (const text of [task.description, task.goal, task.difficulty])
			assert.notEqual(text, "");
		assert.deepEqual(
			task.actions.map(({ name, free }) => [name, free]),
			[
				["configure_training", false],
				["run_epochs", false],
				["adjust_learning_rate", false],
				["toggle_augmentation", false],
				["get_training_status", true],
				["submit_model", false],
			],
		);
		for (const action of task.actions) {
			assert.notEqual(action.description, "");
			assert.ok(fieldsOf("Action").includes(action.name));
			const message = action.name
				.split("_")
				.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
				.join("");
			for (const argument of action.arguments) {
				const [name, nested] = argument.name.split(".");
				assert.ok(fieldsOf(message).includes(name as string), argument.name);
				if (nested) assert.ok(fieldsOf("StopConditions").includes(nested));
				assert.notEqual(argument.description, "");
				assert.equal(argument.required, argument.default_value === "");
				assert.ok(argument.levels.length >= 2, argument.name);
				const isNumeric = /NUMBER|INTEGER/.test(argument.type);
				assert.equal(argument.minimum !== undefined, isNumeric);
				assert.equal(argument.maximum !== undefined, isNumeric);
				assert.equal(
					argument.type === "ARGUMENT_TYPE_CHOICE" && !argument.choices.length,
					false,
				);
			}
		}
		assert.deepEqual(
			task.observation_fields.map(({ name }) => name).sort(),
			fieldsOf("TrainingObservation").sort(),
		);
		const { id } = await create(server, {
			task_id: task.id,
			options: { views: ["VIEW_FLAT"] },
		});
		const { observation } = await server.ask(envService.GetSession, {
			session_id: id,
		});
		const columns = observation?.flat?.columns ?? [];
		assert.equal(columns.length, task.observation_columns.length);
		for (const [index, column] of task.observation_columns.entries()) {
			const value = columns[index] as number;
			assert.ok(
				value >= column.minimum && value <= column.maximum,
				`${column.name} is ${value}`,
			);
		}
		assert.equal(observation?.flat?.action_mask.length, task.actions.length);
	}
	assert.deepEqual(
		await server.ask(envService.ListTasks, { environment: "training" }),
		{ tasks },
	);
	assert.deepEqual(
		await server.ask(envService.ListTasks, { environment: "sre" }),
		{ tasks: [] },
	);
});

test("An episode over the wire: configured, trained, adjusted, looked at, submitted, and its result told everywhere.", async (context) => {
	const server = await serveTraining(context);
	const { id, observation } = await create(server);
	assert.equal(observation.training?.max_epochs, 6);
	assert.equal(observation.training?.train_loss, undefined);
	assert.equal(observation.flat, undefined);
	assert.equal(observation.text, undefined);
	const answers = [
		await step(server, id, configure),
		await step(server, id, runEpochs(2)),
		await step(server, id, { adjust_learning_rate: { new_lr: 0.001 } }),
		await step(server, id, { toggle_augmentation: { enabled: true } }),
		await step(server, id, status),
		await step(server, id, submit),
	];
	assert.deepEqual(
		answers.map(({ step }) => step),
		[1, 2, 3, 4, 4, 5],
	);
	const trained = answers[1];
	assert.equal(trained?.observation?.training?.current_epoch, 2);
	assert.equal(trained?.info?.training?.epochs_run, 2);
	assert.equal(trained?.info?.training?.stop, "RUN_STOP_COMPLETED");
	assert.ok((trained?.timing?.compute_ms ?? 0) > 0);
	const last = answers.at(-1);
	assert.equal(last?.terminated, true);
	assert.equal(last?.result?.end_reason, "END_REASON_SUBMITTED");
	assert.ok((last?.result?.score as number) > 0);
	assert.equal(
		last?.result?.total_reward,
		answers.reduce((sum, { reward }) => sum + (reward as number), 0),
	);
	const got = await server.ask(envService.GetSession, { session_id: id });
	assert.equal(got.session?.state, "SESSION_STATE_EPISODE_ENDED");
	assert.deepEqual(got.session?.result, last?.result);
	assert.deepEqual(got.observation, last?.observation);
	const finished = await server.ask(envService.Finish, { session_id: id });
	assert.deepEqual(finished.result, last?.result);
	assert.equal(finished.reward, 0);
});

test("Seeds are whole 64-bit numbers; an absent one is drawn and told outside of the observation.", async (context) => {
	const server = await serveTraining(context);
	const opened = async (seed?: string) => {
		const { session, observation } = await server.ask(
			envService.CreateSession,
			{ task_id: TINY, ...(seed && { seed }) },
		);
		return {
			id: session?.session_id as string,
			seed: session?.seed as string,
			observation,
		};
	};
	for (const seed of ["0", "9007199254740993", "18446744073709551615"])
		assert.equal((await opened(seed)).seed, seed);
	const [one, other] = [await opened(), await opened()];
	assert.notEqual(one.seed, other.seed);
	assert.ok(BigInt(one.seed) < 2n ** 64n);

	const trained = async ({ id }: { id: string }) => {
		await step(server, id, configure);
		return (await step(server, id, runEpochs(1))).observation;
	};
	const observation = await trained(one);
	assert.ok(!JSON.stringify(observation).includes(one.seed));
	assert.ok(!JSON.stringify(observation).includes(one.id));
	// The seed that was told is the seed that was used, to its last bit.
	assert.deepEqual(await trained(await opened(one.seed)), observation);
	const neighbour = (BigInt(one.seed) ^ 1n).toString();
	assert.notDeepEqual(await trained(await opened(neighbour)), observation);

	const reset = await server.ask(envService.Reset, { session_id: one.id });
	assert.notEqual(reset.session?.seed, one.seed);
	const again = await server.ask(envService.Reset, {
		session_id: one.id,
		seed: "18446744073709551615",
	});
	assert.equal(again.session?.seed, "18446744073709551615");
});

test("Every refused request names its reason, its fields and what is allowed, and changes nothing.", async (context) => {
	const server = await serveTraining(context);
	const { id } = await create(server);
	const creating = (request: CreateSessionRequest) => () =>
		server.ask(envService.CreateSession, { task_id: TINY, ...request });
	const choosing = (options: SessionOptions) => creating({ options });
	const stepping = (action: Action) => () => step(server, id, action);
	const configuring = (
		configure_training: NonNullable<Action["configure_training"]>,
	) => stepping({ configure_training });
	// Enum values that the contract does not have go over the wire as numbers.
	const nine = 9 as never;
	const of = (name: string) => [`action.configure_training.${name}`];
	const cases: [
		string,
		Reason,
		readonly string[] | undefined,
		() => Promise<unknown>,
	][] = [
		["no task", "INVALID_FIELD", ["task_id"], creating({ task_id: "" })],
		[
			"unknown task",
			"UNKNOWN_TASK",
			["task_id"],
			creating({ task_id: "training/none" }),
		],
		["unknown split", "INVALID_FIELD", ["split"], creating({ split: nine })],
		[
			"long keys",
			"INVALID_FIELD",
			["idempotency_key", "owner_key"],
			creating({
				idempotency_key: "k".repeat(129),
				owner_key: "o".repeat(129),
			}),
		],
		[
			"unknown mode",
			"INVALID_FIELD",
			["options.reward_mode"],
			choosing({ reward_mode: nine }),
		],
		[
			"unknown view",
			"INVALID_FIELD",
			["options.views"],
			choosing({ views: [nine] }),
		],
		[
			"unset view",
			"INVALID_FIELD",
			["options.views"],
			choosing({ views: ["VIEW_UNSPECIFIED"] }),
		],
		[
			"view twice",
			"INVALID_FIELD",
			["options.views"],
			choosing({ views: ["VIEW_TEXT", "VIEW_TEXT"] }),
		],
		[
			"short lease",
			"INVALID_FIELD",
			["options.lease"],
			choosing({ lease: { seconds: 9, nanos: 999_999_999 } }),
		],
		[
			"long lease",
			"INVALID_FIELD",
			["options.lease"],
			choosing({ lease: { seconds: 86_400, nanos: 1_000_000 } }),
		],
		[
			"all at once",
			"INVALID_FIELD",
			["split", "options.reward_mode", "options.views", "options.lease"],
			creating({
				split: nine,
				options: { reward_mode: nine, views: [nine], lease: {} },
			}),
		],
		[
			"no action",
			"WRONG_ACTION",
			["action"],
			() => server.ask(envService.Step, { session_id: id }),
		],
		["an empty action", "WRONG_ACTION", undefined, stepping({})],
		[
			"another environment's action",
			"WRONG_ACTION",
			undefined,
			stepping({ restart: { service_id: "a" } }),
		],
		[
			"another environment's declaration",
			"INVALID_FIELD",
			["declare"],
			() =>
				server.ask(envService.Step, {
					session_id: id,
					action: configure,
					declare: {},
				}),
		],
		[
			"a declaration at the end",
			"INVALID_FIELD",
			["declare"],
			() => server.ask(envService.Finish, { session_id: id, declare: {} }),
		],
		["too early", "ACTION_NOT_POSSIBLE", undefined, stepping(runEpochs(1))],
		[
			"no epochs",
			"INVALID_FIELD",
			["action.run_epochs.num_epochs"],
			stepping(runEpochs(0)),
		],
		[
			"many epochs",
			"INVALID_FIELD",
			["action.run_epochs.num_epochs"],
			stepping(runEpochs(4_294_967_295)),
		],
		[
			"not a number",
			"INVALID_FIELD",
			of("learning_rate"),
			configuring({ learning_rate: Number.NaN }),
		],
		[
			"endless",
			"INVALID_FIELD",
			of("learning_rate"),
			configuring({ learning_rate: Number.POSITIVE_INFINITY }),
		],
		[
			"unknown optimizer",
			"INVALID_FIELD",
			of("optimizer"),
			configuring({ optimizer: nine }),
		],
		[
			"several fields",
			"INVALID_FIELD",
			["learning_rate", "batch_size", "weight_decay", "dropout"].flatMap(of),
			configuring({
				learning_rate: 0,
				batch_size: 33,
				weight_decay: -1,
				dropout: 0.6,
			}),
		],
		[
			"no checkpoint yet",
			"ACTION_NOT_POSSIBLE",
			undefined,
			configuring({ resume_from: "RESUME_FROM_BEST_CHECKPOINT" }),
		],
		[
			"short flat action",
			"INVALID_FIELD",
			["action.flat.levels"],
			stepping({ flat: { levels: [1] } }),
		],
		[
			"no session",
			"INVALID_FIELD",
			["session_id"],
			() => step(server, "", status),
		],
		[
			"not an id",
			"INVALID_FIELD",
			["session_id"],
			() => step(server, id.toUpperCase(), status),
		],
		[
			"no owner",
			"INVALID_FIELD",
			["owner_key"],
			() => server.ask(envService.ListSessions, {}),
		],
		[
			"large page",
			"INVALID_FIELD",
			["page_size"],
			() =>
				server.ask(envService.ListSessions, {
					owner_key: "o",
					page_size: 1001,
				}),
		],
		[
			"not a token",
			"INVALID_FIELD",
			["page_token"],
			() =>
				server.ask(envService.ListSessions, {
					owner_key: "o",
					page_token: "1e2",
				}),
		],
		[
			"lease too short to renew",
			"INVALID_FIELD",
			["lease"],
			() =>
				server.ask(envService.RenewSession, {
					session_id: id,
					lease: { seconds: 1 },
				}),
		],
		[
			"unknown environment",
			"INVALID_FIELD",
			["environment"],
			() => server.ask(envService.ListTasks, { environment: "x" }),
		],
		[
			"reset to an unknown task",
			"UNKNOWN_TASK",
			["task_id"],
			() => server.ask(envService.Reset, { session_id: id, task_id: "x" }),
		],
		[
			"reset to an unknown split",
			"INVALID_FIELD",
			["split"],
			() => server.ask(envService.Reset, { session_id: id, split: nine }),
		],
		[
			"reset with bad options",
			"INVALID_FIELD",
			["options.views"],
			() =>
				server.ask(envService.Reset, {
					session_id: id,
					options: { views: [nine] },
				}),
		],
	];
	const before = await server.ask(envService.GetSession, { session_id: id });
	for (const [name, reason, fields, call] of cases) {
		const error = await refusal(call());
		assert.equal(error.reason, reason, name);
		assert.equal(error.domain, "nightshift", name);
		assert.equal(error.code, REASONS[reason].code, name);
		assert.deepEqual(error.fields, fields, name);
		assert.match(error.message, /[a-z].*[.;]?/, name);
		assert.equal(error.retryDelayMs, undefined, name);
	}
	const after = await server.ask(envService.GetSession, { session_id: id });
	assert.deepEqual(after.observation, before.observation);
	assert.equal(after.session?.episode, 1);
	assert.equal(after.session?.step, 0);
	assert.equal(
		after.session?.next_event_offset,
		before.session?.next_event_offset,
	);
	assert.equal(server.sessions.openCount, 1);
});

test("Every call about a session refuses an id that is none, and one that it does not know.", async (context) => {
	const server = await serveTraining(context);
	const calls: Record<string, (id: string) => Promise<unknown>> = {
		Reset: (id) => server.ask(envService.Reset, { session_id: id }),
		Step: (id) => step(server, id, status),
		StepStream: (id) => streamStep(server, { session_id: id, action: status }),
		Watch: (id) => server.stream(envService.Watch, { session_id: id }).next(),
		Finish: (id) => server.ask(envService.Finish, { session_id: id }),
		CloseSession: (id) =>
			server.ask(envService.CloseSession, { session_id: id }),
		GetSession: (id) => server.ask(envService.GetSession, { session_id: id }),
		RenewSession: (id) =>
			server.ask(envService.RenewSession, { session_id: id }),
	};
	for (const [name, call] of Object.entries(calls)) {
		const unknown = await refusal(call(UNKNOWN_ID));
		assert.equal(unknown.reason, "SESSION_LOST", name);
		assert.equal(unknown.code, "NOT_FOUND", name);
		for (const id of ["", "x", `${UNKNOWN_ID}0`]) {
			const malformed = await refusal(call(id));
			assert.equal(malformed.reason, "INVALID_FIELD", name);
			assert.deepEqual(malformed.fields, ["session_id"], name);
		}
	}
	const noAction = await refusal(
		streamStep(server, { session_id: (await create(server)).id }),
	);
	assert.equal(noAction.reason, "WRONG_ACTION");
});

test("Errors worth repeating say after how long: busy, too many sessions, a full queue, too many streams.", async (context) => {
	const held = new HeldTrainer(trainer);
	const server = await startTestServer(context, {
		environment: createTinyEnvironment(held),
		maxSessions: 2,
		maxActions: 1,
		maxWatchers: 1,
	});
	const [one, two] = [await create(server), await create(server)];
	await step(server, one.id, configure);
	await step(server, two.id, configure);
	const watching = server.stream(envService.Watch, { session_id: one.id });
	await watching.next();
	held.epochGate.shut();
	const running = step(server, one.id, runEpochs(1));
	await held.epochGate.holds();
	const cases: [Reason, () => Promise<unknown>][] = [
		["SESSION_BUSY", () => step(server, one.id, submit)],
		["TOO_MANY_SESSIONS", () => create(server)],
		["QUEUE_FULL", () => step(server, two.id, runEpochs(1))],
		["QUEUE_FULL", () => server.ask(envService.Finish, { session_id: two.id })],
		[
			"TOO_MANY_STREAMS",
			() => server.stream(envService.Watch, { session_id: two.id }).next(),
		],
	];
	for (const [reason, call] of cases) {
		const error = await refusal(call());
		assert.equal(error.reason, reason);
		assert.equal(error.code, REASONS[reason].code);
		assert.equal(error.retryDelayMs, REASONS[reason].retryAfterMs);
		assert.ok((error.retryDelayMs ?? 0) > 0);
	}
	held.epochGate.open();
	assert.equal((await running).step, 2);
	await watching.return(undefined);
	await server.calls.ended("Watch", 2);
	await server.stream(envService.Watch, { session_id: two.id }).next();
});

test("Calls that this server does not have yet say so, and what to use meanwhile.", async (context) => {
	const server = await serveTraining(context);
	const calls = {
		Fork: server.ask(envService.Fork, { session_id: UNKNOWN_ID }),
		GetReceipt: server.ask(envService.GetReceipt, {}),
		VerifyReceipt: server.ask(envService.VerifyReceipt, {}),
	};
	for (const [name, call] of Object.entries(calls)) {
		const error = await call.then(() => assert.fail(name), readWireError);
		assert.equal(error.code, "UNIMPLEMENTED");
		assert.equal(error.reason, "NOT_YET_IMPLEMENTED");
		assert.match(
			error.message,
			new RegExp(`does not have ${name} yet; .{10,}\\.$`),
		);
	}
});

test("A streamed step tells progress while it runs, and its last message is the one result, equal to a plain step's.", async (context) => {
	const server = await serveTraining(context);
	const [streamed, plain] = [await create(server), await create(server)];
	for (const { id } of [streamed, plain]) await step(server, id, configure);
	const messages = [];
	for await (const message of server.stream(envService.StepStream, {
		session_id: streamed.id,
		action: runEpochs(2),
		request_number: 5,
	}))
		messages.push(message);
	const result = messages.pop()?.result;
	assert.ok(result);
	assert.ok(messages.every(({ event }) => event === "progress"));
	const told = messages.map(({ progress }) => progress?.training);
	assert.deepEqual(
		told.filter((one) => one?.epoch).map((one) => one?.epoch?.epoch),
		[1, 2],
	);
	const batches = told.flatMap((one) => (one?.batch ? [one.batch] : []));
	assert.ok(batches.length >= 2);
	assert.ok(
		batches.every(({ batch, batches }) => batch > 0 && batch < batches),
	);
	assert.deepEqual(
		told.map((one) => one?.epoch_of_call),
		told
			.map((one) => one?.epoch_of_call)
			.toSorted((a, b) => Number(a) - Number(b)),
	);
	const expected = await step(server, plain.id, runEpochs(2), 5);
	assert.equal(fixedBytes(result), fixedBytes(expected));

	// Step and StepStream share the numbers, and a stored answer has no progress.
	const again = await step(server, streamed.id, runEpochs(2), 5);
	assert.equal(again.replayed, true);
	assert.equal(fixedBytes(again), fixedBytes(expected));
	const stored = await streamStep(server, {
		session_id: streamed.id,
		action: runEpochs(2),
		request_number: 5,
	});
	assert.equal(stored.progress, 0);
	assert.equal(stored.result.replayed, true);
	assert.equal(fixedBytes(stored.result), fixedBytes(expected));
});

test("A number used with other contents, or passed, is refused over the wire, and a refused action's number can be used.", async (context) => {
	const server = await serveTraining(context);
	const { id } = await create(server);
	await step(server, id, configure, 3);
	const mismatch = await refusal(step(server, id, submit, 3));
	assert.equal(mismatch.reason, "REQUEST_MISMATCH");
	assert.equal(mismatch.code, "INVALID_ARGUMENT");
	const passed = await refusal(step(server, id, configure, 2));
	assert.equal(passed.reason, "REQUEST_NUMBER_PASSED");
	assert.equal(passed.code, "FAILED_PRECONDITION");
	await refusal(step(server, id, runEpochs(99), 4));
	assert.equal((await step(server, id, submit, 4)).terminated, true);
	const ended = await refusal(step(server, id, runEpochs(1), 5));
	assert.equal(ended.reason, "EPISODE_ENDED");
	assert.equal(ended.code, "FAILED_PRECONDITION");
	assert.equal((await step(server, id, submit, 4)).replayed, true);
});

test("A reset that is asked again gives its answer again, also where the lease was changed between.", async (context) => {
	const server = await serveTraining(context);
	const { id } = await create(server);
	const request = { session_id: id, task_id: TINY_LONG, request_number: 1 };
	const first = await server.ask(envService.Reset, request);
	assert.equal(first.session?.episode, 2);
	assert.equal(first.session?.last_request_number, "1");
	await server.ask(envService.RenewSession, {
		session_id: id,
		lease: { seconds: 30 },
	});
	assert.deepEqual(await server.ask(envService.Reset, request), first);
	const { session } = await server.ask(envService.GetSession, {
		session_id: id,
	});
	assert.equal(session?.episode, 2);
	assert.equal(session?.seed, first.session?.seed);
	const other = await refusal(
		server.ask(envService.Reset, { ...request, seed: 1 }),
	);
	assert.equal(other.reason, "REQUEST_MISMATCH");
});

test("What a reset leaves out stays as the session has it; options that are given replace all.", async (context) => {
	const server = await serveTraining(context);
	const { id } = await create(server, {
		split: "SPLIT_TEST",
		options: { reward_mode: "REWARD_MODE_SCORE", views: ["VIEW_TEXT"] },
	});
	const kept = await server.ask(envService.Reset, { session_id: id });
	assert.equal(kept.session?.split, "SPLIT_TEST");
	assert.equal(kept.session?.task_id, TINY);
	assert.equal(kept.session?.options?.reward_mode, "REWARD_MODE_SCORE");
	assert.equal(typeof kept.observation?.text, "string");
	assert.equal(kept.observation?.training, undefined);
	const changed = await server.ask(envService.Reset, {
		session_id: id,
		split: "SPLIT_VALIDATION",
		options: { views: ["VIEW_FLAT"] },
	});
	assert.equal(changed.session?.split, "SPLIT_VALIDATION");
	const options = changed.session?.options;
	assert.equal(options?.reward_mode, "REWARD_MODE_SHAPED");
	assert.deepEqual(options?.views, ["VIEW_FLAT"]);
	assert.deepEqual(options?.lease, { seconds: "600", nanos: 0 });
});

test("A reset to a task without the session's reward mode is refused instead of paying something else.", async (context) => {
	const server = await startTestServer(context, {
		environment: new CounterEnvironment() as Environment,
	});
	const { id } = await create(server, { task_id: COUNTER });
	const error = await refusal(
		server.ask(envService.Reset, { session_id: id, task_id: SCORE_ONLY }),
	);
	assert.deepEqual(error.fields, ["options.reward_mode"]);
	const { session } = await server.ask(envService.Reset, {
		session_id: id,
		task_id: SCORE_ONLY,
		options: {},
	});
	assert.equal(session?.options?.reward_mode, "REWARD_MODE_SCORE");
});

test("In score mode steps pay nothing and the end pays the score.", async (context) => {
	const server = await serveTraining(context);
	const { id } = await create(server, {
		options: { reward_mode: "REWARD_MODE_SCORE" },
	});
	await step(server, id, configure);
	const trained = await step(server, id, runEpochs(2));
	assert.equal(trained.reward, 0);
	assert.deepEqual(trained.reward_breakdown, []);
	const { reward, reward_breakdown, result } = await server.ask(
		envService.Finish,
		{ session_id: id },
	);
	assert.ok((result?.score as number) > 0);
	assert.equal(reward, result?.score);
	assert.equal(result?.total_reward, result?.score);
	assert.deepEqual(reward_breakdown, [{ name: "score", value: result?.score }]);
});

test("A repeated create with its idempotency key gives the same session, also when the server drew the seed.", async (context) => {
	const server = await serveTraining(context);
	const request = { task_id: TINY, idempotency_key: "k", owner_key: "me" };
	const [one, other] = await Promise.all([
		server.ask(envService.CreateSession, request),
		server.ask(envService.CreateSession, request),
	]);
	assert.deepEqual(one, other);
	const mismatch = await refusal(
		server.ask(envService.CreateSession, { ...request, seed: 7 }),
	);
	assert.equal(mismatch.reason, "REQUEST_MISMATCH");
	assert.equal(server.sessions.openCount, 1);
});

test("Sessions of an owner are listed page by page, in order, with their states.", async (context) => {
	const server = await serveTraining(context);
	const ids: string[] = [];
	for (let index = 0; index < 5; index++)
		ids.push((await create(server, { owner_key: "me" })).id);
	await create(server, { owner_key: "you" });
	await server.ask(envService.CloseSession, { session_id: ids[1] as string });
	const listed = [];
	for (let page_token = ""; ; ) {
		const page = await server.ask(envService.ListSessions, {
			owner_key: "me",
			page_size: 2,
			page_token,
		});
		assert.ok(page.sessions.length <= 2);
		listed.push(...page.sessions);
		page_token = page.next_page_token;
		if (page_token === "") break;
	}
	assert.deepEqual(
		listed.map(({ session_id, state }) => [session_id, state]),
		ids.map((id, index) => [
			id,
			index === 1 ? "SESSION_STATE_ENDED" : "SESSION_STATE_IDLE",
		]),
	);
	assert.deepEqual(
		await server.ask(envService.ListSessions, { owner_key: "nobody" }),
		{ sessions: [], next_page_token: "" },
	);
});

test("A second client watches from an offset what the first one does, until the session is closed.", async (context) => {
	const server = await serveTraining(context);
	const { id } = await create(server);
	await step(server, id, configure, 1);
	const second = await server.client().openSession(id);
	const watching = second.watch({ fromOffset: 2 });
	const first = await watching.next();
	assert.equal(first.value?.event, "action_completed");
	assert.equal(first.value?.offset, "2");
	const trained = await step(server, id, runEpochs(1), 2);
	await server.ask(envService.CloseSession, { session_id: id });
	const events = [];
	for await (const event of watching) events.push(event);
	assert.deepEqual(
		events.map(({ offset }) => Number(offset)),
		events.map((_, index) => index + 3),
	);
	const names = events.map(({ event }) => event);
	assert.equal(names[0], "action_started");
	assert.deepEqual(names.slice(-3), [
		"action_completed",
		"episode_ended",
		"session_ended",
	]);
	const completed = events.at(-3)?.action_completed;
	assert.deepEqual(completed?.observation, trained.observation);
	assert.deepEqual(completed?.reward_breakdown, trained.reward_breakdown);
	// Ended, it still tells what it kept.
	const late = [];
	for await (const event of second.watch()) late.push(event.event);
	assert.deepEqual(late.slice(2), ["action_completed", ...names]);
});

test("A client that lost its session's object goes on with its id.", async (context) => {
	const server = await serveTraining(context);
	const session = await server.client().createSession(TINY, { seed: 7 });
	await session.step(configure);
	const other = await server.client().openSession(session.id);
	assert.equal(other.lastRequestNumber, 1n);
	assert.equal((await other.step(runEpochs(1))).step, 2);
	assert.equal(
		(
			await callUnary(server.channel(), envService.Step, {
				session_id: session.id,
				action: runEpochs(1),
				request_number: 2,
			})
		).replayed,
		true,
	);
});
