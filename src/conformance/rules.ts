import { cancellation } from "./cancellation.js";
import { determinism } from "./determinism.js";
import { endings } from "./endings.js";
import { errors } from "./errors.js";
import { exactlyOnce } from "./exactly-once.js";
import { invalidActions } from "./invalid-actions.js";
import { leaks } from "./leaks.js";
import { oneAction } from "./one-action.js";
import type { Rule } from "./rule.js";
import { service } from "./service.js";
import { sessionLife } from "./session-life.js";
import { specs } from "./specs.js";
import { watch } from "./watch.js";

/** Every rule that a server is asked for, in the order in which they are told. */
export const rules: readonly Rule[] = [
	...sessionLife,
	...specs,
	...determinism,
	...exactlyOnce,
	...oneAction,
	...invalidActions,
	...endings,
	...cancellation,
	...watch,
	...errors,
	...leaks,
	...service,
];
