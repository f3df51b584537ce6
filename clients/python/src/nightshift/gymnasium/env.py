"""One task of Nightshift as a Gymnasium environment, by numbers."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Union

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from nightshift._requests import AnyRewardMode, AnySplit
from nightshift.client import Client
from nightshift.errors import InvalidRequestError, NightshiftError, SessionEndedError, SessionLostError, UnknownTaskError
from nightshift.messages import FlatAction, StepResponse, Task
from nightshift.session import Session

Observations = npt.NDArray[np.float32]
Actions = npt.NDArray[np.int64]


class NightshiftEnv(gymnasium.Env[Observations, Actions]):
    """A task's flat form: a Box of named float32 columns, a MultiDiscrete of the action and the levels of all arguments.

    `info["action_mask"]` says which actions (values of the first column) are possible now; one that is not counts as the task's waiting
    action. The last step's info holds `score` (0..1) and `end_reason`. `task` has the names and meanings of all columns.
    An unseeded reset draws its episode from the environment's own generator, so that one seed fixes all episodes after it.
    No session is opened before the first reset. What goes wrong between here and the server is raised as a NightshiftError.
    """

    metadata: dict[str, Any] = {"render_modes": ["ansi"], "render_fps": 1}

    def __init__(
        self,
        task: str,
        *,
        address: str | None = None,
        split: AnySplit = "train",
        reward_mode: AnyRewardMode | None = None,
        render_mode: str | None = None,
    ) -> None:
        """`task`: "environment/task". `address`, `split`, `reward_mode`: as `nightshift.Client`. `render_mode`: "ansi" for the text."""
        if render_mode not in (None, "ansi"):
            raise InvalidRequestError(f'render_mode is None or "ansi", not {render_mode!r}.')
        self.render_mode = render_mode
        self._client = Client(address)
        self._split = split
        self._reward_mode = reward_mode
        self._session: Session | None = None
        self.task = task_named(self._client.address, task)
        """The task as the server tells it: names, meanings and bounds of columns, actions, arguments and their levels."""
        self.observation_space, self.action_space = spaces_of(self.task)

    @property
    def session(self) -> Session | None:
        """The session behind it, once it was reset: ids, seeds and timings stand there, not in the infos."""
        return self._session

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Observations, dict[str, Any]]:
        """Starts the episode of the seed. `options`: {"split": ...} changes the split from now on."""
        super().reset(seed=seed)
        given = dict(options or {})
        self._split = given.pop("split", self._split)
        if given:
            raise InvalidRequestError(f"reset has the option split alone, not {', '.join(map(repr, given))}.")
        episode_seed = int(self.np_random.integers(2**63)) if seed is None else seed
        session = self._started(episode_seed)
        return session.flat.columns, {"action_mask": session.flat.action_mask}

    def step(self, action: Union[Actions, list[int]]) -> tuple[Observations, float, bool, bool, dict[str, Any]]:
        """Takes one action. Errors: EpisodeEndedError after the end, InvalidActionError for levels that are none, NightshiftErrors."""
        if self._session is None:
            raise NightshiftError("The environment is stepped before its first reset.")
        answer = self._session.step(FlatAction([int(level) for level in action]))
        flat = self._session.flat
        return flat.columns, answer.reward, answer.terminated, answer.truncated, {"action_mask": flat.action_mask, **_told(answer)}

    def render(self) -> str | None:
        """In mode "ansi" the text that language models read."""
        return None if self.render_mode is None or self._session is None else self._session.text

    def close(self) -> None:
        """Gives the session back. Closing it again is fine."""
        self._session = None
        self._client.close()

    def _started(self, seed: int) -> Session:
        if self._session is not None:
            try:
                self._session.reset(seed=seed, split=self._split)
                return self._session
            except (SessionEndedError, SessionLostError):
                # It was left alone for longer than its lease, or the server was restarted: an episode needs neither.
                self._session = None
        self._session = self._client.create_session(
            self.task.id,
            seed=seed,
            split=self._split,
            reward_mode=self._reward_mode,
            views=("flat", "text") if self.render_mode == "ansi" else ("flat",),
        )
        return self._session


def _told(answer: StepResponse) -> dict[str, Any]:
    told: dict[str, Any] = {"reward_breakdown": {part.name: part.value for part in answer.reward_breakdown}}
    if answer.result is not None:
        told |= {"score": answer.result.score, "end_reason": answer.result.end_reason.value}
    return told


def spaces_of(task: Task) -> tuple[gymnasium.Space[Observations], gymnasium.Space[Actions]]:
    """The spaces of observations and of actions."""
    columns = task.observation_columns
    low, high = (np.array(bounds, np.float32) for bounds in zip(*((one.minimum, one.maximum) for one in columns), strict=True))
    arguments = [argument for action in task.actions for argument in action.arguments]
    return spaces.Box(low, high), spaces.MultiDiscrete([len(task.actions), *(len(argument.levels) for argument in arguments)])


@lru_cache(maxsize=64)
def task_named(address: str, name: str) -> Task:
    """The task of a server: "environment/task". Errors: UnknownTaskError."""
    with Client(address) as client:
        tasks = {task.id: task for task in client.list_tasks()}
    if name not in tasks:
        raise UnknownTaskError(f"No task is called {name!r}; there are {', '.join(tasks)}.")
    return tasks[name]
