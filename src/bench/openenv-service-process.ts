import { readServerConfiguration } from "../configuration.js";
import { createLog } from "../log.js";
import { startService } from "../serve.js";
import { answerSamples } from "./process-sample.js";

/** The service in a process of its own, over gRPC and HTTP, which tells both ports. */
const { port, http } = await startService(
	readServerConfiguration({
		port: "0",
		httpPort: "0",
		logLevel: "silent",
		maxSessions: "2000",
	}),
	createLog("silent"),
);
answerSamples({ port, ...(http && { httpPort: http.port }) });
