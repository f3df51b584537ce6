import assert from "node:assert/strict";
import { test } from "node:test";
import { type Configuration, DEFAULT_CONFIGURATION } from "./actions.js";
import { applyConfigure, checkConfigure } from "./configure.js";
import { nextLearningRate } from "./observation.js";
import { learningRate, type ScheduleStart } from "./schedule.js";
import { configure, createEpisode, repeat, task } from "./testing.js";

const b = 0.03;
const T = 30;
const start: ScheduleStart = { charged: 0, budgetLeft: T };

const rates = (
	changes: Partial<Configuration>,
	from = start,
	epochs = from.budgetLeft,
): number[] =>
	Array.from({ length: epochs }, (_, k) =>
		learningRate(
			{ ...DEFAULT_CONFIGURATION, learning_rate: b, ...changes },
			from,
			from.charged + k,
		),
	);

function assertNear(actual: readonly number[], expected: readonly number[]) {
	assert.equal(actual.length, expected.length);
	expected.forEach((value, k) => {
		assert.ok(
			Math.abs((actual[k] as number) - value) <= 1e-12 * Math.abs(value),
			`epoch ${k}: ${actual[k]} instead of ${value}`,
		);
	});
}

const cosine = (share: number) => (b * (1 + Math.cos(Math.PI * share))) / 2;

test("A constant rate is the base rate.", () => {
	assertNear(rates({ lr_schedule: "constant" }), repeat(b, T));
});

test("Steps divide by ten every third of the budget.", () => {
	assertNear(rates({ lr_schedule: "step" }), [
		...repeat(0.03, 10),
		...repeat(0.003, 10),
		...repeat(0.0003, 10),
	]);
	// floor(3 k / 7) = 0 0 0 1 1 2 2.
	assertNear(
		rates({ lr_schedule: "step" }, { charged: 5, budgetLeft: 7 }),
		[0.03, 0.03, 0.03, 0.003, 0.003, 0.0003, 0.0003],
	);
});

test("A cosine falls from the base rate over the budget, through half of it in the middle.", () => {
	const falling = rates({ lr_schedule: "cosine" });
	assertNear(
		falling,
		Array.from({ length: T }, (_, k) => cosine(k / T)),
	);
	assert.equal(falling[0], b);
	assert.ok(Math.abs((falling[15] as number) - b / 2) < 1e-15);
	// cos(pi / 3) = 1/2 and cos(2 pi / 3) = -1/2.
	assert.ok(Math.abs((falling[10] as number) - 0.75 * b) < 1e-15);
	assert.ok(Math.abs((falling[20] as number) - 0.25 * b) < 1e-15);
	assert.ok((falling.at(-1) as number) > 0);
});

test("A warm-up rises in equal steps to the base rate, then a cosine falls over the rest.", () => {
	assertNear(rates({ lr_schedule: "warmup_cosine", warmup_epochs: 5 }), [
		b / 5,
		(2 * b) / 5,
		(3 * b) / 5,
		(4 * b) / 5,
		b,
		...Array.from({ length: 25 }, (_, k) => cosine(k / 25)),
	]);
});

test("A warm-up of no epochs is the cosine.", () => {
	assertNear(
		rates({ lr_schedule: "warmup_cosine" }),
		rates({ lr_schedule: "cosine" }),
	);
});

test("A schedule counts from where it began and over the budget that was left then.", () => {
	const from = { charged: 18, budgetLeft: 12 };
	for (const lr_schedule of ["step", "cosine", "warmup_cosine"] as const)
		assertNear(
			rates({ lr_schedule, warmup_epochs: 0 }, from),
			rates({ lr_schedule, warmup_epochs: 0 }, { charged: 0, budgetLeft: 12 }),
		);
});

/** An episode that is configured now and then, and the rate of each of its epochs. */
class Training {
	readonly episode = createEpisode();

	configure(...action: Parameters<typeof configure>): this {
		const configured = configure(...action);
		applyConfigure(
			this.episode,
			task,
			configured,
			checkConfigure(this.episode, task, configured),
		);
		return this;
	}

