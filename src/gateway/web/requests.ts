import { Reader } from "../requests.js";

/** How long a session may be left alone that the page opened: a closed tab gives its slot back. */
const DEFAULT_LEASE_S = 120;

/**
 * What the page asks a session for, in the words of the contract's CreateSessionRequest; `request_id` makes the call the same one when it is
 * repeated. Errors: INVALID_FIELD.
 */
export function readCreateBody(body: unknown) {
	const read = new Reader(
		typeof body === "object" && body !== null
			? (body as Record<string, unknown>)
			: {},
	);
	read.refuseOthers(
		["task_id", "seed", "split", "reward_mode", "lease_seconds", "request_id"],
		"a new session",
	);
	const seed = read.whole("seed");
	const split = read.choice("split", "SPLIT_", ["train", "validation", "test"]);
	const rewardMode = read.choice("reward_mode", "REWARD_MODE_", [
		"shaped",
		"score",
	]);
	const asked = {
		task_id: read.text("task_id") ?? "",
		...(seed !== undefined && { seed }),
		...(split !== undefined && { split }),
		options: {
			...(rewardMode !== undefined && { reward_mode: rewardMode }),
			views: ["VIEW_TYPED"],
		},
		lease: {
			seconds: Math.floor(
				read.number("lease_seconds", 10, 86_400) ?? DEFAULT_LEASE_S,
			),
		},
		request_id: read.text("request_id") ?? "",
	};
	read.done();
	return asked;
}
