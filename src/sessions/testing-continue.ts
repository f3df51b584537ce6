import { readFileSync, writeFileSync } from "node:fs";
import { serialize } from "node:v8";
import type { Environment } from "../environments/environment.js";
import type { Session } from "./session.js";
import { Sessions } from "./sessions.js";
import {
	bare,
	ManualClock,
	patient,
	resetCall,
	run,
	status,
	stepCall,
	submit,
} from "./testing.js";
import {
	configure,
	createTinyEnvironment,
	createTrainer,
	TINY,
} from "./testing-training.js";

/** The second process of restart.test.ts: takes a session in from a file, plays on, and writes what came of it. */

/** When everything happens, in both processes. */
export const NOW_MS = Date.UTC(2026, 0, 1);

/** The action that runs or has run when the session is written; its number is 2. */
export const written = run(3);

export interface Continuation {
	/** Answers, without timing. */
	readonly answers: readonly unknown[];
	/** The session in the end. */
	readonly snapshot: Uint8Array;
}

export function createSessions(environment: Environment): Sessions {
	return new Sessions({
		clock: new ManualClock(NOW_MS),
		environments: [environment],
		maxSessions: 4,
		maxActions: 4,
	});
}

/** Repeats number 2, and plays the episode to its end and into the next one. */
export async function playOn(
	sessions: Sessions,
	session: Session,
): Promise<Continuation> {
	const step = async (...call: Parameters<typeof stepCall>) =>
		bare(await session.step(stepCall(...call), patient));
	const reset = resetCall("21", 6);
	const answers = [
		await step(written, 2),
		await step(status),
		await step(configure({ lr_schedule: "LEARNING_RATE_SCHEDULE_COSINE" }), 3),
		await step(run(1), 4),
		await step(submit, 5),
		(
			await session.reset(
				{ ...reset, start: { ...reset.start, taskId: TINY } },
				patient,
			)
		).observation,
		await step(configure({ optimizer: "OPTIMIZER_SGD" }), 7),
		await step(run(1), 8),
		session.message().last_request_number,
	];
	return { answers, snapshot: sessions.snapshot(session.record.id) };
}

const [, script, from, to] = process.argv;
if (script === import.meta.filename && from && to) {
	const trainer = await createTrainer();
	const sessions = createSessions(createTinyEnvironment(trainer));
	const session = await sessions.restore(readFileSync(from));
	writeFileSync(to, serialize(await playOn(sessions, session)));
	await trainer.close();
}
