import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(join(root, "docs", "mcp.md"), "utf8");

/** The one snippet of a language. The Python client's checks run Python's. */
const snippet = (language) => {
	const found = [
		...page.matchAll(
			new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"),
		),
	];
	assert.equal(found.length, 1, language);
	return found[0][1];
};

test("docs/mcp.md: the TypeScript and the curl snippets do what the page says, and hosts are told a command that there is.", async (context) => {
	const port = await serve(context);
	const scratch = mkdtempSync(join(tmpdir(), "nightshift-mcp-page-"));
	context.after(() => rmSync(scratch, { recursive: true }));
	const run = async (command, text) => {
		const { stdout } = await promisify(execFile)(
			command[0],
			[
				...command.slice(1),
				text.replaceAll("127.0.0.1:8000", `127.0.0.1:${port}`),
			],
			{ encoding: "utf8", cwd: command[0] === "bash" ? scratch : root },
		);
		return stdout;
	};
	// It is JavaScript, too.
	assert.match(
		await run(
			[process.execPath, "--input-type=module", "--eval"],
			snippet("ts"),
		),
		/^score 0\.01 after 30 steps\n$/,
	);
	const answers = await run(["bash", "-c"], snippet("sh"));
	assert.match(answers, /"result":\{"session_id":"[0-9a-f]{32}"\}/);
	assert.match(answers, /"name":"circuit_break"/);
	assert.match(answers, /"step_count":1/);
	assert.match(answers, /"closed":true/);
	const { command, args } = JSON.parse(snippet("json")).mcpServers.nightshift;
	assert.equal(command, "npx");
	const { bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
	assert.ok(args[0] in bin);
	const { stdout } = await promisify(execFile)(process.execPath, [
		join(root, bin[args[0]]),
		...args.slice(1),
		"--help",
	]);
	assert.match(stdout, /Model Context\s+Protocol/);
});

/** Starts a server, and gives its HTTP port. */
async function serve(context) {
	const server = spawn(
		process.execPath,
		[join(root, "scripts", "nightshift.mjs"), "serve", "--port", "0", "--json"],
		{ cwd: root, stdio: ["ignore", "pipe", "ignore"] },
	);
	const ended = new Promise((resolve) => server.once("exit", resolve));
	context.after(async () => {
		server.kill("SIGTERM");
		await ended;
	});
	return new Promise((resolve, reject) => {
		createInterface({ input: server.stdout }).on("line", (line) =>
			resolve(JSON.parse(line).http_port),
		);
		void ended.then(() => reject(new Error("the server ended")));
	});
}
