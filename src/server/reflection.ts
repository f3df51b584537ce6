import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Server } from "@grpc/grpc-js";
import type { PackageDefinition } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import protobufDescriptor from "protobufjs/ext/descriptor/index.js";

/** What the server serves beside reflection. */
const SERVICES = [
	"nightshift.v1.EnvService",
	"nightshift.v1.OperatorService",
	"grpc.health.v1.Health",
];

/**
 * Answers reflection (v1 and v1alpha) for the contract, its error details and health. The descriptors are those that buf compiled, with
 * comments and imports: what proto-loader keeps names types of other packages in a way that grpcurl cannot resolve.
 */
export function addReflection(server: Server): void {
	const { FileDescriptorSet, FileDescriptorProto } = protobufDescriptor;
	const path = fileURLToPath(
		import.meta.resolve("#proto/generated/descriptors.binpb"),
	);
	const set = FileDescriptorSet.decode(
		readFileSync(path),
	) as unknown as protobufDescriptor.IFileDescriptorSet;
	const fileDescriptorProtos = (set.file ?? []).map((file) =>
		Buffer.from(FileDescriptorProto.encode(file).finish()),
	);
	const definition = { contract: { fileDescriptorProtos } };
	new ReflectionService(definition as unknown as PackageDefinition, {
		services: SERVICES,
	}).addToServer(server);
}
