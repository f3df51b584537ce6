import * as grpc from "@grpc/grpc-js";
import * as protoLoader from "@grpc/proto-loader";
import { loaderOptions } from "../../proto/contract-files.js";
import type { ProtoGrpcType } from "../../proto/generated/env_service.js";

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
