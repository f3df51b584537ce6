import assert from "node:assert/strict";
import { test } from "node:test";
import { status } from "@grpc/grpc-js";
import type { RuleResult } from "./conformance.js";
import { rules } from "./rules.js";
import {
	type Fault,
	type Message,
	refusal,
	startBentServer,
} from "./testing-bent-server.js";
import { ask, SMALL, SRE, serve } from "./testing-conformance.js";

/** A fault that one rule must catch, and what the rule must say of it. */
interface PlantedFault {
	readonly rule: string;
	/** What is wrong with the server, in words. */
	readonly what: string;
	readonly said: RegExp;
	/** Where nothing of the SRE environment takes long enough. */
	readonly task?: string;
	/** A new one for each server: it may remember. */
	readonly plant: () => Fault;
}

const NO_ANSWER = /a call that should be answered was not/;
const WAIT = { action: "wait", wait: {} };
const withoutNumber = (request: Message) => ({
	...request,
	request_number: undefined,
});

const onStep = (
	bend: (answer: Message, request: Message) => void,
): (() => Fault) => {
	const answer = (message: Message, request: Message) => {
		bend(message, request);
		return message;
	};
	return () => ({ answer: { Step: answer } });
};

const onTasks = (bend: (task: Message) => void) => (): Fault => ({
	answer: {
		ListTasks: (answer) => {
			for (const task of answer.tasks) bend(task);
			return answer;
		},
	},
});

const onCreate = (bend: (request: Message) => void) => (): Fault => ({
	request: {
		CreateSession: (request) => {
			bend(request);
			return request;
		},
	},
});

