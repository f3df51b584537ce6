"""Nightshift's tasks for Inspect: one of its tasks for each of ours, registered with the package.

    inspect eval nightshift/sre_easy --model openai/gpt-5 -T seeds=16

Or from Python, `inspect_ai.eval(nightshift.inspect.episodes("sre/hard"), model=...)`. Needs `pip install "nightshift-client[inspect]"`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    import inspect_ai
except ImportError as error:
    raise ImportError('nightshift.inspect needs Inspect: pip install "nightshift-client[inspect]"') from error

from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver
from inspect_ai.tool import Tool, ToolDef, ToolError, ToolParams
from inspect_ai.util import StoreModel, registry_info

from nightshift import _model_episode, _toolbox
from nightshift._model_episode import ModelEpisode, Refusal
from nightshift.client import Client
from nightshift.errors import InvalidRequestError, NightshiftError, UnknownTaskError

__all__ = ["PASS_SCORE", "TASKS", "EpisodeStore", "begin", "episodes", "leave", "score"]

PASS_SCORE = 0.5
"""A score from which on an episode counts as passed."""

TASKS = {
    "sre_easy": "sre/easy",
    "sre_medium": "sre/medium",
    "sre_hard": "sre/hard",
    "sre_hard_aliased": "sre/hard_aliased",
    "sre_single_oom": "sre/single_oom",
    "sre_db_connection_leak": "sre/db_connection_leak",
    "sre_flapping_network": "sre/flapping_network",
    "training_easy_mnist": "training/easy_mnist",
    "training_medium_fashion": "training/medium_fashion",
    "training_hard_cifar": "training/hard_cifar",
}
"""The task of each registered name, which has "nightshift/" in front of it."""

_BEGINNING = "The episode begins."


class EpisodeStore(StoreModel):
    """What a sample's store tells of its episode."""

    session: str = ""
    """Id of its session."""
    result: dict[str, Any] | None = None
    """What it came to, once it is scored: EpisodeResult, as JSON has it."""


def episodes(
    task_id: str,
    *,
    split: str = "test",
    first_seed: int = 1,
    seeds: int = 10,
    pass_score: float = PASS_SCORE,
    address: str | None = None,
) -> inspect_ai.Task:
    """A task with a sample for each seed. Its setup opens the session and hands out the actions as tools, its cleanup gives it back.

    The solver is Inspect's own tool loop; `inspect eval --solver` puts another one in its place. What the model leaves open is finished and
    scored as it stands, also past a limit. `turn_limit` is twice the actions that there can be, as wrong calls are no actions.

    split: "train", "validation" or "test". seeds: how many, from `first_seed` on. pass_score: from there on "passed" is true.
    address: as `nightshift.Client`. Errors: UnknownTaskError, InvalidRequestError, UnavailableError.
    """
    with Client(address) as client:
        address = client.address
        client.wait_until_ready()
        known = {task.id: task for task in client.list_tasks()}
    if task_id not in known:
        raise UnknownTaskError(f"No task is called {task_id!r}; there are {', '.join(known)}.")
    if seeds < 1 or not 0 <= first_seed <= 2**64 - seeds:
        raise InvalidRequestError(f"seeds is 1 or more and all of them from 0 to 2**64 - 1, not {seeds} from {first_seed} on.")
    task = known[task_id]
    if split not in task.splits:
        raise InvalidRequestError(f"split is one of {', '.join(one.value for one in task.splits)}, not {split!r}.")
    told = {"task": task.id, "task_version": task.version, "split": split}
    samples = [
        Sample(
            id=seed,
            input=[ChatMessageSystem(content=_toolbox.instructions(task)), ChatMessageUser(content=_BEGINNING)],
            metadata={**told, "seed": seed},
        )
        for seed in range(first_seed, first_seed + seeds)
    ]
    return inspect_ai.Task(
        dataset=MemoryDataset(samples, name=f"{task.id}, {split}"),
        setup=begin(address),
        solver=generate(),
        scorer=score(pass_score),
        cleanup=leave,
        turn_limit=2 * task.max_actions,
        version=task.version,
        metadata=told,
    )


_open: dict[str, ModelEpisode] = {}
"""Episodes that are being played, by their samples' uuid."""


@solver
def begin(address: str | None = None) -> Solver:
    """Opens the session of a sample, whose metadata has task, split and seed; hands out its tools; and shows what there is to see first."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        row = state.metadata
        episode = await ModelEpisode.open(row["task"], split=row["split"], seed=row["seed"], address=address)
        _open[state.uuid] = episode
        state.store_as(EpisodeStore).session = episode.session_id
        state.tools = [_tool(tool, episode, state) for tool in episode.tools]
        state.user_prompt.text = f"{state.user_prompt.text}\n{episode.text}"
        return state

    return solve


@scorer(metrics=[mean(), stderr()], name="score")
def score(pass_score: float = PASS_SCORE) -> Scorer:
    """The episode's score, 0..1, which ends the episode. Its metadata has the parts, and whether it passed.

    Scoring a log again takes the result that the log holds. Errors: NightshiftErrors, where the service could not score it.
    """

    async def judge(state: TaskState, target: Target) -> Score:
        store = state.store_as(EpisodeStore)
        episode = _open.get(state.uuid)
        if episode is not None:
            result = await episode.finish()
            store.result = {**_model_episode.plain(result), "parts": _model_episode.parts_of(result)}
        if store.result is None:
            raise NightshiftError("The sample has no episode: its task is set up by nightshift.inspect.begin.")
        value, end = store.result["score"], store.result["end_reason"]
        return Score(
            value=value,
            explanation=f"{store.result['steps']} actions, then it was over: {end}.",
            metadata={"passed": value >= pass_score, "pass_score": pass_score, **store.result},
        )

    return judge


async def leave(state: TaskState) -> None:
    """Gives a sample's session back; a task's cleanup."""
    episode = _open.pop(state.uuid, None)
    if episode is not None:
        await episode.close()


def _tool(tool: _toolbox.Tool, episode: ModelEpisode, state: TaskState) -> Tool:
    async def execute(**kwargs: Any) -> str:
        try:
            seen = await episode.call(tool.name, kwargs)
        except Refusal as refusal:
            raise ToolError(str(refusal)) from refusal
        # Ends the tool loop.
        state.completed = state.completed or episode.is_over
        return seen

    parameters = ToolParams.model_validate(tool.parameters)
    for parameter in parameters.properties.values():
        # Inspect wants a word for what has parts, too.
        parameter.description = parameter.description or f"An object of {', '.join(parameter.properties or {})}."
    return ToolDef(execute, name=tool.name, description=tool.description, parameters=parameters).as_tool()


def _registered(name: str, task_id: str) -> Callable[..., inspect_ai.Task]:
    def build(
        split: str = "test", first_seed: int = 1, seeds: int = 10, pass_score: float = PASS_SCORE, address: str | None = None
    ) -> inspect_ai.Task:
        return episodes(task_id, split=split, first_seed=first_seed, seeds=seeds, pass_score=pass_score, address=address)

    build.__doc__ = episodes.__doc__
    build.__name__ = build.__qualname__ = name
    made: Callable[..., inspect_ai.Task] = inspect_ai.task(name=name)(build)
    # Inspect puts the package's name in front where it sees that there is one, which it does not for editable installations.
    return made if registry_info(made).name.startswith("nightshift/") else inspect_ai.task(name=f"nightshift/{name}")(build)


_registry = {name: _registered(name, task_id) for name, task_id in TASKS.items()}
