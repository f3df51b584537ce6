import type { Client, ClientDuplexStream } from "@grpc/grpc-js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { PlayRequest } from "../../proto/generated/nightshift/v1/PlayRequest.js";
import type { ResetResponse__Output } from "../../proto/generated/nightshift/v1/ResetResponse.js";
import type { SreDeclaration } from "../../proto/generated/nightshift/v1/SreDeclaration.js";
import type { StepResponse__Output } from "../../proto/generated/nightshift/v1/StepResponse.js";
import { CallSpan } from "./call-span.js";
import type { CallControl } from "./calls.js";
import { envService } from "./contract.js";
import { NightshiftRpcError } from "./errors.js";
import {
	decodePlayResponse,
	encodePlayRequest,
	type LanesResult,
	type PlayAnswer,
} from "./play-messages.js";
import { toSeed } from "./values.js";

export type { LaneFailure, LanesResult } from "./play-messages.js";

type Seed = bigint | number | string;

/** When a lane starts its next episode; see AutoresetMode in the contract. */
export type Autoreset = "disabled" | "next-step" | "same-step";

/** A lane: a session, and how it starts again. */
export interface LaneOptions {
	readonly session: string | { readonly id: string };
	/** Default: disabled. */
	readonly autoreset?: Autoreset;
	/** Of its next episodes, in order; where none is left, the server draws one. */
	readonly seeds?: readonly Seed[];
}

/** A row of levels for every lane, and further seeds by lane. */
export interface LaneSteps {
	readonly levels: ArrayLike<number>;
	readonly seeds?: Readonly<Record<number, readonly Seed[]>>;
}

interface Waiting {
	readonly id: string;
	readonly resolve: (answer: PlayAnswer) => void;
	readonly reject: (error: NightshiftRpcError) => void;
}

/**
 * A play stream: requests are sent at once and answered in order, so that many can be under way. What fails in-band rejects its own promise (or
 * stands in `errors`, for a lane) and the stream goes on; when the stream itself fails, all that wait are rejected.
 *
 * ```ts
 * const play = client.play();
 * await play.setLanes(sessions.map((session) => ({ session, autoreset: "same-step" })));
 * const { observations, rewards } = await play.stepLanes({ levels });
 * ```
 */
export class PlayStream {
	private readonly call: ClientDuplexStream<PlayRequest, Buffer>;
	private readonly waiting: Waiting[] = [];
	/** Done when the stream is over. */
	private readonly over: Promise<void>;
	private requests = 0;
	/** Why the stream is over. */
	private failure: NightshiftRpcError | undefined;