const planted: readonly PlantedFault[] = [
	{
		rule: "session.ids",
		what: "ids are counted",
		said: /expected ids that differ in about 64 bits/,
		plant: () => {
			let count = 0;
			return {
				answer: {
					CreateSession: (answer) => {
						answer.session.session_id = String(++count).padStart(32, "0");
						return answer;
					},
				},
			};
		},
	},
	{
		rule: "session.create",
		what: "a session begins at step 1",
		said: /expected 0, got 1/,
		plant: () => ({
			answer: {
				CreateSession: (answer) => {
					answer.session.step = 1;
					return answer;
				},
			},
		}),
	},
	{
		rule: "session.create-fields",
		what: "a lease that is not allowed is silently the default",
		said: /"seconds":9.*expected a refusal/,
		plant: onCreate(({ options }) => {
			if (options) options.lease = null;
		}),
	},
	{
		rule: "session.drawn-seed",
		what: "the drawn seed is not told",
		said: /expected two seeds that differ/,
		plant: () => ({
			answer: {
				CreateSession: (answer, request) => {
					if (request.seed === undefined) answer.session.seed = "1";
					return answer;
				},
			},
		}),
	},
	{
		rule: "session.idempotency-key",
		what: "idempotency keys are not looked at",
		said: /expected one session for one key/,
		plant: onCreate((request) => {
			request.idempotency_key = "";
		}),
	},
	{
		rule: "session.reset",
		what: "episodes are not counted",
		said: /expected 2, got 1/,
		plant: () => ({
			answer: {
				Reset: (answer) => {
					answer.session.episode = 1;
					return answer;
				},
			},
		}),
	},
	{
		rule: "session.list",
		what: "everybody's sessions are listed",
		said: /the sessions of the key/,
		plant: () => {
			const all: Message[] = [];
			return {
				answer: {
					CreateSession: (answer) => {
						all.push(answer.session);
					},
					ListSessions: (answer) => {
						answer.sessions = all.slice(0, 2);
						return answer;
					},
				},
			};
		},
	},
	{
		rule: "session.get",
		what: "GetSession renews the lease",
		said: /at session\.lease_expire_time/,
		plant: () => ({
			call: {
				GetSession: async ({ session_id }, on) => {
					await on({ session_id, lease: { seconds: 5000 } }, "RenewSession");
					const told = await on({ session_id });
					await on({ session_id, lease: { seconds: 9000 } }, "RenewSession");
					return told;
				},
			},
		}),
	},
	{
		rule: "session.lease",
		what: "the length of a renewal is not looked at",
		said: /expected a lease that ends about 7200 s/,
		plant: () => ({
			request: { RenewSession: ({ session_id }) => ({ session_id }) },
		}),
	},
	{
		rule: "session.close",
		what: "a second close is refused",
		said: NO_ANSWER,
		plant: () => {
			const closed = new Set<string>();
			return {
				call: {
					CloseSession: (request, on) => {
						if (closed.has(request.session_id))
							return Promise.reject(refusal(status.NOT_FOUND, "closed"));
						closed.add(request.session_id);
						return on(request);
					},
				},
			};
		},
	},
	{
		rule: "session.unknown",
		what: "an unknown session is INTERNAL",
		said: /expected NOT_FOUND \(SESSION_LOST\), got INTERNAL/,
		plant: () => ({
			error: {
				"*": (error) =>
					error.code === status.NOT_FOUND
						? Object.assign(error, { code: status.INTERNAL })
						: error,
			},
		}),
	},
	{
		rule: "specs.tasks",
		what: "a task has one split",
		said: /wrong are splits/,
		plant: onTasks((task) => {
			task.splits = ["SPLIT_TRAIN"];
		}),
	},
	{
		rule: "specs.filter",
		what: "the environment that is asked for is not looked at",
		said: /environment/,
		plant: () => ({ request: { ListTasks: () => ({ environment: "" }) } }),
	},
	{
		rule: "specs.actions",
		what: "two actions have one name",
		said: /twice/,
		plant: onTasks((task) => {
			task.actions[1].name = task.actions[0].name;
		}),
	},
	{
		rule: "specs.columns",
		what: "a column's bounds are the wrong way round",
		said: /column step: expected finite bounds in order/,
		plant: onTasks((task) => {
			task.observation_columns[0].maximum = -1;
		}),
	},
	{
		rule: "specs.typed",
		what: "an observation holds NaN",
		said: /expected finite numbers, got NaN at reward_hint/,
		plant: onStep(({ observation }) => {
			if (observation.sre) observation.sre.reward_hint = Number.NaN;
		}),
	},
	{
		rule: "specs.typed",
		what: "a field is out of its bounds",
		said: /expected step within 0 and 30, got 31/,
		plant: onStep(({ observation }) => {
			if (observation.sre) observation.sre.step = 31;
		}),
	},
	{
		rule: "specs.flat",
		what: "a column is out of its bounds",
		said: /expected column step within 0 and 30, got 31/,
		plant: onStep(({ observation }) => {
			if (observation.flat) observation.flat.columns[0] = 31;
		}),
	},
	{
		rule: "specs.flat",
		what: "the mask lacks an entry",
		said: /expected a mask of 5 entries, got 4/,
		plant: onStep(({ observation }) => observation.flat?.action_mask.pop()),
	},
	{
		rule: "specs.text",
		what: "a text is too long",
		said: /got 4096/,
		plant: onStep(({ observation }) => {
			observation.text = "x".repeat(4096);
		}),
	},
	{
		rule: "specs.views",
		what: "every view is sent always",
		said: /expected sre, got sre,flat,text/,
		plant: onCreate((request) => {
			request.options = { views: ["VIEW_TYPED", "VIEW_FLAT", "VIEW_TEXT"] };
		}),
	},
	{
		rule: "specs.rewards",
		what: "a reward is not the sum of its parts",
		said: /expected parts that sum to the reward/,
		plant: onStep((answer) => {
			answer.reward += 0.001;
		}),
	},
	{
		rule: "specs.rewards",
		what: "a reward is out of the task's range",
		said: /expected a reward within 0 and 0.99, got 2/,
		plant: onStep((answer) => {
			answer.reward = 2;
		}),
	},
	{
		rule: "specs.score-mode",
		what: "a step before the end pays",
		said: /expected no reward before the end, got 0.01/,
		plant: onStep((answer) => {
			answer.reward = 0.01;
		}),
	},
	{
		rule: "specs.flags",
		what: "the end is terminated and truncated at once",
		said: /expected terminated or truncated, got both/,
		plant: onStep((answer) => {
			answer.truncated = answer.terminated;
		}),
	},
	{
		rule: "specs.timing",
		what: "no time is told",
		said: /expected queue_ms and compute_ms/,
		plant: onStep((answer) => {
			answer.timing = null;
		}),
	},
	{
		rule: "specs.mask",
		what: "the mask rules everything out",
		said: /masked, so expected ACTION_NOT_POSSIBLE, got an answer/,
		plant: onStep(({ observation }) => {
			observation.flat?.action_mask.fill(false);
		}),
	},
	{
		rule: "determinism.repeat",
		what: "something volatile stands in the info",
		said: /at answer\.info\.notice/,
		plant: () => {
			let calls = 0;
			return onStep((answer) => {
				answer.info.notice = `call ${++calls}`;
			})();
		},
	},
	{
		rule: "determinism.seeds",
		what: "seeds are ignored",
		said: /expected seed 456 to give another episode/,
		plant: () => {
			const seed = (request: Message) => ({ ...request, seed: "5" });
			return { request: { CreateSession: seed, Reset: seed } };
		},
	},
	{
		rule: "determinism.edge-seeds",
		what: "seeds go through a double",
		said: /expected the seed 9007199254740993 to be told/,
		plant: onCreate((request) => {
			if (BigInt(request.seed) < 2n ** 60n)
				request.seed = String(Number(request.seed));
		}),
	},
	{
		rule: "determinism.splits",
		what: "the split is ignored",
		said: /another episode than the splits before/,
		plant: onCreate((request) => {
			request.split = "SPLIT_TRAIN";
		}),
	},
	{
		rule: "determinism.crowd",
		what: "an answer depends on what else is under way",
		said: /session \d+ of 16/,
		plant: () => {
			let running = 0;
			return {
				call: {
					Step: async (request, on) => {
						running += 1;
						try {
							const answer = await on(request);
							if (running > 1) answer.info.notice = "busy";
							return answer;
						} finally {
							running -= 1;
						}
					},
				},
			};
		},
	},
	{
		rule: "determinism.views",
		what: "flat sessions play another seed",
		said: /seen as VIEW_FLAT/,
		plant: onCreate((request) => {
			if (request.options?.views.join() === "VIEW_FLAT") request.seed = "8";
		}),
	},
	{
		rule: "determinism.stream",
		what: "a streamed result is another one",
		said: /streamed, at answer\.reward/,
		plant: () => ({
			answer: {
				StepStream: (message) => {
					if (message.result) message.result.reward = 0.5;
					return message;
				},
			},
		}),
	},
	{
		rule: "determinism.stream",
		what: "a stream tells its result twice",
		said: /expected nothing after the result/,
		plant: () => ({
			answer: {
				StepStream: (message) =>
					message.result ? [message, message] : message,
			},
		}),
	},
	{
		rule: "policy.run",
		what: "a run of one episode scores otherwise",
		said: /the episode of seed 42, alone and after another/,
		plant: () => ({
			answer: {
				RunPolicy: (message, request) => {
					if (request.episodes === 1) message.result.score += 0.1;
					return message;
				},
			},
		}),
	},
	{
		rule: "fork.equal",
		what: "a fork begins anew",
		said: /the fork's observation/,
		plant: () => ({
			call: {
				Fork: (_, on) => on({ task_id: SRE, seed: "7" }, "CreateSession"),
			},
		}),
	},
	{
		rule: "fork.equal",
		what: "a fork has the wrong seed from here on",
		said: /in the fork/,
		plant: () => withAllCalls({ seed: "8" }),
	},
	{
		rule: "play.step",
		what: "a request that fails is answered as the one before",
		said: /expected INVALID_ARGUMENT in-band/,
		plant: () => ({
			call: { Play: async () => ({ request_id: "1", error: { code: 5 } }) },
		}),
	},
	{
		rule: "play.step",
		what: "a step of the stream pays otherwise",
		said: /the step of the stream, at reward/,
		plant: () => {
			const { call } = withAllCalls();
			return {
				call: {
					Play: async (request, on) => {
						const answer = await call?.Play?.(request, on);
						if (answer.step) answer.step.reward = 0.5;
						return answer;
					},
				},
			};
		},
	},
	{
		rule: "receipt.verify",
		what: "every receipt is confirmed",
		said: /expected a receipt with another score not to be confirmed/,
		plant: () => {
			let result: Message;
			return {
				answer: {
					Finish: (answer) => {
						result = answer.result;
					},
				},
				call: {
					GetReceipt: async () => ({ receipt: { result } }),
					VerifyReceipt: async () => ({ confirmed: true }),
				},
			};
		},
	},
	{
		rule: "exactly-once.repeat",
		what: "no answer is stored",
		said: /the repeated answer/,
		plant: () => ({ request: { Step: withoutNumber } }),
	},
	{
		rule: "exactly-once.mismatch",
		what: "the number alone decides",
		said: /expected a refusal, was answered/,
		plant: () => {
			const stored = new Map<string, Message>();
			return {
				call: {
					Step: async (request, on) => {
						const key = `${request.session_id} ${request.request_number}`;
						const answer = stored.get(key) ?? (await on(request));
						stored.set(key, answer);
						return answer;
					},
				},
			};
		},
	},
	{
		rule: "exactly-once.passed",
		what: "a lower number is a new step",
		said: /expected a refusal, was answered/,
		plant: () => ({
			call: {
				Step: (request, on) =>
					on(request).catch(() => on(withoutNumber(request))),
			},
		}),
	},
	{
		rule: "exactly-once.refused",
		what: "a refused action uses its number up",
		said: NO_ANSWER,
		plant: () => {
			const used = new Set<string>();
			return {
				call: {
					Step: (request, on) => {
						if (used.has(request.request_number))
							return Promise.reject(
								refusal(status.FAILED_PRECONDITION, "used"),
							);
						return on(request).catch((error) => {
							used.add(request.request_number);
							throw error;
						});
					},
				},
			};
		},
	},
	{
		rule: "exactly-once.reset",
		what: "a repeated reset begins another episode",
		said: /expected episode 2 twice, got 2 and 3/,
		plant: () => ({ request: { Reset: withoutNumber } }),
	},
	{
		rule: "exactly-once.together",
		what: "calls with one number are steps of their own",
		said: /the answers, at|should be answered/,
		plant: () => ({ request: { Step: withoutNumber } }),
	},
	{
		rule: "exactly-once.after-the-end",
		what: "the stored answer is dropped with the episode",
		said: NO_ANSWER,
		plant: () => {
			const over = new Set<string>();
			return {
				request: {
					Finish: (request) => {
						over.add(request.session_id);
						return request;
					},
				},
				call: {
					Step: (request, on) =>
						over.has(request.session_id)
							? Promise.reject(refusal(status.FAILED_PRECONDITION, "ended"))
							: on(request),
				},
			};
		},
	},
	{
		rule: "one-action.together",
		what: "actions sent at once share one answer",
		said: /the steps that were answered/,
		plant: () => {
			const running = new Map<string, Promise<Message>>();
			return {
				call: {
					Step: (request, on) => {
						const key = request.session_id;
						const shared = running.get(key) ?? on(request);
						running.set(key, shared);
						return shared.finally(() => running.delete(key));
					},
				},
			};
		},
	},
	{
		rule: "one-action.busy",
		what: "a second action waits instead of being refused",
		said: /another action meanwhile: expected a refusal, was answered/,
		task: SMALL,
		plant: () => ({ call: { Step: patiently } }),
	},
	{
		rule: "one-action.read-meanwhile",
		what: "a running session is told as idle",
		said: /expected SESSION_STATE_RUNNING, got SESSION_STATE_IDLE/,
		task: SMALL,
		plant: () => ({
			answer: {
				GetSession: (answer) => {
					answer.session.state = "SESSION_STATE_IDLE";
					return answer;
				},
			},
		}),
	},
	{
		rule: "invalid.arguments",
		what: "a refused action is taken as a wait",
		said: /step, state, number, events and observation after it/,
		plant: () => ({
			call: {
				Step: (request, on) =>
					on(request).catch(async (error) => {
						await on({ session_id: request.session_id, action: WAIT });
						throw error;
					}),
			},
		}),
	},
	{
		rule: "invalid.wrong-action",
		what: "no action is a wait",
		said: /a step without an action: expected a refusal/,
		plant: () => ({
			request: {
				Step: (request) => ({ ...request, action: request.action ?? WAIT }),
			},
		}),
	},
	{
		rule: "invalid.flat",
		what: "a row that is too long is cut",
		said: /a row too long: expected a refusal/,
		plant: () => ({
			request: {
				Step: (request) => {
					request.action?.flat?.levels.splice(5);
					return request;
				},
			},
		}),
	},
	{
		rule: "invalid.flat-equals-typed",
		what: "every flat action is a wait",
		said: /restart by levels/,
		plant: () => ({
			request: {
				Step: (request) =>
					request.action?.flat ? { ...request, action: WAIT } : request,
			},
		}),
	},
	{
		rule: "invalid.not-possible",
		what: "what is not possible now is RESOURCE_EXHAUSTED",
		said: /expected FAILED_PRECONDITION \(ACTION_NOT_POSSIBLE\), got RESOURCE_EXHAUSTED/,
		plant: () => ({
			error: {
				Step: (error) =>
					Object.assign(error, { code: status.RESOURCE_EXHAUSTED }),
			},
		}),
	},
	{
		rule: "invalid.flat-masked",
		what: "a masked flat action is told apart from a wait",
		said: /wait differs at answer\.info\.notice/,
		plant: onStep((answer, request) => {
			if (request.action.flat) answer.info.notice = "masked";
		}),
	},
	{
		rule: "invalid.no-trace",
		what: "a refusal is seen in later answers",
		said: /after refused actions, at answer\.info\.notice/,
		plant: () => {
			const refused = new Set<string>();
			return {
				call: {
					Step: async (request, on) => {
						const id = request.session_id;
						const answer = await on(request).catch((error) => {
							refused.add(id);
							throw error;
						});
						if (refused.has(id)) answer.info.notice = "beware";
						return answer;
					},
				},
			};
		},
	},
	{
		rule: "invalid.free",
		what: "a free action counts as a step",
		said: /step and reward of get_training_status/,
		task: SMALL,
		plant: onStep((answer, request) => {
			if (request.action.get_training_status) answer.step += 1;
		}),
	},
	{
		rule: "invalid.bytes",
		what: "the library alone answers what is no message",
		said: /expected INVALID_ARGUMENT \(INVALID_FIELD\), got INTERNAL/,
		plant: () => ({}),
	},
	{
		rule: "limits.free-calls",
		what: "refusals are not counted",
		said: /call 1001: expected the episode truncated.*got a refusal/,
		plant: () => ({
			call: {
				Step: (request, on) =>
					request.action?.flat?.levels.length === 0
						? Promise.reject(refusal(status.INVALID_ARGUMENT, "too short"))
						: on(request),
			},
		}),
	},
	{
		rule: "end.after",
		what: "a step after the end is answered with a reward",
		said: /after the end: expected a refusal, was answered/,
		plant: () => ({
			call: {
				Step: (request, on) =>
					on(request).catch(() => ({ episode: 1, step: 1, reward: 1 })),
			},
		}),
	},
	{
		rule: "end.finish",
		what: "every finish pays",
		said: /of the second finish, at 2: expected 0, got 0.5/,
		plant: () => ({
			answer: {
				Finish: (answer) => {
					answer.reward = 0.5;
					return answer;
				},
			},
		}),
	},
	{
		rule: "end.finish-after-end",
		what: "Finish grades a second time",
		said: /the result of the finish, at score/,
		plant: () => ({
			answer: {
				Finish: (answer) => {
					answer.result.score += 0.01;
					return answer;
				},
			},
		}),
	},
	{
		rule: "end.reset",
		what: "the result stays after a reset",
		said: /episode, state and result after the reset/,
		plant: () => ({
			answer: {
				Reset: (answer) => {
					answer.session.result = { episode: 1, score: 0.5 };
					return answer;
				},
			},
		}),
	},
	{
		rule: "limits.actions",
		what: "the limit of actions is told as a finish",
		said: /got END_REASON_FINISHED at step 30/,
		plant: onStep(({ result }) => {
			if (result) result.end_reason = "END_REASON_FINISHED";
		}),
	},
	{
		rule: "cancel.take-up",
		what: "a step that was cut is taken anew",
		said: /the step that was taken up, at step: expected 1, got 2/,
		plant: () => ({ request: { Step: withoutNumber } }),
	},
	{
		rule: "deadline.take-up",
		what: "a step whose deadline passed is taken anew",
		said: /the step that was taken up, at step: expected 1, got 2/,
		plant: () => ({ request: { Step: withoutNumber } }),
	},
	{
		rule: "cancel.give-up",
		what: "the number of a step that was given up begins it anew",
		said: /the number of the step that was cut and given up: expected a refusal/,
		task: SMALL,
		plant: () => ({
			call: {
				Step: (request, on) =>
					on(request).catch((error) => {
						if (error.code !== status.FAILED_PRECONDITION) throw error;
						return on(withoutNumber(request));
					}),
			},
		}),
	},
	{
		rule: "cancel.close",
		what: "Close does nothing",
		said: /expected SESSION_STATE_ENDED/,
		task: SMALL,
		plant: () => ({ call: { CloseSession: async () => ({}) } }),
	},
	{
		rule: "watch.events",
		what: "an offset is skipped",
		said: /expected event 2 next, got 3/,
		plant: () => ({
			answer: {
				Watch: (message) => {
					const offset = Number(message.event.offset);
					if (offset > 1) message.event.offset = String(offset + 1);
					return message;
				},
			},
		}),
	},
	{
		rule: "watch.events",
		what: "events tell another reward",
		said: /as its event tells, at 2/,
		plant: () => ({
			answer: {
				Watch: (message) => {
					if (message.event.action_completed)
						message.event.action_completed.reward = 0.5;
					return message;
				},
			},
		}),
	},
	{
		rule: "watch.offset",
		what: "the offset is not looked at",
		said: /the events from offset \d+ on/,
		plant: () => ({
			request: { Watch: ({ session_id }) => ({ session_id }) },
		}),
	},
	{
		rule: "watch.end",
		what: "the session's end is not told",
		said: /expected the session's end as the last event/,
		plant: () => ({
			answer: {
				Watch: (message) => (message.event.session_ended ? null : message),
			},
		}),
	},
	{
		rule: "watch.replay",
		what: "events tell another seed",
		said: /taken again/,
		plant: () => ({
			answer: {
				Watch: (message) => {
					if (message.event.episode_started)
						message.event.episode_started.seed = "1";
					return message;
				},
			},
		}),
	},
	{
		rule: "watch.dropped",
		what: "events are said to be dropped and are not",
		said: /a watch from offset 0: expected a refusal/,
		plant: () => {
			const session = { next_event_offset: "20000" };
			let resets = 0;
			return {
				call: {
					Reset: async () => {
						// One that is held up does not make resets dear.
						resets += 1;
						if (resets === 1)
							Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
						return { session };
					},
				},
				answer: { GetSession: () => ({ session }) },
			};
		},
	},
	{
		rule: "errors.details",
		what: "errors carry no details",
		said: /expected ErrorInfo with the domain nightshift/,
		plant: () => ({
			error: { "*": ({ code, details }) => refusal(code, details) },
		}),
	},
	{
		rule: "errors.details",
		what: "a reason comes with another code",
		said: /expected INVALID_ARGUMENT with UNKNOWN_TASK, got NOT_FOUND/,
		plant: () => ({
			error: {
				CreateSession: (error) =>
					Object.assign(error, { code: status.NOT_FOUND }),
			},
		}),
	},
	{
		rule: "leak.truth",
		what: "an answer's notice names the fault",
		said: /expected nothing of the truth before the end, found/,
		plant: () => ({
			call: {
				Step: async (request, on) => {
					const answer = await on(request);
					const { session } = await on(
						{ task_id: SRE, seed: "3" },
						"CreateSession",
					);
					const { result } = await on(
						{ session_id: session.session_id },
						"Finish",
					);
					answer.info.notice = result.sre.fault_class
						.slice("FAULT_CLASS_".length)
						.toLowerCase();
					return answer;
				},
			},
		}),
	},
	{
		rule: "leak.result",
		what: "GetSession tells a score before the end",
		said: /GetSession at the start: expected no result/,
		plant: () => ({
			answer: {
				GetSession: (answer) => {
					answer.session.result = { episode: 1, score: 0.5 };
					return answer;
				},
			},
		}),
	},
	{
		rule: "leak.seed",
		what: "a notice tells the seed",
		said: /expected an observation without the seed/,
		plant: () => {
			const seeds = new Map<string, string>();
			return {
				answer: {
					CreateSession: ({ session }) => {
						seeds.set(session.session_id, session.seed);
					},
					Step: (answer, { session_id }) => {
						answer.info.notice = `seed ${seeds.get(session_id)}`;
						return answer;
					},
				},
			};
		},
	},
	{
		rule: "leak.operator",
		what: "the operator's calls need no token",
		said: /ListAllSessions without a token: expected a refusal/,
		plant: () => ({
			call: { ListAllSessions: async () => ({ sessions: [] }) },
		}),
	},
	{
		rule: "service.health",
		what: "health says NOT_SERVING",
		said: /expected SERVING, got NOT_SERVING/,
		plant: () => ({ answer: { Check: () => ({ status: "NOT_SERVING" }) } }),
	},
	...["v1", "v1alpha"].map((version) => ({
		rule: `service.reflection-${version}`,
		what: "reflection has nothing to tell",
		said: /among the services, got none/,
		plant: (): Fault => ({
			answer: { [`reflection-${version}`]: () => Buffer.alloc(0) },
		}),
	})),
	{
		rule: "limits.streams",
		what: "a refusal for want of room carries no RetryInfo",
		said: /expected RESOURCE_EXHAUSTED with RetryInfo/,
		plant: () => ({
			error: { RunPolicy: ({ code, details }) => refusal(code, details) },
		}),
	},
];

