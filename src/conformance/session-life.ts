import { envService } from "../../clients/typescript/low-level.js";
import type { Timestamp__Output } from "../../proto/generated/google/protobuf/Timestamp.js";
import type { CreateSessionRequest } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { Session__Output } from "../../proto/generated/nightshift/v1/Session.js";
import {
	expect,
	expectRefusal,
	expectSame,
	NotApplicable,
	type Rule,
	shown,
} from "./rule.js";
import { freshKey } from "./server-context.js";
import { fixed } from "./task-context.js";

const LOST = { code: "NOT_FOUND", reason: "SESSION_LOST" };
/** Of 128 random bits, 64 differ between two ids; fewer than this is no accident. */
const FEWEST_DIFFERENT_BITS = 24;
/** How long a call may take on the way, when leases are compared. */
const SLACK_S = 300;

/** From CreateSession to CloseSession. */
export const sessionLife: readonly Rule[] = [
	{
		id: "session.ids",
		title:
			"Ids are 128 random bits as 32 hexadecimal digits, and any two have little in common.",
		contract: "close, list, get: ids are random 128-bit capabilities",
		counterpart: "dm_env_rpc CreateDestroyWorld: world name is unique",
		of: "task",
		async check(context) {
			const seats = await Promise.all(
				Array.from({ length: 16 }, () => context.open()),
			);
			const ids = seats.map(({ id }) => id);
			for (const id of ids)
				expect(
					/^[0-9a-f]{32}$/.test(id),
					`expected 32 hexadecimal digits, got "${id}".`,
				);
			ids.forEach((id, index) => {
				for (const other of ids.slice(index + 1)) {
					const bits = differentBits(id, other);
					expect(
						bits >= FEWEST_DIFFERENT_BITS,
						`expected ids that differ in about 64 bits, got ${id} and ${other}, which differ in ${bits}.`,
					);
				}
			});
		},
	},
	{
		id: "session.create",
		title:
			"A new session tells its task, version, seed, split, options with every default, episode 1, step 0, and a lease; no result.",
		contract: "create session / reset",
		counterpart:
			"dm_env_rpc CreateDestroyWorld: can create and destroy world; JoinLeaveWorld: can join",
		of: "task",
		async check(context) {
			const { task } = context;
			const { created } = await context.open();
			const { lease, views, reward_mode } = created.options ?? {};
			expectSame(
				{
					task_id: created.task_id,
					task_version: created.task_version,
					split: created.split,
					seed: created.seed,
					episode: created.episode,
					step: created.step,
					state: created.state,
					views,
					reward_mode,
					result: created.result ?? null,
				},
				{
					task_id: task.id,
					task_version: task.version,
					split: "SPLIT_TRAIN",
					seed: "7",
					episode: 1,
					step: 0,
					state: "SESSION_STATE_IDLE",
					views: ["VIEW_TYPED"],
					reward_mode: task.default_reward_mode,
					result: null,
				},
				"the session",
			);
			const asked = Number(lease?.seconds);
			const told =
				secondsOf(created.lease_expire_time) - secondsOf(created.create_time);
			expect(
				asked >= 10 && asked <= 86_400 && Math.abs(told - asked) <= SLACK_S,
				`expected a lease of 10 s to 24 h and its end as long after create_time, got ${asked} s and ${told} s.`,
			);
		},
	},
	{
		id: "session.create-fields",
		title:
			"What CreateSession cannot take is refused with the field's name and what is allowed: never a silent default.",
		contract:
			"create session / reset: INVALID_ARGUMENT that names the field and what is allowed",
		counterpart:
			"dm_env_rpc CreateDestroyWorld: cannot create world with invalid settings, nor with less than required; JoinLeaveWorld: cannot join with invalid settings",
		of: "task",
		async check(context) {
			const { task } = context;
			const modes = ["REWARD_MODE_SHAPED", "REWARD_MODE_SCORE"] as const;
			const absent = modes.find((mode) => !task.reward_modes.includes(mode));
			const wrong: [string, CreateSessionRequest][] = [
				["task_id", { task_id: "" }],
				["split", { split: 99 as never }],
				["options.reward_mode", { options: { reward_mode: 99 as never } }],
				...(absent
					? ([
							["options.reward_mode", { options: { reward_mode: absent } }],
						] as [string, CreateSessionRequest][])
					: []),
				["options.views", { options: { views: ["VIEW_UNSPECIFIED"] } }],
				["options.views", { options: { views: ["VIEW_TEXT", "VIEW_TEXT"] } }],
				["options.lease", { options: { lease: { seconds: 9 } } }],
				["options.lease", { options: { lease: { seconds: 86_401 } } }],
				["options.lease", { options: { lease: { seconds: -1 } } }],
				["owner_key", { owner_key: "k".repeat(129) }],
				["idempotency_key", { idempotency_key: "k".repeat(129) }],
			];
			for (const [field, request] of wrong)
				await expectRefusal(
					context.open(request),
					`CreateSession with ${shown(request)}`,
					{ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", field },
				);
			const error = await expectRefusal(
				context.open({ task_id: `${task.environment}/no-such-task` }),
				"CreateSession with a task that there is not",
				{ code: "INVALID_ARGUMENT", reason: "UNKNOWN_TASK", field: "task_id" },
			);
			expect(
				error.message.includes(task.id),
				`expected an error that lists the tasks, got "${error.message}".`,
			);
		},
	},
	{
		id: "session.drawn-seed",
		title:
			"Without a seed the server draws one and tells it; with that seed the episode begins the same.",
		contract:
			"create session / reset: absent, the server draws one and tells it",
		counterpart:
			"Gymnasium: reset without a seed; there the environment's own generator gives it",
		of: "task",
		async check(context) {
			const open = () => context.server.create({ task_id: context.task.id });
			const [one, two] = [await open(), await open()];
			expect(
				one.session?.seed !== two.session?.seed,
				`expected two seeds that differ, got ${one.session?.seed} twice.`,
			);
			const again = await context.open({
				seed: one.session?.seed as string,
			});
			expectSame(
				again.first,
				one.observation,
				`the first observation under the drawn seed ${one.session?.seed}`,
			);
		},
	},
	{
		id: "session.idempotency-key",
		title:
			"The same idempotency key with the same contents gives the first session again; with other contents it is REQUEST_MISMATCH.",
		contract: "create session: an idempotency key",
		counterpart: "none",
		of: "task",
		async check(context) {
			const key = { idempotency_key: freshKey() };
			const [one, two] = await Promise.all([
				context.open(key),
				context.open(key),
			]);
			expect(
				one.id === two.id,
				`expected one session for one key, got ${one.id} and ${two.id}.`,
			);
			await expectRefusal(
				context.open({ ...key, seed: "8" }),
				"the same key with another seed",
				{ code: "INVALID_ARGUMENT", reason: "REQUEST_MISMATCH" },
			);
		},
	},
	{
		id: "session.reset",
		title:
			"Reset begins the next episode: counted from 1, steps from 0, equal to a new session's of that seed; a running one is abandoned ungraded.",
		contract: "words: session, episode; create session / reset",
		counterpart:
			"dm_env_rpc Reset: resends the specs, can reset multiple times; ResetWorld: can reset when joined; Gymnasium: reset(seed)",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const seat = await context.open({ seed: "5" });
			for (const action of pass.slice(0, quick + 1))
				await seat.step(action).catch(() => {});
			for (const episode of [2, 3]) {
				const { session, observation } = await seat.reset({ seed: "6" });
				expectSame(
					[session?.episode, session?.step, session?.state, session?.seed],
					[episode, 0, "SESSION_STATE_IDLE", "6"],
					"episode, step, state and seed after a reset",
				);
				const fresh = await context.open({ seed: "6" });
				expectSame(observation, fresh.first, "the first observation");
				const [action] = pass.slice(quick);
				const answers = await Promise.all(
					[seat, fresh].map((each) =>
						each.step(action as (typeof pass)[0]).then(
							(answer) => ({ ...fixed(answer), episode: 0 }),
							(error: Error) => error.message,
						),
					),
				);
				expectSame(answers[0], answers[1], "the step after the reset");
			}
			const { session } = await seat.get();
			const events = await seat.events(Number(session?.next_event_offset), "0");
			const { result } =
				events.find(({ episode_ended }) => episode_ended)?.episode_ended ?? {};
			expectSame(
				[result?.episode, result?.end_reason, result?.score ?? null],
				[1, "END_REASON_ABANDONED", null],
				"episode, end_reason and score of the episode that was reset",
			);
		},
	},
	{
		id: "session.list",
		title:
			"ListSessions shows the sessions of the key given at create, page by page and in order, and none of another key.",
		contract:
			"close, list, get: list shows the sessions of the owner key given at create",
		counterpart: "none: their worlds cannot be listed",
		of: "server",
		async check(context) {
			const { client, anyTask } = context;
			const key = freshKey();
			const open = async (owner_key: string) =>
				(await context.create({ task_id: anyTask.id, seed: "7", owner_key }))
					.session?.session_id;
			const own = [await open(key), await open(key), await open(key)];
			await open(freshKey());
			await open("");
			const listed: string[] = [];
			for (let token = ""; ; ) {
				const page = await client.unary(envService.ListSessions, {
					owner_key: key,
					page_size: 2,
					page_token: token,
				});
				expect(
					page.sessions.length <= 2,
					`expected at most 2 sessions a page, got ${page.sessions.length}.`,
				);
				listed.push(...page.sessions.map(({ session_id }) => session_id));
				token = page.next_page_token;
				if (token === "" || listed.length > 10) break;
			}
			expectSame(listed, own, "the sessions of the key");
			const { sessions } = await client.unary(envService.ListSessions, {
				owner_key: freshKey(),
			});
			expect(
				sessions.length === 0,
				`a key that nobody used: expected no sessions, got ${sessions.length}.`,
			);
			for (const [field, request] of [
				["owner_key", {}],
				["page_size", { owner_key: key, page_size: 1001 }],
				["page_token", { owner_key: key, page_token: "no token" }],
			] as const)
				await expectRefusal(
					client.unary(envService.ListSessions, request),
					`ListSessions with ${shown(request)}`,
					{ code: "INVALID_ARGUMENT", reason: "INVALID_FIELD", field },
				);
		},
	},
	{
		id: "session.get",
		title:
			"GetSession, ListSessions and Watch tell the latest step and observation, renew no lease and take no request number.",
		contract:
			"close, list, get: a lease that any call but get, list and watch renews; rule 3: get takes no number",
		counterpart: "none",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const owner_key = freshKey();
			const seat = await context.open({ owner_key });
			let number = 0;
			let last: unknown = seat.first;
			for (const action of pass.slice(0, quick + 1))
				await seat.step(action, { request_number: String(++number) }).then(
					(answer) => {
						last = answer.observation;
					},
					() => {},
				);
			const before = await seat.get();
			expectSame(before.observation, last, "the observation of GetSession");
			await seat.events(1, "0");
			await context.server.client.unary(envService.ListSessions, { owner_key });
			const after = await seat.get();
			expectSame(after, before, "GetSession after get, list and watch");
		},
	},
	{
		id: "session.lease",
		title:
			"A lease is what was asked for; RenewSession and steps put its end further off; other lengths than 10 s to 24 h are refused.",
		contract: "close, list, get: a session is a lease",
		counterpart: "none: their worlds live until they are destroyed",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const seat = await context.open({
				options: { lease: { seconds: 900 } },
			});
			const lengthOf = (session: Session__Output | null) =>
				secondsOf(session?.lease_expire_time) - secondsOf(session?.create_time);
			const expectLength = (session: Session__Output | null, about: number) =>
				expect(
					Math.abs(lengthOf(session) - about) <= SLACK_S,
					`expected a lease that ends about ${about} s after create_time, got ${lengthOf(session)} s.`,
				);
			expectLength(seat.created, 900);
			const renewed = await seat.renew(7200);
			expectLength(renewed.session, 7200);
			const { session: longer } = await seat.renew();
			expect(
				lengthOf(longer) >= lengthOf(renewed.session),
				`expected a renewal to put the end further off, got ${lengthOf(longer)} s after ${lengthOf(renewed.session)} s.`,
			);
			for (const action of pass.slice(0, quick + 1))
				await seat.step(action).catch(() => {});
			const { session: stepped } = await seat.get();
			expect(
				lengthOf(stepped) > lengthOf(longer),
				`expected a step to renew the lease, but its end stayed at ${lengthOf(stepped)} s after create_time.`,
			);
			for (const seconds of [9, 86_401])
				await expectRefusal(seat.renew(seconds), `a lease of ${seconds} s`, {
					code: "INVALID_ARGUMENT",
					reason: "INVALID_FIELD",
					field: "lease",
				});
		},
	},
	{
		id: "session.close",
		title:
			"Close ends a session, and again is fine; its episode is abandoned without a score, get still answers, a step is refused.",
		contract: "close, list, get: results stay an hour",
		counterpart:
			"dm_env_rpc JoinLeaveWorld: can leave, also if not joined; Gymnasium: close twice does not raise",
		of: "task",
		async check(context) {
			const { pass } = await context.explore();
			const seat = await context.open();
			await seat.close();
			await seat.close();
			const { session } = await seat.get();
			expectSame(
				[
					session?.state,
					session?.result?.end_reason,
					session?.result?.score ?? null,
				],
				["SESSION_STATE_ENDED", "END_REASON_ABANDONED", null],
				"state, end_reason and score of a closed session",
			);
			for (const [what, call] of [
				["a step", () => seat.step(pass[0] as (typeof pass)[0])],
				["a reset", () => seat.reset({ seed: "1" })],
				["a renewal", () => seat.renew()],
			] as const)
				await expectRefusal(call(), `${what} after the close`, {
					code: "FAILED_PRECONDITION",
					reason: "SESSION_ENDED",
				});
		},
	},
	{
		id: "session.unknown",
		title:
			"A session that was never given out is NOT_FOUND in every call; what is no id is INVALID_ARGUMENT at session_id.",
		contract: "rule 8: typed failure",
		counterpart:
			"dm_env_rpc: cannot destroy uncreated world, cannot join with wrong world name, cannot reset invalid world, cannot reset if not joined",
		of: "server",
		async check({ client, anyTask }) {
			const action = { [anyTask.actions[0]?.name as "wait"]: {} };
			const calls = (session_id: string) => ({
				GetSession: () => client.unary(envService.GetSession, { session_id }),
				Step: () => client.unary(envService.Step, { session_id, action }),
				Reset: () => client.unary(envService.Reset, { session_id }),
				Finish: () => client.unary(envService.Finish, { session_id }),
				RenewSession: () =>
					client.unary(envService.RenewSession, { session_id }),
				CloseSession: () =>
					client.unary(envService.CloseSession, { session_id }),
				Watch: () => client.stream(envService.Watch, { session_id }).next(),
				StepStream: () =>
					client.stream(envService.StepStream, { session_id, action }).next(),
			});
			for (const [name, call] of Object.entries(calls(freshKey())))
				await expectRefusal(call(), `${name} of an unknown session`, LOST);
			for (const [name, call] of Object.entries(calls("no id")))
				await expectRefusal(call(), `${name} of "no id"`, {
					code: "INVALID_ARGUMENT",
					reason: "INVALID_FIELD",
					field: "session_id",
				});
		},
	},
];

/** Errors: NotApplicable where a server tells no time. */
function secondsOf(time: Timestamp__Output | null | undefined): number {
	if (!time) throw new NotApplicable("the server tells no time");
	return Number(time.seconds) + time.nanos / 1e9;
}

function differentBits(a: string, b: string): number {
	let different = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
	let count = 0;
	for (; different > 0n; different >>= 1n) count += Number(different & 1n);
	return count;
}
