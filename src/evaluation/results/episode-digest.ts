import type {
	Action,
	EpisodeResult,
} from "../../../clients/typescript/index.js";
import type { Usage } from "../agent.js";
import type { EpisodeIdentity, EpisodeRecord } from "../episode-record.js";
import { readableAction } from "./readable-action.js";
import { tally } from "./tally.js";

/** Where a line stands in its file, in bytes. */
export interface LinePlace {
	readonly offset: number;
	readonly length: number;
}

/** What a summary needs of an episode: everything but its observations, so that a large evaluation fits in memory. */
export interface EpisodeDigest
	extends EpisodeIdentity,
		Pick<
			EpisodeRecord,
			"attempt" | "seconds" | "outcome" | "limit" | "error" | "score"
		> {
	readonly place: LinePlace;
	/** Sent to the server, refused ones included. */
	readonly actions: number;
	readonly refused: number;
	/** How often each action was sent, by its name. */
	readonly actionCounts: Readonly<Record<string, number>>;
	readonly decideSeconds: number;
	readonly stepSeconds: number;
	readonly usage: Usage | undefined;
	readonly sre: IncidentDigest | undefined;
	readonly training: TrainingDigest | undefined;
}

export interface IncidentDigest {
	/** "single_oom", as the catalogue has it; "no_fault". */
	readonly fault: string;
	/** Absent where the objective did not hold at the end. */
	readonly timeToMitigate: number | undefined;
	readonly wrongActions: number;
	readonly trapActions: number;
	/** Of the last declaration; absent without one. */
	readonly rootHit: boolean | undefined;
	readonly classHit: boolean | undefined;
}

export interface TrainingDigest {
	/** On the hidden images, 0..1; absent where the weights were not finite. */
	readonly testAccuracy: number | undefined;
	/** Training accuracy less test accuracy of the submitted weights. */
	readonly gap: number | undefined;
	readonly epochs: number;
	/** "sha256:..." of the images; absent where the server told none. */
	readonly dataDigest: string | undefined;
	readonly engine: string | undefined;
}

export function digestEpisode(
	record: EpisodeRecord,
	place: LinePlace,
): EpisodeDigest {
	const { steps, result } = record;
	return {
		agent: record.agent,
		agentVersion: record.agentVersion,
		task: record.task,
		taskVersion: record.taskVersion,
		split: record.split,
		seed: record.seed,
		attempt: record.attempt,
		seconds: record.seconds,
		outcome: record.outcome,
		...(record.limit && { limit: record.limit }),
		...(record.error !== undefined && { error: record.error }),
		score: record.score,
		place,
		actions: steps.length,
		refused: steps.filter(({ refusal }) => refusal !== undefined).length,
		actionCounts: tally(
			steps.map(({ action }) => actionName(action)),
		) as Record<string, number>,
		decideSeconds: sumOf(steps.map((step) => step.decideSeconds)),
		stepSeconds: sumOf(steps.map((step) => step.stepSeconds)),
		usage: record.usage,
		sre: digestIncident(result),
		training: digestTraining(result),
	};
}

/** The name of the one action inside, for example "run_epochs"; "unreadable" for what was refused since it has not one. */
export function actionName(action: Action): string {
	return actionEntry(action)[0];
}

/** What the one action inside says, for example { num_epochs: 3 }. */
export function actionArguments(action: Action): Record<string, unknown> {
	return actionEntry(action)[1];
}

function actionEntry(
	action: Action,
): readonly [string, Record<string, unknown>] {
	return readableAction(action) ?? ["unreadable", { ...action }];
}

/** "FAULT_CLASS_SINGLE_OOM" to "single_oom", as the catalogue has it. */
export function faultName(faultClass: string): string {
	const name = faultClass.replace(/^FAULT_CLASS_/, "").toLowerCase();
	return name === "none" ? "no_fault" : name;
}

function digestIncident({ sre }: EpisodeResult): IncidentDigest | undefined {
	if (!sre) return undefined;
	return {
		fault: faultName(sre.fault_class),
		timeToMitigate: sre.time_to_mitigate ?? undefined,
		wrongActions: sre.wrong_actions,
		trapActions: sre.trap_actions,
		rootHit: sre.declared_service_correct ?? undefined,
		classHit: sre.declared_class_correct ?? undefined,
	};
}

function digestTraining({
	training,
}: EpisodeResult): TrainingDigest | undefined {
	if (!training) return undefined;
	const test = training.test_accuracy ?? undefined;
	const train = training.train_accuracy ?? undefined;
	return {
		testAccuracy: test,
		gap: test === undefined || train === undefined ? undefined : train - test,
		epochs: training.epochs_charged,
		dataDigest: training.data_set?.digest,
		engine: training.engine || undefined,
	};
}

function sumOf(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0);
}
