import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ServiceSample } from "./service-process.js";

/** The service, started in a process of its own, so that a benchmark does not share its event loop. */
export class ServiceProcess {
	private constructor(
		private readonly child: ChildProcess,
		readonly port: number,
	) {}

	static async start(): Promise<ServiceProcess> {
		const child = fork(
			fileURLToPath(new URL("./service-process.js", import.meta.url)),
			{ stdio: ["ignore", "ignore", "ignore", "ipc"] },
		);
		const port = await message<number>(child);
		return new ServiceProcess(child, port);
	}

	sample(): Promise<ServiceSample> {
		const sample = message<ServiceSample>(this.child);
		this.child.send("sample");
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
