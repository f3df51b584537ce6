import assert from "node:assert/strict";
import { test } from "node:test";
import { NightshiftError } from "../../errors.js";
import { DEFAULT_CONFIGURATION } from "./actions.js";
import { applyConfigure, checkConfigure } from "./configure.js";
import type { BestCheckpoint, TrainingEpisode } from "./episode.js";
import {
	configure,
	createConfigured,
	createEpisode,
	createEpoch,
	createEpochs,
	createState,
	failsWith,
	task,
} from "./testing.js";

function apply(
	episode: TrainingEpisode,
	...action: Parameters<typeof configure>
): TrainingEpisode {
	const read = configure(...action);
	applyConfigure(episode, task, read, checkConfigure(episode, task, read));
	return episode;
}

/** Two epochs were trained with adam; the first is the best checkpoint. */
function trained(changes: Partial<TrainingEpisode> = {}): TrainingEpisode {
	const best: BestCheckpoint = {
		state: createState(1, 7),
		momentsOf: "adam",
		epoch: 1,
		trial: 1,
		validationAccuracy: 0.6,
		validationLoss: 1,
		line: [0],
	};
	return createConfigured({
		charged: 2,
		current: createState(2, 14),
		momentsOf: "adam",
		line: [0, 1],
		epochs: createEpochs([{ validationAccuracy: 0.6 }, {}]),
		best,
		bestLoss: 1,
		...changes,
	});
}

test("What the first configuration leaves out has its default.", () => {
	assert.deepEqual(apply(createEpisode()).configuration, DEFAULT_CONFIGURATION);
	assert.deepEqual(
		apply(createEpisode(), { optimizer: "sgd", dropout: 0.5 }).configuration,
		{ ...DEFAULT_CONFIGURATION, optimizer: "sgd", dropout: 0.5 },
	);
});

test("What a later configuration leaves out keeps its value.", () => {
	const episode = apply(createEpisode(), {
		optimizer: "adamw",
		learning_rate: 0.01,
		batch_size: 256,
		weight_decay: 0.1,
		augmentation: true,
		augmentation_strength: 1,
	});
	apply(episode, { dropout: 0.25, augmentation: false });
	assert.deepEqual(episode.configuration, {
		...DEFAULT_CONFIGURATION,
		optimizer: "adamw",
		learning_rate: 0.01,
		batch_size: 256,
		weight_decay: 0.1,
		augmentation: false,
		augmentation_strength: 1,
		dropout: 0.25,
	});
});

test("Warm-up goes with its own schedule alone.", () => {
	const field = "action.configure_training.warmup_epochs";
	for (const lr_schedule of ["constant", "step", "cosine"] as const)
		assert.throws(
			() => apply(createEpisode(), { lr_schedule, warmup_epochs: 3 }),
			(error: unknown) => {
				assert.ok(error instanceof NightshiftError);
				assert.equal(error.reason, "INVALID_FIELD");
				assert.deepEqual(
					error.violations.map((violation) => violation.field),
					[field],
				);
				assert.match(
					error.message,
					/LEARNING_RATE_SCHEDULE_WARMUP_COSINE; set warmup_epochs to 0/,
				);
				return true;
			},
		);
	assert.throws(
		() => apply(createEpisode(), { warmup_epochs: 1 }),
		failsWith("INVALID_FIELD", /^action\.configure_training\.warmup_epochs: 1/),
	);
	apply(createEpisode(), { lr_schedule: "cosine", warmup_epochs: 0 });
});

test("Leaving the warm-up schedule takes setting the warm-up to 0.", () => {
	const episode = apply(createEpisode(), {
		lr_schedule: "warmup_cosine",
		warmup_epochs: 3,
	});
	assert.throws(
		() => apply(episode, { lr_schedule: "cosine" }),
		failsWith("INVALID_FIELD", /warmup_epochs/),
	);
	apply(episode, { lr_schedule: "cosine", warmup_epochs: 0 });
	assert.equal(episode.configuration?.lr_schedule, "cosine");
});

test("Warm-up must end before the budget does.", () => {
	const withLeft = (left: number) =>
		createConfigured({ charged: task.budget - left });
	const changes = { lr_schedule: "warmup_cosine", warmup_epochs: 5 } as const;
	apply(withLeft(6), changes);
	for (const left of [5, 4, 1])
		assert.throws(
			() => apply(withLeft(left), changes),
			failsWith(
				"INVALID_FIELD",
				new RegExp(
					`^action\\.configure_training\\.warmup_epochs: 5 is not allowed; it must be less than the ${left} epochs left\\.$`,
				),
			),
		);
});

test("A warm-up that has begun does not forbid a change that lets the schedule run on.", () => {
	const episode = apply(createEpisode(), {
		lr_schedule: "warmup_cosine",
		warmup_epochs: 20,
	});
	episode.charged = 15;
	apply(episode, { dropout: 0.1 });
	assert.equal(episode.configuration?.dropout, 0.1);
	assert.throws(
		() => apply(episode, { learning_rate: 0.1 }),
		failsWith("INVALID_FIELD", /must be less than the 15 epochs left/),
	);
});

