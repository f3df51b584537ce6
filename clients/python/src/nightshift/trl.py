"""Nightshift's tasks for TRL's GRPOTrainer and AsyncGRPOTrainer: the rows, the environments, and what TRL does not tell.

    from trl import GRPOConfig, GRPOTrainer
    from nightshift.trl import EnvironmentFactory, dataset, report

    trainer = GRPOTrainer(
        model,
        reward_funcs=report,
        args=GRPOConfig(max_completion_length=16_000, max_tool_calling_iterations=40),
        train_dataset=dataset("sre/easy", seeds=range(2000)),
        environment_factory=EnvironmentFactory("sre"),
    )

The score is the environments' own reward (`get_reward`). Needs `pip install "nightshift-client[trl]"`; to import this module needs nothing.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
import operator
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex

from nightshift._fork import watch_forks
from nightshift._function_tools import FunctionTool, tools_of
from nightshift._requests import AnySplit
from nightshift._toolbox import instructions
from nightshift.client import Client
from nightshift.errors import AgentFault, EpisodeEndedError, InvalidRequestError, NightshiftError, UnavailableError, UnknownTaskError
from nightshift.messages import EndReason, EpisodeResult, Split
from nightshift.session import Session

if TYPE_CHECKING:
    from datasets import Dataset

__all__ = ["Environment", "EnvironmentFactory", "dataset", "report", "rows"]

_LOG = logging.getLogger(__name__)

# How long a reset waits for a server that cannot be reached: to raise there ends the whole run.
_RESTART_SECONDS = 60.0

_ANSWER = "Act by calling one tool at a time. When the episode is over, answer without calling a tool."
_OVER = "The episode is over and its score is final: answer without calling a tool."


def rows(
    tasks: str | Iterable[str], seeds: Iterable[SupportsIndex], *, split: AnySplit = "train", address: str | None = None
) -> list[dict[str, Any]]:
    """A row for each seed of each task: prompt, environment, task, split and seed. TRL makes one group of one row: all its members play the
    same episode.

    seeds: 0 to 2**64 - 1; every split takes every seed. Errors: UnknownTaskError, InvalidRequestError.
    """
    with Client(address) as client:
        known = {task.id: task for task in client.list_tasks()}
    wanted = [tasks] if isinstance(tasks, str) else list(tasks)
    for task in wanted:
        if task not in known:
            raise UnknownTaskError(f"No task is called {task!r}; there are {', '.join(known)}.")
        if split not in known[task].splits:
            raise InvalidRequestError(f"split is one of {', '.join(known[task].splits)}, not {split!r}.")
    built = [
        {
            "prompt": [{"role": "user", "content": instructions(known[task], _ANSWER)}],
            "environment": known[task].environment,
            "task": task,
            "split": str(Split(split)),
            "seed": _checked_seed(seed),
        }
        for seed in seeds
        for task in wanted
    ]
    if not built:
        raise InvalidRequestError("There are no rows: tasks and seeds have one entry at least.")
    return built


def dataset(
    tasks: str | Iterable[str], seeds: Iterable[SupportsIndex], *, split: AnySplit = "train", address: str | None = None
) -> Dataset:
    """The same rows as a data set of Hugging Face's `datasets`. Errors: as `rows`; ImportError."""
    try:
        import pyarrow as pa
        from datasets import Dataset, Features, Value
        from datasets.table import InMemoryTable
    except ImportError as error:
        raise ImportError('nightshift.trl.dataset needs datasets: pip install "nightshift-client[trl]"') from error
    text = Value("string")
    features = Features(
        {
            "prompt": [{"role": text, "content": text}],
            "environment": text,
            "task": text,
            "split": text,
            # Half of all seeds are no int64.
            "seed": Value("uint64"),
        }
    )
    built = rows(tasks, seeds, split=split, address=address)
    # Not Dataset.from_list, which takes numbers for int64 before it looks at the features.
    return Dataset(InMemoryTable(pa.Table.from_pylist(built, schema=features.arrow_schema)))


