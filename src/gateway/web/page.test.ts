import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { SreResult } from "../../../proto/generated/nightshift/v1/SreResult.js";
import type { Environment } from "../../environments/environment.js";
import { createSreEnvironment } from "../../environments/sre/sre-environment.js";
import { startCuttableWay } from "../../server/testing.js";
import {
	createTinyEnvironment,
	createTrainer,
	HeldTrainer,
} from "../../sessions/testing-training.js";
import { faultInWords } from "../../web/model/told.js";
import {
	launchBrowser,
	noBrowser,
	openTab,
	startTestWeb,
	type TestWeb,
} from "./testing-web.js";

/** The page in a real browser. */

let browser: Browser;
let trainer: HeldTrainer;

before(async () => {
	if (noBrowser) return;
	browser = await launchBrowser();
	trainer = new HeldTrainer(await createTrainer({ threads: 1 }));
});

after(async () => {
	await browser?.close();
	await trainer?.close();
});

const skip = noBrowser;

test("An incident is played by hand to its end with the keyboard alone, and then the truth is told.", {
	skip,
}, async (context) => {
	const web = await startTestWeb(context);
	const { page, complaints, hosts } = await openTab(context, browser, web.url);
	await tabTo(page, "link", "Play");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Play an episode" }).waitFor();
	await tabTo(page, "radio", /^easy/);
	await tabTo(page, "textbox", "Seed");
	await page.keyboard.type("7");
	await tabTo(page, "button", "Start sre/easy");
	await page.keyboard.press("Enter");
	await page.getByRole("heading", { name: "Your move" }).waitFor();
	const [session] = web.sessions.all;
	assert.equal(session?.record.episode.taskId, "sre/easy");
	assert.equal(session?.record.episode.seed, "7");

	// A service that is outside its objective is chosen in the graph and restarted.
	await tabTo(page, "button", /outside its objective/);
	await page.keyboard.press("Enter");
	await tabTo(page, "radio", "wait");
	for (let k = 0; k < 4; k++) await page.keyboard.press("ArrowUp");
	await tabTo(page, "button", /^Restart \w+/);
	await page.keyboard.press("Enter");
	await page.getByText("restart: reward 0.").waitFor();
	assert.equal(session?.record.episode.step, 1);
	// The focus stays, and pressed again at once it is another step.
	await page.keyboard.press("Enter");
	await page.getByText("minute 2", { exact: true }).waitFor();
	assert.equal(session?.record.episode.step, 2);
	assert.equal(await truthOf(page).count(), 0);

	await tabTo(page, "button", "Finish now");
	await page.keyboard.press("Enter");
	await truthOf(page).waitFor();
	const told = await truthOf(page).innerText();
	const result = session?.record.episode.result?.sre;
	assert.ok(told.includes(result?.root_service_id as string), told);
	assert.ok(told.includes(faultInWords(faultOf(result))), told);
	assert.match(
		await page.locator(".result").innerText(),
		/^Score\s+0\.\d+\s+finished by its holder, 2 actions/,
	);
	assert.equal(await page.locator(".node .root").count(), 1);

	await page.locator("h2:focus", { hasText: "Episode over" }).waitFor();
	await tabTo(page, "button", "Next episode");
	await page.keyboard.press("Enter");
	await page.getByText("The next episode has begun.").waitFor();
	await truthOf(page).waitFor({ state: "detached" });
	assert.equal(session?.record.episode.number, 2);
	assert.deepEqual(complaints, []);
	assert.deepEqual([...hosts], [web.address]);
});

