// Before the worker, whose engine loads with its module.
import "./testing-faults.js";

/** A training worker that fails when a test says so: given to the pool as its `worker`. */
export { default } from "./training-worker.js";