class EnvironmentFactory:
    """Makes the environments of "sre" or of "training"; for rows of both: {"sre": EnvironmentFactory("sre"), "training": ...}.

    It pickles to its address, for AsyncGRPOTrainer's process. All environments of one factory share a connection, and one class, whose
    tools are the actions that the server's tasks have.
    """

    def __init__(self, environment: str, *, address: str | None = None) -> None:
        """`environment`: the part of its tasks' names before "/". `address`: as `nightshift.Client`."""
        self.environment = environment
        self._client = Client(address)

    def __call__(self) -> Environment:
        """An environment, with no session yet. Errors: InvalidRequestError where the server has no such tasks; NightshiftErrors."""
        return _class_of(self._client.address, self.environment)(self, self._client)


class Environment:
    """One rollout after the other. TRL calls `reset` with a row, the other public methods as the model's tools, and `get_reward`.

    An action that is refused is told to the model as a text. What goes wrong between here and the server is raised, and told again by the
    log: TRL shows it to the model as a tool's error, and the rollout's reward is None, so that it counts for nothing. A session is held
    from `reset` to `get_reward`; so one generation batch holds as many as it has rollouts.
    """

    # All public functions of the class are tools, whoever they are for: what is added here is private, or a property.
    _tools: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, factory: EnvironmentFactory, client: Client) -> None:
        self._factory = factory
        self._client = client
        self._session: Session | None = None
        self._begin()
        watch_forks(self)

    def reset(
        self,
        *,
        task: str | None = None,
        split: AnySplit | None = None,
        seed: int | None = None,
        environment: str | None = None,
        **_other_columns: Any,
    ) -> str:
        """Starts a row's episode, and gives what is seen first. A server that cannot be reached is waited for, a minute long.

        Errors: InvalidRequestError for a row without task, split or seed, or of another environment; NightshiftErrors. They end TRL's run.
        """
        row = {"task": task, "split": split, "seed": seed}
        if missing := [name for name, value in row.items() if value is None]:
            raise InvalidRequestError(
                f"The row has no {', '.join(missing)}: the members of a group would play different episodes. "
                "Take the rows of nightshift.trl.dataset as train_dataset."
            )
        assert task is not None
        here = self._factory.environment
        if task.partition("/")[0] != here or environment not in (None, here):
            raise InvalidRequestError(
                f'The row is of {environment or task}, and this environment of "{here}": give an environment_factory for each, '
                f'{{"{here}": EnvironmentFactory("{here}"), ...}}.'
            )
        self._leave()
        self._begin()
        self._row |= row
        try:
            self._session = self._opened(task, split, seed)
        except UnavailableError:
            self._client.wait_until_ready(_RESTART_SECONDS)
            self._session = self._opened(task, split, seed)
        return f"\n\n{self._session.text}"

    def get_reward(self) -> float | None:
        """The score, 0..1, of the episode as it stands, which ends it; None where the service failed: TRL leaves the rollout out."""
        result = self.result
        return None if result is None else result.score

    @property
    def result(self) -> EpisodeResult | None:
        """What the episode came to. It ends it, where the model left it open. None before `reset`, and where the service failed.

        For reward functions of one's own, which get `environments`: they too should give None where this is None.
        """
        if self._result is None and self._session is not None and self._failure is None:
            try:
                self._end(self._session.finish().result)
            except NightshiftError as error:
                self._fail(error)
        return self._result

    def __reduce__(self) -> tuple[Any, ...]:
        return self._factory, ()

    @property
    def after_fork_in_child(self) -> Callable[[], None]:
        """The parent's session stays the parent's. A property, as a public function would be a tool."""
        return self._forget

    def _forget(self) -> None:
        self._session = None
        self._begin()

    def _begin(self) -> None:
        self._row: dict[str, Any] = {}
        self._result: EpisodeResult | None = None
        self._failure: NightshiftError | None = None
        # Calls of tools in this episode, and those of them that the model is to blame for.
        self._calls = 0
        self._refusals = 0

    def _opened(self, task: str, split: AnySplit | None, seed: int | None) -> Session:
        # The text is all that a model sees; and nothing but the score is ever paid.
        return self._client.create_session(task, seed=seed, split=split, views=("text",), reward_mode="score")

    def _call(self, tool: FunctionTool, positional: tuple[Any, ...], given: dict[str, Any]) -> str:
        self._calls += 1
        if self._failure is not None:
            raise NightshiftError(f"This episode cannot go on: {self._failure.message}") from self._failure
        if self._result is not None:
            return _OVER
        if self._session is None:
            raise NightshiftError("The environment is used before its first reset.")
        try:
            action, declare = tool.read(*positional, **given)
            answer = self._session.step(action, declare=declare)
        except AgentFault as fault:
            self._refusals += 1
            return f"Refused: {tool.told(fault)} Nothing changed."
        except EpisodeEndedError:
            return _OVER
        except NightshiftError as error:
            self._fail(error)
            raise
        text = self._session.text
        if answer.result is None:
            return text
        self._end(answer.result)
        return f"{text}\n{_OVER}"

    def _end(self, result: EpisodeResult) -> None:
        if result.score is None:
            self._fail(NightshiftError(f"The episode has no score: {result.end_reason}."))
            return
        self._result = result
        self._leave()

    def _leave(self) -> None:
        """Gives the session back; what cannot be given back runs out."""
        session, self._session = self._session, None
        if session is not None:
            with contextlib.suppress(NightshiftError):
                session.close()

    def _fail(self, error: NightshiftError) -> None:
        self._failure = error
        _LOG.warning("A rollout is not scored (%s): %s", self._row, error)


