import * as grpc from "@grpc/grpc-js";

/** A bidirectional stream that does nothing but answer: what grpc-js itself costs. Runs as a process of its own, or as its client. */

const path = "/empty.Echo/Echo";
const asIs = (bytes: Buffer) => bytes;

/** Serves it on a free port and gives that. */
export async function serveEmptyStream(): Promise<number> {
	const server = new grpc.Server();
	const answer: grpc.handleBidiStreamingCall<Buffer, Buffer> = (call) => {
		call.on("data", (message: Buffer) => call.write(message));
		call.on("end", () => call.end());
	};
	server.addService(
		{
			Echo: {
				path,
				requestStream: true,
				responseStream: true,
				requestSerialize: asIs,
				requestDeserialize: asIs,
				responseSerialize: asIs,
				responseDeserialize: asIs,
			},
		},
		{ Echo: answer },
	);
	return new Promise((resolve, reject) => {
		server.bindAsync(
			"127.0.0.1:0",
			grpc.ServerCredentials.createInsecure(),
			(error, port) => {
				if (error) reject(error);
				else resolve(port);
			},
		);
	});
}

/** A client of it: requests are answered in order. */
export class EmptyStream {
	private readonly client: grpc.Client;
	private readonly call: grpc.ClientDuplexStream<Buffer, Buffer>;
	private readonly waiting: (() => void)[] = [];
	/** As large as a step of one lane. */
	private readonly message = Buffer.alloc(16);

	constructor(port: number) {
		this.client = new grpc.Client(
			`127.0.0.1:${port}`,
			grpc.credentials.createInsecure(),
		);
		this.call = this.client.makeBidiStreamRequest(
			path,
			asIs,
			asIs,
			new grpc.Metadata(),
		);
		this.call.on("data", () => this.waiting.shift()?.());
		this.call.on("error", () => {});
	}

	send(): Promise<void> {
		return new Promise((resolve) => {
			this.waiting.push(resolve);
			this.call.write(this.message);
		});
	}

	close(): void {
		this.call.cancel();
		this.client.close();
	}
}