test("A training's curves grow while it trains, and its score is told in its parts.", {
	skip,
}, async (context) => {
	const web = await startTestWeb(context, { environments: [tiny()] });
	const { page, complaints } = await openTab(
		context,
		browser,
		`${web.url}#/play`,
	);
	await page.getByRole("button", { name: "Start training/tiny" }).click();
	await page.getByRole("heading", { name: "Your move" }).waitFor();
	await page
		.getByRole("combobox", { name: "Optimizer", exact: true })
		.selectOption("adam");
	await page.getByRole("button", { name: "Configure training" }).click();
	await page.getByText("configure training: reward").waitFor();

	trainer.epochGate.shut();
	context.after(() => trainer.epochGate.open());
	await page
		.getByRole("region", { name: "Play by hand" })
		.getByText("run epochs", { exact: true })
		.click();
	await page.getByRole("spinbutton", { name: "Epochs", exact: true }).fill("2");
	await page.getByRole("button", { name: "Run epochs" }).click();
	await trainer.epochGate.holds();
	await page.getByText("running …", { exact: true }).waitFor();
	const curves = page.getByRole("img", { name: /^Learning curves/ });
	assert.match(await labelOf(curves), /no epoch trained yet; 2 actions/);
	trainer.epochGate.open();
	await page.getByText(/run epochs: reward/).waitFor();
	await page
		.getByRole("img", { name: /: 2 epochs, validation accuracy up to/ })
		.waitFor();
	await page.getByText("Epochs, as a table").click();
	const rows = page.getByRole("table", { name: "Epochs" }).locator("tbody tr");
	await rows.first().waitFor();
	assert.equal(await rows.count(), 2);

	await page
		.getByRole("region", { name: "Play by hand" })
		.getByText("submit model", { exact: true })
		.click();
	await page.getByRole("button", { name: "Submit model" }).click();
	const parts = page.getByRole("region", { name: "What the score is made of" });
	await parts.waitFor();
	assert.match(await parts.innerText(), /Accuracy.*of 100 hidden test images/s);
	assert.deepEqual(complaints, []);
});

test("A stream that is cut goes on by itself, and no event is lost or told twice.", {
	skip,
}, async (context) => {
	const web = await startTestWeb(context);
	const way = await startCuttableWay(context, web);
	const id = await open(web, "sre/easy");
	const { page } = await openTab(
		context,
		browser,
		`http://${way.address}/web/#/sessions/${id}`,
	);
	const entries = page.getByRole("region", { name: "Actions" }).locator("li");
	const steps = async () => {
		const list = await entries.locator(".when").allInnerTexts();
		return list.map((text) => Number(text.replace("minute ", "")));
	};
	await step(web, id);
	await entries.first().waitFor();
	assert.deepEqual(await steps(), [1]);
	for (const [round, count] of [3, 4].entries()) {
		way.shut();
		await page.getByText("connection lost, trying again").waitFor();
		way.open();
		for (let k = 0; k < count; k++) await step(web, id);
		const last = [4, 8][round] as number;
		await page.getByText(`minute ${last}`, { exact: true }).waitFor();
		assert.deepEqual(
			await steps(),
			Array.from({ length: last }, (_, k) => last - k),
		);
	}
	await page.getByText("watching live").waitFor();
	await web.sessions.get(id).close();
	await page.getByText("complete", { exact: true }).waitFor();
});

test("A refusal is told in the server's sentence, and nothing is changed.", {
	skip,
}, async (context) => {
	const web = await startTestWeb(context, { environments: [tiny()] });
	const { page } = await openTab(context, browser, `${web.url}#/play`);
	await page.getByRole("button", { name: "Start training/tiny" }).click();
	await page
		.getByRole("region", { name: "Play by hand" })
		.getByText("run epochs", { exact: true })
		.click();
	await page.getByRole("spinbutton", { name: "Epochs", exact: true }).fill("2");
	await page.getByRole("button", { name: "Run epochs" }).click();
	const alert = page.getByRole("alert");
	await alert.waitFor();
	assert.match(await alert.innerText(), /configure_training/);
	assert.equal(web.sessions.all[0]?.record.episode.step, 0);
	await page.goto(`${web.url}#/sessions/${"0".repeat(32)}`);
	await page.getByText("The server does not know the session").waitFor();
});

test("A closed tab gives its session back when the lease runs out, and an open one renews it.", {
	skip,
}, async (context) => {
	const web = await startTestWeb(context);
	const { page } = await openTab(context, browser, `${web.url}#/play`);
	await page.getByRole("button", { name: "Start sre/easy" }).click();
	await page.getByRole("heading", { name: "Your move" }).waitFor();
	const session = web.sessions.all[0];
	assert.equal(session?.record.options.leaseMs, 120_000);
	const before = session?.record.leaseExpiresAtMs as number;
	const renewed = page.waitForResponse((answer) =>
		answer.url().endsWith("/renew"),
	);
	await page.reload();
	await renewed;
	assert.ok((session?.record.leaseExpiresAtMs as number) > before);
	await page.getByText("watching live").waitFor();
	assert.equal(session?.events.isWatched, true);
	await page.close();
	// The stream's end is seen by the server on its own time.
	while (session?.events.isWatched) await new Promise(setImmediate);
});

