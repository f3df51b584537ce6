import {
	ServerInterceptingCall,
	type ServerInterceptor,
	ServerListenerBuilder,
	status,
} from "@grpc/grpc-js";
import type { CallObserver } from "../door/call-observer.js";
import type {
	RequestTrace,
	RequestTracer,
} from "../observability/request-tracer.js";

/** The services whose calls are traced; health checks and reflection would only be in the way. */
const TRACED = /^\/(nightshift\.v1\.\w+)\/(\w+)$/;

/** A span for each call of the contract, from its headers to its status. A server without a tracer has no interceptor. */
export function callSpans(tracer: RequestTracer): ServerInterceptor {
	return ({ path }, call) => {
		const [, service, method] = TRACED.exec(path) ?? [];
		if (service === undefined || method === undefined)
			return new ServerInterceptingCall(call);
		let trace: RequestTrace | undefined;
		const end = (code: status) =>
			trace?.end(
				{ "rpc.grpc.status_code": code },
				code === status.OK ? undefined : status[code],
			);
		const inCourse = (next: () => void) =>
			trace === undefined ? next() : trace.run(next);
		return new ServerInterceptingCall(call, {
			start: (next) =>
				next(
					new ServerListenerBuilder()
						.withOnReceiveMetadata((metadata, next) => {
							trace = tracer.begin({
								name: `${service}/${method}`,
								attributes: {
									"rpc.system": "grpc",
									"rpc.service": service,
									"rpc.method": method,
								},
								header: (name) => metadata.get(name)[0]?.toString(),
							});
							inCourse(() => next(metadata));
						})
						.withOnReceiveMessage((message, next) =>
							inCourse(() => next(message)),
						)
						.withOnReceiveHalfClose((next) => inCourse(next))
						// Also told after a status that was sent, and then of no account.
						.withOnCancel(() => end(status.CANCELLED))
						.build(),
				),
			sendStatus: (sent, next) => {
				next(sent);
				end(sent.code ?? status.UNKNOWN);
			},
		});
	};
}

/** The same observer, which also writes the contract's reason of a call's error into the call's span. */
export function notingReasons(
	tracer: RequestTracer,
	observe: CallObserver,
): CallObserver {
	return (call) => {
		if (call.error !== undefined && !call.isInBand)
			tracer.note({ "nightshift.reason": call.error.reason });
		observe(call);
	};
}
