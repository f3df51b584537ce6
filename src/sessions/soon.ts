/** What is there at once, or comes later: so that one rule serves steps that take microseconds and steps that take minutes. */
export type Soon<T> = T | Promise<T>;

/** What comes of a value, at once where it is there. */
export function andThen<T, U>(
	value: Soon<T>,
	next: (value: T) => Soon<U>,
): Soon<U> {
	return value instanceof Promise ? value.then(next) : next(value);
}

/** Does something after work, whatever that came to. */
export function finallyDo<T>(work: () => Soon<T>, after: () => void): Soon<T> {
	let value: Soon<T>;
	try {
		value = work();
	} catch (error) {
		after();
		throw error;
	}
	if (value instanceof Promise) return value.finally(after);
	after();
	return value;
}
