import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
	type EnvSession,
	NightshiftClient,
	type PlayStream,
} from "../../clients/typescript/index.js";
import { protoFolder } from "../../proto/contract-files.js";
import { clientPython } from "../configuration.js";
import { EmptyStream } from "./empty-stream.js";
import { type Figure, median } from "./figures.js";
import { ServiceProcess } from "./started-service.js";

/**
 * SRE steps a second over gRPC, from TypeScript and from Python, against a server in a process of its own on the same machine: of wall time and of
 * a core of the server's processor time. Resets and telemetry are included; nobody acts. An empty grpc-js stream is measured beside it in every
 * round.
 */
export interface PlayBenchOptions {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	readonly emit: (figure: Figure) => void;
}

const root = join(protoFolder, "..");
const TASK = "sre/easy";
const ACTION_LEVELS = [4, 0, 0, 0, 0];
/** What changes in the course of an episode in a graph of seven services: the head, and seven services' columns. */
const CHOSEN = Array.from({ length: 16 + 7 * 16 }, (_, column) => column);
const ROUNDS = { quick: 1, full: 5 };
const ROUND_MS = { quick: 700, full: 2000 };
const WARM_UP_MS = { quick: 600, full: 3000 };
/** Batches under way at once. */
const BATCHES = 4;

/** What was measured in one round. */
interface Pace {
	/** Of wall time. */
	readonly aSecond: number;
	/** Of a core of the server's processor time. */
	readonly aCoreSecond: number;
}

/** One way to step: plays until a moment, and tells how many steps it took. */
interface Contender {
	readonly label: string;
	readonly server: ServiceProcess;
	readonly play: (untilMs: number) => Promise<number>;
	readonly leave: () => Promise<void>;
}

export async function benchPlay(options: PlayBenchOptions): Promise<void> {
	const { progress } = options;
	progress("starting a server and an empty stream");
	const service = await ServiceProcess.start();
	const empty = await ServiceProcess.start("./empty-stream-process.js");
	const client = new NightshiftClient(`127.0.0.1:${service.port}`);
	try {
		await client.waitForReady(10_000);
		await benchTypeScript(options, client, service, empty);
		await benchPython(options, service);
	} finally {
		client.close();
		service.stop();
		empty.stop();
	}
}

async function benchTypeScript(
	options: PlayBenchOptions,
	client: NightshiftClient,
	service: ServiceProcess,
	empty: ServiceProcess,
): Promise<void> {
	const unary = await unaryStep(client, service);
	await compare(options, [unary]);
	for (const inFlight of [1, 64]) {
		const how = inFlight === 1 ? "one by one" : `${inFlight} in flight`;
		await compare(options, [
			emptyStream(empty, inFlight, `empty stream, ${how}`),
			await lanes(client, service, 1, inFlight, `lane of one, ${how}`),
			await steps(client, service, inFlight, `typed step, ${how}`),
		]);
	}
	for (const count of [32, 256])
		await compare(options, [
			await lanes(client, service, count, BATCHES, `batches of ${count}`),
			await lanes(
				client,
				service,
				count,
				BATCHES,
				`batches of ${count}, ${CHOSEN.length} columns`,
				CHOSEN,
			),
		]);
}

/** Measures contenders in turns, round after round, and the first against each other one. */
async function compare(
	{ quick, progress, emit }: PlayBenchOptions,
	contenders: readonly Contender[],
): Promise<void> {
	const size = quick ? "quick" : "full";
	const paces = contenders.map((): Pace[] => []);
	for (const contender of contenders) {
		progress(`TypeScript, ${contender.label}`);
		await contender.play(performance.now() + WARM_UP_MS[size]);
	}
	for (let round = 0; round < ROUNDS[size]; round++)
		for (const [number, contender] of contenders.entries())
			paces[number]?.push(await measure(contender, ROUND_MS[size]));
	for (const [number, { label, leave }] of contenders.entries()) {
		await leave();
		tellPaces(emit, `TypeScript, ${label}`, paces[number] ?? []);
		if (number > 0 && contenders[0]?.label.startsWith("empty"))
			emit({
				figure: `${label} / ${contenders[0].label}, a core of server`,
				value: median(
					(paces[number] ?? []).map(
						({ aCoreSecond }, round) =>
							aCoreSecond / (paces[0]?.[round]?.aCoreSecond ?? Number.NaN),
					),
				),
				unit: "ratio",
			});
	}
}

async function measure(
	{ server, play }: Contender,
	forMs: number,
): Promise<Pace> {
	const before = await server.sample();
	const begun = performance.now();
	const count = await play(begun + forMs);
	const seconds = (performance.now() - begun) / 1000;
	const after = await server.sample();
	return {
		aSecond: count / seconds,
		aCoreSecond: count / (after.processor - before.processor),
	};
}

function tellPaces(
	emit: (figure: Figure) => void,
	label: string,
	paces: readonly Pace[],
): void {
	emit({
		figure: label,
		value: median(paces.map(({ aSecond }) => aSecond)),
		unit: "steps/s",
	});
	emit({
		figure: `${label}, a core of server`,
		value: median(paces.map(({ aCoreSecond }) => aCoreSecond)),
		unit: "steps/s",
	});
}

