import * as grpc from "@grpc/grpc-js";
import * as protoLoader from "@grpc/proto-loader";
import { loaderOptions, lookupType } from "../../proto/contract-files.js";
import type { ProtoGrpcType } from "../../proto/generated/env_service.js";
import type { ProtoGrpcType as OperatorProto } from "../../proto/generated/operator_service.js";

const definition = protoLoader.loadSync(
	"nightshift/v1/env_service.proto",
	loaderOptions,
);
const loaded = grpc.loadPackageDefinition(
	definition,
) as unknown as ProtoGrpcType;

/** A method of the service, as its definition has it. */
export interface Method<Request, Response> {
	readonly path: string;
	readonly requestSerialize: (request: Request) => Buffer;
	readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** The methods of the service. */
export const envService = loaded.nightshift.v1.EnvService.service;

/** The methods of the operator's service. */
export const operatorService = (
	grpc.loadPackageDefinition(
		protoLoader.loadSync("nightshift/v1/operator_service.proto", loaderOptions),
	) as unknown as OperatorProto
).nightshift.v1.OperatorService.service;

/** grpc.health.v1.Health/Check. */
export const healthCheck = (
	protoLoader.loadSync("grpc/health/v1/health.proto", loaderOptions)[
		"grpc.health.v1.Health"
	] as unknown as {
		readonly Check: Method<{ service: string }, { status: string }>;
	}
).Check;

/** A channel of its own to an address. */
export function openChannel(address: string): grpc.Client {
	return new grpc.Client(address, grpc.credentials.createInsecure());
}

/** Decodes a message of google.rpc by its full name into plain values. */
export function decodeDetail(
	type: string,
	bytes: Uint8Array,
): Record<string, unknown> {
	const messageType = lookupType(type);
	return messageType.toObject(messageType.decode(bytes), {
		longs: Number,
		defaults: true,
	});
}
