import assert from "node:assert/strict";
import { test } from "node:test";
import { trainingActions } from "../environments/training/actions.js";
import { assertSame, Play, type Told } from "./testing-player.js";
import { testSequences } from "./testing-random-sequences.js";
import { drawSequence, drawSequences } from "./testing-sequences.js";

testSequences(drawSequences(1, 10), [
	"RUN_STOP_COMPLETED",
	"RUN_STOP_DIVERGED",
	"END_REASON_SUBMITTED",
	"END_REASON_FINISHED",
	"EPISODE_ENDED",
	"INVALID_FIELD",
	"ACTION_NOT_POSSIBLE",
]);

test("Two hundred sequences use every action with every argument and every choice, and equal numbers give equal sequences.", () => {
	const sequences = drawSequences(1, 200);
	assert.deepEqual(drawSequences(1, 200), sequences);
	const used = new Set<string>();
	const collect = (path: string, value: unknown) => {
		used.add(path);
		if (typeof value === "string") used.add(`${path} ${value}`);
		if (typeof value === "object")
			for (const [name, inner] of Object.entries(value ?? {}))
				collect(`${path}.${name}`, inner);
	};
	for (const { moves } of sequences)
		for (const move of moves)
			collect("", move.kind === "step" ? move.action : { [move.kind]: {} });
	for (const { name, arguments: rows } of trainingActions) {
		assert.ok(used.has(`.${name}`), name);
		for (const argument of rows) {
			const path = `.${name}.${argument.name}`;
			assert.ok(used.has(path), path);
			if (argument.type === "choice")
				for (const choice of argument.choices)
					assert.ok(
						used.has(`${path} ${argument.enumPrefix}${choice.toUpperCase()}`),
						`${path} ${choice}`,
					);
		}
	}
	for (const other of [".flat", ".reset", ".finish"])
		assert.ok(used.has(other), other);
});

test("A difference is told with the sequence, what was told, the field and both values.", () => {
	const play = (...told: Told[]) => {
		const made = new Play(drawSequence(3));
		made.told.push(...told);
		return made;
	};
	const answer = (reward: number): Told => ({
		what: "answer 1, to {},",
		bytes: String(reward),
		message: { step: 1, parts: [{ reward }] },
	});
	const alone = new Map([[3, play(answer(0.25))]]);
	assertSame([play(answer(0.25))], alone, "again");
	const where = /^Sequence 3 \(training\/sequence_\w+, seed \d+\), again: /;
	for (const [other, what] of [
		[
			play(answer(0.5)),
			/answer 1, to \{\}, is another. parts.0.reward is 0.25 alone and 0.5 here.$/,
		],
		[play(), /nothing is told where alone answer 1/],
		[play(answer(0.25), answer(1)), /beyond what is told alone/],
	] as const)
		assert.throws(
			() => assertSame([other], alone, "again"),
			({ message }: Error) => where.test(message) && what.test(message),
		);
});