test("There is a planted fault for every rule.", () => {
	const covered = new Set(planted.map(({ rule }) => rule));
	assert.deepEqual(
		rules.map(({ id }) => id).filter((id) => !covered.has(id)),
		[],
	);
});

test("A server that has Play, Fork and receipts keeps their rules.", async (context) => {
	const straight = await serve(context, SRE);
	const bent = await startBentServer(context, straight, withAllCalls());
	const asked = rules.filter(({ id }) =>
		["play.step", "fork.equal", "receipt.verify"].includes(id),
	);
	const results = await ask(context, bent, asked, SRE);
	assert.deepEqual(
		results.map(({ rule, outcome, reason }) => [rule, outcome, reason]),
		asked.map(({ id }) => [id, "ok", ""]),
	);
});

test("A server that hands every call on as it is keeps every rule but for what its library refuses.", async (context) => {
	const straight = await serve(context, SRE);
	const bent = await startBentServer(context, straight, {});
	const asked = rules.filter(({ slow }) => !slow);
	const results = await ask(context, bent, asked, SRE);
	const failed = results.filter(({ outcome }) => outcome === "FAIL");
	assert.deepEqual(
		failed.map(({ rule }) => rule),
		["invalid.bytes"],
		failed.map(({ rule, reason }) => `${rule}: ${reason}`).join("\n"),
	);
});

