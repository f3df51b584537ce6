import { NightshiftRpcError } from "../../clients/typescript/errors.js";
import { envService, healthCheck } from "../../clients/typescript/low-level.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import { throwUnimplemented } from "./determinism.js";
import {
	describeError,
	expect,
	expectSame,
	NotApplicable,
	type Rule,
	refusalOf,
} from "./rule.js";
import { fixed } from "./task-context.js";

const SERVICE = "nightshift.v1.EnvService";
/** Runs of policies that a server is asked for at once; more than this without a refusal is no bound. */
const MOST_RUNS = 64;

/** What stands beside the sessions, and the calls that a server may not have yet. */
export const service: readonly Rule[] = [
	{
		id: "service.health",
		title:
			"grpc.health.v1 says SERVING for the server and for EnvService, and NOT_FOUND for a service that there is not.",
		contract: "beside it: grpc.health.v1",
		counterpart: "none",
		of: "server",
		async check({ client }) {
			for (const name of ["", SERVICE]) {
				const { status } = await client.unary(healthCheck, { service: name });
				expect(
					status === "SERVING",
					`"${name}": expected SERVING, got ${status}.`,
				);
			}
			const { code } = await refusalOf(
				client.unary(healthCheck, { service: "no.such.Service" }),
				"a service that there is not",
			);
			expect(code === "NOT_FOUND", `expected NOT_FOUND, got ${code}.`);
		},
	},
	...(["v1", "v1alpha"] as const).map(
		(version): Rule => ({
			id: `service.reflection-${version}`,
			title: `Server reflection ${version} lists the service and gives its files with every message, so that a client can begin with none.`,
			contract: "beside it: server reflection (v1 and v1alpha)",
			counterpart: "none: their descriptors come with their packages",
			of: "server",
			async check({ client }) {
				const { services, files } = await client.reflect(version, SERVICE);
				expect(
					services.includes(SERVICE),
					`expected ${SERVICE} among the services, got ${services.join(", ") || "none"}.`,
				);
				// Names stand in descriptors as they are.
				const text = files
					.map((bytes) => Buffer.from(bytes).toString("latin1"))
					.join();
				const missing = [
					...Object.keys(envService),
					"ArgumentSpec",
					"FlatObservation",
				].filter((name) => !text.includes(name));
				expect(
					missing.length === 0,
					`expected the files of ${SERVICE} with all that it needs, missing: ${missing.slice(0, 5).join(", ")}.`,
				);
			},
		}),
	),
	{
		id: "limits.streams",
		title:
			"Past a bound of runs at once the answer is RESOURCE_EXHAUSTED with RetryInfo.",
		contract:
			"rule 9: past the limit the answer is RESOURCE_EXHAUSTED with RetryInfo",
		counterpart: "none",
		slow: true,
		of: "server",
		async check({ client, anyTask }) {
			const policy = anyTask.reference_scores[0]?.policy;
			if (policy === undefined)
				throw new NotApplicable("the task lists no policy");
			const controller = new AbortController();
			const open: Promise<unknown>[] = [];
			try {
				for (let run = 0; run < MOST_RUNS; run++) {
					const stream = client.stream(
						envService.RunPolicy,
						{ task_id: anyTask.id, policy, episodes: 10_000 },
						{ signal: controller.signal },
					);
					const first = stream.next();
					const error = await first.then(
						() => undefined,
						(thrown: unknown) => NightshiftRpcError.from(thrown),
					);
					if (error === undefined) {
						open.push(stream.next().catch(() => {}));
						continue;
					}
					expect(
						error.code === "RESOURCE_EXHAUSTED" &&
							(error.retryAfterMs ?? 0) > 0,
						`run ${run + 1} at once: expected RESOURCE_EXHAUSTED with RetryInfo, got ${describeError(error)}.`,
					);
					return;
				}
				expect(
					false,
					`expected a refusal before ${MOST_RUNS} runs at once, got none.`,
				);
			} finally {
				controller.abort();
				await Promise.all(open);
			}
		},
	},
	{
		id: "play.step",
		title:
			"Play answers in order, a step as Step does, and a request that fails in-band without ending the stream.",
		contract: "play (bidi stream)",
		counterpart: "dm_env_rpc: all of it is one such stream",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const [seat, twin] = [await context.open(), await context.open()];
			for (const action of pass.slice(0, quick)) {
				await seat.step(action).catch(() => {});
				await twin.step(action).catch(() => {});
			}
			const action = pass[quick] as Action;
			const answers = await context.server.client
				.bidi(envService.Play as never, [
					{ request_id: "1", step: { session_id: "no id", action } },
					{ request_id: "2", step: { session_id: seat.id, action } },
				])
				.catch(throwUnimplemented);
			const [failed, answered] = answers as {
				request_id: string;
				error?: { code: number };
				step?: Awaited<ReturnType<typeof twin.step>>;
			}[];
			expect(
				failed?.request_id === "1" && failed.error?.code === 3,
				`a step of "no id": expected INVALID_ARGUMENT in-band, got ${JSON.stringify(failed)?.slice(0, 80)}.`,
			);
			expect(
				answered?.request_id === "2" && answered.step !== undefined,
				"the step after it: expected its answer, got none.",
			);
			expectSame(
				fixed(answered.step),
				fixed(await twin.step(action)),
				"the step of the stream",
			);
		},
	},
	{
		id: "receipt.verify",
		title:
			"The receipt of an ended episode is confirmed, and one whose score was changed is not.",
		contract: "receipt, verify",
		counterpart: "none",
		of: "task",
		async check(context) {
			const { pass, quick } = await context.explore();
			const { client } = context.server;
			const seat = await context.open();
			for (const action of pass.slice(0, quick + 1))
				await seat.step(action).catch(() => {});
			const { result } = await seat.finish();
			const { receipt } = await client
				.unary(envService.GetReceipt, { session_id: seat.id })
				.catch(throwUnimplemented);
			expectSame(receipt?.result, result, "the receipt's result");
			const verify = async (changed: object) =>
				client
					.unary(envService.VerifyReceipt, {
						receipt: { ...receipt, ...changed } as never,
					})
					.catch(throwUnimplemented);
			expect(
				(await verify({})).confirmed,
				"expected the receipt to be confirmed, it was not.",
			);
			const other = { result: { ...receipt?.result, score: 0.123456 } };
			expect(
				!(await verify(other)).confirmed,
				"expected a receipt with another score not to be confirmed, it was.",
			);
		},
	},
];
