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

/** The gates of the design page on a small sample; gates.full.test.ts has the whole. */

const SEEDS = 100;

for (const tier of TIERS) {
	test(`Sampled scenarios of ${tier} are healthy without their fault, harmful and solvable.`, () => {
		checkValidity(tier, SEEDS);
	});

	test(`In ${tier} doing nothing and acting at random earn next to nothing.`, () => {
		checkFloor(tier, SEEDS);
	});

	test(`In ${tier} random, the best constant, the tuned rule and the oracle stand in this order, with intervals apart.`, () => {
		checkLadder(tier, SEEDS);
	});

	test(`In ${tier} no constant action, spam or late action comes near the tuned rule.`, () => {
		checkExploits(tier, 50);
	});

	test(`In ${tier} no searched sequence of actions comes near the tuned rule on other seeds.`, () => {
		checkOpenLoop(tier, {
			random: 100,
			rounds: 6,
			population: 40,
			trainSeeds: 20,
			testSeeds: 200,
		});
	});
}

test("Every trap ends badly, and those that tempt relieve for three steps and more.", () => {
	checkTraps(20);
});

test("Hint, breakdown and objective status tell no more of root and fault than the noisy telemetry.", () => {
	checkLeaks("sre/medium", 200);
});

test("Neither seed nor tier tells where the root is.", () => {
	checkIndependence(1000, 500);
});

test("Under random actions the parts sum to the score, figures stay finite, and refused actions change nothing.", () => {
	fuzz(sreTasks, 350);
});
