import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { ImageShape, LabelledImages } from "./data-set.js";

const CHUNK_BYTES = 8 * 1024 * 1024;

/** SHA-256 of a data set's content: its shape, its counts, then the bytes of train images, train labels, test images and
 * test labels. The same pictures give the same digest, whichever files they came in.
 * @returns 'sha256:' and 64 lower-case hex digits
 * @throws the signal's reason when it is aborted */
export async function digestOf(
	content: { shape: ImageShape; train: LabelledImages; test: LabelledImages },
	signal?: AbortSignal,
): Promise<string> {
	const { shape, train, test } = content;
	const hash = createHash("sha256");
	hash.update(
		`nightshift data set 1\n${shape.join("x")}\ntrain ${train.count}\ntest ${test.count}\n`,
	);
	for (const bytes of [train.images, train.labels, test.images, test.labels]) {
		for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
			signal?.throwIfAborted();
			hash.update(bytes.subarray(start, start + CHUNK_BYTES));
			await setImmediate();
		}
	}
	return `sha256:${hash.digest("hex")}`;
}
