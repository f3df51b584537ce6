"""The rows: an episode is a task, a split and a seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import verifiers.v1 as vf
from nightshift import Client
from nightshift._toolbox import instructions
from nightshift.errors import InvalidRequestError, UnknownTaskError
from pydantic import Field

from nightshift_verifiers.harness import RESULT, NightshiftHarnessConfig, Trace


class NightshiftData(vf.TaskData):
    """A row. The same row is the same episode."""

    task_id: str
    """ "environment/task"."""
    task_version: int
    split: str
    seed: int


class NightshiftTask(vf.Task[NightshiftData]):
    """The reward is the episode's score, 0..1; the metrics are its parts. A rollout that the service failed has an error and no reward."""

    @property
    def key(self) -> str:
        """The episode's identity."""
        row = self.data
        return f"{row.task_id}@{row.task_version}/{row.split}/{row.seed}"

    async def setup(self, trace: Trace, runtime: vf.Runtime) -> None:
        """Errors: InvalidRequestError under another harness, which has no tools to play with."""
        harness = trace.agent.config.harness
        if not isinstance(harness, NightshiftHarnessConfig):
            raise InvalidRequestError(
                f"These tasks are played by their own harness, not by {harness.id if harness else None!r}: leave out "
                "--env.agent.harness.id, or set it to nightshift-verifiers."
            )

    # Not "score": that is a method of verifiers' own.
    @vf.reward
    async def nightshift(self, trace: Trace) -> float:
        """The score."""
        return float(_result(trace)["score"])

    @vf.metric
    async def parts(self, trace: Trace) -> dict[str, float]:
        """What the score is made of."""
        parts: dict[str, float] = _result(trace)["parts"]
        return parts


class NightshiftConfig(vf.TasksetConfig):
    tasks: list[str] = Field(["sre/easy"], min_length=1)
    """Which tasks: "sre/easy", "training/easy_mnist" and others; of both environments, if wanted."""
    split: Literal["train", "validation", "test"] = "train"
    """Every split takes every seed, and its episodes are its own."""
    first_seed: int = Field(1, ge=0)
    """The first seed of each task."""
    seeds: int = Field(100, ge=1)
    """How many seeds of each task."""


class NightshiftTaskset(vf.Taskset[NightshiftTask, NightshiftConfig]):
    """All tasks with the first seed, then with the second, and so on."""

    def load(self) -> Iterator[NightshiftTask]:
        """Errors: UnknownTaskError, InvalidRequestError, UnavailableError."""
        config = self.config
        with Client() as client:
            client.wait_until_ready()
            known = {task.id: task for task in client.list_tasks()}
        for name in config.tasks:
            if name not in known:
                raise UnknownTaskError(f"No task is called {name!r}; there are {', '.join(known)}.")
        end = config.first_seed + config.seeds
        if end > 2**64:
            raise InvalidRequestError(f"Seeds are whole numbers from 0 to 2**64 - 1, and the last one here is {end - 1}.")
        for seed in range(config.first_seed, end):
            for name in config.tasks:
                task = known[name]
                row: dict[str, Any] = {"task_id": name, "task_version": task.version, "split": config.split, "seed": seed}
                data = NightshiftData(
                    **row, name=f"{name}, {config.split}, {seed}", prompt="The episode begins.", system_prompt=instructions(task)
                )
                yield NightshiftTask(data, config.task)


def _result(trace: Trace) -> dict[str, Any]:
    result: dict[str, Any] = trace.info[RESULT]
    if "failure" in result:
        raise RuntimeError(f"The episode could not be scored: {result['failure']}")
    return result
