import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "../../clients/typescript/index.js";
import type { EpisodeJob } from "../evaluation/attempt.js";
import type {
	EpisodeRecord,
	FailedAttempt,
} from "../evaluation/episode-record.js";
import { createScriptedAgent } from "../evaluation/testing-evaluation.js";
import { ManualClock } from "../sessions/testing.js";
import { EvaluateView } from "./evaluate-view.js";

test("Without a terminal there is a line for each episode and each failed attempt.", () => {
	const { view, text, clock } = createView(false);
	const [first, second, third] = jobs();
	view.planned({
		there: [recordOf(jobOf("0"), 0.25)],
		failures: [],
		missing: [first, second, third],
	});
	for (const job of [first, second]) {
		view.started();
		view.opened(job);
	}
	clock.advance(500);
	view.finished(first, recordOf(first, 0.75));
	view.failed(second, failureOf(second, true));
	view.started();
	view.opened(second);
	view.finished(second, {
		...recordOf(second, 0.5),
		outcome: "limit",
		limit: "tokens",
	});
	view.started();
	view.failed(third, failureOf(third, false));
	view.end();
	assert.equal(
		text(),
		`1 of 4 episodes are there, 3 are to be played, 2 at once
[2/4] sre/x scripted seed 1: score 0.750, 2 actions, 30 s
[2/4] sre/x scripted seed 2: attempt 1 failed, it comes again: UNAVAILABLE: away
[3/4] sre/x scripted seed 2: score 0.500, 2 actions, 30 s; stopped by the limit tokens
[3/4] sre/x scripted seed 3: attempt 1 failed, it is given up: UNAVAILABLE: away
`,
	);
	assert.equal(view.finishedNow, 2);
	const [row] = view.tally.rows;
	assert.deepEqual(
		[row?.done, row?.total, row?.failedAttempts, row?.unplayed, row?.limited],
		[3, 4, 2, 1, 1],
	);
});

test("On a terminal a table is drawn anew in place, with scores so far, rates and what is left.", () => {
	const { view, text, clock, screen } = createView(true);
	const [first, second, third] = jobs();
	view.planned({ there: [], failures: [], missing: [first, second, third] });
	assert.deepEqual(screen(), [
		"0 of 3 episodes are there, 3 are to be played, 2 at once",
		"agent     task   done  score so far  running  queued  agent failed  failed atte",
		"scripted  sre/x   0/3             -        0       3             0",
		"[0/3] episodes",
	]);
	view.opened(first);
	view.opened(second);
	clock.advance(30_000);
	view.finished(first, recordOf(first, 0.25));
	view.opened(third);
	clock.advance(30_000);
	assert.deepEqual(screen().slice(1), [
		"agent     task   done  score so far  running  queued  agent failed  failed atte",
		"scripted  sre/x   1/3         0.250        2       0             0",
		"[1/3] episodes; 1.00 a minute; about 15 s left; longest runs for 1 min: sre/x s",
	]);
	view.finished(second, {
		...recordOf(second, 0.75),
		outcome: "agent-failed",
		error: "a defect",
	});
	clock.advance(250);
	assert.deepEqual(screen(), [
		"0 of 3 episodes are there, 3 are to be played, 2 at once",
		"[2/3] sre/x scripted seed 2: score 0.750, 2 actions, 30 s; the agent failed: a defect",
		"agent     task   done   score so far  running  queued  agent failed  failed att",
		"scripted  sre/x   2/3  0.500 ± 3.177        1       0             1",
		"[2/3] episodes; 1.99 a minute; about 7.5 s left; longest runs for 30 s: sre/x s",
	]);
	view.finished(third, recordOf(third, 0.5));
	view.end();
	assert.equal(screen().length, 2);
	const { length } = text();
	clock.advance(10_000);
	assert.equal(text().length, length);
});

test("A table that is taller than the terminal is cut, and told to be.", () => {
	const { view, screen } = createView(true, 6);
	view.planned({
		there: [],
		failures: [],
		missing: Array.from({ length: 9 }, (_, index) =>
			jobOf("1", `sre/${index}`),
		),
	});
	assert.deepEqual(
		screen()
			.slice(1)
			.map((line) => line.slice(0, 15)),
		[
			"agent     task ",
			"scripted  sre/0",
			"scripted  sre/1",
			"... 7 more",
			"[0/9] episodes",
		],
	);
});

test("When every episode is there, that is said.", () => {
	const { view, text } = createView(true);
	view.planned({ there: [recordOf(jobOf("1"), 1)], failures: [], missing: [] });
	view.end();
	assert.equal(text(), "all 1 episodes are there\n");
});

function createView(isTTY: boolean, rows = 24) {
	let written = "";
	const clock = new ManualClock();
	const output = {
		isTTY,
		columns: 80,
		rows,
		write(part: string) {
			written += part;
			return true;
		},
	};
	return {
		view: new EvaluateView(2, output as NodeJS.WriteStream, clock),
		clock,
		text: () => written,
		screen: () => toScreen(written),
	};
}

/** What stands on a terminal after these characters: lines, and a cursor that goes up and takes away what is below. */
function toScreen(text: string): string[] {
	const [first = "", ...rest] = text.split("\u001b[");
	const lines = first.split("\n");
	for (const part of rest) {
		if (part.startsWith("J")) {
			const [line = "", ...more] = part.slice(1).split("\n");
			lines.push(line, ...more);
		} else lines.splice(lines.length - 1 - Number.parseInt(part, 10));
	}
	return lines.slice(0, -1);
}

function jobOf(seed: string, id = "sre/x"): EpisodeJob {
	return {
		agent: createScriptedAgent(),
		task: { id, version: 1 } as Task,
		seed,
		split: "test",
	};
}

function jobs(): [EpisodeJob, EpisodeJob, EpisodeJob] {
	return [jobOf("1"), jobOf("2"), jobOf("3")];
}

const identityOf = ({ agent, task, seed, split }: EpisodeJob) => ({
	agent: agent.name,
	agentVersion: agent.version,
	task: task.id,
	taskVersion: task.version,
	split,
	seed,
	attempt: 1,
	startedAt: "",
});

function recordOf(job: EpisodeJob, score: number): EpisodeRecord {
	return {
		kind: "episode",
		...identityOf(job),
		outcome: "ended",
		score,
		seconds: 30,
		steps: [{}, {}],
	} as unknown as EpisodeRecord;
}

function failureOf(job: EpisodeJob, retried: boolean): FailedAttempt {
	return {
		kind: "failed-attempt",
		...identityOf(job),
		seconds: 1,
		error: "UNAVAILABLE: away",
		retried,
	};
}
