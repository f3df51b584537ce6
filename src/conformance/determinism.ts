import { NightshiftRpcError } from "../../clients/typescript/errors.js";
import { envService } from "../../clients/typescript/low-level.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { CreateSessionRequest } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { RunPolicyResponse__Output } from "../../proto/generated/nightshift/v1/RunPolicyResponse.js";
import { drawFrom } from "./actions.js";
import { nameOf } from "./exploration.js";
import {
	ConformanceFailure,
	expect,
	expectSame,
	firstDifference,
	NotApplicable,
	type Rule,
	Unimplemented,
} from "./rule.js";
import {
	fixed,
	playAll,
	type Seat,
	type TaskContext,
	type Told,
	told,
} from "./task-context.js";

const MOST_SEED = String(2n ** 64n - 1n);
const CROWD = 16;
const VIEWS = ["VIEW_TYPED", "VIEW_FLAT", "VIEW_TEXT"] as const;

/** Task, split, seed and actions fix every answer. */
export const determinism: readonly Rule[] = [
	{
		id: "determinism.repeat",
		title:
			"The same seed and actions give the same observations, rewards and refusals, value for value, in every view.",
		contract:
			"rule 1: deterministic; nothing volatile inside an observation or its info",
		counterpart:
			"Gymnasium: two seeded resets and the same step give equal obs, reward, flags and info",
		of: "task",
		async check(context) {
			const actions = await longScript(context);
			const request = { options: { views: [...VIEWS] } };
			const [one, two] = [
				await play(context, request, actions),
				await play(context, request, actions),
			];
			expectSameAnswers(two, one, actions, "the second time");
		},
	},
	{
		id: "determinism.seeds",
		title:
			"Seed 123 after seed 456 in one session is what it was before; another seed is another episode.",
		contract: "rule 1: deterministic; never a silently ignored seed",
		counterpart:
			"Gymnasium: seed 123, then 456, another seed gives another state; the same seed the same",
		of: "task",
		async check(context) {
			const actions = await script(context);
			const seat = await context.open({ seed: "123" });
			const first = [seat.first, await playAll(seat, actions)];
			const under = async (seed: string) => {
				const { observation } = await seat.reset({ seed });
				return [observation, (await playAll(seat, actions)).map(inEpisodeOne)];
			};
			const other = await under("456");
			expect(
				firstDifference(other, first) !== undefined,
				"expected seed 456 to give another episode than seed 123, got the same.",
			);
			expectSame(await under("123"), first, "seed 123 again");
		},
	},
	{
		id: "determinism.edge-seeds",
		title:
			"Seeds 0, 2^53+1 and 2^64-1 are taken and told exactly, and are other episodes than their neighbours.",
		contract:
			"create session: seed is a uint64, every split takes any 64-bit seed",
		counterpart: "none: Gymnasium's seeds are whole numbers of any size",
		of: "task",
		async check(context) {
			const actions = await script(context);
			const told = new Map<string, unknown>();
			for (const seed of [
				"0",
				"1",
				String(2n ** 53n),
				String(2n ** 53n + 1n),
				String(2n ** 64n - 2n),
				MOST_SEED,
			]) {
				const seat = await context.open({ seed });
				expect(
					seat.created.seed === seed,
					`expected the seed ${seed} to be told, got ${seat.created.seed}.`,
				);
				const played = [seat.first, await playAll(seat, actions)];
				for (const [other, answers] of told)
					expect(
						firstDifference(played, answers) !== undefined,
						`expected seeds ${other} and ${seed} to be two episodes, got the same.`,
					);
				told.set(seed, played);
			}
		},
	},
	{
		id: "determinism.splits",
		title: "The same seed is another episode in each split.",
		contract: "words: split: splits are disjoint",
		counterpart: "none: their environments have no splits",
		of: "task",
		async check(context) {
			const { splits } = context.task;
			if (splits.length < 2) throw new NotApplicable("it has one split");
			const actions = await script(context);
			const all: unknown[] = [];
			for (const split of splits) {
				const seat = await context.open({ split });
				const played = [seat.first, await playAll(seat, actions)];
				expect(
					all.every((other) => firstDifference(other, played) !== undefined),
					`expected ${split} to be another episode than the splits before, got the same.`,
				);
				all.push(played);
			}
		},
	},
	{
		id: "determinism.crowd",
		title:
			"Among 16 sessions that step in random order at once, an episode is what it is alone.",
		contract:
			"rule 1: alone or among any number of concurrent sessions; rule 7: load-independent",
		counterpart: "none: their checkers play one environment",
		of: "task",
		async check(context) {
			const actions = await script(context);
			const alone = await play(context, {}, actions);
			const seats = await Promise.all(
				Array.from({ length: CROWD }, (_, index) =>
					context.open({ seed: index % 4 === 0 ? "7" : String(index) }),
				),
			);
			const answers = seats.map((): Told[] => []);
			// Each turn is a random session's next action; up to 16 are under way.
			const draw = drawFrom(16);
			const turns = seats
				.flatMap((_, index) => actions.map(() => ({ index, key: draw() })))
				.sort((a, b) => a.key - b.key);
			const last = seats.map(() => Promise.resolve());
			for (const { index } of turns) {
				const seat = seats[index] as Seat;
				last[index] = (last[index] as Promise<void>).then(async () => {
					const mine = answers[index] as Told[];
					mine.push(await told(seat.step(actions[mine.length] as Action)));
				});
			}
			await Promise.all(last);
			for (let index = 0; index < CROWD; index += 4)
				expectSameAnswers(
					answers[index] as Told[],
					alone,
					actions,
					`session ${index + 1} of ${CROWD}`,
				);
		},
	},
	{
		id: "determinism.views",
		title:
			"What a session sees does not change its episode: each view is the same alone and beside the others.",
		contract: "rule 1: deterministic; the views are forms of one observation",
		counterpart: "dm_env_rpc Step: can request each observation individually",
		of: "task",
		async check(context) {
			const actions = await script(context);
			const all = await play(
				context,
				{ options: { views: [...VIEWS] } },
				actions,
			);
			for (const view of VIEWS) {
				const answers = await play(
					context,
					{ options: { views: [view] } },
					actions,
				);
				answers.forEach((mine, index) => {
					const both = all[index] as Told;
					if (!("answer" in mine) || !("answer" in both)) {
						expectSame(
							mine,
							both,
							`${nameOf(actions[index] as Action)} seen as ${view}`,
						);
						return;
					}
					const { observation, ...rest } = mine.answer;
					const { observation: whole, ...others } = both.answer;
					expectSame(
						rest,
						others,
						`${nameOf(actions[index] as Action)} seen as ${view}`,
					);
					for (const [form, value] of Object.entries(observation ?? {}))
						if (!form.startsWith("_"))
							expectSame(
								value,
								whole?.[form as "text"],
								`${form} of ${nameOf(actions[index] as Action)} seen as ${view}`,
							);
				});
			}
		},
	},
	{
		id: "determinism.stream",
		title:
			"A streamed step ends with exactly one result, as its last message, equal to a plain step's.",
		contract: "step, streaming: exactly one result as the last message",
		counterpart: "none: their steps are not streamed",
		of: "task",
		async check(context) {
			const actions = await script(context);
			const plain = await play(context, {}, actions);
			const seat = await context.open();
			for (const [index, action] of actions.entries()) {
				const mine = await streamed(seat, action);
				expectSame(mine, plain[index], `${nameOf(action)}, streamed`);
			}
		},
	},
	{
		id: "policy.run",
		title:
			"RunPolicy plays the seeds in order, one message an episode, the same alone and in a row; doing nothing scores what a client gets that finishes at once.",
		contract: "run reference policy",
		counterpart: "none",
		of: "task",
		async check(context) {
			const { task } = context;
			const policy = task.reference_scores.map(({ policy: name }) => name)[0];
			if (policy === undefined)
				throw new NotApplicable("the task lists no policy");
			const run = async (first_seed: string, episodes: number) => {
				const all: RunPolicyResponse__Output[] = [];
				for await (const episode of context.server.client.stream(
					envService.RunPolicy,
					{
						task_id: task.id,
						policy,
						first_seed,
						episodes,
						split: "SPLIT_TEST",
					},
				))
					all.push(episode);
				return all;
			};
			const both = await run("41", 2);
			expectSame(
				both.map(({ seed }) => seed),
				["41", "42"],
				"the seeds",
			);
			const [alone] = await run("42", 1);
			expectSame(
				alone?.result,
				both[1]?.result,
				"the episode of seed 42, alone and after another",
			);
			const scores = both.map(({ result }) => result?.score ?? Number.NaN);
			expect(
				Math.abs(
					(both[1]?.mean_score ?? Number.NaN) -
						((scores[0] as number) + (scores[1] as number)) / 2,
				) < 1e-9,
				`expected the mean of ${scores.join(" and ")}, got ${both[1]?.mean_score}.`,
			);
			if (policy === "do-nothing") {
				const seat = await context.open({ seed: "42", split: "SPLIT_TEST" });
				const { result } = await seat.finish();
				expect(
					result?.score === scores[1],
					`expected the score ${result?.score} of a client that finishes at once, got ${scores[1]}.`,
				);
			}
			await context.server.client
				.stream(envService.RunPolicy, {
					task_id: task.id,
					policy: "no-such-policy",
					episodes: 1,
				})
				.next()
				.then(
					() => {
						throw new ConformanceFailure(
							"expected an unknown policy to be refused, was answered.",
						);
					},
					(error: unknown) => {
						const { code, violations } = NightshiftRpcError.from(error);
						expect(
							code === "INVALID_ARGUMENT" &&
								violations.some(({ field }) => field === "policy"),
							`expected INVALID_ARGUMENT at policy for an unknown one, got ${code}.`,
						);
					},
				);
		},
	},
	{
		id: "fork.equal",
		title:
			"A fork is a new session, equal to the old one at that point, and both go on the same under equal actions; it outlives its parent.",
		contract: "fork",
		counterpart: "none",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const seat = await context.open();
			for (const action of pass.slice(0, quick + 1))
				await seat.step(action).catch(() => {});
			const { client } = context.server;
			const { session, observation } = await client
				.unary(envService.Fork, { session_id: seat.id })
				.catch(throwUnimplemented);
			const id = session?.session_id ?? "";
			context.server.adopt(id);
			const { observation: own } = await seat.get();
			expect(id !== seat.id, `expected a session of its own, got ${id} again.`);
			expectSame(observation, own, "the fork's observation");
			const answers = await playAll(seat, pass);
			await seat.close();
			for (const [index, action] of pass.entries())
				expectSame(
					await told(client.unary(envService.Step, { session_id: id, action })),
					answers[index],
					`${nameOf(action)} in the fork`,
				);
		},
	},
];

