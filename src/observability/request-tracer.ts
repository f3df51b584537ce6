/** What a door of the service (gRPC, HTTP) asks of whoever traces its requests. Absent where nothing is traced. */
export interface RequestTracer {
	/** A request has come: its span begins, under the trace of its `traceparent` and `tracestate` headers where it has them. */
	begin(request: TracedRequest): RequestTrace;
	/** Adds to the span of the request in whose course this is called; does nothing outside of one. */
	note(attributes: Attributes): void;
}

export interface TracedRequest {
	/** Of few values: "nightshift.v1.EnvService/Step", "POST /step". */
	readonly name: string;
	/** By OpenTelemetry's semantic conventions (rpc.*, http.*). */
	readonly attributes: Attributes;
	/** A header by its name in lower case. */
	readonly header: (name: string) => string | undefined;
}

export interface RequestTrace {
	/** Does work in the request's course: jobs that it leads to, also later and through promises, stand in the request's trace. */
	run<T>(work: () => T): T;
	/** Ends the span; again does nothing. `failure`: the code of what went wrong, where something did. */
	end(attributes: Attributes, failure?: string): void;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;
