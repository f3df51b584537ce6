import { once } from "node:events";
import { connect, type Socket } from "node:net";

const HEAD_END = "\r\n\r\n";
const LENGTH = /^content-length: *(\d+)$/im;

/**
 * A connection of HTTP that is kept alive, one request at a time, of a client that costs as little as can be: requests are made once and sent as they are,
 * answers are given as bytes. Answers must tell their length.
 */
export class RawHttp {
	private rest: Buffer | undefined;
	private resolve = (_body: Buffer) => {};
	private reject = (_error: Error) => {};
	private lost: Error | undefined;

	private constructor(private readonly socket: Socket) {
		socket.on("data", (bytes: Buffer) => this.take(bytes));
		socket.on("error", (error) => this.fail(error));
		socket.on("close", () =>
			this.fail(new Error("The server closed the connection.")),
		);
	}

	static async open(port: number): Promise<RawHttp> {
		const socket = connect({ port, host: "127.0.0.1", noDelay: true });
		await once(socket, "connect");
		return new RawHttp(socket);
	}

	/** The body of the answer to a request of `postRequest`. Errors: another status than 200, an answer without a length, a lost connection. */
	ask(request: Buffer): Promise<Buffer> {
		if (this.lost !== undefined) return Promise.reject(this.lost);
		return new Promise((resolve, reject) => {
			this.resolve = resolve;
			this.reject = reject;
			this.socket.write(request);
		});
	}

	close(): void {
		this.socket.destroy();
	}

	private fail(error: Error): void {
		this.lost ??= error;
		this.close();
		this.reject(this.lost);
	}

	private take(bytes: Buffer): void {
		const all =
			this.rest === undefined ? bytes : Buffer.concat([this.rest, bytes]);
		this.rest = all;
		const headEnd = all.indexOf(HEAD_END);
		if (headEnd < 0) return;
		const head = all.toString("latin1", 0, headEnd);
		const length = LENGTH.exec(head)?.[1];
		if (!head.startsWith("HTTP/1.1 200") || length === undefined) {
			this.fail(new Error(`An answer is not understood here: ${head}`));
			return;
		}
		const from = headEnd + HEAD_END.length;
		const end = from + Number(length);
		if (all.length < end) return;
		this.rest = undefined;
		this.resolve(all.subarray(from, end));
	}
}

/** A request as it goes over the wire, to be sent any number of times. */
export function postRequest(path: string, message: object): Buffer {
	const body = JSON.stringify(message);
	return Buffer.from(
		[
			`POST ${path} HTTP/1.1`,
			"host: 127.0.0.1",
			"content-type: application/json",
			`content-length: ${Buffer.byteLength(body)}`,
			"",
			body,
		].join("\r\n"),
	);
}
