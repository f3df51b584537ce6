import {
	existsSync,
	type mkdtempSync,
	readFileSync,
	unlinkSync,
	writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread, MessagePort, parentPort } from "node:worker_threads";

/**
 * Makes a worker thread fail when a test says so: in testing-failing-worker.js, or in a whole server (`node --import`). The folder NIGHTSHIFT_TEST_FAULTS holds a file for each fault. All but `no-engine` strike one worker in the middle of an
 * epoch and are gone then; the file holds how many progress messages come before.
 */
export type Fault =
	/** The thread ends by itself. */
	| "exit"
	/** The thread says "held" and stands still. */
	| "hold"
	/** Memory outside of JavaScript's own cannot be had. */
	| "no-memory"
	/** JavaScript's own memory is used up. */
	| "heap"
	/** The disk has no room for native TensorFlow's graphs, for as long as the file stands. */
	| "no-engine";

const folder =
	process.env.NIGHTSHIFT_TEST_FAULTS ?? join(tmpdir(), "no-such-folder");

/** Fails if it is to. */
function strike(): void {
	if (take("exit")) process.exit(3);
	if (take("hold")) {
		parentPort?.postMessage("held");
		Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
	}
	if (take("no-memory")) throw new RangeError("Array buffer allocation failed");
	if (take("heap")) {
		const heap: unknown[] = [];
		for (;;) heap.push(Array.from({ length: 10_000 }, () => ({})));
	}
}

/** Whether the fault strikes now; of two workers that come to it at once, one. */
function take(fault: Fault): boolean {
	const file = join(folder, fault);
	if (!existsSync(file)) return false;
	try {
		const left = Number(readFileSync(file, "utf8"));
		if (left > 0) writeFileSync(file, String(left - 1));
		else unlinkSync(file);
		return left === 0;
	} catch {
		return false;
	}
}

// What trains tells its progress from within its loop, where nothing else runs.
const postMessage = Reflect.get(
	MessagePort.prototype,
	"postMessage",
) as MessagePort["postMessage"];
MessagePort.prototype.postMessage = function tell(
	this: MessagePort,
	...[message, ...rest]: Parameters<typeof postMessage>
) {
	if (
		!isMainThread &&
		message !== null &&
		typeof message === "object" &&
		"batches" in message
	)
		strike();
	postMessage.call(this, message, ...(rest as []));
};

if (!isMainThread && existsSync(join(folder, "no-engine"))) {
	const fail = (call: string) => () => {
		throw Object.assign(
			new Error(`ENOSPC: no space left on device, ${call} '${tmpdir()}'`),
			{ code: "ENOSPC" },
		);
	};
	const fs = process.getBuiltinModule("node:fs");
	fs.mkdtempSync = fail("mkdtemp") as unknown as typeof mkdtempSync;
	syncBuiltinESMExports();
}