for (const task of [SRE, SMALL])
	test(`A rule catches the fault that is planted in a server of ${task}.`, async (context) => {
		const straight = await serve(context, task);
		for (const { rule, what, said, plant } of planted.filter(
			(fault) => (fault.task ?? SRE) === task,
		))
			await context.test(`${rule}: ${what}.`, async (inner) => {
				const bent = await startBentServer(inner, straight, plant());
				const [result] = await ask(
					inner,
					bent,
					rules.filter(({ id }) => id === rule),
					task,
				);
				const { outcome, reason } = result as RuleResult;
				assert.equal(outcome, "FAIL", reason);
				assert.match(reason, said);
			});
	});

/** What our server does not have yet, made of what it has. A fork begins with the parent's observation and goes on as another session does. */
function withAllCalls({ seed }: { readonly seed?: string } = {}): Fault {
	const created = new Map<string, Message>();
	const taken = new Map<string, Message[]>();
	let result: Message;
	return {
		answer: {
			CreateSession: (answer, request) => {
				created.set(answer.session.session_id, request);
			},
			Finish: (answer) => {
				result = answer.result;
			},
		},
		call: {
			Step: async (request, on) => {
				const answer = await on(request);
				const id = request.session_id;
				taken.set(id, [...(taken.get(id) ?? []), request.action]);
				return answer;
			},
			Fork: async ({ session_id: parent }, on) => {
				const request = { ...created.get(parent), ...(seed && { seed }) };
				const { session } = await on(request, "CreateSession");
				for (const action of taken.get(parent) ?? [])
					await on({ session_id: session.session_id, action }, "Step");
				const { observation } = await on({ session_id: parent }, "GetSession");
				return { session, observation };
			},
			GetReceipt: async () => ({ receipt: { result } }),
			VerifyReceipt: async ({ receipt }) => ({
				confirmed: receipt.result.score === result.score,
			}),
			Play: ({ request_id, step }, on) =>
				on(step, "Step").then(
					(answer) => ({ request_id, step: answer }),
					({ code }) => ({ request_id, error: { code } }),
				),
		},
	};
}

/** Asks again while the session is busy, as a server does that queues its actions. */
async function patiently(
	request: Message,
	on: (request: Message) => Promise<Message>,
): Promise<Message> {
	for (;;) {
		try {
			return await on(request);
		} catch (error) {
			if ((error as { code: number }).code !== status.ABORTED) throw error;
		}
	}
}
