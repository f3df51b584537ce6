import { open, readdir, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { HttpRefusal } from "../http-error.js";

/** What an evaluation's folder holds once `nightshift results` has written it (docs/results.md). */
const SUMMARY = "summary.json";
const REPORT = "report.html";
/** The form of summaries that is understood here. */
const FORMAT = 1;
const MOST_LISTED = 1000;
const LARGEST_SUMMARY = 8 * 2 ** 20;
const LARGEST_REPORT = 64 * 2 ** 20;

/** As much of a summary as a list tells. */
interface Summary {
	readonly format: number;
	readonly created_at?: string;
	readonly agents?: unknown;
	readonly split?: string;
	readonly episodes?: number;
	readonly overall?: unknown;
	readonly tasks?: readonly { readonly task: string }[];
}

/** Evaluations in a folder, each in a folder of its own, by that folder's name. Nothing outside of it is ever read. */
export class Evaluations {
	constructor(private readonly folder: string | undefined) {}

	/** The newest first. A folder without a summary that is understood is left out. */
	async list(): Promise<{ readonly evaluations: readonly object[] }> {
		const names = await this.names();
		const summaries = await Promise.all(
			names.slice(0, MOST_LISTED).map(async (name) => {
				try {
					const summary = (await this.summary(name)) as Summary;
					return [{ name, summary, has_report: await this.has(name, REPORT) }];
				} catch {
					return [];
				}
			}),
		);
		return {
			evaluations: summaries
				.flat()
				.sort((a, b) =>
					(b.summary.created_at ?? "").localeCompare(
						a.summary.created_at ?? "",
					),
				)
				.map(({ name, summary, has_report }) => ({
					name,
					has_report,
					created_at: summary.created_at ?? null,
					agents: summary.agents ?? [],
					split: summary.split ?? null,
					episodes: summary.episodes ?? 0,
					tasks: (summary.tasks ?? []).map(({ task }) => task),
					overall: summary.overall ?? [],
				})),
		};
	}

	/** Errors: HttpRefusal 404. */
	async summary(name: string): Promise<object> {
		const text = await this.read(name, SUMMARY, LARGEST_SUMMARY);
		let summary: unknown;
		try {
			summary = JSON.parse(text);
		} catch {
			throw unknown();
		}
		if ((summary as Summary | null)?.format !== FORMAT) throw unknown();
		return summary as object;
	}

	/** Errors: HttpRefusal 404. */
	report(name: string): Promise<string> {
		return this.read(name, REPORT, LARGEST_REPORT);
	}

	private async names(): Promise<string[]> {
		if (this.folder === undefined) return [];
		try {
			const entries = await readdir(this.folder, { withFileTypes: true });
			return entries
				.filter((entry) => !entry.isFile() && isName(entry.name))
				.map(({ name }) => name);
		} catch {
			return [];
		}
	}

	private async has(name: string, file: string): Promise<boolean> {
		try {
			await this.pathOf(name, file);
			return true;
		} catch {
			return false;
		}
	}

	private async read(
		name: string,
		file: string,
		largest: number,
	): Promise<string> {
		const handle = await open(await this.pathOf(name, file)).catch(() => {
			throw unknown();
		});
		try {
			const { size } = await handle.stat();
			if (size > largest) throw unknown();
			return await handle.readFile("utf8");
		} finally {
			await handle.close();
		}
	}

	/** Where it really is, which must be inside: a link may not lead out. */
	private async pathOf(name: string, file: string): Promise<string> {
		if (this.folder === undefined || !isName(name)) throw unknown();
		try {
			const inside = await realpath(this.folder);
			const path = await realpath(join(inside, name, file));
			if (path.startsWith(inside + sep)) return path;
		} catch {
			// As what is not there.
		}
		throw unknown();
	}
}

function isName(name: string): boolean {
	return /^[\w][\w.-]{0,127}$/.test(name);
}

function unknown(): HttpRefusal {
	return new HttpRefusal(
		404,
		"There is no evaluation of this name here; nightshift evaluate --out makes one, and serve --results names the folder above it.",
	);
}
