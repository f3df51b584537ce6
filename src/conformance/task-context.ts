import type { CallControl } from "../../clients/typescript/calls.js";
import { NightshiftRpcError } from "../../clients/typescript/errors.js";
import { envService } from "../../clients/typescript/low-level.js";
import type { Action } from "../../proto/generated/nightshift/v1/Action.js";
import type { CreateSessionRequest } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { Observation__Output } from "../../proto/generated/nightshift/v1/Observation.js";
import type { ResetRequest } from "../../proto/generated/nightshift/v1/ResetRequest.js";
import type { Session__Output } from "../../proto/generated/nightshift/v1/Session.js";
import type { SessionEvent__Output } from "../../proto/generated/nightshift/v1/SessionEvent.js";
import type { StepRequest } from "../../proto/generated/nightshift/v1/StepRequest.js";
import type { StepResponse__Output } from "../../proto/generated/nightshift/v1/StepResponse.js";
import type { StepStreamResponse__Output } from "../../proto/generated/nightshift/v1/StepStreamResponse.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import { drawFrom, namesOf, plainAction, richAction } from "./actions.js";
import { type Exploration, explore } from "./exploration.js";
import { NotApplicable } from "./rule.js";
import type { ServerContext } from "./server-context.js";

/** What a rule about one task asks through. */
export class TaskContext {
	private explored: Promise<Exploration> | undefined;

	constructor(
		readonly server: ServerContext,
		readonly task: Task__Output,
	) {}

	/** A new session on the task: seed 7, split train, and the typed view unless the request says otherwise. */
	async open(request: CreateSessionRequest = {}): Promise<Seat> {
		const { session, observation } = await this.server.create({
			task_id: this.task.id,
			seed: "7",
			...request,
		});
		return new Seat(this, session as Session__Output, observation);
	}

	/** What playing the task once tells of its actions; played at the first call. */
	explore(): Promise<Exploration> {
		this.explored ??= explore(this);
		return this.explored;
	}

	/** A new session in which the task's actions have been taken up to the one that takes long. Errors: NotApplicable where none does. */
	async openBeforeSlow(
		request: CreateSessionRequest = {},
	): Promise<{ seat: Seat; slow: Action }> {
		const { pass, slow } = await this.explore();
		if (slow === undefined)
			throw new NotApplicable(
				"every action of this task is done at once, so that nothing comes between",
			);
		const seat = await this.open(request);
		for (const action of pass.slice(0, slow)) await told(seat.step(action));
		return { seat, slow: lengthened(this.task, pass[slow] as Action) };
	}

	/** Actions drawn from the specification, the same for equal observations: what a random agent might do. */
	drawPass(
		observation: Observation__Output | null,
		seed: number,
		kind: "plain" | "rich",
	): Action[] {
		const draw = drawFrom(seed);
		return this.task.actions.flatMap((spec) => {
			const names = namesOf(spec, observation);
			return (
				(kind === "plain" ? plainAction : richAction)(spec, names, draw) ?? []
			);
		});
	}
}

/** One session, with calls that add nothing to what they are told. */
export class Seat {
	constructor(
		readonly context: TaskContext,
		readonly created: Session__Output,
		readonly first: Observation__Output | null,
	) {}

	get id(): string {
		return this.created.session_id;
	}

	private get client() {
		return this.context.server.client;
	}

	step(
		action: Action | null,
		rest: Pick<StepRequest, "request_number"> = {},
		control?: CallControl,
	): Promise<StepResponse__Output> {
		return this.client.unary(
			envService.Step,
			{ session_id: this.id, ...(action && { action }), ...rest },
			control,
		);
	}

	stream(
		action: Action,
		rest: Pick<StepRequest, "request_number"> = {},
		control?: CallControl,
	): AsyncGenerator<StepStreamResponse__Output> {
		return this.client.stream(
			envService.StepStream,
			{ session_id: this.id, action, ...rest },
			control,
		);
	}

	get() {
		return this.client.unary(envService.GetSession, { session_id: this.id });
	}

	finish() {
		return this.client.unary(envService.Finish, { session_id: this.id });
	}

	reset(request: Pick<ResetRequest, "seed" | "request_number" | "options">) {
		return this.client.unary(envService.Reset, {
			session_id: this.id,
			...request,
		});
	}

	renew(seconds?: number) {
		return this.client.unary(envService.RenewSession, {
			session_id: this.id,
			...(seconds !== undefined && { lease: { seconds } }),
		});
	}

	close() {
		return this.client.unary(envService.CloseSession, { session_id: this.id });
	}

	/** The session's next so many events from an offset on. */
	async events(
		count: number,
		from?: string,
		control: CallControl = { timeoutMs: 10_000 },
	): Promise<SessionEvent__Output[]> {
		const events: SessionEvent__Output[] = [];
		if (count === 0) return events;
		for await (const { event } of this.client.stream(
			envService.Watch,
			{
				session_id: this.id,
				...(from !== undefined && { from_offset: from }),
			},
			control,
		)) {
			events.push(event as SessionEvent__Output);
			if (events.length === count) break;
		}
		return events;
	}
}

/** The same action with its required whole numbers two higher, so that it takes longer. */
function lengthened(task: Task__Output, action: Action): Action {
	const [name, message] = Object.entries(action)[0] as [string, object];
	const spec = task.actions.find((each) => each.name === name);
	const changes = (spec?.arguments ?? []).flatMap((argument) =>
		argument.required &&
		argument.type === "ARGUMENT_TYPE_INTEGER" &&
		argument.choices.length === 0 &&
		!argument.name.includes(".")
			? [
					[
						argument.name,
						Math.min((argument.minimum ?? 0) + 2, argument.maximum ?? Infinity),
					],
				]
			: [],
	);
	return { [name]: { ...message, ...Object.fromEntries(changes) } };
}

/** What a step came to, without what may differ between runs: its answer, or what it was refused with. */
export type Told =
	| { readonly answer: Omit<StepResponse__Output, "timing" | "replayed"> }
	| { readonly refused: { code: string; reason: string; fields: string[] } };

export async function told(step: Promise<StepResponse__Output>): Promise<Told> {
	try {
		return { answer: fixed(await step) };
	} catch (thrown) {
		const { code, reason, violations } = NightshiftRpcError.from(thrown);
		return {
			refused: { code, reason, fields: violations.map(({ field }) => field) },
		};
	}
}

/** An answer without what may differ between runs. */
export function fixed(
	answer: StepResponse__Output,
): Omit<StepResponse__Output, "timing" | "replayed"> {
	const { timing: _, replayed: __, ...rest } = answer;
	return rest;
}

/** Takes the actions one after another and gives what each came to. */
export async function playAll(
	seat: Seat,
	actions: readonly Action[],
): Promise<Told[]> {
	const all: Told[] = [];
	for (const action of actions) all.push(await told(seat.step(action)));
	return all;
}
