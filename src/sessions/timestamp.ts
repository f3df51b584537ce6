/** A google.protobuf.Timestamp of milliseconds since 1970. */
export function toTimestamp(ms: number): { seconds: number; nanos: number } {
	const seconds = Math.floor(ms / 1000);
	return { seconds, nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** A google.protobuf.Duration. */
export function toDuration(ms: number): { seconds: number; nanos: number } {
	return toTimestamp(ms);
}
