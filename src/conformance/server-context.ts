import {
	envService,
	type LowLevelClient,
} from "../../clients/typescript/low-level.js";
import type { CreateSessionRequest } from "../../proto/generated/nightshift/v1/CreateSessionRequest.js";
import type { CreateSessionResponse__Output } from "../../proto/generated/nightshift/v1/CreateSessionResponse.js";
import type { Task__Output } from "../../proto/generated/nightshift/v1/Task.js";
import { drawSessionId } from "../entropy.js";

/** What a rule about a whole server asks through. Sessions that it opens are closed after the rule. */
export class ServerContext {
	private readonly opened: string[] = [];

	constructor(
		readonly client: LowLevelClient,
		/** All tasks that the server lists. */
		readonly tasks: readonly Task__Output[],
		/** A cheap one, for rules that need any session. */
		readonly anyTask: Task__Output,
	) {}

	async create(
		request: CreateSessionRequest,
	): Promise<CreateSessionResponse__Output> {
		const answer = await this.client.unary(envService.CreateSession, request);
		if (answer.session) this.adopt(answer.session.session_id);
		return answer;
	}

	/** Closes a session that was opened otherwise, too. */
	adopt(sessionId: string): void {
		this.opened.push(sessionId);
	}

	/** Closes what was opened, as far as that is possible. */
	async closeAll(): Promise<void> {
		await Promise.all(
			this.opened
				.splice(0)
				.map((session_id) =>
					this.client
						.unary(envService.CloseSession, { session_id }, { timeoutMs: 5000 })
						.catch(() => {}),
				),
		);
	}
}

/** A key, or an id, that nobody else has: the server may be a shared one, and remember. */
export function freshKey(): string {
	return drawSessionId();
}
