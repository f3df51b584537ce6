import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { operatorService } from "../server/contract.js";

const TOKEN = "a-token-for-this-test-alone";
const command = fileURLToPath(
	new URL("../../../scripts/nightshift.mjs", import.meta.url),
);

test("A server ends with 0 when its operator drains it, and tells the token to nobody.", async () => {
	const server = spawn(
		process.execPath,
		[command, "serve", "--port", "0", "--log-level", "debug"],
		{
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, NIGHTSHIFT_OPERATOR_TOKEN: TOKEN },
		},
	);
	let told = "";
	for (const stream of [server.stdout, server.stderr])
		stream.on("data", (part: Buffer) => {
			told += part.toString();
		});
	const ended = new Promise((resolve) => server.once("close", resolve));
	let address = "";
	for await (const line of createInterface({ input: server.stdout })) {
		address = line.replace("listening on ", "");
		break;
	}
	const channel = new grpc.Client(address, grpc.credentials.createInsecure());
	const drain = (token: string) =>
		new Promise<string>((resolve) => {
			const metadata = new grpc.Metadata();
			metadata.set("authorization", `Bearer ${token}`);
			const { path, requestSerialize, responseDeserialize } =
				operatorService.Drain;
			channel.makeUnaryRequest(
				path,
				requestSerialize,
				responseDeserialize,
				{},
				metadata,
				(error) => resolve(grpc.status[error?.code ?? 0] as string),
			);
		});
	assert.equal(await drain("another-token-than-it"), "PERMISSION_DENIED");
	assert.equal(await drain(TOKEN), "OK");
	assert.equal(await ended, 0);
	channel.close();
	assert.match(told, /"cause":"the operator"/);
	assert.ok(!told.includes(TOKEN));
});
