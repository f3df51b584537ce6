import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";

/** The folder of the .proto files. */
export const protoFolder = fileURLToPath(
	new URL(".", import.meta.resolve("#proto/buf.yaml")),
);

/**
 * How server and client load the contract with proto-loader: field names as written, 64-bit numbers in decimal, enums by name, absent
 * `optional` fields missing. The generated types (scripts/generate-types.mjs) are of the same form.
 */
export const loaderOptions = {
	keepCase: true,
	longs: String,
	enums: String,
	defaults: true,
	oneofs: true,
	includeDirs: [protoFolder],
};

const root = new protobuf.Root();
root.resolvePath = (_, target) =>
	target.startsWith("google/protobuf/") ? target : `${protoFolder}${target}`;
root.loadSync(
	["google/rpc/error_details.proto", "nightshift/v1/env_service.proto"],
	{ keepCase: true, alternateCommentMode: true },
);
root.resolveAll();

/**
 * Message types by their full names, of the contract and of google.rpc, with the comments of their files: for what is read or written beside
 * proto-loader's methods.
 */
export function lookupType(name: string): protobuf.Type {
	return root.lookupType(name);
}

/**
 * What puts a message with fields missing into the form in which proto-loader gives it to handlers: so every door hands on the same form.
 * Throws where a value has another type than its field.
 */
export function loadedForm<Loaded>(name: string): (fields: object) => Loaded {
	const type = root.lookupType(name);
	return (fields) =>
		type.toObject(type.fromObject(fields), loaderOptions) as Loaded;
}
