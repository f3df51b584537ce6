import { setTimeout as settle } from "node:timers/promises";
import { type Figure, figureOf } from "./figures.js";
import { OpenEnvPlayer, sreWords } from "./openenv-player.js";
import { OpenEnvServer } from "./openenv-server.js";
import type { ProcessUse } from "./process-sample.js";
import { ServiceProcess } from "./started-service.js";

/**
 * What an idle session that lives costs: resident memory by which a fresh server grew, and its threads, by session, each with a connection that has
 * reset once and stepped a few times. Both servers collect their garbage before they are looked at, and are given time to hand back what is free. Node
 * keeps megabytes in reserve all the same, which few sessions fill without any growth; so what the objects of ours take is told beside.
 */
export interface MemoryBenchOptions {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	readonly emit: (figure: Figure) => void;
}

/** A server gives 1,024 connections to one address, and one more is open before. */
const SESSIONS = { quick: [64, 256], full: [64, 256, 1000] };
const ROUNDS = { quick: 1, full: 3 };
/** Steps of one session before, so that what is made once is made. */
const FIRST_STEPS = { quick: 2000, full: 10_000 };
const STEPS = 5;
const SETTLE_MS = 700;
/** kB a session. */
const GOAL = 20;

interface Server {
	readonly port: number;
	collected(): Promise<ProcessUse & { readonly heap?: number }>;
	stop(): void;
}

export async function benchMemory(
	{ quick, progress, emit }: MemoryBenchOptions,
	python: string,
): Promise<void> {
	const size = quick ? "quick" : "full";
	const kinds: readonly [string, string, () => Promise<Server>][] = [
		["OpenEnv async", "/ws", () => OpenEnvServer.start(python, "async")],
		["nightshift", "/sre/ws", startService],
	];
	const figures = kinds.map(() => new Map<string, number[]>());
	for (let round = 0; round < ROUNDS[size]; round++)
		for (const [number, [label, path, start]] of kinds.entries()) {
			progress(`memory, ${label}`);
			const measured = await measure(
				await start(),
				path,
				FIRST_STEPS[size],
				SESSIONS[size],
			);
			if (measured === undefined) {
				progress("memory: left out, this system does not tell it in /proc");
				return;
			}
			for (const [figure, value] of measured) {
				const values = figures[number]?.get(figure) ?? [];
				figures[number]?.set(figure, [...values, value]);
			}
		}
	for (const [number, [label]] of kinds.entries())
		for (const [figure, values] of figures[number] ?? []) {
			const goal =
				number === 1 && figure.startsWith("memory") ? ` (goal: ${GOAL})` : "";
			const unit = figure.startsWith("threads") ? "threads" : "kB";
			emit(figureOf(`${label}, ${figure}${goal}`, values, unit));
		}
	const [theirs, ours] = figures;
	for (const [figure, values] of theirs ?? [])
		if (figure.startsWith("memory"))
			emit(
				figureOf(
					`OpenEnv async / nightshift, ${figure}`,
					values.map(
						(value, round) =>
							value / (ours?.get(figure)?.[round] ?? Number.NaN),
					),
					"ratio",
				),
			);
}

async function startService(): Promise<Server> {
	const service = await ServiceProcess.start("./openenv-service-process.js", [
		"--expose-gc",
	]);
	return {
		port: service.httpPort as number,
		collected: () => service.sample("collect"),
		stop: () => service.stop(),
	};
}

/** Figures by what they tell; absent where the system tells no memory. */
async function measure(
	server: Server,
	path: string,
	firstSteps: number,
	sessions: readonly number[],
): Promise<Map<string, number> | undefined> {
	const players: OpenEnvPlayer[] = [];
	const join = async (steps: number) => {
		const words = sreWords(path);
		const seed = players.length;
		const player = await OpenEnvPlayer.join(server.port, words, seed, 1);
		players.push(player);
		await player.steps(steps);
	};
	try {
		await join(firstSteps);
		const before = await atRest(server);
		if (before.memory === null || before.threads === null) return undefined;
		const figures = new Map<string, number>();
		for (const count of sessions) {
			while (players.length < count + 1) await join(STEPS);
			const now = await atRest(server);
			const each = (after = Number.NaN, from = Number.NaN) =>
				((after - from) * 1024) / count;
			figures.set(
				`memory a session of ${count}`,
				each(now.memory as number, before.memory),
			);
			if (now.heap !== undefined)
				figures.set(
					`objects a session of ${count}`,
					each(now.heap, before.heap),
				);
			figures.set(
				`threads a session of ${count}`,
				((now.threads as number) - before.threads) / count,
			);
		}
		return figures;
	} finally {
		for (const player of players) player.leave();
		server.stop();
	}
}

async function atRest(server: Server) {
	for (let time = 0; time < 2; time++) {
		await server.collected();
		await settle(SETTLE_MS);
	}
	return server.collected();
}
