import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { test } from "node:test";
import { Delivery } from "./delivery.js";

/** A response whose writes go out when the test says so. */
class HeldResponse extends EventEmitter {
	destroyed = false;
	writableFinished = false;
	private readonly waiting: ((error?: Error) => void)[] = [];

	write(_: Uint8Array, done: (error?: Error) => void): boolean {
		this.waiting.push(done);
		return true;
	}

	/** What was written first went out, or did not. */
	let(error?: Error): void {
		this.waiting.shift()?.(error);
	}

	leave(): void {
		this.destroyed = true;
		this.emit("close");
	}
}

function begin() {
	const raw = new HeldResponse();
	const delivery = new Delivery(raw as unknown as ServerResponse);
	return { raw, delivery };
}

const CHUNK = new Uint8Array(1);

test("An answer that went out is no lost one, though its client leaves before the stream's end.", async () => {
	const { raw, delivery } = begin();
	delivery.isAnswered = true;
	const writing = delivery.write(CHUNK);
	raw.let();
	await writing;
	assert.equal(delivery.isLost, false);
	raw.leave();
	assert.equal(delivery.departure.aborted, true);
	assert.equal(delivery.isLost, false);
});

test("An answer is lost where its client leaves before it went out: also after progress went out, and while the answer is being written.", async () => {
	const early = begin();
	const progress = early.delivery.write(CHUNK);
	// The answer is there meanwhile, and not yet in what is being written.
	early.delivery.isAnswered = true;
	early.raw.let();
	await progress;
	early.raw.leave();
	assert.equal(early.delivery.isLost, true);
	await early.delivery.write(CHUNK);
	assert.equal(early.delivery.isLost, true);

	const cut = begin();
	cut.delivery.isAnswered = true;
	const writing = cut.delivery.write(CHUNK);
	cut.raw.leave();
	await writing;
	assert.equal(cut.delivery.isLost, true);

	const failed = begin();
	failed.delivery.isAnswered = true;
	const failing = failed.delivery.write(CHUNK);
	failed.raw.let(new Error("write EPIPE"));
	await failing;
	failed.raw.leave();
	assert.equal(failed.delivery.isLost, true);
});

test("A response that went out whole is not lost, whenever its connection closes.", () => {
	const { raw, delivery } = begin();
	raw.writableFinished = true;
	raw.leave();
	assert.equal(delivery.isLost, false);
	assert.equal(delivery.departure.aborted, false);
});
