import type { ReadStep } from "./calls.js";

const LONGEST = 200;
const MOST = 4096;

/** Steps as they were read, by the message that asked for them: an environment has few short ones, and they come again and again. */
export class KnownSteps {
	private readonly byEnvironment = new Map<string, Map<string, ReadStep>>();

	find(environment: string, text: string): ReadStep | undefined {
		return this.byEnvironment.get(environment)?.get(text);
	}

	/** A step with a number is of one session alone. */
	keep(environment: string, text: string, read: ReadStep): void {
		if (read.step.number !== undefined || text.length > LONGEST) return;
		const known = this.byEnvironment.get(environment) ?? new Map();
		if (known.size >= MOST) known.clear();
		known.set(text, read);
		this.byEnvironment.set(environment, known);
	}
}
