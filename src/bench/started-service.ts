import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Ports, ProcessSample } from "./process-sample.js";

/** The service, started in a process of its own, so that a benchmark does not share its event loop. */
export class ServiceProcess {
	private constructor(
		private readonly child: ChildProcess,
		readonly port: number,
		/** Of HTTP, where it serves that. */
		readonly httpPort: number | undefined,
	) {}

	/** `file`: what to start instead of the service. `flags`: of Node. */
	static async start(
		file = "./service-process.js",
		flags: readonly string[] = [],
	): Promise<ServiceProcess> {
		const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
			execArgv: [...process.execArgv, ...flags],
			stdio: ["ignore", "ignore", "ignore", "ipc"],
		});
		const { port, httpPort } = await message<Ports>(child);
		return new ServiceProcess(child, port, httpPort);
	}

	/** "collect": after it has collected its garbage, with the flag --expose-gc. */
	sample(question: "sample" | "collect" = "sample"): Promise<ProcessSample> {
		const sample = message<ProcessSample>(this.child);
		this.child.send(question);
		return sample;
	}

	stop(): void {
		this.child.kill();
	}
}

function message<T>(child: ChildProcess): Promise<T> {
	return new Promise((resolve, reject) => {
		const ended = (status: number | null) =>
			reject(new Error(`the server ended with status ${status}`));
		child.once("exit", ended);
		child.once("message", (value) => {
			child.off("exit", ended);
			resolve(value as T);
		});
	});
}
