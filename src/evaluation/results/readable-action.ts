const ACTION_NAME = /^[a-z][a-z_]{0,40}$/;

/** The name of the one action inside and its arguments; nothing where an agent answered several, none, or one whose name cannot be shown. */
export function readableAction(
	action: object,
): readonly [string, Record<string, unknown>] | undefined {
	const given = Object.entries(action).filter(
		([, value]) =>
			typeof value === "object" && value !== null && !Array.isArray(value),
	);
	const [only] = given;
	if (given.length !== 1 || only === undefined) return undefined;
	// Names are keys of counts, where what every object has would be found.
	return ACTION_NAME.test(only[0]) && !(only[0] in {}) ? only : undefined;
}
