import { existsSync } from "node:fs";
import type { TestContext } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { systemClock } from "../../clock.js";
import type { Environment } from "../../environments/environment.js";
import { createSreEnvironment } from "../../environments/sre/sre-environment.js";
import { Sessions } from "../../sessions/sessions.js";
import { type Gateway, startGateway } from "../gateway.js";
import type { WebOptions } from "./web.js";

/** What tests of the page stand on: a real gateway on a free port, and Debian's Chromium. */

/** Where Debian's package puts it. */
const CHROMIUM = "/usr/bin/chromium";

/** How long a busy machine may take for anything. */
const PATIENCE_MS = 120_000;

/** Why tests in a browser are left out; false where they are not. */
export const noBrowser: string | false = existsSync(CHROMIUM)
	? false
	: `there is no ${CHROMIUM}; apt-get install chromium`;

export interface TestWeb extends Gateway {
	readonly sessions: Sessions;
	/** Of the page. */
	readonly url: string;
}

export async function startTestWeb(
	context: TestContext,
	{
		environments = [createSreEnvironment() as Environment],
		web = {},
		maxSessionsPerAddress = 1000,
		allowedHosts = [],
	}: {
		readonly environments?: readonly Environment[];
		readonly web?: WebOptions;
		readonly maxSessionsPerAddress?: number;
		readonly allowedHosts?: readonly string[];
	} = {},
): Promise<TestWeb> {
	const sessions = new Sessions({
		clock: systemClock,
		environments,
		maxSessions: 2000,
		maxActions: 64,
	});
	const gateway = await startGateway({
		sessions,
		clock: systemClock,
		host: "127.0.0.1",
		port: 0,
		environment: "training",
		allowedHosts,
		defaultLeaseMs: 600_000,
		maxSessionsPerAddress,
		web,
		observe: () => {},
	});
	context.after(() => gateway.close());
	return {
		...gateway,
		sessions,
		url: `http://${gateway.address}/web/`,
	};
}

/** A tab of a browser of its own, and all that its console and network tell against it. */
export interface Tab {
	readonly page: Page;
	/** Errors and warnings in the console, and thrown ones. */
	readonly complaints: string[];
	/** Hosts that were asked for anything. */
	readonly hosts: Set<string>;
}

/** A browser for the tests of a file, to be closed after them. */
export function launchBrowser(): Promise<Browser> {
	return chromium.launch({
		executablePath: CHROMIUM,
		args: ["--no-sandbox", "--disable-dev-shm-usage"],
	});
}

/** A tab with a profile of its own, closed after the test. */
export async function openTab(
	context: TestContext,
	browser: Browser,
	url: string,
	options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Tab> {
	const profile = await browser.newContext({
		viewport: { width: 1440, height: 900 },
		...options,
	});
	context.after(() => profile.close());
	profile.setDefaultTimeout(PATIENCE_MS);
	const page = await profile.newPage();
	const complaints: string[] = [];
	const hosts = new Set<string>();
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()))
			complaints.push(message.text());
	});
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("request", (request) => hosts.add(new URL(request.url()).host));
	await page.goto(url);
	return { page, complaints, hosts };
}
