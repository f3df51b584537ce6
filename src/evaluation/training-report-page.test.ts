import assert from "node:assert/strict";
import { test } from "node:test";
import { createReport } from "./testing.js";
import { rangesOf, renderTrainingReport } from "./training-report-page.js";

test("The page names command, seeds, engine, images and policies, and has a table for each task.", () => {
	assert.equal(
		renderTrainingReport(createReport()),
		`# Scores of the policies in the training environment

Made by \`nightshift report\`, which plays what its results file lacks and makes this page again.

- episodes: split test, seeds 1..3,7
- engine: an engine
- images of training/x: mnist (sha256:0), 40 for training, 10 for validation, 20 hidden for testing

Accuracies are those of the submitted weights, in percent, as means over the seeds: on the validation images that a policy sees, and on the
hidden test images that it is scored on. The gap is training accuracy less test accuracy, in percentage points. Epochs are those charged. The
score, 0 to 1, is a mean with its 95 % confidence interval over the seeds, by Student's t.

- \`do-nothing\` (version 1): Takes no action; the episode is finished as it began.
- \`default\` (version 1): Adam at a constant 0.001 and no regularisation for the whole budget; submits the best checkpoint.

## training/x

Version 1, a budget of 30 epochs. Train it.

| policy | seeds | validation accuracy | test accuracy | gap | epochs | score |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
| do-nothing | 4 | - | 12.50 | - | 0 | 0.000 ± 0.000 |
| default | 4 | 90.00 | 87.50 | 12.50 | 11.5 | 0.650 ± 0.205 |
`,
	);
});

test("Seeds are told as ranges where they are neighbours.", () => {
	assert.equal(rangesOf(["5"]), "5");
	assert.equal(rangesOf(["1", "2", "9", "3", "4"]), "1..2,9,3..4");
	assert.equal(
		rangesOf(["18446744073709551614", "18446744073709551615"]),
		"18446744073709551614..18446744073709551615",
	);
});