test("A configuration that is refused changes nothing.", () => {
	const refused: Parameters<typeof configure>[] = [
		[{ dropout: 0.5, learning_rate: 0.5, warmup_epochs: 3 }],
		[
			{
				optimizer: "sgd",
				lr_schedule: "warmup_cosine",
				warmup_epochs: 20,
			},
			"scratch",
		],
	];
	for (const action of refused) {
		const episode = trained({ charged: 12 });
		const before = structuredClone(episode);
		assert.throws(() => apply(episode, ...action), NightshiftError);
		assert.deepEqual(episode, before);
	}
	const fresh = createEpisode();
	assert.throws(
		() => apply(fresh, { learning_rate: 0.1 }, "best_checkpoint"),
		NightshiftError,
	);
	assert.deepEqual(fresh, createEpisode());
});

test("Configuring keeps weights, moments, history and spent budget.", () => {
	const episode = trained();
	const before = structuredClone(episode);
	apply(episode, {
		learning_rate: 0.1,
		batch_size: 32,
		lr_schedule: "step",
		dropout: 0.3,
		augmentation: true,
	});
	const { configuration, scheduleStart, ...rest } = episode;
	const {
		configuration: _configuration,
		scheduleStart: _start,
		...restBefore
	} = before;
	assert.deepEqual(rest, restBefore);
	assert.deepEqual(scheduleStart, { charged: 2, budgetLeft: 28 });
	assert.equal(configuration?.optimizer, "adam");
});

test("Naming the same optimizer keeps its moments.", () => {
	const episode = apply(trained(), { optimizer: "adam" });
	assert.deepEqual(episode.current, createState(2, 14));
});

test("Another optimizer begins with moments of 0 on the same weights, and the checkpoint keeps its own.", () => {
	for (const optimizer of ["sgd", "adamw"] as const) {
		const episode = apply(trained(), { optimizer });
		assert.deepEqual(episode.current, {
			weights: createState(2).weights,
			first: new Float32Array(2),
			second: new Float32Array(2),
			steps: 0,
		});
		assert.deepEqual(episode.best?.state, createState(1, 7));
		assert.equal(episode.best?.momentsOf, "adam");
	}
	// Also where the checkpoint is the current state.
	const episode = trained();
	episode.current = episode.best?.state;
	apply(episode, { optimizer: "sgd" });
	assert.deepEqual(episode.best?.state, createState(1, 7));
});

test("Moments that were lost do not come back with their optimizer.", () => {
	const episode = trained();
	apply(episode, { optimizer: "sgd" });
	apply(episode, { optimizer: "adam" });
	assert.deepEqual(episode.current?.first, new Float32Array(2));
	assert.equal(episode.current?.steps, 0);
});

test("Resuming from the best checkpoint takes its weights, moments, step count and line, as a new trial.", () => {
	const episode = apply(
		trained({ diverged: true }),
		{ learning_rate: 1e-4 },
		"best_checkpoint",
	);
	assert.deepEqual(episode.current, createState(1, 7));
	assert.equal(episode.momentsOf, "adam");
	assert.deepEqual(episode.line, [0]);
	assert.equal(episode.trial, 2);
	assert.equal(episode.diverged, false);
	assert.equal(episode.charged, 2);
	assert.equal(episode.epochs.length, 2);
	assert.equal(episode.configuration?.learning_rate, 1e-4);
});

test("Resuming from a checkpoint of another optimizer keeps its weights and clears the moments.", () => {
	const episode = trained({
		configuration: { ...DEFAULT_CONFIGURATION, optimizer: "sgd" },
		momentsOf: "sgd",
	});
	apply(episode, {}, "best_checkpoint");
	assert.deepEqual(episode.current, {
		weights: createState(1).weights,
		first: new Float32Array(2),
		second: new Float32Array(2),
		steps: 0,
	});
	assert.deepEqual(episode.best?.state, createState(1, 7));
	// With the checkpoint's own optimizer its moments come along.
	const back = trained({
		configuration: { ...DEFAULT_CONFIGURATION, optimizer: "sgd" },
		momentsOf: "sgd",
	});
	apply(back, { optimizer: "adam" }, "best_checkpoint");
	assert.deepEqual(back.current, createState(1, 7));
});

test("Resuming from scratch takes new weights, named by the next trial; spent budget stays spent.", () => {
	const episode = apply(trained({ diverged: true }), {}, "scratch");
	assert.equal(episode.current, undefined);
	assert.equal(episode.momentsOf, undefined);
	assert.deepEqual(episode.line, []);
	assert.equal(episode.trial, 2);
	assert.equal(episode.diverged, false);
	assert.equal(episode.charged, 2);
	assert.equal(episode.best?.epoch, 1);
	assert.equal(apply(episode, {}, "scratch").trial, 3);
});

test("There is nothing to resume from before the first checkpoint.", () => {
	const diverged = createConfigured({
		charged: 1,
		epochs: [createEpoch({ diverged: true })],
		diverged: true,
	});
	for (const episode of [createEpisode(), diverged])
		assert.throws(
			() => apply(episode, {}, "best_checkpoint"),
			failsWith("ACTION_NOT_POSSIBLE", /no checkpoint to resume from/),
		);
});

test("After a divergence the current weights cannot be resumed from by name, and other changes leave it diverged.", () => {
	assert.throws(
		() => apply(trained({ diverged: true }), {}, "current"),
		failsWith("ACTION_NOT_POSSIBLE", /best_checkpoint or scratch/),
	);
	const episode = apply(trained({ diverged: true }), { learning_rate: 1e-4 });
	assert.equal(episode.diverged, true);
	assert.equal(episode.trial, 1);
	assert.deepEqual(apply(trained(), {}, "current").current, createState(2, 14));
});
