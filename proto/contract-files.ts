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
root.loadSync(["google/rpc/status.proto", "google/rpc/error_details.proto"], {
	keepCase: true,
});

/** Message types of google.rpc, the details of errors, by their full names. */
export function lookupType(name: string): protobuf.Type {
	return root.lookupType(name);
}

let contract: protobuf.Root | undefined;

/** Message types of the contract, by their full names, with the comments of its files. The files are read at the first call. */
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
