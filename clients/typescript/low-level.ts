import { type Client, Metadata } from "@grpc/grpc-js";
import protobuf from "protobufjs";
import { type CallControl, callStream, callUnary } from "./calls.js";
import {
	envService,
	healthCheck,
	type Method,
	openChannel,
	operatorService,
} from "./contract.js";
import { NightshiftRpcError } from "./errors.js";

export { envService, healthCheck, operatorService };

/**
 * The low-level door: any call of the contract with any request, one attempt, nothing added and nothing repeated. For tools that look at the service
 * itself (conformance, proxies); agents and hosts want NightshiftClient.
 */
export class LowLevelClient {
	private readonly channel: Client;

	/** Opens no connection before the first call. `address` is "host:port". */
	constructor(readonly address: string) {
		this.channel = openChannel(address);
	}

	/** Errors: NightshiftRpcError, also where the request does not fit its message type. */
	unary<Request, Response>(
		method: Method<Request, Response>,
		request: Request,
		control?: CallControl,
	): Promise<Response> {
		return callUnary(this.channel, method, request, control);
	}

	/** Leaving the loop cancels the call. Errors: NightshiftRpcError. */
	stream<Request, Response>(
		method: Method<Request, Response>,
		request: Request,
		control?: CallControl,
	): AsyncGenerator<Response> {
		return callStream(this.channel, method, request, control);
	}

	/** Any bytes as the request of a unary method. Errors: NightshiftRpcError. */
	bytes({ path }: { readonly path: string }, request: Buffer): Promise<Buffer> {
		return callUnary(
			this.channel,
			{
				path,
				requestSerialize: (bytes: Buffer) => bytes,
				responseDeserialize: (bytes: Buffer) => bytes,
			},
			request,
		);
	}

	/** Sends all requests of a stream both ways, then reads its answers in order until the server ends it. Errors: NightshiftRpcError. */
	async bidi<Request, Response>(
		{ path, requestSerialize, responseDeserialize }: Method<Request, Response>,
		requests: readonly Request[],
		{ timeoutMs = 10_000 }: CallControl = {},
	): Promise<Response[]> {
		try {
			const call = this.channel.makeBidiStreamRequest(
				path,
				requestSerialize,
				responseDeserialize,
				new Metadata(),
				{ deadline: Date.now() + timeoutMs },
			);
			for (const request of requests) call.write(request);
			call.end();
			const answers: Response[] = [];
			for await (const answer of call) answers.push(answer as Response);
			return answers;
		} catch (error) {
			throw NightshiftRpcError.from(error);
		}
	}

	/** What server reflection of a version tells: the services there are, and the files that one symbol of the contract needs. */
	async reflect(
		version: "v1" | "v1alpha",
		symbol: string,
	): Promise<{ services: string[]; files: Uint8Array[] }> {
		const [listed, found] = await this.bidi(reflectionMethod(version), [
			{ list_services: "*" },
			{ file_containing_symbol: symbol },
		]);
		return {
			services: (listed?.list_services_response?.service ?? []).map(
				({ name }) => name,
			),
			files: found?.file_descriptor_response?.file_descriptor_proto ?? [],
		};
	}

	close(): void {
		this.channel.close();
	}
}

interface ReflectionAnswer {
	readonly list_services_response?: { readonly service?: { name: string }[] };
	readonly file_descriptor_response?: {
		readonly file_descriptor_proto?: Uint8Array[];
	};
}

/** The two messages of grpc.reflection that are needed here, the same in both versions; field numbers of grpc/reflection/v1/reflection.proto. */
const reflection = new protobuf.Root().addJSON({
	Request: {
		fields: {
			file_containing_symbol: { type: "string", id: 4 },
			list_services: { type: "string", id: 7 },
		},
	},
	Service: { fields: { name: { type: "string", id: 1 } } },
	Services: {
		fields: { service: { rule: "repeated", type: "Service", id: 1 } },
	},
	Files: {
		fields: {
			file_descriptor_proto: { rule: "repeated", type: "bytes", id: 1 },
		},
	},
	Answer: {
		fields: {
			file_descriptor_response: { type: "Files", id: 4 },
			list_services_response: { type: "Services", id: 6 },
		},
	},
});

function reflectionMethod(
	version: string,
): Method<Record<string, string>, ReflectionAnswer> {
	const request = reflection.lookupType("Request");
	const answer = reflection.lookupType("Answer");
	return {
		path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
		requestSerialize: (message) =>
			Buffer.from(request.encode(request.create(message)).finish()),
		responseDeserialize: (bytes) =>
			answer.toObject(answer.decode(bytes)) as ReflectionAnswer,
	};
}
