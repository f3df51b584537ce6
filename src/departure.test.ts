import assert from "node:assert/strict";
import { test } from "node:test";
import { Departing } from "./departure.js";

test("Who listens is told of a departure once, whether by the signal or without it, and nobody who has stopped listening.", () => {
	const departing = new Departing();
	const told: string[] = [];
	const stopped = () => told.push("stopped");
	departing.removeEventListener("abort", stopped);
	departing.addEventListener("abort", stopped);
	departing.removeEventListener("abort", stopped);
	departing.addEventListener("abort", () => told.push("here"), { once: true });
	departing.signal.addEventListener("abort", () => told.push("signal"));
	assert.equal(departing.aborted, false);
	departing.leave();
	departing.leave();
	assert.equal(departing.aborted, true);
	assert.deepEqual(told, ["here", "signal"]);
});

test("A signal that is asked for after the departure has fired.", () => {
	const departing = new Departing();
	departing.leave();
	assert.equal(departing.signal.aborted, true);
	assert.equal(departing.signal, departing.signal);
});
