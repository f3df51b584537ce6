import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@grpc/grpc-js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { FinishResponse__Output } from "../../proto/generated/nightshift/v1/FinishResponse.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { Progress__Output } from "../../proto/generated/nightshift/v1/Progress.js";
import type { Session__Output } from "../../proto/generated/nightshift/v1/Session.js";
import type { SessionEvent__Output } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import type { SreDeclaration } from "../../proto/generated/nightshift/v1/SreDeclaration.js";
import type { StepResponse__Output } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { StepStreamRequest } from "../../proto/generated/nightshift/v1/StepStreamRequest.js";
import { type CallControl, callStream, callUnary } from "./calls.js";
import { envService } from "./contract.js";
import { NightshiftRpcError } from "./errors.js";
import { toDuration, toSeed } from "./values.js";
import { whatIsLost } from "./wire-check.js";

/** How a step is made. */
export interface StepOptions extends CallControl {
	/**
	 * Default: the next one, a new step. The number of the last step (`lastRequestNumber`) with the same action gives its stored answer, or takes
	 * it up where it was cut off.
	 */
	readonly requestNumber?: bigint;
	/** Told while a long action runs. */
	readonly onProgress?: (progress: Progress__Output) => void;
	/** sre: a diagnosis beside the action; takes no time, and the last one of an episode counts. */
	readonly declare?: SreDeclaration;
}

/** Times that a call is asked again where the server says that it is worth it, or cannot be reached; request numbers make that safe. */
const RETRIES = 5;
/** Before a server that could not be reached is asked again. */
const RECONNECT_MS = 500;

/** One session on the server. Its steps are numbered, so that a repeated one is taken exactly once. */
export class EnvSession {
	/** Number of the last step or reset that was sent, also of one that failed; 0 before the first. */
	lastRequestNumber: bigint;

	constructor(
		private readonly channel: Client,
		/** As the server told it last. */
		public info: Session__Output,
		/** The latest observation. */
		public observation: Observation__Output,
	) {
		this.lastRequestNumber = BigInt(info.last_request_number ?? 0);
	}

	get id(): string {
		return this.info.session_id;
	}

	/** Takes an action. Errors: NightshiftRpcError; INVALID_FIELD, without a call, for what the wire would drop or change. */
	async step(
		action: Action,
		{ requestNumber, onProgress, declare, ...control }: StepOptions = {},
	): Promise<StepResponse__Output> {
		throwIfLost({ action, ...(declare && { declare }) });
		const request = {
			session_id: this.id,
			action,
			request_number: String(this.takeNumber(requestNumber)),
			...(declare && { declare }),
		};
		const response = await retrying(control, (control) =>
			onProgress
				? this.streamed(request, onProgress, control)
				: callUnary(this.channel, envService.Step, request, control),
		);
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
		const request = {
			session_id: this.id,
			request_number: String(this.takeNumber(undefined)),
			...(seed !== undefined && { seed: toSeed(seed) }),
			...(taskId && { task_id: taskId }),
		};
		const response = await retrying(control, (control) =>
			callUnary(this.channel, envService.Reset, request, control),
		);
		this.info = response.session as Session__Output;
		this.observation = response.observation as Observation__Output;
		return this.observation;
	}

	/** Ends the episode now, as truncated, and gives its result; again and again the same. `declare`: sre, a last diagnosis. */
	async finish({
		declare,
		...control
	}: CallControl & {
		readonly declare?: SreDeclaration;
	} = {}): Promise<FinishResponse__Output> {
		if (declare) throwIfLost({ declare });
		const response = await retrying(control, (control) =>
			callUnary(
				this.channel,
				envService.Finish,
				{ session_id: this.id, ...(declare && { declare }) },
				control,
			),
		);
		this.observation = response.observation as Observation__Output;
		return response;
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
				...(leaseSeconds !== undefined && { lease: toDuration(leaseSeconds) }),
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

	private takeNumber(asked: bigint | undefined): bigint {
		const number = asked ?? this.lastRequestNumber + 1n;
		if (number > this.lastRequestNumber) this.lastRequestNumber = number;
		return number;
	}

	private async streamed(
		request: StepStreamRequest,
		onProgress: (progress: Progress__Output) => void,
		control: CallControl,
	): Promise<StepResponse__Output> {
		let answer: StepResponse__Output | undefined;
		// Read to its end: leaving sooner would reset the stream, and a server closes a connection on which many streams are reset.
		for await (const { progress, result } of callStream(
			this.channel,
			envService.StepStream,
			request,
			control,
		)) {
			if (progress) onProgress(progress);
			if (result) answer = result;
		}
		if (answer) return answer;
		throw NightshiftRpcError.from(
			new Error("The stream ended without a result."),
		);
	}
}

function throwIfLost(part: Parameters<typeof whatIsLost>[0]): void {
	const sentence = whatIsLost(part);
	if (sentence !== undefined) throw NightshiftRpcError.unsendable(sentence);
}

/** Asks again where that is safe and worth it, within the time that the call has in all. */
async function retrying<Response>(
	{ signal, timeoutMs }: CallControl,
	attempt: (control: CallControl) => Promise<Response>,
): Promise<Response> {
	const deadline =
		timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
	const left = () => (deadline ?? Number.POSITIVE_INFINITY) - performance.now();
	for (let retries = RETRIES; ; retries--) {
		try {
			return await attempt({
				...(signal && { signal }),
				...(deadline !== undefined && { timeoutMs: Math.max(0, left()) }),
			});
		} catch (thrown) {
			const error = NightshiftRpcError.from(thrown);
			const delayMs = retryAfterMs(error);
			if (delayMs === undefined || retries === 0 || delayMs >= left())
				throw error;
			await sleep(delayMs, undefined, signal && { signal }).catch(() => {
				throw NightshiftRpcError.cancelled(error);
			});
		}
	}
}

function retryAfterMs(error: NightshiftRpcError): number | undefined {
	const isUnreachable = error.code === "UNAVAILABLE" && error.reason === "";
	return isUnreachable ? RECONNECT_MS : error.retryAfterMs;
}
