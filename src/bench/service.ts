import {
	type EnvSession,
	NightshiftClient,
} from "../../clients/typescript/index.js";
import { type Figure, median, quantile } from "./figures.js";
import { ServiceProcess } from "./started-service.js";

/** The training environment as a user has it: over gRPC, against a server with two workers. */

export interface ServiceOptions {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	readonly hasTime: (seconds: number) => boolean;
	readonly emit: (figure: Figure) => void;
}

const TASKS = [
	"training/easy_mnist",
	"training/medium_fashion",
	"training/hard_cifar",
];
const IDLE_SESSIONS = 64;
/** Between two calls of those that are timed while both workers train. */
const CALL_GAP_MS = 2;

export async function benchService({
	quick,
	progress,
	hasTime,
	emit,
}: ServiceOptions): Promise<void> {
	if (!hasTime(8)) {
		progress("the server: left out, there is no time");
		return;
	}
	progress("starting a server");
	const begun = performance.now();
	const server = await ServiceProcess.start();
	const client = new NightshiftClient(`127.0.0.1:${server.port}`);
	try {
		await client.waitForReady(10_000);
		emit({
			figure: "server: from start to ready",
			value: performance.now() - begun,
			unit: "ms",
		});
		emit({
			figure: "server: memory when ready",
			value: (await server.sample()).memory,
			unit: "MB",
		});
		const parts: readonly (readonly [string, number, () => Promise<void>])[] = [
			...TASKS.map(
				(task) =>
					[
						`${task}: first epoch`,
						5,
						() => firstEpoch(client, task, emit),
					] as const,
			),
			[
				"status calls while both workers train",
				6,
				() => responsiveness(client, server, quick, emit),
			],
			...TASKS.map(
				(task) =>
					[
						`${task}: epochs`,
						9,
						() => epochs(client, task, quick, emit),
					] as const,
			),
			[
				`memory with ${IDLE_SESSIONS} idle sessions`,
				10,
				() => memory(client, server, quick, emit),
			],
		];
		for (const [name, seconds, part] of parts) {
			const begins = hasTime(seconds);
			progress(begins ? name : `${name}: left out, there is no time`);
			if (begins) await part();
		}
	} finally {
		client.close();
		server.stop();
	}
}

/** What somebody waits for who starts a session, configures it and trains one epoch; the first in this server, then another. */
async function firstEpoch(
	client: NightshiftClient,
	task: string,
	emit: (figure: Figure) => void,
): Promise<void> {
	for (const which of ["first session", "next session"]) {
		const begun = performance.now();
		const session = await client.createSession(task, { seed: 1 });
		const created = performance.now();
		await session.step({ configure_training: {} });
		await session.step({ run_epochs: { num_epochs: 1 } });
		const trained = performance.now();
		await session.close();
		emit({
			figure: `${task}, ${which}: create`,
			value: created - begun,
			unit: "ms",
		});
		emit({
			figure: `${task}, ${which}: configure and first epoch`,
			value: trained - created,
			unit: "ms",
		});
	}
}

/** Epochs of training and evaluation: plain ones and augmented ones alone, then two sessions at once. */
async function epochs(
	client: NightshiftClient,
	task: string,
	quick: boolean,
	emit: (figure: Figure) => void,
): Promise<void> {
	const count = quick ? 2 : task === TASKS[0] ? 20 : 5;
	const open = async (augmentation: boolean) => {
		const session = await client.createSession(task, { seed: 1 });
		await session.step({
			configure_training: { augmentation, augmentation_strength: 1 },
		});
		return session;
	};
	const alone: Record<string, number> = {};
	for (const augmentation of [false, true]) {
		const session = await open(augmentation);
		const times: number[] = [];
		for (let epoch = 0; epoch < count; epoch++)
			times.push(await oneEpoch(session));
		await session.close();
		alone[String(augmentation)] = median(times);
		emit({
			figure: `${task}: epoch${augmentation ? " with augmentation" : ""}, one session`,
			value: median(times),
			unit: "ms",
		});
	}
	if (quick) return;
	const pair = [await open(false), await open(false)];
	const begun = performance.now();
	await Promise.all(
		pair.map(async (session) => {
			for (let epoch = 0; epoch < count; epoch++) await oneEpoch(session);
		}),
	);
	const each = (performance.now() - begun) / count;
	for (const session of pair) await session.close();
	emit({
		figure: `${task}: epochs of two sessions at once / of one alone`,
		value: (2 * (alone.false as number)) / each,
		unit: "ratio",
	});
}

