import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { envService } from "../../clients/typescript/contract.js";
import type { StepResponse } from "../../proto/generated/nightshift/v1/StepResponse.js";
import { readSnapshot } from "../sessions/snapshot.js";
import {
	createTinyEnvironment,
	createTrainer,
} from "../sessions/testing-training.js";
import type { Trainer } from "../training/trainer.js";
import { startTestServer } from "./testing.js";
import { CutTrainer } from "./testing-cut-trainer.js";
import {
	assertSame,
	type Host,
	inLanes,
	Play,
	playAll,
} from "./testing-player.js";
import { ServerProcess } from "./testing-process.js";
import {
	type Sequence,
	sequenceNetworks,
	sequenceTasks,
	streamOf,
} from "./testing-sequences.js";

/**
 * Defines the tests that the sequences give the same bytes alone and under each kind of stress. `outcomes` are ends of runs and episodes and
 * reasons of refusals that they must come to, lest they leave out what matters.
 */
export function testSequences(
	sequences: readonly Sequence[],
	outcomes: readonly string[],
): void {
	let trainer: Trainer;
	/** Two pools of one worker each, so that a test says which one trains. */
	let workers: readonly [Trainer, Trainer];

	before(async () => {
		const networks = sequenceNetworks;
		trainer = await createTrainer({ networks });
		workers = [
			await createTrainer({ networks, threads: 1 }),
			await createTrainer({ networks, threads: 1 }),
		];
	});

	after(async () => {
		for (const started of [trainer, ...(workers ?? [])]) await started?.close();
	});

	const serve = async (
		context: TestContext,
		served = trainer,
	): Promise<Host> => {
		const server = await startTestServer(context, {
			environment: createTinyEnvironment(served, sequenceTasks),
			maxSessions: 1000,
			maxActions: 1000,
		});
		return {
			...server,
			snapshot: async (id) => server.sessions.snapshot(id),
			restore: (bytes) => server.sessions.restore(bytes),
		};
	};

	let playing: Promise<ReadonlyMap<number, Play>> | undefined;
	const alone = (context: TestContext) => {
		playing ??= serve(context)
			.then((host) => playAll(host, sequences))
			.then(
				(plays) => new Map(plays.map((play) => [play.sequence.number, play])),
			);
		return playing;
	};

	const count = `${sequences.length} random sequences of actions`;

	test(`${count} learn, diverge, are refused and end, and no two come to the same.`, async (context) => {
		const plays = [...(await alone(context)).values()];
		const told = plays.flatMap((play) => play.told);
		const found = new Set(
			told.flatMap(({ message }) => {
				const { info, result, reason } = message as Partial<StepResponse> & {
					reason?: string;
				};
				return [info?.training?.stop, result?.end_reason, reason];
			}),
		);
		for (const name of outcomes)
			assert.ok(found.has(name), `${name} is not among ${[...found].join()}`);
		const scores = told.flatMap(
			({ message }) => (message as Partial<StepResponse>).result?.score ?? [],
		);
		assert.ok(scores.some((score) => Number(score) > 0.1));
		const wholes = plays.map((play) => play.told.map(({ bytes }) => bytes));
		assert.equal(new Set(wholes.map(String)).size, plays.length);
	});

	test(`${count} give the same bytes while eight other sessions train.`, async (context) => {
		const expected = await alone(context);
		const host = await serve(context);
		const others = await trainOthers(host, 8);
		const plays = await playAll(host, sequences, { lanes: 3 });
		const epochs = await others.stop();
		assertSame(plays, expected, "while eight other sessions train");
		assert.equal(epochs.length, 8);
		for (const each of epochs) assert.ok(each > 0);
	});

	test(`${count} give the same bytes in another order.`, async (context) => {
		const expected = await alone(context);
		const order = streamOf("order", 0).permutation(sequences.length);
		const shuffled = [...order].map((index) => sequences[index] as Sequence);
		const host = await serve(context, workers[0]);
		assertSame(await playAll(host, shuffled), expected, "in another order");
	});

	test(`${count} give the same bytes through either worker, and through both by turns.`, async (context) => {
		const expected = await alone(context);
		const [first, second] = workers;
		const turns = new TakingTurns(workers);
		const both = await Promise.all([
			playAll(await serve(context, first), sequences),
			playAll(await serve(context, second), sequences),
		]);
		assertSame(both[0], expected, "through the first worker");
		assertSame(both[1], expected, "through the second worker");
		const byTurns = await playAll(await serve(context, turns), sequences);
		assertSame(byTurns, expected, "through both workers by turns");
		assert.ok(turns.epochs >= sequences.length);
	});

	test(`${count} give the same bytes when calls are cancelled in the middle and repeated under their request number.`, async (context) => {
		const expected = await alone(context);
		const cutting = new CutTrainer(trainer);
		const host = await serve(context, cutting);
		const plays = await playAll(host, sequences, { cutting });
		assertSame(plays, expected, "with cancelled calls");
		assert.ok(cutting.cut >= sequences.length, `${cutting.cut} were cut`);
	});

	test(`${count} give the same bytes when the server's process is killed between steps and in the middle of one.`, async (context) => {
		const expected = await alone(context);
		const plays = sequences.map((sequence) => new Play(sequence));
		const killed = await Promise.all([
			startProcess(context),
			startProcess(context),
		]);
		const written = await playOverRestarts(
			plays,
			...killed,
			await serve(context),
		);
		assertSame(plays, expected, "over two restarts");
		const cut = written.filter((bytes) => {
			const { begun } = readSnapshot(bytes);
			return begun !== undefined && begun.performed === undefined;
		});
		assert.ok(cut.length > 0, "no session was written in the middle of a step");
	});
}

