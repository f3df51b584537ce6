import { test } from "node:test";
import { sendMalformed } from "./testing-malformed.js";

test("4,000 malformed requests get a typed error each, and leave nothing behind.", (context) =>
	sendMalformed(context, 1, 4000));