	/** Errors: NightshiftRpcError where the signal is aborted already. */
	constructor(channel: Client, { signal, timeoutMs }: CallControl = {}) {
		if (signal?.aborted) throw NightshiftRpcError.cancelled(signal.reason);
		const span = new CallSpan(envService.Play.path);
		this.call = channel.makeBidiStreamRequest(
			envService.Play.path,
			encodePlayRequest,
			(bytes: Buffer) => bytes,
			span.metadata,
			timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs },
		);
		const cancel = () => this.call.cancel();
		signal?.addEventListener("abort", cancel, { once: true });
		this.call.on("data", (bytes: Buffer) => this.take(bytes));
		this.over = new Promise((resolve) => {
			const end = (error: unknown) => {
				signal?.removeEventListener("abort", cancel);
				this.fail(NightshiftRpcError.from(error));
				resolve();
			};
			this.call.on("error", (error) => {
				span.end(error);
				end(error);
			});
			this.call.on("end", () => {
				span.end();
				end(new Error("The play stream has ended."));
			});
		});
	}

	/** Sets the lanes, instead of those before, and gives them as they are. `columns`: places of the observation's columns to get; default all. */
	async setLanes(
		lanes: readonly LaneOptions[],
		{ columns = [] }: { readonly columns?: readonly number[] } = {},
	): Promise<LanesResult> {
		return batchOf(
			await this.send({
				lanes: {
					lanes: lanes.map(
						({ session, autoreset = "disabled", seeds = [] }) => ({
							session_id: typeof session === "string" ? session : session.id,
							autoreset_mode: `AUTORESET_MODE_${autoreset.toUpperCase().replace("-", "_") as "DISABLED"}`,
							seeds: seeds.map(toSeed),
						}),
					),
					columns: [...columns],
				},
			}),
		);
	}

	/** A step of every lane. */
	async stepLanes({ levels, seeds = {} }: LaneSteps): Promise<LanesResult> {
		return batchOf(
			await this.send({
				batch: {
					levels: levels as number[],
					seeds: Object.entries(seeds).map(([lane, given]) => ({
						lane: Number(lane),
						seeds: given.map(toSeed),
					})),
				},
			}),
		);
	}

	/** Starts the next episode of some lanes, or of all. `seeds`: one for each of them; else the next of those that wait. */
	async resetLanes({
		lanes = [],
		seeds = [],
	}: {
		readonly lanes?: readonly number[];
		readonly seeds?: readonly Seed[];
	} = {}): Promise<LanesResult> {
		return batchOf(
			await this.send({
				reset_lanes: { lanes: [...lanes], seeds: seeds.map(toSeed) },
			}),
		);
	}

	/** A step of one session, as EnvSession.step but without retries. */
	async step(
		sessionId: string,
		action: Action,
		{
			requestNumber,
			declare,
		}: {
			readonly requestNumber?: bigint;
			readonly declare?: SreDeclaration;
		} = {},
	): Promise<StepResponse__Output> {
		const answer = await this.send({
			step: {
				session_id: sessionId,
				action,
				...(requestNumber !== undefined && {
					request_number: String(requestNumber),
				}),
				...(declare && { declare }),
			},
		});
		if ("step" in answer) return answer.step;
		throw unexpected();
	}

	/** Starts a session's next episode. */
	async reset(
		sessionId: string,
		{
			seed,
			taskId,
			requestNumber,
		}: {
			readonly seed?: Seed;
			readonly taskId?: string;
			readonly requestNumber?: bigint;
		} = {},
	): Promise<ResetResponse__Output> {
		const answer = await this.send({
			reset: {
				session_id: sessionId,
				...(seed !== undefined && { seed: toSeed(seed) }),
				...(taskId && { task_id: taskId }),
				...(requestNumber !== undefined && {
					request_number: String(requestNumber),
				}),
			},
		});
		if ("reset" in answer) return answer.reset;
		throw unexpected();
	}

	/**
	 * Steps the lanes by what an iterable gives, and gives the answers in order: up to `inFlight` are under way at once, and no more is taken from the
	 * iterable than the reader of the answers makes room for.
	 */
	async *steps(
		given: Iterable<LaneSteps> | AsyncIterable<LaneSteps>,
		{ inFlight = 8 }: { readonly inFlight?: number } = {},
	): AsyncGenerator<LanesResult> {
		const sent: Promise<LanesResult>[] = [];
		for await (const steps of given) {
			const answer = this.stepLanes(steps);
			answer.catch(() => {});
			sent.push(answer);
			if (sent.length >= inFlight)
				yield await (sent.shift() as (typeof sent)[0]);
		}
		for (const answer of sent) yield await answer;
	}

	/** Waits for the answers that are under way, and ends the stream. */
	async close(): Promise<void> {
		this.call.end();
		await this.over;
	}

	/** Ends the stream now; what waits is rejected, and work that runs stops within one batch. */
	cancel(): void {
		this.call.cancel();
	}

	private async send(request: PlayRequest): Promise<PlayAnswer> {
		if (this.failure) throw this.failure;
		const id = String(++this.requests);
		const answer = await new Promise<PlayAnswer>((resolve, reject) => {
			this.waiting.push({ id, resolve, reject });
			this.call.write({ request_id: this.requests, ...request });
		});
		if ("error" in answer) throw answer.error;
		return answer;
	}

	private take(bytes: Buffer): void {
		const next = this.waiting.shift();
		try {
			const { requestId, answer } = decodePlayResponse(bytes);
			if (next?.id !== requestId)
				throw new Error(
					`The server answered request ${requestId} when ${next?.id ?? "none"} was next.`,
				);
			next.resolve(answer);
		} catch (error) {
			next?.reject(NightshiftRpcError.from(error));
			this.fail(NightshiftRpcError.from(error));
			this.call.cancel();
		}
	}

	private fail(error: NightshiftRpcError): void {
		this.failure ??= error;
		for (const { reject } of this.waiting.splice(0)) reject(this.failure);
	}
}

function batchOf(answer: PlayAnswer): LanesResult {
	if ("batch" in answer) return answer.batch;
	throw unexpected();
}

function unexpected(): NightshiftRpcError {
	return NightshiftRpcError.from(
		new Error("The server gave an answer of another kind than was asked for."),
	);
}
