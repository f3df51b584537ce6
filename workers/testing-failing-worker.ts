import { existsSync, type mkdtempSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessagePort } from "node:worker_threads";

/**
 * A training worker that fails when a test says so: instead of training-worker.js for the pool (`worker`), or before it in a whole server
 * (`node --import`). The folder NIGHTSHIFT_TEST_FAULTS holds a file for each fault; all but `no-engine` are taken away by the one worker that
 * they strike, in the middle of an epoch.
 */
export type Fault =
	/** The thread ends by itself. */
	| "exit"
	/** Memory outside of JavaScript's own cannot be had. */
	| "no-memory"
	/** JavaScript's own memory is used up. */
	| "heap"
	/** The native library cannot be loaded and the disk has no room for graphs, for as long as the file stands. */
	| "no-engine";

const folder =
	process.env.NIGHTSHIFT_TEST_FAULTS ?? join(tmpdir(), "no-such-folder");

/** The batch of an epoch at which it fails: the first one that tells progress. */
function strike(): void {
	if (take("exit")) process.exit(3);
	if (take("no-memory")) throw new RangeError("Array buffer allocation failed");
	if (take("heap")) {
		const heap: unknown[] = [];
		for (;;) heap.push(Array.from({ length: 10_000 }, () => ({})));
	}
}

function take(fault: Fault): boolean {
	const file = join(folder, fault);
	if (!existsSync(file)) return false;
	rmSync(file);
	return true;
}

// What trains tells its progress from within its loop, where nothing else runs.
const { postMessage } = MessagePort.prototype;
MessagePort.prototype.postMessage = function tell(
	this: MessagePort,
	...[message, ...rest]: Parameters<typeof postMessage>
) {
	if (message !== null && typeof message === "object" && "batches" in message)
		strike();
	postMessage.call(this, message, ...(rest as []));
};

if (existsSync(join(folder, "no-engine"))) {
	const fail = (call: string) => () => {
		throw Object.assign(
			new Error(`ENOSPC: no space left on device, ${call} '${tmpdir()}'`),
			{ code: "ENOSPC" },
		);
	};
	const fs = process.getBuiltinModule("node:fs");
	fs.mkdtempSync = fail("mkdtemp") as unknown as typeof mkdtempSync;
	process.dlopen = fail("dlopen");
	syncBuiltinESMExports();
}

const { default: work } = await import("./training-worker.js");

export default work;
