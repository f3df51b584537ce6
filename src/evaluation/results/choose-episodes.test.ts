import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseEpisodes, MOST_PICTURES } from "./choose-episodes.js";
import { digestEpisode } from "./episode-digest.js";
import { createEpisode } from "./testing.js";

const place = { offset: 0, length: 0 };
const episode = (agent: string, seed: string, score: number) =>
	digestEpisode(createEpisode({ agent, seed, score }), place);

test("The best, the median and the worst episode of an agent are chosen.", () => {
	const chosen = chooseEpisodes(
		[0.3, 0.9, 0.1, 0.5, 0.7].map((score, k) =>
			episode("first", String(k), score),
		),
	);
	assert.deepEqual(
		chosen.map(({ episode: { score }, standing }) => [standing, score]),
		[
			["best", 0.9],
			["median", 0.5],
			["worst", 0.1],
		],
	);
});

test("One episode is the only one, of two the worse is the median, too.", () => {
	const told = (scores: readonly number[]) =>
		chooseEpisodes(
			scores.map((score, k) => episode("first", String(k), score)),
		).map(({ standing }) => standing);
	assert.deepEqual(told([0.5]), ["only"]);
	assert.deepEqual(told([0.5, 0.25]), ["best", "median, worst"]);
	assert.deepEqual(told([]), []);
});

test("Of many agents the medians are chosen, and no more than fit.", () => {
	const many = (agents: number) =>
		Array.from({ length: agents }, (_, agent) =>
			[0.1, 0.5, 0.9].map((score, k) =>
				episode(`agent-${agent}`, String(k), score),
			),
		).flat();
	assert.equal(chooseEpisodes(many(12)).length, 36);
	const medians = chooseEpisodes(many(13));
	assert.equal(medians.length, 13);
	assert.ok(medians.every(({ episode }) => episode.score === 0.5));
	assert.equal(chooseEpisodes(many(50)).length, MOST_PICTURES);
});
