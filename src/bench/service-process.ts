import { readServerConfiguration } from "../configuration.js";
import { createLog } from "../log.js";
import { startService } from "../serve.js";
import { answerSamples } from "./process-sample.js";

/** The service in a process of its own, which tells its port, and when asked how long its event loop made others wait and its memory. */
const service = await startService(
	readServerConfiguration({
		port: "0",
		httpPort: "off",
		logLevel: "silent",
		maxSessions: "512",
	}),
	createLog("silent"),
);
answerSamples({ port: service.port });
