import type { Contender } from "./contest.js";
import { RawSocket, textFrame } from "./raw-socket.js";

const OBSERVATION = Buffer.from('{"type":"observation","data":{');
const DONE = Buffer.from('"done":true');

/** What a player says. */
export interface Words {
	/** The address of the WebSocket. */
	readonly path: string;
	/** The reset message of an episode. */
	readonly reset: (seed: number) => object;
	/** The step message, always the same. */
	readonly step: object;
}

/** Both servers get the same messages; theirs leaves out of a reset what it does not know. */
export function sreWords(path: string): Words {
	return {
		path,
		reset: (seed) => ({ type: "reset", data: { seed, task_tier: "easy" } }),
		step: { type: "step", data: { action: "wait" } },
	};
}

/** So many players at once. */
export async function overSocket(
	server: Contender["server"] & { readonly port: number },
	count: number,
	label: string,
	words: Words,
): Promise<Contender> {
	const players = await Promise.all(
		Array.from({ length: count }, (_, seed) =>
			OpenEnvPlayer.join(server.port, words, seed, count),
		),
	);
	return {
		label,
		server,
		play: async (untilMs) => {
			const times = (
				await Promise.all(players.map((player) => player.play(untilMs)))
			).flat();
			return { count: times.length, times };
		},
		leave: () => {
			for (const player of players) player.leave();
		},
	};
}

/**
 * A session of OpenEnv's WebSocket protocol on a connection of its own, which steps again as soon as a step is answered, and resets as its
 * episodes end. Answers are looked at as bytes: that they are observations, and whether the episode is over.
 */
export class OpenEnvPlayer {
	private readonly stepFrame: Buffer;
	private isResetting = true;
	private begun = 0;
	private isOver = (_now: number) => true;
	private times: number[] = [];
	private over = (_times: readonly number[]) => {};
	private failed = (_error: Error) => {};
	private lost: Error | undefined;

	private constructor(
		private readonly socket: RawSocket,
		private readonly words: Words,
		private seed: number,
		/** Between its own seeds; so many play at once. */
		private readonly stride: number,
	) {
		this.stepFrame = textFrame(JSON.stringify(words.step));
		socket.onText = (payload) => this.take(payload);
		socket.onError = (error) => {
			this.lost = error;
			this.failed(error);
		};
	}

	static async join(
		port: number,
		words: Words,
		seed: number,
		stride: number,
	): Promise<OpenEnvPlayer> {
		const socket = await RawSocket.open(port, words.path);
		return new OpenEnvPlayer(socket, words, seed, stride);
	}

	/** Plays on until a moment, and gives the milliseconds of every step; resets are not timed, but take their share of the whole. */
	play(untilMs: number): Promise<readonly number[]> {
		return this.until((now) => now >= untilMs);
	}

	/** Plays so many steps. */
	steps(count: number): Promise<readonly number[]> {
		return this.until(() => this.times.length >= count);
	}

	private until(isOver: (now: number) => boolean): Promise<readonly number[]> {
		if (this.lost !== undefined) return Promise.reject(this.lost);
		return new Promise((resolve, reject) => {
			this.times = [];
			this.isOver = isOver;
			this.over = resolve;
			this.failed = reject;
			this.next();
		});
	}

	leave(): void {
		this.socket.close();
	}

	private next(): void {
		const now = performance.now();
		if (this.isOver(now)) {
			this.over(this.times);
			return;
		}
		this.begun = now;
		if (!this.isResetting) this.socket.send(this.stepFrame);
		else {
			const message = this.words.reset(this.seed);
			this.seed += this.stride;
			this.socket.send(textFrame(JSON.stringify(message)));
		}
	}

	private take(payload: Buffer): void {
		if (
			payload.compare(
				OBSERVATION,
				0,
				OBSERVATION.length,
				0,
				OBSERVATION.length,
			) !== 0
		) {
			this.failed(
				new Error(
					`An answer is no observation: ${payload.toString().slice(0, 300)}`,
				),
			);
			return;
		}
		if (!this.isResetting) this.times.push(performance.now() - this.begun);
		this.isResetting = !this.isResetting && payload.includes(DONE);
		this.next();
	}
}