/** Keeps so many calls under way until a moment; tells how many there were. */
async function keepUnderWay(
	inFlight: number,
	untilMs: number,
	call: (place: number) => Promise<unknown>,
): Promise<number> {
	let count = 0;
	await Promise.all(
		Array.from({ length: inFlight }, async (_, place) => {
			while (performance.now() < untilMs) {
				await call(place);
				count += 1;
			}
		}),
	);
	return count;
}

function emptyStream(
	server: ServiceProcess,
	inFlight: number,
	label: string,
): Contender {
	const stream = new EmptyStream(server.port);
	return {
		label,
		server,
		play: (untilMs) => keepUnderWay(inFlight, untilMs, () => stream.send()),
		leave: async () => stream.close(),
	};
}

/** One session, a unary call a step, a reset after each thirty. */
async function unaryStep(
	client: NightshiftClient,
	server: ServiceProcess,
): Promise<Contender> {
	const session = await client.createSession(TASK, { seed: 0 });
	let seed = 0;
	return {
		label: "unary typed step, one by one",
		server,
		play: (untilMs) =>
			keepUnderWay(1, untilMs, async () => {
				const { result } = await session.step({ wait: {} });
				if (result) await session.reset({ seed: ++seed });
			}),
		leave: () => session.close(),
	};
}

/** The same over a stream; several in flight are of as many sessions. */
async function steps(
	client: NightshiftClient,
	server: ServiceProcess,
	inFlight: number,
	label: string,
): Promise<Contender> {
	const play = client.play();
	const sessions = await open(client, inFlight);
	let seed = 0;
	return {
		label,
		server,
		play: (untilMs) =>
			keepUnderWay(inFlight, untilMs, async (place) => {
				const { id } = sessions[place] as EnvSession;
				const { result } = await play.step(id, { wait: {} });
				if (result) await play.reset(id, { seed: ++seed });
			}),
		leave: () => close(play, sessions),
	};
}

/** Lanes in the same-step mode: a message steps them all. */
async function lanes(
	client: NightshiftClient,
	server: ServiceProcess,
	count: number,
	inFlight: number,
	label: string,
	columns: readonly number[] = [],
): Promise<Contender> {
	const play = client.play();
	const sessions = await open(client, count);
	await play.setLanes(
		sessions.map((session) => ({ session, autoreset: "same-step" })),
		{ columns },
	);
	const levels = sessions.flatMap(() => ACTION_LEVELS);
	return {
		label,
		server,
		play: async (untilMs) =>
			count *
			(await keepUnderWay(inFlight, untilMs, () => play.stepLanes({ levels }))),
		leave: () => close(play, sessions),
	};
}

function open(client: NightshiftClient, count: number): Promise<EnvSession[]> {
	return Promise.all(
		Array.from({ length: count }, (_, seed) =>
			client.createSession(TASK, { seed }),
		),
	);
}

async function close(
	play: PlayStream,
	sessions: readonly EnvSession[],
): Promise<void> {
	await play.close();
	await Promise.all(sessions.map((session) => session.close()));
}

/** The same lanes from Python, with the client of clients/python. */
async function benchPython(
	{ quick, progress, emit }: PlayBenchOptions,
	server: ServiceProcess,
): Promise<void> {
	const python = clientPython();
	const needs = ["-c", "import grpc, google.protobuf, numpy"];
	if (spawnSync(python, needs, { stdio: "ignore" }).status !== 0) {
		progress(
			`Python: left out, ${python} cannot import grpc, google.protobuf and numpy; $NIGHTSHIFT_PYTHON names another`,
		);
		return;
	}
	const size = quick ? "quick" : "full";
	for (const [label, count, inFlight, columns] of [
		["lane of one, one by one", 1, 1, []],
		["lane of one, 64 in flight", 1, 64, []],
		["batches of 32", 32, BATCHES, []],
		["batches of 256", 256, BATCHES, []],
		[`batches of 256, ${CHOSEN.length} columns`, 256, BATCHES, CHOSEN],
	] as const) {
		progress(`Python, ${label}`);
		const pace = await playFromPython(python, server, {
			address: `127.0.0.1:${server.port}`,
			task: TASK,
			lanes: count,
			in_flight: inFlight,
			seconds: (ROUNDS[size] * ROUND_MS[size]) / 1000,
			warm_up: WARM_UP_MS[size] / 1000,
			columns,
		});
		tellPaces(emit, `Python, ${label}`, [pace]);
	}
}

async function playFromPython(
	python: string,
	server: ServiceProcess,
	options: object,
): Promise<Pace> {
	const child = spawn(
		python,
		[join(root, "src", "bench", "play_client.py"), JSON.stringify(options)],
		{ stdio: ["pipe", "pipe", "inherit"] },
	);
	const lines = createInterface({ input: child.stdout })[
		Symbol.asyncIterator
	]();
	const read = async () => {
		const { value } = await lines.next();
		if (value === undefined) throw new Error("the Python client ended");
		return value;
	};
	const over = once(child, "exit");
	await read();
	const before = await server.sample();
	child.stdin.write("\n");
	const { steps: count, seconds } = JSON.parse(await read()) as {
		steps: number;
		seconds: number;
	};
	const after = await server.sample();
	await over;
	return {
		aSecond: count / seconds,
		aCoreSecond: count / (after.processor - before.processor),
	};
}
