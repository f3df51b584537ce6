import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

const TEXT = 0x81;
const PONG = 0x8a;
const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const;
const MASKED = 0x80;
const MASK_BYTES = 4;
const HEAD_END = "\r\n\r\n";

/**
 * A WebSocket of a client that costs as little as can be: frames are made once and sent as they are, answers are given as bytes. No compression is
 * asked for. It answers pings; it takes whole messages only.
 */
export class RawSocket {
	/** Called with the bytes of each text that comes; they are lent until it returns. */
	onText = (_payload: Buffer): void => {};
	/** Called once when the connection is lost, or the server says what is not understood here. */
	onError = (_error: Error): void => {};
	private rest: Buffer | undefined;

	private constructor(private readonly socket: Socket) {
		socket.on("data", (bytes: Buffer) => this.take(bytes));
		socket.on("error", (error) => this.fail(error));
		socket.on("close", () =>
			this.fail(new Error("The server closed the connection.")),
		);
	}

	/** Errors: the server refuses; its answer's first line. */
	static async open(port: number, path: string): Promise<RawSocket> {
		const socket = connect({ port, host: "127.0.0.1", noDelay: true });
		await once(socket, "connect");
		socket.write(
			[
				`GET ${path} HTTP/1.1`,
				`Host: 127.0.0.1:${port}`,
				"Upgrade: websocket",
				"Connection: Upgrade",
				`Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
				"Sec-WebSocket-Version: 13",
				HEAD_END,
			]
				.join("\r\n")
				.slice(0, -2),
		);
		const [head] = (await once(socket, "data")) as [Buffer];
		const end = head.indexOf(HEAD_END);
		if (!head.toString("latin1").startsWith("HTTP/1.1 101") || end < 0) {
			socket.destroy();
			throw new Error(
				`No WebSocket at ${path}: ${head.toString("latin1").split("\r\n")[0]}`,
			);
		}
		const raw = new RawSocket(socket);
		if (end + HEAD_END.length < head.length)
			socket.unshift(head.subarray(end + HEAD_END.length));
		return raw;
	}

	/** A frame of `textFrame`. */
	send(frame: Buffer): void {
		this.socket.write(frame);
	}

	close(): void {
		this.onError = () => {};
		this.socket.destroy();
	}

	private fail(error: Error): void {
		const { onError } = this;
		this.close();
		onError(error);
	}

	private take(bytes: Buffer): void {
		const all =
			this.rest === undefined ? bytes : Buffer.concat([this.rest, bytes]);
		this.rest = undefined;
		let from = 0;
		while (!this.socket.destroyed) {
			const frame = readFrame(all, from);
			if (frame === undefined) break;
			from = frame.end;
			this.receive(frame);
		}
		if (from < all.length) this.rest = all.subarray(from);
	}

	private receive({ first, payload }: Frame): void {
		if (first === TEXT) this.onText(payload);
		else if (first === (0x80 | OPCODE.ping)) this.send(frameOf(PONG, payload));
		else if (first !== (0x80 | OPCODE.pong))
			this.fail(
				new Error(
					first === (0x80 | OPCODE.close)
						? `The server closed the connection with code ${payload.length >= 2 ? payload.readUInt16BE(0) : "none"}.`
						: `A frame that begins with ${first} is not understood here.`,
				),
			);
	}
}

interface Frame {
	/** Its first byte: whether it is the last of its message, and the opcode. */
	readonly first: number;
	readonly payload: Buffer;
	/** Where the next one begins. */
	readonly end: number;
}

/** The frame of a server, which is not masked, that begins at a place; absent while it is not whole. */
export function readFrame(bytes: Buffer, from: number): Frame | undefined {
	if (bytes.length < from + 2) return undefined;
	const first = bytes[from] as number;
	let length = bytes[from + 1] as number;
	let begin = from + 2;
	if (length === 126) {
		if (bytes.length < from + 4) return undefined;
		length = bytes.readUInt16BE(begin);
		begin += 2;
	} else if (length === 127) {
		if (bytes.length < from + 10) return undefined;
		length = Number(bytes.readBigUInt64BE(begin));
		begin += 8;
	}
	const end = begin + length;
	if (bytes.length < end) return undefined;
	return { first, payload: bytes.subarray(begin, end), end };
}

/** A client's message as it goes over the wire, to be sent any number of times. */
export function textFrame(text: string): Buffer {
	return frameOf(TEXT, Buffer.from(text));
}

/** The mask that a client's frames must have is zero, so that the payload stands as it is. */
function frameOf(first: number, payload: Buffer): Buffer {
	const { length } = payload;
	const extended = length < 126 ? 0 : length < 2 ** 16 ? 2 : 8;
	const frame = Buffer.alloc(2 + extended + MASK_BYTES + length);
	frame[0] = first;
	frame[1] = MASKED | (extended === 0 ? length : extended === 2 ? 126 : 127);
	if (extended === 2) frame.writeUInt16BE(length, 2);
	else if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2);
	payload.copy(frame, 2 + extended + MASK_BYTES);
	return frame;
}
