// What an installation tells while it works, and how a terminal or a log shows it.

/**
 * @typedef {{ kind: 'step', text: string }
 *   | { kind: 'progress', text: string, elapsedMs: number, doneBytes?: number, totalBytes?: number }} EngineEvent
 * `step`: something began or ended. `progress`: it goes on; sent about twice a second.
 */

/** @typedef {(event: EngineEvent) => void} EngineLog */

/**
 * Tells about a piece of work while it runs: a step when it begins and one when it has ended, and progress in between.
 * @template T
 * @param {EngineLog} log
 * @param {{ text: string, measure?: () => Promise<number>, totalBytes?: number, everyMs?: number, now?: () => number }} options
 *   `measure` gives the bytes done so far
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function track(
	log,
	{ text, measure, totalBytes, everyMs = 500, now = () => performance.now() },
	work,
) {
	const startedMs = now();
	log({
		kind: "step",
		text:
			totalBytes === undefined ? text : `${text} (${megabytes(totalBytes)})`,
	});
	const timer = setInterval(async () => {
		const doneBytes = measure && (await measure().catch(() => undefined));
		log({
			kind: "progress",
			text,
			elapsedMs: now() - startedMs,
			...(doneBytes !== undefined && { doneBytes }),
			...(totalBytes !== undefined && { totalBytes }),
		});
	}, everyMs);
	try {
		const result = await work();
		log({ kind: "step", text: `${text}: ${seconds(now() - startedMs)}` });
		return result;
	} finally {
		clearInterval(timer);
	}
}

/**
 * Shows events on a stream: a terminal gets one line that updates itself, anything else a line every few seconds.
 * @param {{ isTTY?: boolean, columns?: number, write(text: string): unknown }} stream
 * @param {{ everyMs?: number }} [options]
 * @returns {{ log: EngineLog, end: () => void }} `end` removes a line that is still being updated
 */
export function createProgressWriter(stream, { everyMs = 5000 } = {}) {
	let shownLine = false;
	let shownText = "";
	let shownMs = 0;
	const clear = () => {
		if (shownLine) stream.write("\r\u001b[K");
		shownLine = false;
	};
	/** @type {EngineLog} */
	const log = (event) => {
		if (event.kind === "step") {
			clear();
			stream.write(`${event.text}\n`);
		} else if (stream.isTTY) {
			const line = `  ${describe(event)}`;
			const columns = Math.max(20, (stream.columns || 80) - 1);
			stream.write(`\r\u001b[K${line.slice(0, columns)}`);
			shownLine = true;
		} else {
			if (event.text !== shownText) shownMs = 0;
			if (event.elapsedMs - shownMs < everyMs) return;
			shownText = event.text;
			shownMs = event.elapsedMs;
			stream.write(`  ${describe(event)}\n`);
		}
	};
	return { log, end: clear };
}

/** @param {Extract<EngineEvent, { kind: 'progress' }>} event */
function describe({ text, elapsedMs, doneBytes, totalBytes }) {
	const amount =
		doneBytes === undefined
			? ""
			: totalBytes === undefined
				? `, ${megabytes(doneBytes)}`
				: `, ${megabytes(Math.min(doneBytes, totalBytes))} of ${megabytes(totalBytes)}`;
	return `${text}${amount}, ${seconds(elapsedMs)}`;
}

/** @param {number} bytes */
function megabytes(bytes) {
	return `${Math.round(bytes / 1e6)} MB`;
}

/** @param {number} milliseconds */
function seconds(milliseconds) {
	return `${(milliseconds / 1000).toFixed(1)} s`;
}
