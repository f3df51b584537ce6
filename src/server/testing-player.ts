import { createHash } from "node:crypto";
import { inspect, isDeepStrictEqual } from "node:util";
import { envService, type Method } from "../../clients/typescript/contract.js";
import {
	type CallControl,
	NightshiftRpcError,
} from "../../clients/typescript/index.js";
import type { SessionEvent } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import type { StepRequest } from "../../proto/generated/nightshift/v1/StepRequest.js";
import type { TrainingEpisode } from "../environments/training/episode.js";
import { readSnapshot } from "../sessions/snapshot.js";
import { fixedStep } from "./testing.js";
import type { CutTrainer } from "./testing-cut-trainer.js";
import { type Move, type Sequence, streamOf } from "./testing-sequences.js";

/** Plays sequences over gRPC, keeps everything that must be equal, byte for byte, wherever and whenever they are played, and compares it. */

/** A server that is played on. */
export interface Host {
	ask<Request, Response>(
		method: Method<Request, Response>,
		request: Request,
		control?: CallControl,
	): Promise<Response>;
	stream<Request, Response>(
		method: Method<Request, Response>,
		request: Request,
		control?: CallControl,
	): AsyncGenerator<Response>;
	/** A session as bytes, as `Sessions.snapshot` gives it. */
	snapshot(sessionId: string): Promise<Uint8Array>;
	/** Takes in a session that another server wrote. */
	restore(bytes: Uint8Array): Promise<unknown>;
}

/** One thing that was told. */
export interface Told {
	readonly what: string;
	readonly bytes: string;
	/** The same in a form that can be read. */
	readonly message: object;
}

/** One sequence that is played, on one server or on one after the other. */
export class Play {
	readonly told: Told[] = [];
	private next = 0;
	private id = "";

	constructor(
		readonly sequence: Sequence,
		/** The server's trainer, where calls shall go away in the middle, to be repeated under their number. */
		private readonly cutting?: CutTrainer,
	) {}

	get sessionId(): string {
		return this.id;
	}

	async open(host: Host): Promise<void> {
		const answer = await host.ask(
			envService.CreateSession,
			this.sequence.start,
		);
		this.id = answer.session?.session_id as string;
		this.keep("the session", envService.CreateSession, {
			...answer,
			session: fixedSession(answer.session),
		});
	}

	/** Makes the moves before `end`, a place in the sequence. */
	async playTo(host: Host, end: number): Promise<void> {
		for (; this.next < end; this.next++)
			await this.make(host, this.sequence.moves[this.next] as Move);
	}

	/** Begins the step that comes next and leaves it once it has told something; it stays the next one. Gives the session as it is then. */
	async beginNext(host: Host): Promise<Uint8Array> {
		const request = this.nextStep();
		for await (const { progress } of quietly(
			host.stream(envService.StepStream, request),
		))
			if (progress) return host.snapshot(this.id);
		return host.snapshot(this.id);
	}

	/** All moves that are left, and what the session holds and has told in the end. */
	async playOut(host: Host): Promise<void> {
		await this.playTo(host, this.sequence.moves.length);
		this.keepWeights(readSnapshot(await host.snapshot(this.id)).episode.state);
		await host.ask(envService.CloseSession, { session_id: this.id });
		await this.keepEvents(host);
	}

	private async make(host: Host, move: Move): Promise<void> {
		const place = `answer ${this.next + 1}, to ${shown(move)},`;
		try {
			switch (move.kind) {
				case "step": {
					if (this.cutting) await this.cutOff(host, move, this.cutting);
					const answer = await takeStep(host, this.nextStep(), move.streamed);
					this.keep(place, envService.Step, fixedStep(answer));
					break;
				}
				case "reset": {
					const { kind: _kind, ...start } = move;
					const answer = await host.ask(envService.Reset, {
						session_id: this.id,
						request_number: String(this.next + 1),
						...start,
					});
					this.keep(place, envService.Reset, {
						...answer,
						session: fixedSession(answer.session),
					});
					break;
				}
				case "finish": {
					const answer = await host.ask(envService.Finish, {
						session_id: this.id,
					});
					this.keep(place, envService.Finish, { ...answer, timing: null });
					break;
				}
			}
		} catch (error) {
			if (!(error instanceof NightshiftRpcError)) throw error;
			const { code, reason, message, violations, metadata } = error;
			const told = { code, reason, message, violations, metadata };
			this.told.push({
				what: place,
				bytes: JSON.stringify(told),
				message: told,
			});
		}
	}

	/** Asks for the next step and goes away: in the middle of an epoch, and elsewhere now and then as soon as it is sent. */
	private async cutOff(
		host: Host,
		{ action }: Move & { kind: "step" },
		trainer: CutTrainer,
	): Promise<void> {
		const stream = streamOf(`cuts/${this.next}`, this.sequence.number);
		const request = this.nextStep();
		if (action.run_epochs || action.flat) {
			for (let cuts = 1 + stream.nextBelow(2); cuts > 0; cuts--) {
				const { cut } = trainer;
				trainer.hold(1 + stream.nextBelow(2));
				for await (const { progress } of quietly(
					host.stream(envService.StepStream, request),
				))
					if (progress?.training?.batch && trainer.cut > cut) break;
				await trainer.held;
				trainer.holdNone();
			}
		} else if (stream.nextUnit() < 0.5) {
			const controller = new AbortController();
			setImmediate(() => controller.abort());
			await host
				.ask(envService.Step, request, { signal: controller.signal })
				.catch(() => {});
		}
	}