async function oneEpoch(session: EnvSession): Promise<number> {
	const begun = performance.now();
	await session.step({ run_epochs: { num_epochs: 1 } });
	return performance.now() - begun;
}

async function responsiveness(
	client: NightshiftClient,
	server: ServiceProcess,
	quick: boolean,
	emit: (figure: Figure) => void,
): Promise<void> {
	const sessions = await Promise.all(
		TASKS.slice(1).map((task) => client.createSession(task, { seed: 1 })),
	);
	const stop = new AbortController();
	const training = sessions.map(async (session) => {
		await session.step({ configure_training: {} });
		while (!stop.signal.aborted) {
			await session
				.step({ run_epochs: { num_epochs: 20 } }, { signal: stop.signal })
				.catch((error: unknown) => {
					if (!stop.signal.aborted) throw error;
				});
			if (session.observation.training?.remaining_budget === 0)
				await session
					.reset({ seed: 1 })
					.then(() => session.step({ configure_training: {} }));
		}
	});
	await server.sample();
	const times: number[] = [];
	const end = performance.now() + (quick ? 4000 : 30_000);
	while (performance.now() < end) {
		const begun = performance.now();
		await (sessions[0] as EnvSession).refresh();
		times.push(performance.now() - begun);
		await new Promise((resolve) => {
			setTimeout(resolve, CALL_GAP_MS);
		});
	}
	const { eventLoopLagP99 } = await server.sample();
	stop.abort();
	await Promise.all(training);
	for (const session of sessions) await session.close();
	emit({
		figure: "while both workers train: event-loop lag, p99",
		value: eventLoopLagP99,
		unit: "ms",
	});
	emit({
		figure: `while both workers train: status call, p50 of ${times.length}`,
		value: median(times),
		unit: "ms",
	});
	emit({
		figure: `while both workers train: status call, p99 of ${times.length}`,
		value: quantile(times, 0.99),
		unit: "ms",
	});
}

/** Memory of the whole process: what a session and 200 epochs add, and all of it with idle sessions and two that train. */
async function memory(
	client: NightshiftClient,
	server: ServiceProcess,
	quick: boolean,
	emit: (figure: Figure) => void,
): Promise<void> {
	const before = (await server.sample()).memory;
	const idle = await Promise.all(
		Array.from({ length: IDLE_SESSIONS }, async (_, index) => {
			const session = await client.createSession(
				TASKS[index % TASKS.length] as string,
				{ seed: index },
			);
			await session.step({ configure_training: {} });
			if (!quick) await session.step({ run_epochs: { num_epochs: 1 } });
			return session;
		}),
	);
	const withIdle = (await server.sample()).memory;
	emit({
		figure: `memory a session${quick ? "" : " that has trained"} (of ${IDLE_SESSIONS} idle ones)`,
		value: Math.max(0, withIdle - before) / IDLE_SESSIONS,
		unit: "MB",
	});
	const epochs = quick ? 1 : 5;
	await Promise.all(
		TASKS.slice(1).map(async (task) => {
			const session = await client.createSession(task, { seed: 1 });
			await session.step({ configure_training: {} });
			await session.step({ run_epochs: { num_epochs: epochs } });
			await session.close();
		}),
	);
	emit({
		figure: `memory with ${IDLE_SESSIONS} idle sessions and two CNN trainings`,
		value: (await server.sample()).memory,
		unit: "MB",
	});
	for (const session of idle) await session.close();
	if (quick) return;
	const trained: number[] = [];
	for (let round = 0; round < 10; round++) {
		const session = await client.createSession(TASKS[0] as string, { seed: 1 });
		await session.step({ configure_training: {} });
		await session.step({ run_epochs: { num_epochs: 20 } });
		await session.close();
		trained.push((await server.sample()).memory);
	}
	emit({
		figure: "memory after 200 further epochs / after the first 20 of them",
		value: (trained.at(-1) as number) / (trained[0] as number),
		unit: "ratio",
	});
}
