/** Seconds in words: "2.5 s", "40 s", "12 min", "3 h 5 min". */
export function duration(seconds: number): string {
	if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
	const minutes = Math.round(seconds / 60);
	return minutes < 60
		? `${minutes} min`
		: `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
