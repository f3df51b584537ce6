import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import * as protoLoader from "@grpc/proto-loader";
import protobuf from "protobufjs";
import type { ProtoGrpcType } from "../../proto/generated/env_service.js";

const protoFolder = fileURLToPath(
	import.meta.resolve("#proto/buf.yaml"),
).replace(/buf\.yaml$/, "");

/** Field names as in the contract, 64-bit numbers in decimal, enums by name, absent `optional` fields missing. */
const loaderOptions: protoLoader.Options = {
	keepCase: true,
	longs: String,
	enums: String,
	defaults: true,
	oneofs: true,
	includeDirs: [protoFolder],
};

const packageDefinition = protoLoader.loadSync(
	"nightshift/v1/env_service.proto",
	loaderOptions,
);

export const envService = (
	grpc.loadPackageDefinition(packageDefinition) as unknown as ProtoGrpcType
).nightshift.v1.EnvService.service;

const root = new protobuf.Root();
root.resolvePath = (_, target) =>
	target.startsWith("google/protobuf/") ? target : `${protoFolder}${target}`;
root.loadSync(["google/rpc/status.proto", "google/rpc/error_details.proto"], {
	keepCase: true,
});

/** Message types of error details, by their full names. */
export function lookupType(name: string): protobuf.Type {
	return root.lookupType(name);
}
