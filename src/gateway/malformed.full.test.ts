import { test } from "node:test";
import { sendMalformed } from "./testing-malformed.js";
import { sendMalformedMessages } from "./testing-malformed-messages.js";

test("100,000 malformed requests get a typed error each, and leave nothing behind.", (context) =>
	sendMalformed(context, 2, 100_000));

test("100,000 malformed messages over WebSockets get a typed error each, harm nobody beside them, and leave nothing behind.", (context) =>
	sendMalformedMessages(context, 2, 100_000));
