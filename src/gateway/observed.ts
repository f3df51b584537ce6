import type { FastifyInstance, FastifyRequest } from "fastify";
import type {
	RequestTrace,
	RequestTracer,
} from "../observability/request-tracer.js";

/** Who counts requests, and tells the counts at /metrics. */
export interface HttpMetrics {
	readonly contentType: string;
	text(): Promise<string>;
	httpRequest(request: {
		readonly method: string;
		/** As it was registered; undefined where none fits. */
		readonly route: string | undefined;
		readonly status: number;
		readonly durationMs: number;
	}): void;
	/** The count of a route's messages in one direction. `route`: as it was registered. */
	webSocketMessages(route: string, direction: "in" | "out"): MessageCount;
}

/** Messages so far; whoever passes one on adds to it. */
export interface MessageCount {
	value: number;
}

/** The messages of one route of WebSockets. */
export interface MessageCounts {
	readonly in: MessageCount;
	readonly out: MessageCount;
}

/** Where no metrics are kept, counts that nobody reads. */
export function messageCounts(
	metrics: Pick<HttpMetrics, "webSocketMessages"> | undefined,
	route: string,
): MessageCounts {
	return {
		in: metrics?.webSocketMessages(route, "in") ?? { value: 0 },
		out: metrics?.webSocketMessages(route, "out") ?? { value: 0 },
	};
}

/** Counts every request, answers GET /metrics, and gives each request a span where requests are traced. */
export function observeRequests(
	app: FastifyInstance,
	metrics: HttpMetrics | undefined,
	tracer: RequestTracer | undefined,
): void {
	if (tracer !== undefined) traceRequests(app, tracer);
	if (metrics === undefined) return;
	app.addHook("onResponse", (request, reply, done) => {
		metrics.httpRequest({
			method: request.method,
			route: request.routeOptions.url,
			status: reply.statusCode,
			durationMs: reply.elapsedTime,
		});
		done();
	});
	app.get("/metrics", { schema: { hide: true } }, async (_, reply) =>
		reply.type(metrics.contentType).send(await metrics.text()),
	);
}

function traceRequests(app: FastifyInstance, tracer: RequestTracer): void {
	const traces = new WeakMap<FastifyRequest, RequestTrace>();
	app.addHook("onRequest", (request, _, done) => {
		const route = request.routeOptions.url ?? "none";
		traces.set(
			request,
			tracer.begin({
				name: `${request.method} ${route}`,
				attributes: {
					"http.request.method": request.method,
					"http.route": route,
				},
				header: (name) => request.headers[name]?.toString(),
			}),
		);
		done();
	});
	// Not before: while the body is read, what runs is no longer in the request's course.
	app.addHook("preHandler", (request, _, done) => {
		const trace = traces.get(request);
		if (trace === undefined) done();
		else trace.run(done);
	});
	app.addHook("onResponse", (request, reply, done) => {
		const { statusCode } = reply;
		traces
			.get(request)
			?.end(
				{ "http.response.status_code": statusCode },
				statusCode >= 500 ? String(statusCode) : undefined,
			);
		done();
	});
}
