import assert from "node:assert/strict";
import {
	mkdir,
	mkdtemp,
	readFile,
	rm,
	symlink,
	writeFile,
} from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startTestWeb, type TestWeb } from "./testing-web.js";

/** What the page asks its server for. */

const TOKEN = "a-token-for-this-test";

test("A list shows the sessions of an owner key, and all of them to the operator alone.", async (context) => {
	const web = await startTestWeb(context, { web: { operatorToken: TOKEN } });
	const first = await create(web, { task_id: "sre/easy" }, "one");
	const second = await create(web, { task_id: "sre/hard" }, "two");
	assert.deepEqual(await idsOf(web, { "nightshift-owner-key": "one" }), [
		first,
	]);
	assert.deepEqual(await idsOf(web, { authorization: `Bearer ${TOKEN}` }), [
		second,
		first,
	]);
	for (const authorization of ["Bearer wrong", TOKEN, "Bearer "]) {
		const { status, body } = await ask(web, "sessions", {
			headers: { authorization },
		});
		assert.equal(status, 403);
		assert.equal(body.reason, "OPERATOR_ONLY");
	}
	assert.equal((await ask(web, "sessions")).status, 422);
	const closed = await startTestWeb(context);
	const { body } = await ask(closed, "sessions", {
		headers: { authorization: `Bearer ${TOKEN}` },
	});
	assert.equal(body.reason, "OPERATOR_OFF");
});

test("A session is opened once however often its request is repeated, for as long as its short lease.", async (context) => {
	const web = await startTestWeb(context, { maxSessionsPerAddress: 2 });
	const asked = { task_id: "sre/easy", seed: "18446744073709551615" };
	const id = await create(web, { ...asked, request_id: "r" });
	assert.equal(await create(web, { ...asked, request_id: "r" }), id);
	const { options, episode } = web.sessions.get(id).record;
	assert.equal(options.leaseMs, 120_000);
	assert.equal(episode.seed, asked.seed);
	await create(web, asked);
	const { status, body } = await ask(web, "sessions", {
		method: "POST",
		body: asked,
	});
	assert.equal(status, 429);
	assert.equal(body.reason, "TOO_MANY_SESSIONS");
});

test("What is wrong with a new session is told by its field.", async (context) => {
	const web = await startTestWeb(context);
	for (const [body, field] of [
		[{}, "task_id"],
		[{ task_id: "sre/none" }, "task_id"],
		[{ task_id: "sre/easy", reward_mode: "shaped" }, "reward_mode"],
		[{ task_id: "sre/easy", seed: -1 }, "seed"],
		[{ task_id: "sre/easy", lease_seconds: 1 }, "lease_seconds"],
		[{ task_id: "sre/easy", owner: "me" }, "owner"],
	] as const) {
		const answer = await ask(web, "sessions", { method: "POST", body });
		assert.equal(answer.status, 422, JSON.stringify(body));
		assert.deepEqual(answer.body.detail[0].loc, ["body", field]);
	}
	assert.equal(web.sessions.all.length, 0);
});