/** Errors: Unimplemented where a server says so, else the error itself. */
export function throwUnimplemented(thrown: unknown): never {
	const error = NightshiftRpcError.from(thrown);
	if (error.code === "UNIMPLEMENTED") throw new Unimplemented(error.message);
	throw error;
}

/** Each action once, but for those that end the episode. */
async function script(context: TaskContext): Promise<readonly Action[]> {
	return (await context.explore()).harmless;
}

/** The same, and then drawn ones with optional arguments. */
async function longScript(context: TaskContext): Promise<readonly Action[]> {
	const { harmless, first, slow } = await context.explore();
	const names = new Set(harmless.map(nameOf));
	const rounds = slow === undefined ? [2, 3, 4] : [2];
	return [
		...harmless,
		...rounds.flatMap((round) =>
			context
				.drawPass(first, round, "rich")
				.filter((action) => names.has(nameOf(action))),
		),
	];
}

async function play(
	context: TaskContext,
	request: CreateSessionRequest,
	actions: readonly Action[],
): Promise<Told[]> {
	return playAll(await context.open(request), actions);
}

function expectSameAnswers(
	actual: readonly Told[],
	expected: readonly Told[],
	actions: readonly Action[],
	what: string,
): void {
	for (const [index, action] of actions.entries())
		expectSame(
			actual[index],
			expected[index],
			`call ${index + 1} (${nameOf(action)}) ${what}`,
		);
}

function inEpisodeOne(all: Told): Told {
	if (!("answer" in all)) return all;
	const { result } = all.answer;
	return {
		answer: {
			...all.answer,
			episode: 1,
			...(result && { result: { ...result, episode: 1 } }),
		},
	};
}

async function streamed(seat: Seat, action: Action): Promise<Told> {
	try {
		let answer: Told | undefined;
		for await (const { progress, result } of seat.stream(action)) {
			expect(
				answer === undefined,
				`${nameOf(action)}: expected nothing after the result, got ${progress ? "progress" : "another result"}.`,
			);
			if (result) answer = { answer: fixed(result) };
		}
		expect(
			answer !== undefined,
			`${nameOf(action)}: expected a result, the stream ended without one.`,
		);
		return answer;
	} catch (error) {
		if (error instanceof ConformanceFailure) throw error;
		return told(Promise.reject(error as Error));
	}
}