	private nextStep(): StepRequest {
		return {
			session_id: this.id,
			action: (this.sequence.moves[this.next] as Move & { kind: "step" })
				.action,
			request_number: String(this.next + 1),
		};
	}

	private keep<Response extends object>(
		what: string,
		method: { readonly responseSerialize: (response: Response) => Buffer },
		message: Response,
	): void {
		const bytes = method.responseSerialize(message).toString("base64");
		this.told.push({ what, bytes, message });
	}

	/** Weights, moments and step counts as they lie in memory. */
	private keepWeights(state: unknown): void {
		const { current, best } = state as TrainingEpisode;
		for (const [name, model] of [
			["last weights", current],
			["best checkpoint", best?.state],
		] as const) {
			const digest = (values: Float32Array | undefined) =>
				createHash("sha256")
					.update(new Uint8Array((values ?? new Float32Array()).slice().buffer))
					.digest("hex");
			const message = {
				weights: digest(model?.weights),
				first: digest(model?.first),
				second: digest(model?.second),
				steps: model?.steps ?? 0,
			};
			this.told.push({
				what: `what the ${name} are at the end`,
				bytes: JSON.stringify(message),
				message,
			});
		}
	}

	/** What the session has told: a step that was taken up tells its beginning and its cut epoch again, which must be what it told before. */
	private async keepEvents(host: Host): Promise<void> {
		let number: unknown;
		let count = 0;
		let seen = new Set<string>();
		for await (const { event } of host.stream(envService.Watch, {
			session_id: this.id,
		})) {
			if (event === null || event.action_interrupted) continue;
			const message = fixedEvent(event);
			const bytes = envService.Watch.responseSerialize({
				event: message,
			}).toString("base64");
			if (event.action_started) {
				const { request_number } = event.action_started;
				if (request_number === number) continue;
				number = request_number;
				seen = new Set();
			} else if (event.progress && seen.has(bytes)) continue;
			seen.add(bytes);
			count += 1;
			this.told.push({
				what: `event ${count}`,
				bytes,
				message,
			});
		}
	}
}

/** Plays whole sequences, as many at once as there are lanes. */
export async function playAll(
	host: Host,
	sequences: readonly Sequence[],
	{ lanes = 1, cutting }: { lanes?: number; cutting?: CutTrainer } = {},
): Promise<Play[]> {
	const plays = sequences.map((sequence) => new Play(sequence, cutting));
	await inLanes(lanes, plays, async (play) => {
		await play.open(host);
		await play.playOut(host);
	});
	return plays;
}

/** Does something with each item, so many at once, in their order. */
export async function inLanes<T>(
	lanes: number,
	items: readonly T[],
	work: (item: T) => Promise<void>,
): Promise<void> {
	const left = items.values();
	await Promise.all(
		Array.from({ length: lanes }, async () => {
			for (const item of left) await work(item);
		}),
	);
}

/** Throws at the first thing that was told otherwise than it was `expected`, by the number of the sequence. */
export function assertSame(
	plays: readonly Play[],
	expected: ReadonlyMap<number, Play>,
	how: string,
): void {
	for (const { sequence, told } of plays) {
		const others = (expected.get(sequence.number) as Play).told;
		const where = `Sequence ${sequence.number} (${sequence.start.task_id}, seed ${String(sequence.start.seed)}), ${how}: `;
		others.forEach((other, index) => {
			const one = told[index];
			if (one?.bytes === other.bytes) return;
			if (one === undefined)
				throw new Error(
					`${where}nothing is told where alone ${other.what} is ${inspect(other.message)}.`,
				);
			throw new Error(
				`${where}${other.what} is another. ${firstDifference(other.message, one.message)}`,
			);
		});
		if (told.length > others.length)
			throw new Error(
				`${where}${told[others.length]?.what} is told beyond what is told alone: ${inspect(told[others.length]?.message)}.`,
			);
	}
}

/** The first field in which two messages differ, and both values of it. */
function firstDifference(alone: unknown, here: unknown, path = ""): string {
	if (isObject(alone) && isObject(here)) {
		for (const name of new Set([...Object.keys(alone), ...Object.keys(here)]))
			if (!isDeepStrictEqual(alone[name], here[name]))
				return firstDifference(
					alone[name],
					here[name],
					path === "" ? name : `${path}.${name}`,
				);
	}
	return `${path || "It"} is ${inspect(alone)} alone and ${inspect(here)} here.`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null;

async function takeStep(host: Host, request: StepRequest, streamed: boolean) {
	if (!streamed) return host.ask(envService.Step, request);
	for await (const { result } of host.stream(envService.StepStream, request))
		if (result) return result;
	throw new Error("the stream ended without a result");
}

/** A stream of whose error its repetition will tell. */
async function* quietly<T>(stream: AsyncGenerator<T>): AsyncGenerator<T> {
	try {
		yield* stream;
	} catch (error) {
		if (!(error instanceof NightshiftRpcError)) throw error;
	}
}

/** A session's message without what differs lawfully: its id, times, and how many events its cuts have told. */
const fixedSession = <Session extends object>(session: Session | null) =>
	session && {
		...session,
		session_id: "",
		create_time: null,
		lease_expire_time: null,
		next_event_offset: 0,
	};

const fixedEvent = (event: SessionEvent): SessionEvent => ({
	...event,
	offset: 0,
	time: null,
});

function shown(move: Move): string {
	switch (move.kind) {
		case "step":
			return JSON.stringify(move.action);
		case "reset":
			return `a reset to ${move.task_id}`;
		case "finish":
			return "finish";
	}
}
