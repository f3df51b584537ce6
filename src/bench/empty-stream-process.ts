import { serveEmptyStream } from "./empty-stream.js";
import { answerSamples } from "./process-sample.js";

/** The empty stream in a process of its own, as the service is. */
answerSamples({ port: await serveEmptyStream() });
