import { Command } from "commander";
import {
	DATA_SET_FAMILIES,
	DataSetError,
	loadDataSet,
} from "../../datasets/load.js";
import {
	dataCacheDirectory,
	readServerConfiguration,
} from "../configuration.js";
import { describeProgress } from "../data-progress.js";
import { CommandFailure, EXIT } from "./exit-status.js";

/** `nightshift data`: fetches what is not found, checks everything, and tells what each task will train on. */
export function dataCommand(): Command {
	return new Command("data")
		.description(
			"Find the data sets, download what is missing, check them, and tell their digests.",
		)
		.option(
			"--data <DIR>",
			"directory with data sets to look in first (several: separated by a colon)",
		)
		.option("--strict", "fail where a synthetic set has to stand in")
		.option(
			"--json",
			'tell it as JSON: [{"family","name","digest","synthetic","source","licence"}]',
		)
		.action(
			async ({
				data,
				strict,
				json,
			}: {
				data?: string;
				strict?: boolean;
				json?: boolean;
			}) => {
				const { data: directories } = readServerConfiguration(
					data === undefined ? {} : { data },
				);
				const interrupted = new AbortController();
				process.once("SIGINT", () => interrupted.abort());
				const found = [];
				for (const family of DATA_SET_FAMILIES) {
					const dataSet = await loadDataSet(family, {
						directories,
						cacheDirectory: dataCacheDirectory(),
						download: "if-missing",
						onProgress: (progress) =>
							progress.stage === "give-up"
								? tellApart(progress.reason)
								: show(describeProgress(progress)),
						signal: interrupted.signal,
					}).catch((error: unknown) => {
						if (interrupted.signal.aborted)
							throw new CommandFailure(
								"interrupted; a download goes on where it stopped.",
								EXIT.interrupted,
							);
						if (error instanceof DataSetError)
							throw new CommandFailure(error.message);
						throw error;
					});
					const { name, digest, synthetic, source, licence } = dataSet;
					found.push({ family, name, digest, synthetic, source, licence });
					show("");
					if (!json) console.log(`${family}: ${name}, ${digest}\n  ${source}`);
				}
				if (json) console.log(JSON.stringify(found, undefined, 2));
				if (strict && found.some(({ synthetic }) => synthetic))
					throw new CommandFailure(
						"not every data set is real, and --strict demands it.",
					);
			},
		);
}

/** Why a synthetic set stands in is told elsewhere than on a terminal too. */
function tellApart(reason: string): void {
	show("");
	console.error(`nightshift: ${reason}`);
}

/** On a terminal one line that updates itself; nothing elsewhere, where the lines at the end say it all. */
function show(text: string | undefined): void {
	if (text !== undefined && process.stderr.isTTY)
		process.stderr.write(`\r\u001b[K${text}`);
}
