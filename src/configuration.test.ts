import assert from "node:assert/strict";
import { test } from "node:test";
import {
	ConfigurationError,
	httpPortOf,
	readOtlpProtocol,
	readServerConfiguration,
	serverSettings,
} from "./configuration.js";

const NIGHTSHIFT_OPERATOR_TOKEN = "sixteen-visible-characters";

test("The operator's token comes from the environment alone, and is off where there is none.", () => {
	assert.equal(readServerConfiguration({}, {}).operatorToken, undefined);
	assert.equal(
		readServerConfiguration({}, { NIGHTSHIFT_OPERATOR_TOKEN }).operatorToken,
		NIGHTSHIFT_OPERATOR_TOKEN,
	);
	assert.equal(serverSettings.operatorToken.flag, undefined);
});

test("A token that cannot be taken is refused without telling it.", () => {
	for (const token of [
		"",
		"tooshort",
		"one with spaces in it",
		"ümlaut-ümlaut-ümlaut",
		"x".repeat(257),
	])
		assert.throws(
			() => readServerConfiguration({}, { NIGHTSHIFT_OPERATOR_TOKEN: token }),
			(error) =>
				error instanceof ConfigurationError &&
				error.message.startsWith(
					"NIGHTSHIFT_OPERATOR_TOKEN: its value is not allowed; 16 to 256 visible",
				) &&
				(token === "" || !error.message.includes(token)),
		);
});

test("Other settings are told as they were given.", () => {
	assert.throws(
		() => readServerConfiguration({ port: "x" }, {}),
		/--port: "x" is not allowed; a whole number from 0 to 65535/,
	);
	assert.throws(
		() => readServerConfiguration({}, { NIGHTSHIFT_PORT: "x" }),
		/NIGHTSHIFT_PORT: "x" is not allowed/,
	);
});

test("HTTP is on 8000, or on a free port where gRPC's is picked too, unless it is told.", () => {
	const portOf = (flags: Parameters<typeof readServerConfiguration>[0]) =>
		httpPortOf(readServerConfiguration(flags, {}));
	assert.equal(portOf({}), 8000);
	assert.equal(portOf({ port: "50052" }), 8000);
	assert.equal(portOf({ port: "0" }), 0);
	assert.equal(portOf({ port: "0", httpPort: "8000" }), 8000);
	assert.equal(portOf({ httpPort: "0" }), 0);
	assert.equal(portOf({ httpPort: "off" }), "off");
});

test("Hosts come in lower case, without scheme and port.", () => {
	const hostsOf = (allowedHost: string) =>
		readServerConfiguration({ allowedHost }, {}).allowedHost;
	assert.deepEqual(hostsOf("a.example,b.example"), ["a.example", "b.example"]);
	assert.deepEqual(hostsOf("*"), ["*"]);
	for (const wrong of ["", "https://a.example", "a.example:80", "A.example"])
		assert.throws(() => hostsOf(wrong), ConfigurationError);
});

test("Traces are sent only where OpenTelemetry's variables name a collector, and by a protocol that there is.", () => {
	const OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318";
	assert.equal(readOtlpProtocol({}), undefined);
	assert.equal(
		readOtlpProtocol({ OTEL_EXPORTER_OTLP_ENDPOINT: "" }),
		undefined,
	);
	assert.equal(
		readOtlpProtocol({ OTEL_EXPORTER_OTLP_ENDPOINT }),
		"http/protobuf",
	);
	assert.equal(
		readOtlpProtocol({
			OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector:4317",
			OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
			OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc",
		}),
		"grpc",
	);
	assert.equal(
		readOtlpProtocol({
			OTEL_EXPORTER_OTLP_ENDPOINT,
			OTEL_SDK_DISABLED: "true",
		}),
		undefined,
	);
	assert.throws(
		() =>
			readOtlpProtocol({
				OTEL_EXPORTER_OTLP_ENDPOINT,
				OTEL_EXPORTER_OTLP_PROTOCOL: "thrift",
			}),
		new ConfigurationError(
			'OTEL_EXPORTER_OTLP_PROTOCOL: "thrift" is not allowed; one of grpc, http/protobuf, http/json.',
		),
	);
});

test("A setting is named as its flag, for that is how the command line gives it.", () => {
	for (const [key, { flag }] of Object.entries(serverSettings))
		if (flag !== undefined)
			assert.equal(
				flag,
				`--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
			);
});

test("In a Hugging Face Space the server's own name is known.", () => {
	const { allowedHost } = readServerConfiguration(
		{ allowedHost: "env.example" },
		{ SPACE_HOST: "me-space.hf.space" },
	);
	assert.deepEqual(allowedHost, ["env.example", "me-space.hf.space"]);
	assert.deepEqual(
		readServerConfiguration({}, { SPACE_HOST: "*" }).allowedHost,
		[],
	);
});
