import { DefaultDeserializer, serialize } from "node:v8";
import type { SessionRecord } from "./session-record.js";

const FORMAT = "nightshift/session";
/** Raised when the record's shape changes. */
const VERSION = 3;

/**
 * A session's record as bytes, in V8's structured clone format (readable by the same and later versions of Node): numbers, typed arrays and
 * absent values come back exactly as they were. Only for bytes that this project wrote.
 */
export function writeSnapshot(record: SessionRecord): Uint8Array {
	return serialize({ format: FORMAT, version: VERSION, record });
}

/** Throws for bytes of another format or version. */
export function readSnapshot(bytes: Uint8Array): SessionRecord {
	const reader = new OwningDeserializer(bytes);
	reader.readHeader();
	const { format, version, record } = reader.readValue() as {
		format: unknown;
		version: unknown;
		record: SessionRecord;
	};
	if (format !== FORMAT || version !== VERSION)
		throw new Error(
			`these bytes are ${String(format)} ${String(version)}; ${FORMAT} ${VERSION} is needed`,
		);
	return record;
}

/**
 * Node's own reader gives typed arrays that are windows on the bytes it reads: they would change with those bytes, keep all of them in memory
 * and take all of them along to a worker. These own their memory.
 */
class OwningDeserializer extends DefaultDeserializer {
	_readHostObject(): unknown {
		const read = Reflect.get(DefaultDeserializer.prototype, "_readHostObject");
		return (read.call(this) as Float32Array).slice();
	}
}
