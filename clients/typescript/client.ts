import { type Client, connectivityState } from "@grpc/grpc-js";
import type { CreateSessionRequest } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { RewardMode } from "../../proto/generated/nightshift/v1/RewardMode.js";
import type { RunPolicyResponse__Output } from "../../proto/generated/nightshift/v1/RunPolicyResponse.js";
import type { Session__Output } from "../../proto/generated/nightshift/v1/Session.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import type { View } from "../../proto/generated/nightshift/v1/View.js";
import { type CallControl, callStream, callUnary } from "./calls.js";
import { envService, healthCheck, openChannel } from "./contract.js";
import { PlayStream } from "./play.js";
import { EnvSession } from "./session.js";
import { toDuration, toSeed } from "./values.js";

/** What a session is opened with; see CreateSessionRequest in the contract. */
export interface CreateSessionOptions extends CallControl {
	readonly seed?: bigint | number | string;
	readonly split?: "train" | "validation" | "test";
	readonly rewardMode?: "shaped" | "score";
	/** Default: typed alone. */
	readonly views?: readonly ("typed" | "flat" | "text")[];
	readonly leaseSeconds?: number;
	readonly ownerKey?: string;
	readonly idempotencyKey?: string;
}

/** Which episodes a policy plays on the server; see RunPolicyRequest in the contract. */
export interface PolicyRunOptions extends CallControl {
	/** 1 to 10,000. */
	readonly episodes: number;
	readonly firstSeed?: bigint | number | string;
	readonly split?: "train" | "validation" | "test";
}

/**
 * A client of the service at an address.
 *
 * ```ts
 * const client = new NightshiftClient('127.0.0.1:50051');
 * const session = await client.createSession('training/easy_mnist', { seed: 7 });
 * ```
 */
export class NightshiftClient {
	private readonly channel: Client;
	private isClosed = false;

	/** Opens no connection before the first call. `address` is "host:port". */
	constructor(readonly address: string) {
		this.channel = openChannel(address);
	}

	/** Waits until the service answers. Errors: an Error after `timeoutMs`, or once this is closed. */
	async waitForReady(timeoutMs: number): Promise<void> {
		const channel = this.channel.getChannel();
		const deadline = Date.now() + timeoutMs;
		try {
			// The library's own wait asks a channel that is closed meanwhile for its state, which opens its connection again.
			while (!this.isClosed) {
				const state = channel.getConnectivityState(true);
				if (state === connectivityState.READY) return;
				await new Promise<void>((resolve, reject) => {
					channel.watchConnectivityState(state, deadline, (error) =>
						error ? reject(error) : resolve(),
					);
				});
			}
			throw new Error("The client is closed.");
		} catch (cause) {
			throw new Error(
				`No Nightshift server answers at ${this.address}; start one with \`npx nightshift serve\`.`,
				{ cause },
			);
		}
	}

	/** The tasks that there are, with all that can be known of them. */
	async listTasks(
		environment: "" | "training" | "sre" = "",
		control?: CallControl,
	): Promise<Task__Output[]> {
		const response = await callUnary(
			this.channel,
			envService.ListTasks,
			{ environment },
			control,
		);
		return response.tasks;
	}

	/** Opens a session on a task and starts its first episode. */
	async createSession(
		taskId: string,
		{
			seed,
			split,
			rewardMode,
			views,
			leaseSeconds,
			ownerKey,
			idempotencyKey,
			...control
		}: CreateSessionOptions = {},
	): Promise<EnvSession> {
		const request: CreateSessionRequest = {
			task_id: taskId,
			...(seed !== undefined && { seed: toSeed(seed) }),
			...(split && {
				split: `SPLIT_${split.toUpperCase() as "TRAIN" | "VALIDATION" | "TEST"}`,
			}),
			options: {
				...(rewardMode && {
					reward_mode: `REWARD_MODE_${rewardMode.toUpperCase()}` as RewardMode,
				}),
				...(views && {
					views: views.map((view) => `VIEW_${view.toUpperCase()}` as View),
				}),
				...(leaseSeconds !== undefined && {
					lease: toDuration(leaseSeconds),
				}),
			},
			...(ownerKey && { owner_key: ownerKey }),
			...(idempotencyKey && { idempotency_key: idempotencyKey }),
		};
		const response = await callUnary(
			this.channel,
			envService.CreateSession,
			request,
			control,
		);
		return new EnvSession(
			this.channel,
			response.session as Session__Output,
			response.observation as NonNullable<typeof response.observation>,
		);
	}

	/** The session behind an id, to go on with it. */
	async openSession(
		sessionId: string,
		control?: CallControl,
	): Promise<EnvSession> {
		const response = await callUnary(
			this.channel,
			envService.GetSession,
			{ session_id: sessionId },
			control,
		);
		return new EnvSession(
			this.channel,
			response.session as Session__Output,
			response.observation as NonNullable<typeof response.observation>,
		);
	}

	/** Sessions that were created with this owner key. */
	async listSessions(
		ownerKey: string,
		control?: CallControl,
	): Promise<Session__Output[]> {
		const all: Session__Output[] = [];
		for (let token = ""; ; ) {
			const page = await callUnary(
				this.channel,
				envService.ListSessions,
				{ owner_key: ownerKey, page_token: token },
				control,
			);
			all.push(...page.sessions);
			token = page.next_page_token;
			if (token === "") return all;
		}
	}

	/**
	 * Plays a reference policy on the server over some seeds, from `firstSeed` on: an episode at a time, as they are done. Leaving the loop stops
	 * it. Errors: NightshiftRpcError.
	 */
	async *runPolicy(
		taskId: string,
		policy: string,
		{ episodes, firstSeed = 0, split = "train", ...control }: PolicyRunOptions,
	): AsyncGenerator<RunPolicyResponse__Output> {
		yield* callStream(
			this.channel,
			envService.RunPolicy,
			{
				task_id: taskId,
				policy,
				episodes,
				first_seed: toSeed(firstSeed),
				split: `SPLIT_${split.toUpperCase() as "TRAIN" | "VALIDATION" | "TEST"}`,
			},
			control,
		);
	}

	/** Opens a play stream: many requests in flight, and batches of steps. A signal or a time limit ends it. */
	play(control: CallControl = {}): PlayStream {
		return new PlayStream(this.channel, control);
	}

	/** What grpc.health.v1 says of the service: "SERVING" or "NOT_SERVING". */
	async health(control?: CallControl): Promise<string> {
		const { status } = await callUnary(
			this.channel,
			healthCheck,
			{ service: "nightshift.v1.EnvService" },
			control,
		);
		return status;
	}

	/** Closes the connection; sessions stay open on the server until their lease runs out. */
	close(): void {
		this.isClosed = true;
		this.channel.close();
	}
}
