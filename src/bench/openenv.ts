import {
	type EnvSession,
	NightshiftClient,
} from "../../clients/typescript/index.js";
import {
	type Contender,
	contest,
	figuresOf,
	keepUnderWay,
	ratioOf,
} from "./contest.js";
import type { Figure } from "./figures.js";
import { benchMemory } from "./openenv-memory.js";
import { overSocket, sreWords } from "./openenv-player.js";
import { findOpenEnvPython } from "./openenv-python.js";
import { OpenEnvServer } from "./openenv-server.js";
import { benchTools } from "./openenv-tools.js";
import { ServiceProcess } from "./started-service.js";

/**
 * OpenEnv's own server with an environment that does nothing against ours with on-call incidents of the easy tier, each in a process of its own on
 * this machine: the same messages of the same raw client over the same WebSocket protocol, in alternating rounds; and ours over gRPC beside.
 */
export interface OpenEnvBenchOptions {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	readonly emit: (figure: Figure) => void;
}

const TASK = "sre/easy";
const SESSIONS = [1, 64, 256];
const ROUNDS = { quick: 1, full: 5 };
const ROUND_MS = { quick: 600, full: 2000 };
const WARM_UP_MS = { quick: 200, full: 1000 };
/** Of servers that have just begun, before anything is measured. */
const FIRST_WARM_UP = { sessions: 16, ms: { quick: 1200, full: 4000 } };
const ACTION_LEVELS = [4, 0, 0, 0, 0];
/** Messages that step all lanes under way at once. */
const BATCHES = 4;
/** As many times the steps on a core of server as OpenEnv's, over the WebSocket. */
const GOALS = { sync: 4, async: 1.5 } as const;

const BENCHES = { steps: benchSteps, tools: benchTools, memory: benchMemory };

export const OPENENV_PARTS = Object.keys(BENCHES) as OpenEnvPart[];

export type OpenEnvPart = keyof typeof BENCHES;

export async function benchOpenEnv(
	options: OpenEnvBenchOptions,
	parts: readonly OpenEnvPart[],
): Promise<void> {
	const python = await findOpenEnvPython(options.progress);
	for (const part of parts) await BENCHES[part](options, python);
}

async function benchSteps(
	{ quick, progress, emit }: OpenEnvBenchOptions,
	python: string,
): Promise<void> {
	const size = quick ? "quick" : "full";
	progress("starting the servers");
	const [sync, async, ours] = await Promise.all([
		OpenEnvServer.start(python, "sync"),
		OpenEnvServer.start(python, "async"),
		ServiceProcess.start("./openenv-service-process.js"),
	]);
	const client = new NightshiftClient(`127.0.0.1:${ours.port}`);
	try {
		progress(`${async.about}; Node ${process.version}`);
		await client.waitForReady(10_000);
		const enter = async (count: number, label: string) => [
			await overSocket(sync, count, `${label}, OpenEnv sync`, sreWords("/ws")),
			await overSocket(
				async,
				count,
				`${label}, OpenEnv async`,
				sreWords("/ws"),
			),
			await overSocket(
				{ port: ours.httpPort as number, sample: () => ours.sample() },
				count,
				`${label}, nightshift`,
				sreWords("/sre/ws"),
			),
			await unarySteps(client, ours, count, `${label}, nightshift, gRPC unary`),
			await streamedSteps(
				client,
				ours,
				count,
				`${label}, nightshift, gRPC play`,
			),
			await lanes(
				client,
				ours,
				count,
				`${label}, nightshift, gRPC play, lanes`,
			),
		];
		await contest(await enter(FIRST_WARM_UP.sessions, "warming up"), {
			progress,
			rounds: 0,
			roundMs: 0,
			warmUpMs: FIRST_WARM_UP.ms[size],
		});
		for (const count of SESSIONS) {
			const contenders = await enter(
				count,
				count === 1 ? "1 session" : `${count} sessions`,
			);
			const paces = await contest(contenders, {
				progress,
				rounds: ROUNDS[size],
				roundMs: ROUND_MS[size],
				warmUpMs: WARM_UP_MS[size],
			});
			for (const [number, contender] of contenders.entries())
				for (const figure of figuresOf(
					contender.label,
					paces[number] ?? [],
					"steps/s",
				))
					emit(figure);
			const [bySync = [], byAsync = [], ...byOurs] = paces;
			for (const [number, rounds] of byOurs.entries()) {
				const whose = contenders[number + 2]?.label;
				const goal = (least: number) =>
					number === 0 ? ` (goal: ${least})` : "";
				emit(
					ratioOf(
						`${whose} / OpenEnv sync, a core${goal(GOALS.sync)}`,
						rounds,
						bySync,
					),
				);
				emit(
					ratioOf(
						`${whose} / OpenEnv async, a core${goal(GOALS.async)}`,
						rounds,
						byAsync,
					),
				);
			}
		}
	} finally {
		client.close();
		for (const server of [sync, async, ours]) server.stop();
	}
}

async function unarySteps(
	client: NightshiftClient,
	server: ServiceProcess,
	count: number,
	label: string,
): Promise<Contender> {
	const sessions = await open(client, count);
	return {
		label,
		server,
		play: typedSteps(
			sessions,
			(session) => session.step({ wait: {} }),
			(session, seed) => session.reset({ seed }),
		),
		leave: () => close(sessions),
	};
}

async function streamedSteps(
	client: NightshiftClient,
	server: ServiceProcess,
	count: number,
	label: string,
): Promise<Contender> {
	const play = client.play();
	const sessions = await open(client, count);
	return {
		label,
		server,
		play: typedSteps(
			sessions,
			({ id }) => play.step(id, { wait: {} }),
			({ id }, seed) => play.reset(id, { seed }),
		),
		leave: async () => {
			await play.close();
			await close(sessions);
		},
	};
}

/** Waits in all sessions at once, one step each, and begins an episode that ends anew. */
function typedSteps(
	sessions: readonly EnvSession[],
	step: (session: EnvSession) => Promise<{ readonly result?: unknown }>,
	reset: (session: EnvSession, seed: number) => Promise<unknown>,
): Contender["play"] {
	let seed = sessions.length;
	return (untilMs) =>
		keepUnderWay(sessions.length, untilMs, async (place) => {
			const session = sessions[place] as EnvSession;
			const { result } = await step(session);
			if (result) await reset(session, seed++);
			return 1;
		});
}

/** A message steps them all, and an episode that ends is begun anew in the same one. */
async function lanes(
	client: NightshiftClient,
	server: ServiceProcess,
	count: number,
	label: string,
): Promise<Contender> {
	const play = client.play();
	const sessions = await open(client, count);
	await play.setLanes(
		sessions.map((session) => ({ session, autoreset: "same-step" })),
	);
	const levels = sessions.flatMap(() => ACTION_LEVELS);
	return {
		label,
		server,
		play: (untilMs) =>
			keepUnderWay(count === 1 ? 1 : BATCHES, untilMs, async () => {
				await play.stepLanes({ levels });
				return count;
			}),
		leave: async () => {
			await play.close();
			await close(sessions);
		},
	};
}

function open(client: NightshiftClient, count: number): Promise<EnvSession[]> {
	return Promise.all(
		Array.from({ length: count }, (_, seed) =>
			client.createSession(TASK, { seed }),
		),
	);
}

async function close(sessions: readonly EnvSession[]): Promise<void> {
	await Promise.all(sessions.map((session) => session.close()));
}
