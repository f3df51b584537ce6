#!/usr/bin/env node
// Writes the contract's TypeScript types, and its descriptors for reflection, from proto/ into proto/generated/; `--check` fails when the committed ones are stale.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const committed = join(root, "proto", "generated");
const [argument] = process.argv.slice(2);
if (argument !== undefined && argument !== "--check") {
	console.log(
		"usage: node scripts/generate-types.mjs [--check]\n\nWrites proto/generated/ from proto/nightshift/v1; --check compares only, and exits with 1 when it is stale.",
	);
	process.exit(argument === "--help" ? 0 : 2);
}

if (argument === "--check") {
	const fresh = mkdtempSync(join(tmpdir(), "nightshift-types-"));
	try {
		generate(fresh);
		const stale = differences(fresh, committed);
		if (stale.length > 0) {
			console.error(
				`proto/generated is stale (${stale.join(", ")}): run \`npm run generate\` and commit the result.`,
			);
			process.exitCode = 1;
		}
	} finally {
		rmSync(fresh, { recursive: true, force: true });
	}
} else {
	rmSync(committed, { recursive: true, force: true });
	generate(committed);
}

function generate(folder) {
	const loader = dirname(
		createRequire(import.meta.url).resolve("@grpc/proto-loader/package.json"),
	);
	execFileSync(
		process.execPath,
		[
			join(loader, "build", "bin", "proto-loader-gen-types.js"),
			"--keepCase",
			"--longs=String",
			"--enums=String",
			"--defaults",
			"--oneofs",
			"--includeComments",
			"--grpcLib=@grpc/grpc-js",
			"--importFileExtension=.js",
			"--includeDirs=.",
			`--outDir=${folder}`,
			"nightshift/v1/env_service.proto",
			"nightshift/v1/operator_service.proto",
			"nightshift/v1/errors.proto",
			"google/rpc/error_details.proto",
		],
		{ stdio: ["ignore", "ignore", "inherit"], cwd: join(root, "proto") },
	);
	const buf = createRequire(import.meta.url).resolve(
		"@bufbuild/buf/package.json",
	);
	execFileSync(
		process.execPath,
		[
			join(dirname(buf), "bin", "buf"),
			"build",
			"--as-file-descriptor-set",
			`--output=${join(folder, "descriptors.binpb")}`,
		],
		{ stdio: ["ignore", "ignore", "inherit"], cwd: join(root, "proto") },
	);
}

function differences(a, b) {
	const files = new Set([...filesBelow(a), ...filesBelow(b)]);
	return [...files].filter(
		(file) => read(join(a, file)) !== read(join(b, file)),
	);
}

function filesBelow(folder) {
	try {
		return readdirSync(folder, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
	} catch {
		return [];
	}
}

function read(file) {
	try {
		return readFileSync(file, "base64");
	} catch {
		return undefined;
	}
}
