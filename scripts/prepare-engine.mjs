// Puts the native engine in place before a command that trains, telling what it does while it works; says so in one line where only the
// portable engine is left.
import { ensureEngine } from "./engine/install.mjs";
import { createProgressWriter } from "./engine/progress.mjs";

export async function prepareEngine(root) {
	const interrupted = new AbortController();
	const interrupt = () => interrupted.abort();
	process.once("SIGINT", interrupt);
	process.once("SIGTERM", interrupt);
	const progress = createProgressWriter(process.stderr);
	try {
		const engine = await ensureEngine({
			packageRoot: root,
			log: progress.log,
			signal: interrupted.signal,
		});
		progress.end();
		if (engine.kind === "portable" && engine.how === "fallback") {
			console.error(
				`nightshift: training runs on the portable engine, which is many times slower: ${engine.why}. ${engine.remedy}`,
			);
		}
	} catch (error) {
		progress.end();
		if (interrupted.signal.aborted) {
			console.error("nightshift: interrupted; nothing half-done is left.");
			process.exit(130);
		}
		console.error(`nightshift: ${error.message}. ${error.remedy ?? ""}`);
		process.exit(2);
	} finally {
		process.off("SIGINT", interrupt);
		process.off("SIGTERM", interrupt);
	}
}
