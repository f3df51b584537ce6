import assert from "node:assert/strict";
import { test } from "node:test";
import {
	cancelJob,
	createJobControl,
	isCancelled,
	type JobControl,
	takeJob,
} from "./job.js";

const take = (control: JobControl) => `take ${takeJob(control)}`;
const cancel = (control: JobControl) => `cancel ${cancelJob(control)}`;

/** Who comes first, what each is told, and whether the job shall stop at its next batch. */
const races: readonly {
	readonly title: string;
	readonly acts: readonly ((control: JobControl) => string)[];
	readonly told: readonly string[];
	readonly stops: boolean;
}[] = [
	{
		title: "A job that nobody touches is neither taken nor cancelled.",
		acts: [],
		told: [],
		stops: false,
	},
	{
		title: "A worker takes a queued job, and it runs on.",
		acts: [take],
		told: ["take true"],
		stops: false,
	},
	{
		title: "A job is taken once.",
		acts: [take, take],
		told: ["take true", "take false"],
		stops: false,
	},
	{
		title: "A caller gives a queued job up, and no worker takes it then.",
		acts: [cancel, take],
		told: ["cancel true", "take false"],
		stops: false,
	},
	{
		title: "A job that is given up twice is still one that never ran.",
		acts: [cancel, cancel, take],
		told: ["cancel true", "cancel true", "take false"],
		stops: false,
	},
	{
		title: "A job that was taken before it is cancelled has begun and stops.",
		acts: [take, cancel],
		told: ["take true", "cancel false"],
		stops: true,
	},
	{
		title: "A running job that is cancelled twice stops once.",
		acts: [take, cancel, cancel],
		told: ["take true", "cancel false", "cancel false"],
		stops: true,
	},
];

for (const { title, acts, told, stops } of races) {
	test(title, () => {
		const control = createJobControl();
		assert.deepEqual(
			acts.map((act) => act(control)),
			told,
		);
		assert.equal(isCancelled(control), stops);
	});
}

test("The control is shared memory, so both threads see one state.", () => {
	const ours = createJobControl();
	const theirs = structuredClone(ours);
	assert.equal(takeJob(theirs), true);
	assert.equal(cancelJob(ours), false);
	assert.equal(isCancelled(theirs), true);
});
