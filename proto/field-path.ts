import type protobuf from "protobufjs";

/** Fields inside fields, by the dotted names of ArgumentSpec ("stop.patience_epochs"). */

/** Sets a field, with the messages around it where they are missing. */
export function setField(
	message: Record<string, unknown>,
	path: readonly string[],
	value: unknown,
): void {
	let owner = message;
	for (const name of path.slice(0, -1)) {
		owner[name] ??= {};
		owner = owner[name] as Record<string, unknown>;
	}
	owner[path.at(-1) as string] = value;
}

/** What the values' names of a field's enum begin with: its zero value is that and UNSPECIFIED. */
export function enumPrefix(type: protobuf.Type, path: string): string {
	let resolved: unknown = type;
	for (const name of path.split("."))
		resolved = (resolved as protobuf.Type).fields[name]?.resolve().resolvedType;
	return zeroPrefix(resolved as protobuf.Enum);
}

export function zeroPrefix({ valuesById }: protobuf.Enum): string {
	return (valuesById[0] as string).replace(/UNSPECIFIED$/, "");
}
