import assert from "node:assert/strict";
import type { SreObservation } from "../../../proto/generated/nightshift/v1/SreObservation.js";
import { RandomStream } from "../../../workers/random-stream.js";
import { type MeanInterval, meanInterval } from "../../evaluation/student-t.js";
import { policyOf } from "../policies.js";
import type { Policy } from "../policy.js";
import {
	act,
	cloneIncident,
	type IncidentState,
	observe,
	openIncident,
	possible,
	type SreAction,
} from "./incident.js";
import { playOn, startPolicy, startSeeded } from "./inline-episode.js";
import { excess, excesses } from "./policies/red-root.js";
import { drawRow, loadTable } from "./scenario-table.js";
import { INTERVENTIONS, type Intervention, WAIT } from "./simulator/actions.js";
import { FAULTS, faultOf } from "./simulator/faults/catalogue.js";
import type { Fault } from "./simulator/faults/fault.js";
import { SPLITS } from "./simulator/generate.js";
import { isPossible } from "./simulator/intervene.js";
import { MAX_SERVICES } from "./simulator/scenario.js";
import { isHealthyWithoutFault } from "./simulator/validity.js";
import { type SreTask, sreTask } from "./tasks.js";
import { acceptedScenarios, mean } from "./testing.js";
import { exploits } from "./testing-exploits.js";
import { searchOpenLoop } from "./testing-open-loop.js";
import { areIndependent, type Example, probe } from "./testing-probe.js";

/** The gates that the environment must hold, from its design page, by the size of the sample. Only tests use them. */

export const TIERS = ["sre/easy", "sre/medium", "sre/hard"] as const;
export type Tier = (typeof TIERS)[number];

/** Scores on test seeds 1..seeds, played once for all gates that ask. */
const played = new Map<string, readonly number[]>();

export function scoresOf(
	taskId: string,
	policy: Pick<Policy, "name" | "start" | "startPrivileged">,
	seeds: number,
): readonly number[] {
	const key = `${taskId}/${policy.name}/${seeds}`;
	const known = played.get(key);
	if (known !== undefined) return known;
	const task = sreTask(taskId);
	const scores = seedsTo(seeds).map((seed) => {
		const state = startSeeded(task, "test", seed);
		return playOn(state, startPolicy(task, policy, seed, state)).score;
	});
	played.set(key, scores);
	return scores;
}

function seedsTo(count: number): string[] {
	return Array.from({ length: count }, (_, index) => String(index + 1));
}

/** Every scenario of the test split's first rows is healthy without its fault, and harmful and solvable with it. */
export function checkValidity(taskId: string, rows: number): void {
	const task = sreTask(taskId);
	const table = loadTable(task, "test");
	for (let row = 0; row < Math.min(rows, table.attempt.length); row++) {
		const { scenario, worth } = drawRow(table, task, "test", row);
		const where = `${taskId} row ${row}`;
		assert.ok(isHealthyWithoutFault(scenario), where);
		if (scenario.root < 0 || faultOf(scenario).healsItself) continue;
		assert.ok(worth.ceiling >= 0.78, where);
		assert.ok(worth.ceiling - worth.doNothing >= 0.15 - 1e-6, where);
	}
}

/** Means at most; in hard a fifth of the incidents heals by itself or has no fault. */
const FLOORS = {
	"sre/easy": 0.015,
	"sre/medium": 0.015,
	"sre/hard": 0.15,
} as const;

/** Doing nothing and acting at random earn next to nothing. */
export function checkFloor(tier: Tier, seeds: number): void {
	const floor = meanInterval(
		scoresOf(tier, policyOf("sre", "do-nothing"), seeds),
	);
	const random = meanInterval(scoresOf(tier, policyOf("sre", "random"), seeds));
	assert.ok(leastOf(floor, seeds) <= FLOORS[tier], `${tier} ${floor.mean}`);
	assert.ok(leastOf(random, seeds) <= 0.05, `${tier} ${random.mean}`);
}

/** A sample of 1,000 must hold a bound itself; a smaller one must not contradict it. */
function leastOf({ mean, halfWidth = 0 }: MeanInterval, seeds: number): number {
	return seeds >= 1000 ? mean : mean - halfWidth;
}

const LADDER = ["random", "best-constant", "tuned-rule", "oracle"];

