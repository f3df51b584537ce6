import { setTimeout as settle } from "node:timers/promises";
import { type Figure, figureOf } from "./figures.js";
import { OpenEnvPlayer, sreWords } from "./openenv-player.js";
import { OpenEnvServer } from "./openenv-server.js";
import type { ProcessUse } from "./process-sample.js";
import { ServiceProcess } from "./started-service.js";

/**
 * What an idle session that lives costs: resident memory by which a fresh server grew, and its threads, by session, each with a connection that has
 * reset once and stepped a few times. Both servers have collected their garbage before; after that nobody asks them to, but for a figure of its own.
 */
export interface MemoryBenchOptions {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	readonly emit: (figure: Figure) => void;
}

const SESSIONS = { quick: [64, 256], full: [64, 256, 1024] };
const ROUNDS = { quick: 1, full: 3 };
/** Steps of one session before, so that what is made once is made. */
const FIRST_STEPS = { quick: 2000, full: 10_000 };
const STEPS = 5;
const SETTLE_MS = 500;
/** kB a session. */
const GOAL = 20;

interface Server {
	readonly port: number;
	sample(): Promise<ProcessUse>;
	collected(): Promise<ProcessUse>;
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
		sample: () => service.sample(),
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
	const join = async () => {
		const words = sreWords(path);
		const player = await OpenEnvPlayer.join(
			server.port,
			words,
			players.length,
			1,
		);
		players.push(player);
		return player;
	};
	try {
		await (await join()).steps(firstSteps);
		await settle(SETTLE_MS);
		const before = await server.collected();
		const { memory, threads } = before;
		if (memory === null || threads === null) return undefined;
		const figures = new Map<string, number>();
		const tell = (figure: string, now: ProcessUse, count: number) =>
			figures.set(figure, (((now.memory as number) - memory) * 1024) / count);
		let opened = 0;
		for (const count of sessions) {
			for (; opened < count; opened++) await (await join()).steps(STEPS);
			await settle(SETTLE_MS);
			tell(`memory a session of ${count}`, await server.sample(), count);
		}
		const after = await server.collected();
		tell(`memory a session of ${opened}, garbage collected`, after, opened);
		figures.set(
			`threads a session of ${opened}`,
			((after.threads as number) - threads) / opened,
		);
		return figures;
	} finally {
		for (const player of players) player.leave();
		server.stop();
	}
}
