import assert from "node:assert/strict";
import { test } from "node:test";
import { scoreCourse } from "./score.js";

const course = {
	objective: 0.8,
	recovery: 0.75,
	cost: 0.05,
	downtime: 0.02,
	lastBreach: 9,
};
const worth = { doNothing: 0.5, ceiling: 0.9 };

test("A course is scored by its place between doing nothing and the ceiling, times its recovery.", () => {
	const { score, breakdown } = scoreCourse(course, worth);
	near(score, 0.01 + 0.98 * 0.75 * (0.4 + 0.6 * 0.75));
	near(breakdown.sla_compliance, (0.392 * (0.8 + 0.05 + 0.02 - 0.5)) / 0.4);
	near(breakdown.cost_penalty, (-0.392 * 0.05) / 0.4);
	near(breakdown.downtime_penalty, (-0.392 * 0.02) / 0.4);
	near(breakdown.resolution_bonus, 0.588 * 0.75 * 0.75);
	near(breakdown.bound, 0.01);
});

test("Doing nothing scores .01 and the ceiling with full recovery .99.", () => {
	const idle = { ...course, objective: 0.5, cost: 0, downtime: 0 };
	assert.equal(scoreCourse({ ...idle, recovery: 1 }, worth).score, 0.01);
	near(
		scoreCourse({ ...course, objective: 0.9, recovery: 1 }, worth).score,
		0.99,
	);
});

test("With little to win back a course is measured downwards from the ceiling.", () => {
	const healing = { doNothing: 0.85, ceiling: 0.9 };
	const { score } = scoreCourse({ ...course, recovery: 1 }, healing);
	near(score, 0.01 + 0.98 * (1 - (0.9 - 0.8) / 0.3));
});

test("The parts sum to the score for any course, and the score stays within .01 and .99.", () => {
	for (let objective = -0.4; objective <= 1; objective += 0.07)
		for (let doNothing = 0; doNothing < 1; doNothing += 0.09)
			for (const recovery of [0, 0.5, 1]) {
				const { score, breakdown } = scoreCourse(
					{ ...course, objective, recovery },
					{ doNothing, ceiling: Math.max(doNothing, 0.9) },
				);
				const sum = Object.values(breakdown).reduce((a, b) => a + b);
				near(sum, score);
				assert.ok(score >= 0.01 && score <= 0.99);
				assert.ok(breakdown.cost_penalty <= 0);
				assert.ok(breakdown.downtime_penalty <= 0);
			}
});

function near(found: number, wanted: number): void {
	assert.ok(Math.abs(found - wanted) < 1e-12, `${found} is not ${wanted}`);
}
