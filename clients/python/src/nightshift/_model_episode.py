"""One episode that a language model plays by calling tools, for hosts that run in asyncio."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import AsyncIterator
from enum import Enum
from typing import Any

from nightshift._requests import AnySplit
from nightshift._toolbox import Tool, Toolbox
from nightshift.aio.client import Client
from nightshift.aio.session import Session
from nightshift.errors import AgentFault, CapacityError, EpisodeEndedError, NightshiftError, UnknownTaskError
from nightshift.messages import EpisodeResult, Task

# How long an episode waits for a server that is full: others have to end first.
_FULL_SECONDS = 3600.0

_OVER = "The episode is over and its score is final."


class Refusal(Exception):
    """A call that changed nothing; its text is a sentence for the model."""


class ModelEpisode:
    """An episode with its session. `open` begins it; `close` must follow, and leaves nothing behind.

    Calls of one episode are made one after the other. Whatever is raised but Refusal is not the model's fault, and no score.
    """

    def __init__(self, session: Session, task: Task, stack: contextlib.AsyncExitStack) -> None:
        names = [service.service_id for service in session.sre.metrics] if task.environment == "sre" else []
        self.task = task
        self._session = session
        self._toolbox = Toolbox(task, names)
        self._stack = stack
        self._result: EpisodeResult | None = None

    @staticmethod
    async def open(task_id: str, *, split: AnySplit, seed: int, address: str | None = None) -> ModelEpisode:
        """Begins the episode; where the server is full, as soon as it has room. Errors: UnknownTaskError, other NightshiftErrors."""
        stack = contextlib.AsyncExitStack()
        try:
            shared = await stack.enter_async_context(_shared(address))
            task = await shared.task(task_id)
            session = await stack.enter_async_context(await _opened(shared.client, task_id, split=split, seed=seed))
            return ModelEpisode(session, task, stack)
        except BaseException:
            await stack.aclose()
            raise

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The actions."""
        return self._toolbox.tools

    @property
    def text(self) -> str:
        """What there is to see, under 4 kB."""
        return self._session.text

    @property
    def is_over(self) -> bool:
        """Whether it has its result."""
        return self._result is not None

    @property
    def session_id(self) -> str:
        """Its session's."""
        return self._session.id

    @property
    def most_turns(self) -> int:
        """Answers of a model after which it is left: twice as many as there can be actions."""
        return 2 * self.task.max_actions

    async def call(self, name: str, arguments: object) -> str:
        """Takes an action and gives what there is to see then. Errors: Refusal; NightshiftErrors."""
        if self._result is not None:
            return _OVER
        try:
            action, declare = self._toolbox.read(name, arguments)
            answer = await self._session.step(action, declare=declare)
        except AgentFault as fault:
            raise Refusal(f"Refused: {fault.message} Nothing changed.") from fault
        except EpisodeEndedError:
            # A limit ended it: too many refused or free calls.
            await self.finish()
            return _OVER
        self._result = answer.result
        return self.text if self._result is None else f"{self.text}\n{_OVER}"

    async def finish(self) -> EpisodeResult:
        """Ends the episode, where it has not ended, and gives what it came to, with a score. Errors: NightshiftErrors."""
        if self._result is None:
            self._result = (await self._session.finish()).result
        if self._result.score is None:
            raise NightshiftError("The episode was abandoned ungraded.")
        return self._result

    async def close(self) -> None:
        """Gives the session back; what cannot be given back runs out. Closing it again is fine."""
        with contextlib.suppress(NightshiftError):
            await self._stack.aclose()


async def _opened(client: Client, task_id: str, *, split: AnySplit, seed: int) -> Session:
    end = time.monotonic() + _FULL_SECONDS
    while True:
        try:
            # Nothing but the score is ever paid, so that hosts that sum rewards agree with those that read it.
            return await client.create_session(task_id, seed=seed, split=split, views=("typed", "text"), reward_mode="score")
        except CapacityError as error:
            if error.retry_after is None or time.monotonic() + error.retry_after > end:
                raise
            await asyncio.sleep(error.retry_after)


class _SharedClient:
    """One connection for all episodes of a loop at an address."""

    def __init__(self, address: str | None) -> None:
        self.client = Client(address)
        self.users = 0
        self._tasks: dict[str, Task] | None = None

    async def task(self, task_id: str) -> Task:
        if self._tasks is None:
            self._tasks = {task.id: task for task in await self.client.list_tasks()}
        if task_id not in self._tasks:
            raise UnknownTaskError(f"No task is called {task_id!r}; there are {', '.join(self._tasks)}.")
        return self._tasks[task_id]


_clients: dict[tuple[asyncio.AbstractEventLoop, str], _SharedClient] = {}


@contextlib.asynccontextmanager
async def _shared(address: str | None) -> AsyncIterator[_SharedClient]:
    """The connection, which its last user closes."""
    key = (asyncio.get_running_loop(), Client(address).address)
    shared = _clients.setdefault(key, _SharedClient(address))
    shared.users += 1
    try:
        yield shared
    finally:
        shared.users -= 1
        if shared.users == 0:
            del _clients[key]
            await shared.client.close()


def parts_of(result: EpisodeResult) -> dict[str, float]:
    """Every figure of a result by its name, but for the score: steps, and the parts of the environment's own. Yes is 1, no is 0."""
    inner = result.training or result.sre
    return {"steps": float(result.steps)} | (_figures(inner) if inner is not None else {})


def _figures(message: Any) -> dict[str, float]:
    found: dict[str, float] = {}
    for field in dataclasses.fields(message):
        value = getattr(message, field.name)
        if field.name == "breakdown":
            found |= _figures(value)
        elif isinstance(value, (bool, int, float)):
            found[field.name] = float(value)
    return found


def plain(value: Any) -> Any:
    """A message as JSON has it: what is absent is None."""
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value
