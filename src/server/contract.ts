import * as grpc from "@grpc/grpc-js";
import * as protoLoader from "@grpc/proto-loader";
import { loaderOptions } from "../../proto/contract-files.js";
import type { ProtoGrpcType as EnvProto } from "../../proto/generated/env_service.js";
import type { ProtoGrpcType as OperatorProto } from "../../proto/generated/operator_service.js";
import { decodePlayRequest } from "./play-messages.js";

const { nightshift } = grpc.loadPackageDefinition(
	protoLoader.loadSync(
		["nightshift/v1/env_service.proto", "nightshift/v1/operator_service.proto"],
		loaderOptions,
	),
) as unknown as EnvProto & OperatorProto;

const { service } = nightshift.v1.EnvService;

/** Play's handler reads and writes its messages itself. */
export const envService = answeringMalformed({
	...service,
	Play: {
		...service.Play,
		requestDeserialize: decodePlayRequest,
		responseSerialize: (bytes: Buffer) => bytes,
	},
} as unknown as typeof service);

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