test("Five hundred sessions are listed in pages, as they change, and all of them only to the operator.", {
	skip,
}, async (context) => {
	const operatorToken = "a-token-for-this-test";
	const web = await startTestWeb(context, { web: { operatorToken } });
	for (let k = 0; k < 500; k++) await open(web, "sre/easy", "somebody");
	const { page, complaints } = await openTab(context, browser, web.url);
	await page.getByText("No session yet.").waitFor();
	await page.getByText("Whose sessions").click();
	await page.getByLabel("Operator's token").fill(operatorToken);
	await page.getByRole("button", { name: "List all" }).click();
	await page.getByText("1 to 50 of 500").waitFor();
	assert.equal(await page.locator(".sessions tbody tr").count(), 50);
	await web.sessions.all.at(-1)?.close();
	await page
		.locator(".sessions tbody tr")
		.first()
		.getByText("ended", { exact: false })
		.waitFor();
	await page.getByRole("button", { name: "Older" }).click();
	await page.getByText("51 to 100 of 500").waitFor();
	assert.deepEqual(complaints, []);
	await page.getByLabel("Operator's token").fill("a-wrong-token-of-theirs");
	await page.getByRole("button", { name: "List all" }).click();
	await page.getByRole("alert").waitFor();
	assert.match(
		await page.getByRole("alert").innerText(),
		/for the operator alone/,
	);
});

test("Evaluations stand side by side, each with a link to its report.", {
	skip,
}, async (context) => {
	const results = await mkdtemp(join(tmpdir(), "nightshift-evals-"));
	context.after(() => rm(results, { recursive: true }));
	for (const [name, score] of [
		["older", 0.25],
		["newer", 0.75],
	] as const) {
		await mkdir(join(results, name));
		await writeFile(
			join(results, name, "summary.json"),
			JSON.stringify(summary(name, score)),
		);
		await writeFile(
			join(results, name, "report.html"),
			"<!doctype html><title>Report</title><p>Its report.</p>",
		);
	}
	const web = await startTestWeb(context, { web: { results } });
	const { page, complaints } = await openTab(
		context,
		browser,
		`${web.url}#/evaluations`,
	);
	const chart = page.getByRole("img", { name: /^Mean scores on sre\/easy/ });
	await chart.waitFor();
	assert.match(
		await labelOf(chart),
		/rule of newer 0\.75 \(0\.65 to 0\.85\); rule of older 0\.25/,
	);
	await page.getByRole("checkbox", { name: /older/ }).uncheck();
	await page
		.getByRole("img", { name: /^Mean scores on sre\/easy: [^;]*$/ })
		.waitFor();
	assert.doesNotMatch(await labelOf(chart), /older/);
	const [report] = await Promise.all([
		page.context().waitForEvent("page"),
		page.getByRole("link", { name: "Report of newer" }).click(),
	]);
	await report.getByText("Its report.").waitFor();
	assert.deepEqual(complaints, []);
});

