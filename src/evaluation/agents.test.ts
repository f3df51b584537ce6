import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "../../clients/typescript/index.js";
import { policies } from "../environments/policies.js";
import { createAgent, createProgramAgent, namedAgents } from "./agents.js";

test("Every policy that a client can play is an agent; one name of both environments is one agent.", async () => {
	const names = namedAgents.map(({ name }) => name);
	assert.equal(new Set(names).size, names.length);
	for (const policy of policies) {
		if (policy.startPrivileged) continue;
		const { name, environment, version } = policy;
		const agent = await createAgent(name);
		assert.equal(agent.name, name);
		assert.ok(agent.plays({ environment } as Task), name);
		assert.ok(
			agent.version.split("+").includes(`${environment}-${version}`),
			agent.version,
		);
	}
	const random = await createAgent("random");
	assert.equal(random.version, "training-1+sre-1");
	const rule = await createAgent("tuned-rule");
	assert.equal(rule.plays({ environment: "training" } as Task), false);
});

test("A policy that sees what is hidden, an unknown name and a missing module are refused in a sentence.", async () => {
	await assert.rejects(
		createAgent("oracle"),
		/oracle sees what is hidden, so it plays only on the server, by the RPC RunPolicy; choose one of do-nothing, /,
	);
	await assert.rejects(
		createAgent("expret"),
		/no agent is called "expret"; there are do-nothing, .*, and a module is named by its file \(\.\/agent\.mjs\)/,
	);
	await assert.rejects(
		createAgent("no-such.mjs"),
		/^Error: no-such\.mjs cannot be loaded: /,
	);
});

test("A program's name is its file's, or the one before the first equals sign.", () => {
	const nameOf = (command: string) =>
		createProgramAgent(command, { folder: "f" }).name;
	assert.equal(nameOf("python3 -c pass"), "python3");
	assert.equal(nameOf("bold=python3 -c pass"), "bold");
	// A variable of the shell: it has capitals.
	assert.equal(nameOf("LEVEL=3 agent --x"), "agent");
	assert.throws(() => nameOf("x= "), /the command is empty/);
	assert.throws(() => nameOf("'...'"), /cannot be an agent's name/);
});
