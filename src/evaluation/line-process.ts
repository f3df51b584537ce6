import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { systemClock } from "../clock.js";

/** Bytes of one line that a program may write. */
const LONGEST_LINE = 1 << 20;
/** How long a program may take to end after its input has ended. */
const ENDING_MS = 2000;
/** Characters of a line that are shown. */
const SHOWN = 200;

/** A program that answers lines with lines, one at a time. Everything that it does otherwise is told in a sentence and ends it. */
export class LineProcess {
	private readonly child: ChildProcess;
	private readonly exited: Promise<void>;
	private unread = "";
	private waiting:
		| { resolve(line: string): void; reject(error: Error): void }
		| undefined;
	private failure: Error | undefined;
	private lastWords = "";

	/** Starts a command line of the shell. `tellError` is told each line of its standard error. */
	constructor(command: string, tellError: (line: string) => void) {
		// A group of its own: Ctrl-C in a terminal is ours to pass on, and what the shell started ends with it.
		this.child = spawn(command, {
			shell: true,
			detached: true,
			stdio: ["pipe", "pipe", "pipe"],
		});
		const { stdin, stdout, stderr } = this.child;
		stdout?.setEncoding("utf8").on("data", (text: string) => this.read(text));
		// A program that is gone is told by its exit.
		stdin?.on("error", () => {});
		createInterface({ input: stderr as NonNullable<typeof stderr> }).on(
			"line",
			(line) => {
				this.lastWords = line.trim() || this.lastWords;
				tellError(line);
			},
		);
		this.exited = new Promise((resolve) => {
			this.child.once("error", (error) => {
				this.fail(`cannot be started (${error.message})`);
				resolve();
			});
			this.child.once("exit", (status, signal) => {
				const tell = () => {
					const said = this.lastWords
						? `; its last words: ${this.lastWords.slice(0, SHOWN)}`
						: "";
					this.fail(`ended with ${signal ?? `status ${status}`}${said}`);
					resolve();
				};
				// What it wrote last is read first, unless something that it left behind holds its output open.
				const cancel = systemClock.after(ENDING_MS, tell);
				this.child.once("close", () => {
					cancel();
					tell();
				});
			});
		});
	}

	/** Whether it can be asked: it runs, and has written nothing but answers. */
	get isSound(): boolean {
		return this.failure === undefined && this.unread === "";
	}

	/** Sends a value as a line. */
	send(value: object): void {
		if (this.failure === undefined)
			this.child.stdin?.write(`${JSON.stringify(value)}\n`);
	}

	/** Sends a value, and waits for the line that answers it. Errors: an Error with a sentence; the process is over then, also after the signal. */
	async ask(value: object, signal: AbortSignal): Promise<string> {
		const stop = () => {
			this.fail("was cut off");
		};
		if (signal.aborted) stop();
		signal.addEventListener("abort", stop, { once: true });
		try {
			return await new Promise<string>((resolve, reject) => {
				if (this.failure !== undefined) return reject(this.failure);
				if (this.unread !== "")
					return reject(
						this.fail(
							`wrote what it was not asked for: ${this.unread.trimEnd().slice(0, SHOWN)}`,
						),
					);
				this.waiting = { resolve, reject };
				this.send(value);
			});
		} finally {
			signal.removeEventListener("abort", stop);
		}
	}

	/** Tells it with the end of its input, and ends it where that does not. */
	async end(): Promise<void> {
		this.child.stdin?.end();
		const cancel = systemClock.after(ENDING_MS, () => this.kill());
		await this.exited;
		cancel();
	}

	/** With all that it has started. */
	private kill(): void {
		const { pid } = this.child;
		if (pid === undefined) return;
		try {
			process.kill(-pid, "SIGKILL");
		} catch {
			// It is gone already.
		}
	}

	private read(text: string): void {
		this.unread += text;
		const end = this.unread.indexOf("\n");
		if (end === -1) {
			if (this.unread.length <= LONGEST_LINE) return;
			this.fail(`wrote a line of more than ${LONGEST_LINE} characters`);
			return;
		}
		const { waiting } = this;
		if (waiting === undefined) {
			// Told when it is asked next; no more of it is kept than can be shown.
			this.unread = this.unread.slice(0, SHOWN);
			return;
		}
		const line = this.unread.slice(0, end);
		this.unread = this.unread.slice(end + 1);
		this.waiting = undefined;
		waiting.resolve(line);
	}

	/** Ends it for a reason; the first one is told. */
	fail(what: string): Error {
		this.failure ??= new Error(`the program ${what}.`);
		this.kill();
		this.waiting?.reject(this.failure);
		this.waiting = undefined;
		return this.failure;
	}
}
