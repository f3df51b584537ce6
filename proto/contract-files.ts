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
root.resolvePath = resolvePath;
root.loadSync(
	["google/rpc/error_details.proto", "nightshift/v1/env_service.proto"],
	{ keepCase: true },
);

/** Message types by their full names, of the contract and of google.rpc: for what is read or written beside proto-loader's methods. */
export function lookupType(name: string): protobuf.Type {
	return root.lookupType(name);
}

let contract: protobuf.Root | undefined;

/** The same with the comments of the contract's files. These are read at the first call. */
export function lookupContractType(name: string): protobuf.Type {
	if (contract === undefined) {
		contract = new protobuf.Root();
		contract.resolvePath = resolvePath;
		contract.loadSync("nightshift/v1/env_service.proto", {
			keepCase: true,
			alternateCommentMode: true,
		});
		contract.resolveAll();
	}
	return contract.lookupType(name);
}

function resolvePath(_: string, target: string): string {
	return target.startsWith("google/protobuf/")
		? target
		: `${protoFolder}${target}`;
}
