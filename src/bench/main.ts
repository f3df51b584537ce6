import { Argument, Command, CommanderError } from "commander";
import { benchEvaluation } from "./evaluation.js";
import { type Figure, tell, writeFigures } from "./figures.js";
import { benchOpenEnv, OPENENV_PARTS, type OpenEnvPart } from "./openenv.js";
import { benchPlay } from "./play.js";
import { benchService } from "./service.js";
import { benchSimulator } from "./sre.js";
import { benchSreService } from "./sre-service.js";
import { benchTrainingPass } from "./training-pass.js";

interface BenchOptions {
	readonly json?: string;
	readonly quick?: boolean;
}

/** What `--quick` ends within; what no longer fits is left out and told. */
const QUICK_SECONDS = 45;

/** Runs `npm run bench -- ...` and gives its exit status. */
export async function main(argumentsGiven: readonly string[]): Promise<number> {
	const program = new Command("npm run bench --")
		.description("Measures Nightshift against its peers on this machine.")
		.exitOverride()
		.helpCommand(false)
		.showHelpAfterError("(npm run bench -- --help says what there is)");
	program
		.command("training")
		.description(
			"Training: milliseconds a batch against PyTorch and tfjs, two sessions at once, epochs and waits over gRPC, responsiveness, memory. PyTorch is looked for in $NIGHTSHIFT_TORCH_PYTHON, else python3.",
		)
		.option("--json <FILE>", "also write a list of {figure, value, unit}")
		.option("--quick", "20 batches a row, within about 45 seconds")
		.exitOverride()
		.action((options: BenchOptions) => run(options, benchTraining));
	program
		.command("sre")
		.description(
			"On-call incidents: simulated steps a second on one core without and with telemetry, whole episodes, and steps a second over gRPC with the server's processor time.",
		)
		.option("--json <FILE>", "also write a list of {figure, value, unit}")
		.option("--quick", "shorter rounds, within about 45 seconds")
		.exitOverride()
		.action((options: BenchOptions) => run(options, benchSre));
	program
		.command("evaluation")
		.description(
			"Evaluations: whole on-call episodes a second over gRPC, each kept, at 1, 8 and 64 at once, with the server's processor time.",
		)
		.option("--json <FILE>", "also write a list of {figure, value, unit}")
		.option("--quick", "fewer episodes, within about 45 seconds")
		.exitOverride()
		.action((options: BenchOptions) => run(options, benchEvaluation));
	program
		.command("play")
		.description(
			"On-call incidents over the play stream, from TypeScript and Python: steps a second of wall time and of a core of the server, one by one, 64 in flight, in batches of 32 and 256, beside an empty grpc-js stream. A Python with grpcio, protobuf and numpy is looked for in $NIGHTSHIFT_PYTHON, else python3.",
		)
		.option("--json <FILE>", "also write a list of {figure, value, unit}")
		.option("--quick", "shorter rounds, within about 45 seconds")
		.exitOverride()
		.action((options: BenchOptions) => run(options, benchPlay));
	program
		.command("openenv")
		.description(
			"OpenEnv's own server with an environment that does nothing (sync, and async, its best case) against ours with on-call incidents, by the same clients over the same protocols, in alternating rounds. A Python with openenv 0.10 is the one of $NIGHTSHIFT_OPENENV_PYTHON, else one is made in clients/python/.venv/bench with pip.",
		)
		.addArgument(
			new Argument(
				"[PART...]",
				"steps: over the WebSocket, ours over gRPC beside, a second of wall time and of a core of the server, p99, at 1, 64 and 256 sessions; tools: calls over JSON-RPC and MCP; memory: of idle sessions; all where none is named",
			)
				.choices(OPENENV_PARTS)
				.default(OPENENV_PARTS, "all"),
		)
		.option(
			"--json <FILE>",
			"also write a list of {figure, value, unit, range}",
		)
		.option("--quick", "one short round, within about a minute")
		.exitOverride()
		.action((parts: OpenEnvPart[], options: BenchOptions) =>
			run(options, (given) => benchOpenEnv(given, parts)),
		);
	if (argumentsGiven.length === 0) {
		program.outputHelp({ error: true });
		return 2;
	}
	try {
		await program.parseAsync(argumentsGiven, { from: "user" });
		return 0;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
		console.error(`bench: ${(error as Error).message}`);
		return 1;
	}
}

type Bench = (options: {
	readonly quick: boolean;
	readonly progress: (text: string) => void;
	readonly hasTime: (seconds: number) => boolean;
	readonly emit: (figure: Figure) => void;
}) => Promise<void>;

async function benchTraining(options: Parameters<Bench>[0]): Promise<void> {
	await benchTrainingPass(options);
	await benchService(options);
}

async function benchSre(options: Parameters<Bench>[0]): Promise<void> {
	benchSimulator(options);
	await benchSreService(options);
}

async function run(
	{ json, quick = false }: BenchOptions,
	bench: Bench,
): Promise<void> {
	const begun = performance.now();
	const elapsed = () => (performance.now() - begun) / 1000;
	const figures: Figure[] = [];
	await bench({
		quick,
		progress: (text) => {
			console.error(`[${elapsed().toFixed(0).padStart(3)} s] ${text}`);
		},
		hasTime: (seconds) => !quick || elapsed() + seconds < QUICK_SECONDS,
		emit: (figure) => {
			figures.push(figure);
			console.log(tell(figure));
			if (json !== undefined) writeFigures(json, figures);
		},
	});
}
