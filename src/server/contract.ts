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

export const envService = answeringMalformed(
	(grpc.loadPackageDefinition(packageDefinition) as unknown as ProtoGrpcType)
		.nightshift.v1.EnvService.service,
);

/** What a handler gets instead of a request whose bytes are no message of its type. */
export class MalformedRequest {}

/** grpc-js itself would answer such bytes with an INTERNAL without details. */
function answeringMalformed<Service extends grpc.ServiceDefinition>(
	service: Service,
): Service {
	return Object.fromEntries(
		Object.entries(service).map(([name, method]) => [
			name,
			{
				...method,
				requestDeserialize(bytes: Buffer) {
					try {
						return method.requestDeserialize(bytes);
					} catch {
						return new MalformedRequest();
					}
				},
			},
		]),
	) as Service;
}

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
