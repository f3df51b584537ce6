/** What every command ends with. */
export const EXIT = {
	done: 0,
	failed: 1,
	wrongUsage: 2,
	interrupted: 130,
} as const;

/** A failure that is told as one sentence, without a stack. */
export class CommandFailure extends Error {
	override readonly name = "CommandFailure";

	constructor(
		message: string,
		readonly status: (typeof EXIT)[keyof typeof EXIT] = EXIT.failed,
	) {
		super(message);
	}
}