/** The policies score in the order of their skill, with intervals apart. */
export function checkLadder(tier: string, seeds: number): void {
	const steps = LADDER.map((name) =>
		meanInterval(scoresOf(tier, policyOf("sre", name), seeds)),
	);
	steps.slice(1).forEach((upper, below) => {
		const lower = steps[below] as MeanInterval;
		assert.ok(
			lower.mean + (lower.halfWidth ?? 0) < upper.mean - (upper.halfWidth ?? 0),
			`${tier}: ${LADDER[below]} ${lower.mean}, ${LADDER[below + 1]} ${upper.mean}`,
		);
	});
	const naive = mean(scoresOf(tier, policyOf("sre", "naive-table"), seeds));
	const tuned = steps[2] as MeanInterval;
	assert.ok(naive < tuned.mean - 0.1, `${tier}: naive-table ${naive}`);
}

/** Mean scores at most. */
const EXPLOITS = {
	"sre/easy": 0.45,
	"sre/medium": 0.45,
	"sre/hard": 0.3,
} as const;

/** No way to play that knows nothing of the incident comes near the tuned rule, with or without ever touching the root. */
export function checkExploits(tier: Tier, seeds: number): void {
	const task = sreTask(tier);
	const tuned = mean(scoresOf(tier, policyOf("sre", "tuned-rule"), seeds));
	for (const exploit of exploits()) {
		const scores: number[] = [];
		let fixes = 0;
		for (const seed of seedsTo(seeds)) {
			const state = startSeeded(task, "test", seed);
			const { score, result } = playOn(
				state,
				startPolicy(task, exploit, seed, state),
			);
			scores.push(score);
			const taken = state.actions.filter(({ name }) => name !== "wait");
			fixes += taken.length - result.wrong_actions;
		}
		const interval = meanInterval(scores);
		const told = `${tier}: ${exploit.name} ${interval.mean.toFixed(3)}, tuned-rule ${tuned.toFixed(3)}`;
		assert.ok(leastOf(interval, seeds) <= EXPLOITS[tier], told);
		assert.ok(interval.mean <= tuned - 0.15, told);
		if (fixes === 0) assert.ok(interval.mean <= 0.4, told);
	}
}

/** The best sequence of actions that looks at nothing, searched on train seeds, is worth little on others. */
export function checkOpenLoop(
	tier: Tier,
	size: Parameters<typeof searchOpenLoop>[1],
): void {
	const tuned = mean(scoresOf(tier, policyOf("sre", "tuned-rule"), 100));
	const { train, test } = searchOpenLoop(sreTask(tier), size);
	const told = `${tier}: train ${train}, test ${test}, tuned-rule ${tuned}`;
	assert.ok(test <= EXPLOITS[tier] && test <= tuned - 0.15, told);
}

/**
 * Traps that relieve: the gateway's goodput is better than by waiting in three steps and more. The catalogue's other traps are costly mistakes that
 * relieve nothing (measured: 0 to 2 % of incidents with three better steps): restarting under a surge, a retry storm, a flapping link or a cold cache,
 * breaking a leaking service off, and scaling a store that waits for locks.
 */
const RELIEVING = [
	"single_oom scale_up",
	"memory_leak restart",
	"bad_deploy scale_up",
	"noisy_neighbour scale_up",
	"crash_loop restart",
];
const BETTER = 0.01;

/** Every trap of the catalogue ends badly, and those that tempt do tempt. */
export function checkTraps(incidents: number): void {
	const tempting: string[] = [];
	for (const fault of FAULTS)
		for (const trap of fault.traps) {
			const { relieved, trapScore, waitScore, fixScore } = springTrap(
				fault,
				trap,
				incidents,
			);
			const name = `${fault.name} ${trap}`;
			if (relieved >= 0.5) tempting.push(name);
			// Where waiting alone earns something, a trap cannot be held to a quarter of the fix (measured for a cold cache: .40 of it); it earns
			// less than waiting.
			const most = fault.healsItself ? waitScore : 0.25 * fixScore;
			assert.ok(
				trapScore <= most,
				`${name}: trap ${trapScore}, waiting ${waitScore}, fix ${fixScore}`,
			);
		}
	assert.deepEqual(tempting, RELIEVING);
}

/** The trap at the first step, then waits; against only waits, and against the oracle. */
function springTrap(fault: Fault, trap: Intervention, incidents: number) {
	const tier = sreTask("sre/medium").scenarios.faults.includes(fault)
		? sreTask("sre/medium")
		: sreTask("sre/hard");
	const traps: number[] = [];
	const waits: number[] = [];
	const fixes: number[] = [];
	let relieved = 0;
	for (const { scenario, worth } of acceptedScenarios(
		tier.id,
		fault.name,
		2 * incidents,
	)) {
		const noise = { low: traps.length, high: 1 };
		const first = openIncident(tier.id, tier.telemetry, scenario, worth, noise);
		const spring = { name: trap, service: scenario.root } as const;
		if (traps.length === incidents) break;
		if (!isPossible(first.system, scenario, spring)) continue;
		const waiting = cloneIncident(first);
		const trapped = cloneIncident(first);
		let better = 0;
		for (let step = 0; step < 30; step++) {
			act(waiting, WAIT);
			act(trapped, step === 0 ? spring : WAIT);
			if (trapped.system.goodput > waiting.system.goodput + BETTER) better++;
		}
		if (better >= 3) relieved++;
		traps.push(trapped.ended?.score ?? Number.NaN);
		waits.push(waiting.ended?.score ?? Number.NaN);
		fixes.push(
			playOn(first, startPolicy(tier, policyOf("sre", "oracle"), "1", first))
				.score,
		);
	}
	assert.equal(traps.length, incidents, `${fault.name} ${trap}`);
	return {
		relieved: relieved / incidents,
		trapScore: mean(traps),
		waitScore: mean(waits),
		fixScore: mean(fixes),
	};
}

