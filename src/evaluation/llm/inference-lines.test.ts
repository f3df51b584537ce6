import assert from "node:assert/strict";
import { test } from "node:test";
import { endLine, startLine, stepLine } from "./inference-lines.js";

test("The lines are the founding documents'.", () => {
	assert.equal(
		startLine("training/easy_mnist", "training", "gpt-4o-mini"),
		"[START] task=easy_mnist env=training model=gpt-4o-mini",
	);
	const step = {
		step: 2,
		action: 'run_epochs({"num_epochs":10})',
		reward: -0.204,
		done: false,
		error: undefined,
	};
	assert.equal(
		stepLine(step),
		'[STEP] step=2 action=run_epochs({"num_epochs":10}) reward=-0.20 done=false error=null',
	);
	assert.equal(
		stepLine({
			...step,
			reward: 0,
			done: true,
			error: "not\nnow,\r\n  later\n",
		}),
		'[STEP] step=2 action=run_epochs({"num_epochs":10}) reward=0.00 done=true error=not now, later',
	);
	assert.equal(
		endLine(0.5, [0, 0.126, -0.2]),
		"[END] success=true steps=3 score=0.500 rewards=0.00,0.13,-0.20",
	);
	assert.equal(
		endLine(0.4999, [0.4999]),
		"[END] success=false steps=1 score=0.500 rewards=0.50",
	);
	assert.equal(
		endLine(undefined, []),
		"[END] success=false steps=0 score=0.000 rewards=",
	);
});