/** Opens sessions that train all the time, each from its own seed, and waits until each has trained a batch. */
async function trainOthers(host: Host, count: number) {
	const controller = new AbortController();
	const train = async (index: number, begun: () => void): Promise<number> => {
		const { session_id } = (
			await host.ask(envService.CreateSession, {
				task_id: sequenceTasks[index % sequenceTasks.length]?.id as string,
				seed: 1000 + index,
			})
		).session as { session_id: string };
		let epochs = 0;
		for (let seed = 0; ; seed++) {
			await host.ask(envService.Reset, { session_id, seed });
			await host.ask(envService.Step, {
				session_id,
				action: {
					configure_training: { dropout: 0.2, augmentation: true },
				},
			});
			try {
				for await (const { progress } of host.stream(
					envService.StepStream,
					{ session_id, action: { run_epochs: { num_epochs: 20 } } },
					{ signal: controller.signal },
				)) {
					begun();
					if (progress?.training?.epoch) epochs += 1;
				}
			} catch (error) {
				if (!controller.signal.aborted) throw error;
			}
			if (controller.signal.aborted) return epochs;
		}
	};
	const ends: Promise<number>[] = [];
	await Promise.all(
		Array.from(
			{ length: count },
			(_, index) =>
				new Promise<void>((resolve, reject) => {
					const end = train(index, resolve);
					end.catch(reject);
					ends.push(end);
				}),
		),
	);
	return {
		/** Ends them, and gives how many epochs each has trained. */
		stop: () => {
			controller.abort();
			return Promise.all(ends);
		},
	};
}

/** Gives each epoch and grading to the next of some trainers. */
class TakingTurns implements Trainer {
	epochs = 0;
	private turn = 0;

	constructor(private readonly trainers: readonly [Trainer, ...Trainer[]]) {}

	get engine() {
		return this.trainers[0].engine;
	}

	trainEpoch(...call: Parameters<Trainer["trainEpoch"]>) {
		this.epochs += 1;
		return this.next().trainEpoch(...call);
	}

	grade(...call: Parameters<Trainer["grade"]>) {
		return this.next().grade(...call);
	}

	async close(): Promise<void> {}

	private next(): Trainer {
		this.turn = (this.turn + 1) % this.trainers.length;
		return this.trainers[this.turn] as Trainer;
	}
}

async function startProcess(context: TestContext): Promise<ServerProcess> {
	const host = await ServerProcess.start();
	context.after(() => host.kill());
	return host;
}

/**
 * Plays each sequence on three processes. The first is killed while a step runs, in a sequence that trains at all, the second between two
 * steps, and the third plays it out. Gives the sessions as the first one wrote them.
 */
async function playOverRestarts(
	plays: readonly Play[],
	first: ServerProcess,
	second: ServerProcess,
	third: Host,
): Promise<Uint8Array[]> {
	const stops = new Map(plays.map((play) => [play, drawStops(play.sequence)]));
	const stopsOf = (play: Play) => stops.get(play) as [number, number];
	const cut = new Map<Play, Uint8Array>();
	await inLanes(2, plays, async (play) => {
		await play.open(first);
		await play.playTo(first, stopsOf(play)[0]);
		cut.set(play, await play.beginNext(first));
	});
	await first.kill();
	const whole = new Map<Play, Uint8Array>();
	await inLanes(2, plays, async (play) => {
		await second.restore(cut.get(play) as Uint8Array);
		await play.playTo(second, stopsOf(play)[1]);
		whole.set(play, await second.snapshot(play.sessionId));
	});
	await second.kill();
	await inLanes(2, plays, async (play) => {
		await third.restore(whole.get(play) as Uint8Array);
		await play.playOut(third);
	});
	return [...cut.values()];
}

/** Which step is cut by the first restart, and before which move the second one comes. */
function drawStops({ number, moves }: Sequence): [number, number] {
	const stream = streamOf("restarts", number);
	const steps = moves.flatMap((move, index) =>
		move.kind === "step" ? [index] : [],
	);
	const training = steps.filter((index) => {
		const move = moves[index];
		return move?.kind === "step" && move.action.run_epochs;
	});
	const from = training.length > 0 ? training : steps;
	const middle = from[stream.nextBelow(from.length)] as number;
	const between =
		middle + 1 + stream.nextBelow(Math.max(1, moves.length - middle));
	return [middle, between];
}
