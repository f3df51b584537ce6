import * as grpc from "@grpc/grpc-js";
import * as protoLoader from "@grpc/proto-loader";
import { loaderOptions } from "../../proto/contract-files.js";
import type { ProtoGrpcType as EnvProto } from "../../proto/generated/env_service.js";
import type { ProtoGrpcType as OperatorProto } from "../../proto/generated/operator_service.js";

const { nightshift } = grpc.loadPackageDefinition(
	protoLoader.loadSync(
		["nightshift/v1/env_service.proto", "nightshift/v1/operator_service.proto"],
		loaderOptions,
	),
) as unknown as EnvProto & OperatorProto;

export const envService = answeringMalformed(nightshift.v1.EnvService.service);

export const operatorService = answeringMalformed(
	nightshift.v1.OperatorService.service,
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
