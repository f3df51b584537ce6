/** Waits for SIGTERM or SIGINT and gives its name. A second one ends the process at once. */
export function interruption(): Promise<NodeJS.Signals> {
	return new Promise((resolve) => {
		let first = true;
		const onSignal = (name: NodeJS.Signals) => {
			if (!first) process.exit(130);
			first = false;
			resolve(name);
		};
		process.on("SIGTERM", onSignal);
		process.on("SIGINT", onSignal);
	});
}
