/** Whether somebody has gone away, and a way to be told when. An AbortSignal is one. */
export interface Departure {
	readonly aborted: boolean;
	/** Why, where that was said. */
	readonly reason?: unknown;
	addEventListener(
		type: "abort",
		listener: () => void,
		options?: { readonly once?: boolean },
	): void;
	removeEventListener(type: "abort", listener: () => void): void;
}

/** Of one request. Its signal is made when somebody asks for it: most requests are answered before, and to make one takes as long as a step. */
export class Departing implements Departure {
	private controller: AbortController | undefined;
	private hasLeft = false;

	get aborted(): boolean {
		return this.hasLeft;
	}

	get signal(): AbortSignal {
		if (this.controller === undefined) {
			this.controller = new AbortController();
			if (this.hasLeft) this.controller.abort();
		}
		return this.controller.signal;
	}

	leave(): void {
		this.hasLeft = true;
		this.controller?.abort();
	}

	addEventListener(
		type: "abort",
		listener: () => void,
		options?: { readonly once?: boolean },
	): void {
		this.signal.addEventListener(type, listener, options);
	}

	removeEventListener(type: "abort", listener: () => void): void {
		this.controller?.signal.removeEventListener(type, listener);
	}
}
