"""Reads logs of an evaluation with Inspect's own reader, in every way that it has, and tells what it saw.

usage: python read_logs.py FOLDER

Prints one JSON object: the version of inspect_ai, and by the name of each log its task, status, samples and scores. Whatever Inspect does not
accept ends the program with its error.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

from inspect_ai.log import (
    list_eval_logs,
    read_eval_log,
    read_eval_log_sample,
    read_eval_log_sample_summaries,
    read_eval_log_samples,
)


def read(path: str) -> dict:
    header = read_eval_log(path, header_only=True)
    assert header.samples is None
    log = read_eval_log(path, resolve_attachments=True)
    summaries = read_eval_log_sample_summaries(path)
    ids = header.eval.dataset.sample_ids
    one_by_one = [read_eval_log_sample(path, sample_id, epoch=1) for sample_id in ids]
    streamed = list(read_eval_log_samples(path, all_samples_required=header.status == "success"))
    for samples in (log.samples, summaries, one_by_one, streamed):
        assert sorted(sample.id for sample in samples) == sorted(ids)
    for whole, summary in zip(one_by_one, summaries):
        # What Inspect itself would list of the sample.
        own = whole.summary()
        for field in ("id", "uuid", "error", "limit", "limit_reason", "message_count", "turn_count", "model_usage", "completed", "started_at"):
            ours, theirs = getattr(summary, field), getattr(own, field)
            if field == "error" and ours is not None:
                assert theirs is not None and theirs[:100] == ours[:100]
            else:
                assert ours == theirs, (field, ours, theirs)
        assert {name: score.value for name, score in (summary.scores or {}).items()} == {
            name: score.value for name, score in (own.scores or {}).items()
        }
    return {
        "task": header.eval.task,
        "status": header.status,
        "samples": {
            sample.id: {
                "score": sample.scores["score"].value if sample.scores else None,
                "events": len(sample.events),
                "messages": len(sample.messages),
                "error": sample.error is not None,
                "limit": sample.limit.type if sample.limit else None,
                "retries": len(sample.error_retries or []),
            }
            for sample in one_by_one
        },
        "metrics": {name: metric.value for name, metric in header.results.scores[0].metrics.items()},
    }


def main() -> None:
    folder = sys.argv[1]
    logs = list_eval_logs(folder)
    print(
        json.dumps(
            {
                "version": version("inspect_ai"),
                "logs": {Path(log.name).name: read(log.name) for log in logs},
            }
        )
    )


if __name__ == "__main__":
    main()