test("Events come from any offset, each once, and go on after the last one that a browser had.", async (context) => {
	const web = await startTestWeb(context);
	const id = await create(web, { task_id: "sre/easy", seed: 7 });
	for (let k = 0; k < 3; k++)
		await ask(web, `sessions/${id}/step`, {
			method: "POST",
			body: { action: "wait", request_number: k + 1 },
		});
	const live = await stream(web, id);
	// The beginning, and of each step that it began and was done.
	assert.deepEqual(await live.take(7), range(0, 7));
	await ask(web, `sessions/${id}/step`, {
		method: "POST",
		body: { action: "wait", request_number: 4 },
	});
	assert.deepEqual(await live.take(2), range(7, 9));
	const again = await stream(web, id, { "last-event-id": "4" });
	assert.deepEqual(await again.take(4), range(5, 9));
	const later = await stream(web, id, { "last-event-id": "6" }, "?from=2");
	assert.deepEqual(await later.take(2), range(7, 9));
	await web.sessions.get(id).close();
	assert.match(await live.rest(), /event: end\ndata: \{\}\n\n$/);
	assert.match(await again.rest(), /"session_ended":\{"reason":"/);
	const past = await stream(web, id, {}, "?from=99");
	assert.match(await past.rest(), /event: end/);
	later.leave();
	const refused = await ask(web, `sessions/${id}/events?from=x`);
	assert.equal(refused.status, 422);
	const unknown = await ask(web, `sessions/${"0".repeat(32)}/events`);
	assert.equal(unknown.body.reason, "SESSION_LOST");
});

test("Nobody who watches is told what is hidden before the end, and everybody after it.", async (context) => {
	const web = await startTestWeb(context);
	const id = await create(web, { task_id: "sre/easy", seed: 7 });
	const before = JSON.stringify(await ask(web, `sessions/${id}`));
	assert.doesNotMatch(before, /root_service_id|fault_class/);
	const seen = await stream(web, id);
	await seen.take(1);
	assert.doesNotMatch(seen.text(), /root_service_id|fault_class/);
	await ask(web, `sessions/${id}/finish`, { method: "POST", body: {} });
	const { body } = await ask(web, `sessions/${id}`);
	const { sre } = body.session.result;
	assert.ok(sre.fault_class !== null && sre.root_service_id !== "");
	seen.leave();
});

test("A watcher sees an incident in the typed form, whichever views its agent asked for.", async (context) => {
	const web = await startTestWeb(context);
	const id = await create(web, { task_id: "sre/easy", seed: 7 });
	const { record } = web.sessions.get(id);
	record.options = { ...record.options, views: ["text"] };
	const step = () =>
		ask(web, `sessions/${id}/step`, {
			method: "POST",
			body: { action: "wait" },
		});
	await step();
	const seen = await stream(web, id);
	await seen.take(3);
	await step();
	await seen.take(2);
	const told = [...seen.text().matchAll(/^data: (.*)$/gm)].map(([, one]) =>
		JSON.parse(one as string),
	);
	const completed = told.filter((event) => event.action_completed);
	assert.deepEqual(
		completed.map(({ action_completed: { observation } }) => [
			observation.sre.step,
			observation.text.length > 0,
		]),
		[
			[1, true],
			[2, true],
		],
	);
	seen.leave();
	await step();
	await step();
	const late = await stream(web, id, {}, "?from=3");
	await late.take(6);
	const steps = [...late.text().matchAll(/"sre":\{"step":(\d+),"max/g)];
	assert.deepEqual(
		steps.map(([, one]) => one),
		["2", "3", "4"],
	);
	late.leave();
});

test("Streams are bounded, and one that is left makes room.", async (context) => {
	const web = await startTestWeb(context, { web: { maxWatchers: 1 } });
	const id = await create(web, { task_id: "sre/easy" });
	const only = await stream(web, id);
	await only.take(1);
	const { status, body } = await ask(web, `sessions/${id}/events`);
	assert.equal(status, 429);
	assert.equal(body.reason, "TOO_MANY_STREAMS");
	only.leave();
	while (web.sessions.get(id).events.isWatched) await new Promise(setImmediate);
	const next = await stream(web, id);
	await next.take(1);
	next.leave();
});

test("Only summaries and reports inside the results' folder are told.", async (context) => {
	const folder = await mkdtemp(join(tmpdir(), "nightshift-results-"));
	context.after(() => rm(folder, { recursive: true }));
	const results = join(folder, "results");
	await mkdir(join(folder, "outside"));
	await mkdir(join(results, "good"), { recursive: true });
	await mkdir(join(results, "torn"));
	await mkdir(join(results, "other"));
	const summary = '{"format":1,"tasks":[{"task":"sre/easy","agents":[]}]}';
	await writeFile(join(results, "good", "summary.json"), summary);
	await writeFile(join(results, "torn", "summary.json"), "{");
	await writeFile(join(results, "other", "summary.json"), '{"format":2}');
	await writeFile(join(folder, "outside", "summary.json"), summary);
	await writeFile(join(folder, "outside", "report.html"), "outside");
	await symlink(join(folder, "outside"), join(results, "link"));
	await symlink(
		join(folder, "outside", "report.html"),
		join(results, "good", "report.html"),
	);
	const web = await startTestWeb(context, { web: { results } });
	const { body } = await ask(web, "evaluations");
	assert.deepEqual(
		body.evaluations.map(({ name, has_report }: Row) => [name, has_report]),
		[["good", false]],
	);
	assert.equal((await ask(web, "evaluations/good")).status, 200);
	for (const name of [
		"torn",
		"other",
		"link",
		"none",
		"..%2Foutside",
		"..",
		".",
		"%2e%2e%2foutside",
		"good%2F..%2F..%2Foutside",
		"good%00",
	])
		for (const path of [`evaluations/${name}`, `../reports/${name}`])
			assert.equal((await raw(web, path)).statusCode, 404, path);
	assert.equal((await raw(web, "../reports/good")).statusCode, 404);
	const none = await startTestWeb(context, { web: { results: "not there" } });
	assert.deepEqual((await ask(none, "evaluations")).body.evaluations, []);
});

test("The page is served with a policy that lets nothing foreign in, and only where it changed.", async (context) => {
	const web = await startTestWeb(context);
	const moved = await fetch(web.url.replace(/\/$/, ""), { redirect: "manual" });
	assert.equal(moved.status, 308);
	assert.equal(moved.headers.get("location"), "web/");
	for (const [file, type] of [
		["", "text/html; charset=utf-8"],
		["app.js", "text/javascript; charset=utf-8"],
		["app.css", "text/css; charset=utf-8"],
		["icon.svg", "image/svg+xml"],
	] as const) {
		const answer = await fetch(web.url + file);
		assert.equal(answer.headers.get("content-type"), type);
		assert.match(
			answer.headers.get("content-security-policy") ?? "",
			/default-src 'none'; script-src 'self'; style-src 'self'/,
		);
		assert.doesNotMatch(
			await answer.text(),
			file === "" ? /https?:|style=|<script>/ : /sourceMappingURL/,
		);
		const tag = answer.headers.get("etag") as string;
		const same = await fetch(web.url + file, {
			headers: { "if-none-match": tag },
		});
		assert.equal(same.status, 304);
	}
	const foreign = await raw(web, "../", { host: "evil.example" });
	assert.equal(foreign.statusCode, 403);
});

test("No page may frame this one, but the Hub's where the server is a Space, whose front page it is.", async (context) => {
	for (const [allowedHosts, framers] of [
		[["env.example"], "'none'"],
		[["me-nightshift.hf.space"], "https://huggingface.co"],
	] as const) {
		const { url } = await startTestWeb(context, { allowedHosts });
		const { headers } = await fetch(url);
		const policy = headers.get("content-security-policy") ?? "";
		assert.equal(/frame-ancestors (.*)$/.exec(policy)?.[1], framers);
	}
	for (const environment of ["training", "sre"]) {
		const place = `spaces/${environment}/README.md`;
		const file = new URL(place, import.meta.resolve("#package"));
		assert.match(await readFile(file, "utf8"), /^base_path: \/web$/m);
	}
});

interface Row {
	readonly name: string;
	readonly has_report: boolean;
}

interface Answer {
	readonly status: number;
	// biome-ignore lint/suspicious/noExplicitAny: whatever the server answers; the assertions look.
	readonly body: any;
}

async function ask(
	{ url }: TestWeb,
	path: string,
	{
		method = "GET",
		body,
		headers = {},
	}: {
		readonly method?: string;
		readonly body?: object;
		readonly headers?: Record<string, string>;
	} = {},
): Promise<Answer> {
	const response = await fetch(`${url}api/${path}`, {
		method,
		headers: {
			...headers,
			...(body && { "content-type": "application/json" }),
		},
		...(body && { body: JSON.stringify(body) }),
	});
	return { status: response.status, body: await response.json() };
}

async function create(
	web: TestWeb,
	body: object,
	owner = "me",
): Promise<string> {
	const answer = await ask(web, "sessions", {
		method: "POST",
		body,
		headers: { "nightshift-owner-key": owner },
	});
	assert.equal(answer.status, 200, JSON.stringify(answer.body));
	return answer.body.session.session_id as string;
}

async function idsOf(web: TestWeb, headers: Record<string, string>) {
	const { body } = await ask(web, "sessions", { headers });
	return body.sessions.map(
		({ session_id }: { readonly session_id: string }) => session_id,
	);
}

/** Asks for a path as it stands, which `fetch` would tidy up. */
function raw(
	{ port }: TestWeb,
	path: string,
	headers: Record<string, string> = {},
): Promise<IncomingMessage> {
	return new Promise((resolve, reject) => {
		get(
			{
				host: "127.0.0.1",
				port,
				headers,
				path: path.startsWith("../")
					? `/web/${path.slice(3)}`
					: `/web/api/${path}`,
			},
			(answer) => {
				answer.resume();
				resolve(answer);
			},
		).on("error", reject);
	});
}

/** A stream of events, read by hand. */
async function stream(
	{ url }: TestWeb,
	id: string,
	headers: Record<string, string> = {},
	query = "",
) {
	const gone = new AbortController();
	const response = await fetch(`${url}api/sessions/${id}/events${query}`, {
		headers,
		signal: gone.signal,
	});
	assert.equal(response.headers.get("content-type"), "text/event-stream");
	const reader = (response.body as ReadableStream<Uint8Array>).getReader();
	const decoder = new TextDecoder();
	let text = "";
	let taken = 0;
	const more = async () => {
		const { done, value } = await reader.read();
		text += decoder.decode(value, { stream: true });
		return !done;
	};
	const ids = () =>
		[...text.matchAll(/^id: (\d+)\ndata: \{.*\}\n\n/gm)].map(([, one]) =>
			Number(one),
		);
	return {
		/** The offsets of the next so many events. */
		async take(count: number): Promise<number[]> {
			while (ids().length < taken + count && (await more()));
			taken += count;
			return ids().slice(taken - count);
		},
		text: () => text,
		async rest(): Promise<string> {
			while (await more());
			return text;
		},
		leave: () => gone.abort(),
	};
}

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from }, (_, k) => from + k);
}