test("axe finds nothing serious in any view, light and dark, and no view is wider than a phone.", {
	skip,
}, async (context) => {
	const web = await startTestWeb(context, {
		environments: [tiny(), createSreEnvironment() as Environment],
	});
	const incident = await open(web, "sre/hard");
	for (let k = 0; k < 6; k++) await step(web, incident);
	const over = await open(web, "sre/easy");
	await step(web, over);
	await ask(web, `sessions/${over}/finish`, {});
	const training = await open(web, "training/tiny");
	await ask(web, `sessions/${training}/step`, {
		action: { action: "configure_training", learning_rate: 0.003 },
	});
	await ask(web, `sessions/${training}/step`, {
		action: { action: "run_epochs", num_epochs: 2 },
	});
	const { page, complaints } = await openTab(context, browser, web.url);
	await page.evaluate(`localStorage["nightshift.owner-key"] = "${OWNER}"`);
	await page.reload();
	for (const [route, ready] of [
		["#/sessions", "1 to 3 of 3"],
		["#/play", "Start sre/easy"],
		["#/evaluations", "No evaluation yet."],
		[`#/sessions/${incident}`, "Telemetry of"],
		[`#/sessions/${over}`, "The truth"],
		[`#/sessions/${training}`, "Epochs, as a table"],
	] as const) {
		await page.goto(web.url + route);
		await page.getByText(ready).first().waitFor();
		for (const colorScheme of ["light", "dark"] as const) {
			await page.emulateMedia({ colorScheme });
			assert.deepEqual(await faultsOf(page), [], `${route} ${colorScheme}`);
		}
		await page.setViewportSize({ width: 390, height: 844 });
		await page.evaluate("new Promise(requestAnimationFrame)");
		assert.equal(
			await page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
			true,
			`${route} is wider than a phone`,
		);
		await page.setViewportSize({ width: 1440, height: 900 });
	}
	assert.deepEqual(complaints, []);
});

const OWNER = "a-test";

function tiny(): Environment {
	return createTinyEnvironment(trainer);
}

/** As the page is told it. */
function faultOf(result: SreResult | null | undefined): string {
	return String(result?.fault_class).replace("FAULT_CLASS_", "").toLowerCase();
}

function truthOf(page: Page) {
	return page.getByRole("region", { name: "The truth" });
}

async function labelOf(element: ReturnType<Page["getByRole"]>) {
	return (await element.getAttribute("aria-label")) ?? "";
}

/** Presses Tab until an element has the focus: a few rounds at most, so that what cannot be reached fails. */
async function tabTo(
	page: Page,
	role: "link" | "button" | "radio" | "textbox",
	name: string | RegExp,
): Promise<void> {
	const wanted = page.getByRole(role, { name }).first();
	await wanted.waitFor({ state: "attached" });
	for (let k = 0; k < 120; k++) {
		await page.keyboard.press("Tab");
		if (await isFocused(wanted)) return;
	}
	assert.fail(`${role} ${name} cannot be reached with Tab`);
}

function isFocused(element: ReturnType<Page["getByRole"]>): Promise<boolean> {
	return element.evaluate(
		(one) => one === (one.getRootNode() as never as FocusHolder).activeElement,
	);
}

interface FocusHolder {
	readonly activeElement: unknown;
}

/** An API call of the page's, made by hand. */
async function ask(
	{ url }: TestWeb,
	path: string,
	body: object,
	owner = OWNER,
): Promise<{ readonly session: { readonly session_id: string } }> {
	const response = await fetch(`${url}api/${path}`, {
		method: "POST",
		body: JSON.stringify(body),
		headers: {
			"content-type": "application/json",
			"nightshift-owner-key": owner,
		},
	});
	assert.equal(response.status, 200, path);
	return (await response.json()) as never;
}

async function open(web: TestWeb, task_id: string, owner = OWNER) {
	const { session } = await ask(web, "sessions", { task_id, seed: 11 }, owner);
	return session.session_id;
}

async function step(web: TestWeb, id: string): Promise<void> {
	await ask(web, `sessions/${id}/step`, { action: "wait" });
}

const axe = readFileSync(
	createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
	"utf8",
);

/** What axe says of a page that is serious or worse. */
async function faultsOf(page: Page): Promise<string[]> {
	await page.evaluate(axe);
	const { violations } = (await page.evaluate("axe.run()")) as {
		readonly violations: readonly {
			readonly id: string;
			readonly impact: string;
			readonly nodes: readonly { readonly html: string }[];
		}[];
	};
	return violations
		.filter(({ impact }) => ["serious", "critical"].includes(impact))
		.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

function summary(name: string, score: number) {
	const row = {
		agent: "rule",
		episodes: 20,
		score,
		score_interval_95: [score - 0.1, score + 0.1],
		passed: { count: 10, of: 20, share: 0.5, interval_95: [0.3, 0.7] },
	};
	return {
		format: 1,
		created_at: name === "newer" ? "2026-02-02" : "2026-01-01",
		split: "test",
		episodes: 20,
		overall: [row],
		tasks: [{ task: "sre/easy", agents: [row] }],
	};
}