	adjust(new_lr: number): this {
		this.episode.configuration = {
			...(this.episode.configuration as Configuration),
			learning_rate: new_lr,
		};
		return this;
	}

	epochs(count: number): number[] {
		return Array.from({ length: count }, () => {
			const rate = nextLearningRate(this.episode, task) as number;
			this.episode.charged += 1;
			return rate;
		});
	}
}

test("A configuration that names a field of the schedule starts it anew, any other lets it run on.", () => {
	const restarts = [
		{ learning_rate: b },
		{ lr_schedule: "cosine" },
		{ warmup_epochs: 0 },
		{ optimizer: "adam" },
	] as const;
	for (const changes of restarts) {
		const training = new Training().configure({
			learning_rate: b,
			lr_schedule: "cosine",
		});
		training.epochs(10);
		assertNear(
			training.configure(changes).epochs(20),
			Array.from({ length: 20 }, (_, k) => cosine(k / 20)),
		);
	}
	const goesOn = [
		{ batch_size: 128 },
		{ weight_decay: 0.01 },
		{ dropout: 0.1 },
		{ augmentation: true },
		{ augmentation_strength: 1 },
		{},
	] as const;
	for (const changes of goesOn) {
		const training = new Training().configure({
			learning_rate: b,
			lr_schedule: "cosine",
		});
		training.epochs(10);
		assertNear(
			training.configure(changes).epochs(20),
			Array.from({ length: 20 }, (_, k) => cosine((k + 10) / 30)),
		);
	}
});

test("Naming where to resume from starts the schedule anew, also for the current weights.", () => {
	for (const resume_from of ["current", "scratch"] as const) {
		const training = new Training().configure({
			learning_rate: b,
			lr_schedule: "cosine",
		});
		training.epochs(18);
		assertNear(
			training.configure({}, resume_from).epochs(12),
			Array.from({ length: 12 }, (_, k) => cosine(k / 12)),
		);
	}
});

test("The first configuration starts the schedule whatever it names, over the whole budget.", () => {
	assertNear(
		new Training().configure({ dropout: 0.1 }).epochs(2),
		[1e-3, 1e-3],
	);
	const training = new Training().configure({
		lr_schedule: "cosine",
		learning_rate: b,
	});
	assert.deepEqual(training.episode.scheduleStart, {
		charged: 0,
		budgetLeft: 30,
	});
});

test("An adjusted rate replaces the base alone, and every schedule continues from it where it stands.", () => {
	for (const lr_schedule of [
		"constant",
		"step",
		"cosine",
		"warmup_cosine",
	] as const) {
		const warmup_epochs = lr_schedule === "warmup_cosine" ? 5 : 0;
		const untouched = new Training()
			.configure({ learning_rate: b, lr_schedule, warmup_epochs })
			.epochs(30);
		for (const after of [3, 12]) {
			const training = new Training().configure({
				learning_rate: b,
				lr_schedule,
				warmup_epochs,
			});
			const before = training.epochs(after);
			assertNear(
				[...before, ...training.adjust(2 * b).epochs(30 - after)],
				untouched.map((rate, k) => (k < after ? rate : 2 * rate)),
			);
		}
	}
});

test("A second warm-up begins at the epoch after the configuration that asked for it.", () => {
	const training = new Training().configure({ learning_rate: b });
	assertNear(training.epochs(10), repeat(b, 10));
	assertNear(
		training
			.configure({ lr_schedule: "warmup_cosine", warmup_epochs: 4 })
			.epochs(20),
		[
			b / 4,
			b / 2,
			(3 * b) / 4,
			b,
			...Array.from({ length: 16 }, (_, k) => cosine(k / 16)),
		],
	);
});

test("There is no next rate before the first configuration and after the budget.", () => {
	assert.equal(nextLearningRate(createEpisode(), task), undefined);
	const training = new Training().configure();
	training.epochs(29);
	assert.equal(nextLearningRate(training.episode, task), 1e-3);
	training.epochs(1);
	assert.equal(nextLearningRate(training.episode, task), undefined);
});
