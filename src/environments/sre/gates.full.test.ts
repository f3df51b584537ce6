import { test } from "node:test";
import { sreTasks } from "./tasks.js";
import {
	checkExploits,
	checkFloor,
	checkIndependence,
	checkLadder,
	checkLeaks,
	checkOpenLoop,
	checkTraps,
	checkValidity,
	fuzz,
	TIERS,
} from "./testing-gates.js";

/** The gates of the design page that need no learner, on their whole sample: some minutes, so these run by command. */

const SEEDS = 1000;

for (const { id } of sreTasks)
	test(`Every scenario of the test split of ${id} is healthy without its fault, harmful and solvable.`, () => {
		checkValidity(id, Number.POSITIVE_INFINITY);
	});

for (const id of [...TIERS, "sre/hard_aliased"])
	test(`On 1,000 seeds of ${id} random, the best constant, the tuned rule and the oracle stand in this order, with intervals apart.`, () => {
		checkLadder(id, SEEDS);
	});

for (const tier of TIERS) {
	test(`On 1,000 seeds of ${tier} doing nothing and acting at random earn next to nothing.`, () => {
		checkFloor(tier, SEEDS);
	});

	test(`On 1,000 seeds of ${tier} no constant action, spam or late action comes near the tuned rule.`, () => {
		checkExploits(tier, SEEDS);
	});

	test(`In ${tier} the best of 20,000 sequences of actions is far from the tuned rule on other seeds.`, () => {
		checkOpenLoop(tier, {
			random: 8000,
			rounds: 60,
			population: 200,
			trainSeeds: 25,
			testSeeds: SEEDS,
		});
	});
}

test("Every trap ends badly, and those that tempt relieve for three steps and more, in 100 incidents each.", () => {
	checkTraps(100);
});

for (const id of [...TIERS, "sre/hard_aliased"])
	test(`On 1,500 seeds of ${id} hint, breakdown and objective status tell no more than the noisy telemetry.`, () => {
		checkLeaks(id, 1500);
	});

test("Neither seed nor tier tells where the root is, on 16,000 seeds and all scenarios.", () => {
	checkIndependence(16_000, Number.POSITIVE_INFINITY);
});

test("In 100,000 episodes of random actions every ledger holds and no figure is lost.", () => {
	fuzz(sreTasks, 100_000);
});
