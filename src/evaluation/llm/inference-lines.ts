/** The founding documents' lines on standard output, one line each, for tools that read them. */

/** A score from which an episode counts as a success. */
export const SUCCESS_SCORE = 0.5;

export function startLine(
	taskId: string,
	environment: string,
	model: string,
): string {
	return `[START] task=${taskId.split("/").at(-1)} env=${environment} model=${oneLine(model)}`;
}

export interface ShownStep {
	/** From 1. */
	readonly step: number;
	/** name({json}). */
	readonly action: string;
	readonly reward: number;
	readonly done: boolean;
	readonly error: string | undefined;
}

export function stepLine({
	step,
	action,
	reward,
	done,
	error,
}: ShownStep): string {
	return `[STEP] step=${step} action=${oneLine(action)} reward=${reward.toFixed(2)} done=${done} error=${error === undefined ? "null" : oneLine(error)}`;
}

/** `score`: 0..1; absent where nothing was graded. */
export function endLine(
	score: number | undefined,
	rewards: readonly number[],
): string {
	return `[END] success=${isSuccess(score)} steps=${rewards.length} score=${(score ?? 0).toFixed(3)} rewards=${rewards.map((reward) => reward.toFixed(2)).join(",")}`;
}

export function isSuccess(score: number | undefined): boolean {
	return score !== undefined && score >= SUCCESS_SCORE;
}

/** Without line breaks. */
export function oneLine(text: string): string {
	return text.replaceAll(/\s*[\r\n\u2028\u2029]\s*/g, " ").trim();
}
