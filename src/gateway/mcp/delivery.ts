import type { ServerResponse } from "node:http";
import type { Departing } from "../../departure.js";
import { departureOf } from "../client.js";

/**
 * The way of a call's answer to its client. A client may leave a stream as soon as it has the answer, before the stream's end: an answer that went
 * out is no lost one.
 */
export class Delivery {
	/** The call has its answer: what is written from now on holds it. */
	isAnswered = false;
	private isDelivered = false;
	readonly departure: Departing;

	constructor(private readonly raw: ServerResponse) {
		this.departure = departureOf(raw);
	}

	/** Whether the answer went nowhere. */
	get isLost(): boolean {
		return this.departure.aborted && !this.isDelivered;
	}

	/** Writes a part of a response that is a stream, and waits until it went out or cannot. */
	async write(chunk: Uint8Array): Promise<void> {
		const { isAnswered } = this;
		if (await written(this.raw, chunk)) this.isDelivered ||= isAnswered;
	}
}

function written(raw: ServerResponse, chunk: Uint8Array): Promise<boolean> {
	if (raw.destroyed) return Promise.resolve(false);
	return new Promise((resolve) => {
		const leave = () => resolve(false);
		raw.once("close", leave);
		raw.write(chunk, (error) => {
			raw.off("close", leave);
			resolve(!error);
		});
	});
}