/** AUC by which hint, breakdown and objective status may beat the noisy telemetry. */
const MARGIN = 0.02;
const LOOK_AFTER = 6;
const RANDOM_SHARE = 0.15;

/** What is told beside the telemetry tells no more of the root and of the fault's class than the telemetry itself. */
export function checkLeaks(tier: string, seeds: number): void {
	const task = sreTask(tier);
	const training = lookAt(task, "train", seeds);
	const testing = lookAt(task, "test", seeds);
	const root = (of: (look: Look, k: number) => number[]) => {
		const examples = (looks: readonly Look[]): Example[] =>
			looks.flatMap((look) =>
				(look.seen.at(-1)?.metrics ?? []).map((_, k) => ({
					features: of(look, k),
					label: k === look.root,
				})),
			);
		return probe(examples(training), examples(testing));
	};
	assertNoLeak(`${tier}, root`, root(toldOfService), root(measuredOfService));
	const classes = [...new Set(testing.map(({ fault }) => fault))].filter(
		(fault) => fault !== 0 && training.some((look) => look.fault === fault),
	);
	const classAuc = (of: (look: Look) => number[]) =>
		mean(
			classes.map((fault) => {
				const examples = (looks: readonly Look[]): Example[] =>
					looks.map((look) => ({
						features: of(look),
						label: look.fault === fault,
					}));
				return probe(examples(training), examples(testing));
			}),
		);
	assertNoLeak(
		`${tier}, class`,
		classAuc(toldOfIncident),
		classAuc(measuredOfIncident),
	);
}

function assertNoLeak(what: string, told: number, measured: number): void {
	const figures = `${what}: AUC ${told.toFixed(3)} of what is told, ${measured.toFixed(3)} of telemetry`;
	assert.ok(measured > 0.6, figures);
	assert.ok(told <= measured + MARGIN, figures);
}

interface Look {
	readonly root: number;
	readonly fault: number;
	readonly seen: readonly SreObservation[];
}

/** The first observations of incidents in which now and then something is done at random. */
function lookAt(task: SreTask, split: "train" | "test", seeds: number): Look[] {
	return seedsTo(seeds).map((seed) => {
		const state = startSeeded(task, split, seed);
		const stream = streamOf(`look/${task.id}/${split}/${seed}`);
		const seen = [observe(state)];
		for (let step = 0; step < LOOK_AFTER; step++) {
			const acting = stream.nextBelow(100) < 100 * RANDOM_SHARE;
			act(state, acting ? drawMove(state, stream) : WAIT);
			seen.push(observe(state));
		}
		const { root, fault } = state.scenario;
		return { root, fault, seen };
	});
}

function toldOfService({ seen }: Look, k: number): number[] {
	const last = seen.at(-1) as SreObservation;
	const met = last.sla_status?.[k]?.met;
	return [
		Number(met === true),
		Number(met === false),
		...seen.flatMap(hintAndBreakdown),
	];
}

function hintAndBreakdown({
	reward_hint,
	reward_breakdown,
}: SreObservation): number[] {
	return [
		Number(reward_hint),
		...Object.values(reward_breakdown ?? {}).map(Number),
	];
}

function measuredOfService({ seen }: Look, k: number): number[] {
	return figuresOf(seen.at(-1) as SreObservation, k);
}

function figuresOf({ metrics = [] }: SreObservation, k: number): number[] {
	const {
		latency_p99 = 0,
		error_rate = 0,
		cpu_pct = 0,
		memory_pct = 0,
		missing,
	} = metrics[k] ?? {};
	return [
		Number(missing),
		Math.log1p(Number(latency_p99)),
		Math.sqrt(Number(error_rate)),
		excess(Number(latency_p99), Number(error_rate)),
		Number(cpu_pct),
		Number(memory_pct),
	];
}