def report(
    completions: Sequence[Any],
    environments: Sequence[Environment] | None = None,
    log_metric: Callable[[str, float], None] | None = None,
    **_columns: Any,
) -> list[float | None]:
    """A reward function that pays 0 and logs what TRL does not tell, as shares: nightshift/lost_results (of rollouts whose last action was
    done and its result dropped, as the completion would have been longer than max_completion_length: it warns, too), nightshift/left_open
    (of rollouts that the model did not play to their end), nightshift/failed (of rollouts that the service failed) and
    nightshift/refused_calls (of tool calls).

    None for a rollout that failed, so that it stays unscored. For GRPOTrainer; AsyncGRPOTrainer shows reward functions no environments.
    """
    if environments is None:
        return [None] * len(completions)
    results = [one.result for one in environments]
    lost = [one._calls > _results_told(one, completion) for one, completion in zip(environments, completions, strict=True)]
    if any(lost):
        _LOG.warning(
            "In %d of %d rollouts an action was done and its result dropped, as the completion would have been too long: "
            "raise max_completion_length.",
            sum(lost),
            len(lost),
        )
    if log_metric is not None:
        left_open = [result is not None and result.end_reason is EndReason.FINISHED for result in results]
        calls = sum(one._calls for one in environments)
        log_metric("nightshift/lost_results", sum(lost) / len(lost))
        log_metric("nightshift/left_open", sum(left_open) / len(left_open))
        log_metric("nightshift/failed", results.count(None) / len(results))
        log_metric("nightshift/refused_calls", sum(one._refusals for one in environments) / max(calls, 1))
    return [None if result is None else 0.0 for result in results]


def _results_told(environment: Environment, completion: Any) -> int:
    """Tool results of this environment that stand in a transcript."""
    return sum(message.get("role") == "tool" and message.get("name") in environment._tools for message in completion)


@lru_cache(maxsize=16)
def _class_of(address: str, environment: str) -> type[Environment]:
    """One class for all environments of a kind: TRL tells them apart by it."""
    with Client(address) as client:
        tasks = client.list_tasks(environment)
    if not tasks:
        raise InvalidRequestError(f"The server has no tasks of an environment {environment!r}.")
    methods = {tool.name: _method(tool) for tool in tools_of(tasks[0])}
    members = {"__doc__": Environment.__doc__, "__module__": __name__, "_tools": frozenset(methods), **methods}
    made: type[Environment] = type(f"{environment.capitalize()}Environment", (Environment,), members)
    return made


def _method(tool: FunctionTool) -> Callable[..., str]:
    # Whatever arguments a model gives arrive here, so that it is answered by a sentence and not by Python's.
    def method(self: Environment, *positional: Any, **given: Any) -> str:
        return self._call(tool, positional, given)

    receiver = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    signature = tool.signature.replace(parameters=[receiver, *tool.signature.parameters.values()])
    method.__name__ = method.__qualname__ = tool.name
    method.__doc__ = tool.docstring
    method.__annotations__ = tool.annotations
    method.__signature__ = signature  # type: ignore[attr-defined]
    return method


def _checked_seed(seed: SupportsIndex) -> int:
    with contextlib.suppress(TypeError):
        number = operator.index(seed)
        if 0 <= number < 2**64:
            return number
    raise InvalidRequestError(f"A seed is a whole number from 0 to 2**64 - 1, not {seed!r}.")
