import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@grpc/grpc-js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { FinishResponse__Output } from "../../proto/generated/nightshift/v1/FinishResponse.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { Progress__Output } from "../../proto/generated/nightshift/v1/Progress.js";
import type { Session__Output } from "../../proto/generated/nightshift/v1/Session.js";
import type { SessionEvent__Output } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import type { StepResponse__Output } from "../../proto/generated/nightshift/v1/StepResponse.js";
import { type CallControl, callStream, callUnary } from "./calls.js";
import { envService } from "./contract.js";
import { NightshiftRpcError } from "./errors.js";

/** How a step is made. */
export interface StepOptions extends CallControl {
	/** Default: the next one. The number of an earlier step gives its stored answer. */
	readonly requestNumber?: bigint;
	/** Told while a long action runs. */
	readonly onProgress?: (progress: Progress__Output) => void;
}

/** Times that a step is asked again where the server says that it is worth it; request numbers make that safe. */
const RETRIES = 5;

/** One session on the server. Its steps are numbered, so that a repeated one is taken exactly once. */
export class EnvSession {
	private nextRequestNumber: bigint;

	constructor(
		private readonly channel: Client,
		/** As the server told it last. */
		public info: Session__Output,
		/** The latest observation. */
		public observation: Observation__Output,
	) {
		this.nextRequestNumber = BigInt(info.last_request_number ?? 0) + 1n;
	}

	get id(): string {
		return this.info.session_id;
	}

	/** Takes an action. Errors: NightshiftRpcError. */
	async step(
		action: Action,
		{ requestNumber, onProgress, ...control }: StepOptions = {},
	): Promise<StepResponse__Output> {
		const number = requestNumber ?? this.nextRequestNumber;
		const request = {
			session_id: this.id,
			action,
			request_number: String(number),
		};
		const response = await this.retrying(control, () =>
			onProgress
				? this.streamed(request, onProgress, control)
				: callUnary(this.channel, envService.Step, request, control),
		);
		if (number >= this.nextRequestNumber) this.nextRequestNumber = number + 1n;
		this.observation = response.observation as Observation__Output;
		return response;
	}

	/** Starts the next episode; what is left out stays as it is, but for the seed, which the server draws. */
	async reset({
		seed,
		taskId,
		...control
	}: CallControl & {
		readonly seed?: bigint | number | string;
		readonly taskId?: string;
	} = {}): Promise<Observation__Output> {
		const number = this.nextRequestNumber;
		const request = {
			session_id: this.id,
			request_number: String(number),
			...(seed !== undefined && { seed: String(seed) }),
			...(taskId && { task_id: taskId }),
		};
		const response = await this.retrying(control, () =>
			callUnary(this.channel, envService.Reset, request, control),
		);
		this.nextRequestNumber = number + 1n;
		this.info = response.session as Session__Output;
		this.observation = response.observation as Observation__Output;
		return this.observation;
	}

	/** Ends the episode now, as truncated, and gives its result; again and again the same. */
	finish(control: CallControl = {}): Promise<FinishResponse__Output> {
		return this.retrying(control, () =>
			callUnary(
				this.channel,
				envService.Finish,
				{ session_id: this.id },
				control,
			),
		);
	}

	/** Where the session is now. */
	async refresh(control?: CallControl): Promise<Session__Output> {
		const response = await callUnary(
			this.channel,
			envService.GetSession,
			{ session_id: this.id },
			control,
		);
		this.info = response.session as Session__Output;
		this.observation = response.observation as Observation__Output;
		return this.info;
	}

	/** The session's events from an offset on, as they come; it ends with the session. */
	async *watch({
		fromOffset,
		...control
	}: CallControl & {
		readonly fromOffset?: bigint | number;
	} = {}): AsyncGenerator<SessionEvent__Output> {
		const request = {
			session_id: this.id,
			...(fromOffset !== undefined && { from_offset: String(fromOffset) }),
		};
		for await (const { event } of callStream(
			this.channel,
			envService.Watch,
			request,
			control,
		))
			yield event as SessionEvent__Output;
	}

	/** Keeps the session for its lease, or for another one, from now on. */
	async renew(leaseSeconds?: number, control?: CallControl): Promise<void> {
		const response = await callUnary(
			this.channel,
			envService.RenewSession,
			{
				session_id: this.id,
				...(leaseSeconds !== undefined && { lease: { seconds: leaseSeconds } }),
			},
			control,
		);
		this.info = response.session as Session__Output;
	}

	/** Gives the session back. */
	async close(control?: CallControl): Promise<void> {
		await callUnary(
			this.channel,
			envService.CloseSession,
			{ session_id: this.id },
			control,
		);
	}

	private async streamed(
		request: { session_id: string; action: Action; request_number: string },
		onProgress: (progress: Progress__Output) => void,
		control: CallControl,
	): Promise<StepResponse__Output> {
		for await (const { progress, result } of callStream(
			this.channel,
			envService.StepStream,
			request,
			control,
		)) {
			if (progress) onProgress(progress);
			if (result) return result;
		}
		throw NightshiftRpcError.from(
			new Error("The stream ended without a result."),
		);
	}

	private async retrying<Response>(
		{ signal }: CallControl,
		attempt: () => Promise<Response>,
	): Promise<Response> {
		for (let left = RETRIES; ; left--) {
			try {
				return await attempt();
			} catch (thrown) {
				const error = NightshiftRpcError.from(thrown);
				if (error.retryAfterMs === undefined || left === 0) throw error;
				await sleep(error.retryAfterMs, undefined, signal && { signal });
			}
		}
	}
}