function toldOfIncident({ seen }: Look): number[] {
	return seen.flatMap((one) => {
		const status = one.sla_status ?? [];
		return [
			...hintAndBreakdown(one),
			mean(status.map(({ met }) => Number(met !== false))),
			Number(status[0]?.met === true),
		];
	});
}

/** The gateway's figures and those of the reddest service behind it, in each step. */
function measuredOfIncident({ seen }: Look): number[] {
	return seen.flatMap((one) => {
		const red = excesses(one as Parameters<typeof excesses>[0]).with(0, 0);
		const reddest = Math.max(1, red.indexOf(Math.max(...red)));
		const count = red.filter((value) => value > 0).length / red.length;
		return [...figuresOf(one, 0), ...figuresOf(one, reddest), count];
	});
}

/**
 * Neither the seed nor, on graphs of one rule, the tier tells where the root is. Tiers are compared by their tables, every row once: seeds meet rows
 * again and again, and would count them as so many scenarios.
 */
export function checkIndependence(seeds: number, rows: number): void {
	const bySeed = [0, 1, 2, 3].map(noCounts);
	for (const seed of seedsTo(seeds)) {
		const { root } = startSeeded(sreTask("sre/easy"), "test", seed).scenario;
		count(bySeed[Number(seed) % 4] as number[], root);
	}
	assert.ok(areIndependent(bySeed), `by seed: ${JSON.stringify(bySeed)}`);
	const byTier = ["sre/hard", "sre/hard_aliased"].map((id) => {
		const task = sreTask(id);
		const counts = noCounts();
		for (const split of SPLITS) {
			const table = loadTable(task, split);
			for (let row = 0; row < Math.min(rows, table.attempt.length); row++)
				count(counts, drawRow(table, task, split, row).scenario.root);
		}
		return counts;
	});
	assert.ok(areIndependent(byTier), `by tier: ${JSON.stringify(byTier)}`);
}

function noCounts(): number[] {
	return Array.from({ length: MAX_SERVICES }, () => 0);
}

function count(row: number[], place: number): void {
	if (place >= 0) row[place] = (row[place] as number) + 1;
}

/**
 * Random actions, refused ones among them, in incidents of every task: parts that sum to the score, finite figures within their bounds, refused
 * actions that change nothing.
 */
export function fuzz(tasks: readonly SreTask[], episodes: number): void {
	for (let episode = 0; episode < episodes; episode++) {
		const task = tasks[episode % tasks.length] as SreTask;
		const state = startSeeded(task, "train", `${episode}`);
		const stream = streamOf(`fuzz/${episode}`);
		while (state.ended === undefined) {
			const services = state.scenario.graph.kinds.length;
			const choice = stream.nextBelow(4 * services + 1);
			const name = INTERVENTIONS[choice % 4] as Intervention;
			const action: SreAction =
				choice === 4 * services ? WAIT : { name, service: choice >> 2 };
			if (possible(state)[choice]) act(state, action);
			else checkRefused(state, action);
		}
		checkLedger(state, `${task.id} seed ${episode}`);
	}
}

function checkRefused(state: IncidentState, action: SreAction): void {
	const { cost, t } = state.system;
	const { hint } = state;
	const taken = state.actions.length;
	assert.throws(() => act(state, action), { reason: "ACTION_NOT_POSSIBLE" });
	assert.deepEqual(
		[state.system.cost, state.system.t, state.hint, state.actions.length],
		[cost, t, hint, taken],
	);
	act(state, WAIT);
}

function checkLedger(
	{ ended, system, telemetry }: IncidentState,
	where: string,
): void {
	const { score, result } = ended as NonNullable<typeof ended>;
	const parts = Object.values(result.breakdown);
	const total = parts.reduce((sum, part) => sum + part, 0);
	assert.ok(Math.abs(total - score) < 1e-9, where);
	assert.ok(score >= 0.01 && score <= 0.99, where);
	assert.ok(result.breakdown.cost_penalty <= 0, where);
	assert.ok(result.breakdown.downtime_penalty <= 0, where);
	const figures = [
		...parts,
		result.objective,
		result.recovery,
		system.goodput,
		...system.p99Ms,
		...system.errorRate,
		...system.memory,
		...system.cpu,
		...telemetry.latencyMs,
		...telemetry.errorRate,
	];
	assert.ok(figures.every(Number.isFinite), where);
}

function drawMove(state: IncidentState, stream: RandomStream): SreAction {
	const open = possible(state).flatMap((is, choice) => (is ? [choice] : []));
	const choice = open[stream.nextBelow(open.length)] as number;
	const name = INTERVENTIONS[choice % 4] as Intervention;
	return choice === possible(state).length - 1
		? WAIT
		: { name, service: choice >> 2 };
}

function streamOf(name: string): RandomStream {
	return new RandomStream(new TextEncoder().encode(name), "gates");
}
