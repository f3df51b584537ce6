import { once } from "node:events";
import type { TestContext } from "node:test";
import { type ClientOptions, WebSocket } from "ws";

/** A client of OpenEnv's WebSocket, message by message. */
export interface TestSocket {
	readonly webSocket: WebSocket;
	/** Sends a message, a text as it is, and gives the next one that comes. */
	readonly ask: (message: unknown) => Promise<Told>;
	readonly send: (message: unknown) => void;
	/** The next message that comes, or came and was not taken. */
	readonly next: () => Promise<Told>;
	/** The code with which it is closed. */
	readonly closed: Promise<number>;
	/** Cuts the connection without a word. */
	readonly cut: () => void;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever JSON says; tests look into it.
export type Told = any;

/** Errors: that of the library, which tells the HTTP status of a refusal. */
export async function openSocket(
	context: Pick<TestContext, "after">,
	port: number,
	path: string,
	options: ClientOptions = {},
): Promise<TestSocket> {
	const webSocket = new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
	context.after(() => webSocket.terminate());
	const come: Told[] = [];
	const takers: ((told: Told) => void)[] = [];
	webSocket.on("message", (data) => {
		const told = JSON.parse((data as Buffer).toString());
		const taker = takers.shift();
		if (taker) taker(told);
		else come.push(told);
	});
	const closed = new Promise<number>((resolve) => {
		webSocket.once("close", resolve);
	});
	await once(webSocket, "open");
	const next = () =>
		come.length > 0
			? Promise.resolve(come.shift())
			: new Promise<Told>((resolve) => {
					takers.push(resolve);
				});
	const send = (message: unknown) => {
		webSocket.send(
			typeof message === "string" ? message : JSON.stringify(message),
		);
	};
	return {
		webSocket,
		send,
		next,
		ask(message) {
			send(message);
			return next();
		},
		closed,
		cut: () => webSocket.terminate(),
	};
}
