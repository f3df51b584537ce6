import {
	type EnvSession,
	NightshiftClient,
} from "../../clients/typescript/index.js";
import { type Figure, median, quantile } from "./figures.js";
import { ServiceProcess } from "./started-service.js";

/** The SRE environment as a user has it: over gRPC, one step a call, against a server in a process of its own on the same machine. */

export interface SreServiceOptions {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	readonly emit: (figure: Figure) => void;
}

const TASK = "sre/medium";
const CLIENTS = [1, 64];
const ROUND_MS = { quick: 1500, full: 8000 };
const WARM_UP_MS = { quick: 500, full: 2000 };

const VIEWS = ["typed", "flat"] as const;

export async function benchSreService({
	quick,
	progress,
	emit,
}: SreServiceOptions): Promise<void> {
	const size = quick ? "quick" : "full";
	progress("starting a server");
	const server = await ServiceProcess.start();
	try {
		for (const clients of CLIENTS)
			for (const view of VIEWS)
				for (const call of ["unary", "streaming"] as const) {
					const label = `${TASK} over gRPC, ${clients} client${clients === 1 ? "" : "s"}, ${call}, ${view} view`;
					progress(label);
					const players = await Promise.all(
						Array.from({ length: clients }, (_, seed) =>
							Player.join(server.port, view, call === "streaming", seed),
						),
					);
					await playAll(players, WARM_UP_MS[size]);
					const before = await server.sample();
					const { times, seconds } = await playAll(players, ROUND_MS[size]);
					const after = await server.sample();
					await Promise.all(players.map((player) => player.leave()));
					emit({
						figure: label,
						value: times.length / seconds,
						unit: "steps/s",
					});
					emit({
						figure: `${label}: server's processor time a step`,
						value: ((after.processor - before.processor) / times.length) * 1e6,
						unit: "µs",
					});
					emit({ figure: `${label}: p50`, value: median(times), unit: "ms" });
					emit({
						figure: `${label}: p99`,
						value: quantile(times, 0.99),
						unit: "ms",
					});
				}
	} finally {
		server.stop();
	}
}

/** Milliseconds of every step, from all players at once. */
async function playAll(players: readonly Player[], forMs: number) {
	const begun = performance.now();
	const times = await Promise.all(
		players.map((player) => player.play(begun + forMs)),
	);
	return { times: times.flat(), seconds: (performance.now() - begun) / 1000 };
}

/** A client with a connection and a session of its own, which waits step after step and begins anew after each thirty. */
class Player {
	private seed = 0;

	private constructor(
		private readonly client: NightshiftClient,
		private readonly session: EnvSession,
		private readonly streaming: boolean,
	) {}

	static async join(
		port: number,
		view: (typeof VIEWS)[number],
		streaming: boolean,
		seed: number,
	): Promise<Player> {
		const client = new NightshiftClient(`127.0.0.1:${port}`);
		await client.waitForReady(10_000);
		const session = await client.createSession(TASK, { seed, views: [view] });
		return new Player(client, session, streaming);
	}

	/** Until a moment; resets are not timed as steps, but take their share of the whole. */
	async play(untilMs: number): Promise<number[]> {
		const times: number[] = [];
		while (performance.now() < untilMs) {
			const begun = performance.now();
			const { result } = await this.session.step(
				{ wait: {} },
				this.streaming ? { onProgress: () => {} } : {},
			);
			times.push(performance.now() - begun);
			if (result) await this.session.reset({ seed: this.seed++ });
		}
		return times;
	}

	async leave(): Promise<void> {
		await this.session.close();
		this.client.close();
	}
}
