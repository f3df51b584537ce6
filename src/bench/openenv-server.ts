import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { protoFolder } from "../../proto/contract-files.js";
import type { ProcessUse } from "./process-sample.js";

/** "sync" and "async": an environment that does nothing; "tools": one with tools; "fastmcp": a server of the real MCP. */
export type OpenEnvKind = "sync" | "async" | "tools" | "fastmcp";

/** A server of openenv_servers.py in a process of its own, which ends when this one does. */
export class OpenEnvServer {
	private constructor(
		private readonly child: ChildProcess,
		private readonly read: () => Promise<unknown>,
		readonly port: number,
		/** Versions, for the reader. */
		readonly about: string,
	) {}

	static async start(
		python: string,
		kind: OpenEnvKind,
	): Promise<OpenEnvServer> {
		const child = spawn(
			python,
			[join(protoFolder, "..", "src", "bench", "openenv_servers.py"), kind],
			{ stdio: ["pipe", "pipe", "inherit"] },
		);
		const lines = createInterface({ input: child.stdout })[
			Symbol.asyncIterator
		]();
		const read = async () => {
			const { value } = await lines.next();
			if (value === undefined)
				throw new Error(`OpenEnv's ${kind} server ended`);
			return JSON.parse(value) as unknown;
		};
		const { port, about } = (await read()) as { port: number; about: string };
		return new OpenEnvServer(child, read, port, about);
	}

	sample(): Promise<ProcessUse> {
		return this.ask("sample");
	}

	/** After it has collected its garbage. */
	collected(): Promise<ProcessUse> {
		return this.ask("collect");
	}

	private ask(question: string): Promise<ProcessUse> {
		this.child.stdin?.write(`${question}\n`);
		return this.read() as Promise<ProcessUse>;
	}

	stop(): void {
		this.child.stdin?.end();
	}
}
