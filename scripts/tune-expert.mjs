#!/usr/bin/env node
// Plays recipes (src/environments/training/policies/recipe.ts) on a task, on the split train: how the policy `expert` was tuned.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { buildIfStale } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const USAGE = `usage: node scripts/tune-expert.mjs --address HOST:PORT --task ID [--seeds 1..3] [--out FILE] < RECIPES

Plays each recipe on each seed against a running server, two at once, and prints a line of JSON for each: score and its parts, accuracies,
gap, epochs, and the curve of validation accuracies. RECIPES is a JSON array of recipes, each with a name.

  --address  the server (npx nightshift serve)
  --task     for example training/easy_mnist
  --seeds    numbers and ranges (default 1..3)
  --out      file to which the lines are appended, too
  --help     this text

Exit status: 0 all played, 1 something failed, 2 wrong usage.`;

process.exitCode = await main();

async function main() {
	let given;
	try {
		({ values: given } = parseArgs({
			options: {
				address: { type: "string" },
				task: { type: "string" },
				seeds: { type: "string", default: "1..3" },
				out: { type: "string" },
				help: { type: "boolean" },
			},
		}));
	} catch (error) {
		console.error(`${error.message}\n\n${USAGE}`);
		return 2;
	}
	if (given.help) {
		console.log(USAGE);
		return 0;
	}
	if (!given.address || !given.task) {
		console.error(`--address and --task are needed.\n\n${USAGE}`);
		return 2;
	}
	if (!(await buildIfStale(root))) return 1;
	const built = (file) => import(pathToFileURL(join(root, "dist", file)).href);
	const { NightshiftClient } = await built("clients/typescript/index.js");
	const { playRecipe } = await built(
		"src/environments/training/policies/recipe.js",
	);
	const { playEpisode } = await built("src/evaluation/episode-player.js");
	const { parseSeeds } = await built("src/evaluation/seeds.js");
	const { sideBySide } = await built("src/evaluation/side-by-side.js");
	const client = new NightshiftClient(given.address);
	try {
		const tasks = await client.listTasks("training");
		const task = tasks.find(({ id }) => id === given.task);
		if (!task) throw new Error(`there is no task ${given.task}`);
		const recipes = JSON.parse(readFileSync(0, "utf8"));
		const jobs = parseSeeds(given.seeds).flatMap((seed) =>
			recipes.map((recipe) => ({ seed, recipe })),
		);
		const never = new AbortController().signal;
		await sideBySide(jobs, 2, never, async ({ seed, recipe }, signal) => {
			const curve = [];
			const policy = { name: recipe.name, start: playRecipe(recipe) };
			const { result } = await playEpisode(
				client,
				{ task, policy, seed, split: "train" },
				signal,
				{
					progress: ({ training }) =>
						training?.epoch && curve.push(training.epoch.val_accuracy),
				},
			);
			const line = JSON.stringify(toLine(task.id, seed, recipe, result, curve));
			console.log(line);
			if (given.out) appendFileSync(given.out, `${line}\n`);
		});
		return 0;
	} catch (error) {
		console.error(`tune-expert: ${error.message}`);
		return 1;
	} finally {
		client.close();
	}
}

function toLine(task, seed, recipe, { score, training }, curve) {
	return {
		task,
		seed,
		recipe,
		score,
		test_accuracy: training.test_accuracy,
		gap: training.train_accuracy - training.test_accuracy,
		epoch: training.epoch,
		epochs: training.epochs_charged,
		generalisation_share: training.generalisation_share,
		efficiency_share: training.efficiency_share,
		stability_share: training.stability_share,
		curve,
	};
}
