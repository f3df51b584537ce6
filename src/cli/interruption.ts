/** Waits for SIGTERM or SIGINT, or for the end of the process that started this one with a channel, and gives its name. A second one ends the process at once. */
export function interruption(): Promise<string> {
	return new Promise((resolve) => {
		let first = true;
		const onSignal = (name: NodeJS.Signals) => {
			if (!first) process.exit(130);
			first = false;
			resolve(name);
		};
		process.on("disconnect", () => resolve("disconnect"));
		// It may have ended while this one was loaded. Without a channel there is nothing to say.
		if (process.connected === false) resolve("disconnect");
		process.on("SIGTERM", onSignal);
		process.on("SIGINT", onSignal);
	});
}
