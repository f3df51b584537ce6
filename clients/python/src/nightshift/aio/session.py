"""One session on the server, for asyncio."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from types import TracebackType
from typing import Any, TypeVar

from nightshift import _convert, _requests, _wire
from nightshift._actions import AsyncActions
from nightshift._generated import env_service_pb2
from nightshift._lease import IDLE_SHARE, Lease, give_back_with, keeper
from nightshift._retry import QUICK_SECONDS, STEP_SECONDS, Attempts
from nightshift._views import Views
from nightshift.aio.connection import AsyncConnection
from nightshift.errors import DeadlineError, InternalError, NightshiftError, SessionEndedError, SessionLostError, StreamOpenError
from nightshift.messages import (
    Action,
    Declaration,
    FinishResponse,
    Observation,
    Progress,
    SessionEvent,
    SessionInfo,
    StepResponse,
)

Result = TypeVar("Result")


class Session(Views, AsyncActions):
    """One session: an episode at a time, many in a row. `Client.create_session` makes it.

    As `nightshift.Session`, with `async with`, `await` and `async for`. Its lease is renewed by a task of the loop that created or entered
    it. One that nobody closed is given back when it is collected and at the end of the process, too.
    """

    info: SessionInfo
    """As the server told it last: task, seed, episode, options."""
    observation: Observation
    """The latest observation."""
    last_request_number: int
    """Number of the last step or reset that was sent, also of one that failed; 0 before the first."""

    def __init__(self, connection: AsyncConnection, info: SessionInfo, observation: Observation, last_request_number: int) -> None:
        self._connection = connection
        self.info = info
        self.observation = observation
        self.last_request_number = last_request_number
        self._turn_lock = asyncio.Lock()
        self._streaming_task: asyncio.Task[Any] | None = None
        self._renewal: asyncio.Task[None] | None = None
        self._lease = Lease(connection.blocking, info.session_id, info.options.lease or 600.0)
        give_back_with(self, self._lease)

    @property
    def id(self) -> str:
        """The session's id. Whoever knows it may use the session."""
        return self.info.session_id

    async def step(
        self,
        action: Action,
        *,
        declare: Declaration | None = None,
        request_number: int | None = None,
        timeout: float | None = STEP_SECONDS,
    ) -> StepResponse:
        """Takes an action, as `nightshift.Session.step`. Cancelling it stops the work within one batch."""
        attempts = Attempts(timeout)
        if _requests.is_free(action):
            return self._stepped(await self._ask(_wire.STEP, _requests.step(self.id, action, None, None), attempts))
        async with self._turn(attempts):
            request = self._numbered(action, declare, request_number)
            return self._stepped(await self._ask(_wire.STEP, request, attempts))

    async def call(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        declare: Declaration | None = None,
        timeout: float | None = STEP_SECONDS,
    ) -> StepResponse:
        """Takes an action as a model's tool call names it, as `nightshift.Session.call`."""
        return await self.step(_requests.action_of(name, arguments), declare=declare, timeout=timeout)

    def stream_step(
        self,
        action: Action,
        *,
        declare: Declaration | None = None,
        request_number: int | None = None,
        timeout: float | None = STEP_SECONDS,
    ) -> StepStream:
        """The same as `step`, as an asynchronous iterator over its progress; the answer is `await stream.result()`."""
        return StepStream(self, action, declare, request_number, timeout)

    async def reset(
        self,
        *,
        seed: int | None = None,
        split: _requests.AnySplit | None = None,
        task_id: str | None = None,
        timeout: float | None = QUICK_SECONDS,
    ) -> Observation:
        """Starts the next episode, as `nightshift.Session.reset`."""
        attempts = Attempts(timeout)
        async with self._turn(attempts):
            request = _requests.reset(self.id, self._take_number(None), seed=seed, split=split, task_id=task_id)
            reply = await self._ask(_wire.RESET, request, attempts)
            self.info = _convert.session_info(reply.session)
            self.observation = _convert.observation(reply.observation)
            return self.observation

    async def finish(self, *, declare: Declaration | None = None, timeout: float | None = STEP_SECONDS) -> FinishResponse:
        """Ends the episode now, as truncated, and gives its result; again and again the same. declare: sre, a last diagnosis."""
        attempts = Attempts(timeout)
        async with self._turn(attempts):
            response = _convert.finish_response(await self._ask(_wire.FINISH, _requests.finish(self.id, declare), attempts))
            self.observation = response.observation
            return response

    async def refresh(self, *, timeout: float | None = QUICK_SECONDS) -> SessionInfo:
        """Where the session is now; answered at any moment, and renews nothing."""
        request = env_service_pb2.GetSessionRequest(session_id=self.id)
        reply = await retrying(Attempts(timeout), lambda left: self._connection.unary(_wire.GET_SESSION, request, left))
        self.info = _convert.session_info(reply.session)
        self.observation = _convert.observation(reply.observation)
        # Another handle of the same session may have gone on.
        self.last_request_number = max(self.last_request_number, self.info.last_request_number or 0)
        return self.info

    async def watch(self, *, from_offset: int | None = None, timeout: float | None = None) -> AsyncIterator[SessionEvent]:
        """The session's events from an offset on (default: the oldest kept one), as they come; it ends with the session."""
        async with aclosing(self._connection.stream(_wire.WATCH, _requests.watch(self.id, from_offset), timeout)) as replies:
            async for reply in replies:
                yield _convert.session_event(reply.event)

    async def renew(self, lease: float | None = None, *, timeout: float | None = QUICK_SECONDS) -> None:
        """Keeps the session for its lease, or for another one (seconds, 10 to 86,400), from now on."""
        reply = await self._ask(_wire.RENEW_SESSION, _requests.renew(self.id, lease), Attempts(timeout))
        self.info = _convert.session_info(reply.session)
        self._lease.seconds = self.info.options.lease or self._lease.seconds
        self._lease.touch()

    async def close(self, *, timeout: float | None = QUICK_SECONDS) -> None:
        """Gives the session back; an action under way is cancelled. Closing it again is fine."""
        self.detach()
        request = env_service_pb2.CloseSessionRequest(session_id=self.id)
        await retrying(Attempts(timeout), lambda left: self._connection.unary(_wire.CLOSE_SESSION, request, left))

    def detach(self) -> str:
        """Leaves the session open on the server: no longer kept alive nor given back by this process. Gives its id."""
        keeper.drop(self._lease)
        if self._renewal is not None:
            self._renewal.cancel()
            self._renewal = None
        return self.id

    def hold(self) -> None:
        """Makes the running loop the one that keeps the session alive, and this process the one that gives it back."""
        keeper.hold(self._lease, renews=False)
        self._renewal = asyncio.get_running_loop().create_task(_renew_while_held(weakref.ref(self), self._connection, self._lease))

    async def __aenter__(self) -> Session:
        if not self._lease.is_own:
            self.hold()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # A child that was forked inside of the block leaves the parent's session alone.
        if not self._lease.is_own:
            return
        try:
            await self.close()
        except NightshiftError:
            # What went wrong in the block says more; and what cannot be closed runs out.
            if kind is None:
                raise

    def __repr__(self) -> str:
        return f"<aio.Session {self.info.task_id} seed={self.info.seed} episode={self.info.episode} at {self._connection.target.address}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Session, (self._connection, self.info, self.observation, self.last_request_number)

    @asynccontextmanager
    async def _turn(self, attempts: Attempts) -> AsyncIterator[None]:
        """One action at a time; the others wait."""
        await self._take_turn(attempts)
        try:
            yield
        finally:
            self._turn_lock.release()

    async def _take_turn(self, attempts: Attempts) -> None:
        if self._streaming_task is not None and self._streaming_task is asyncio.current_task():
            raise StreamOpenError("A streamed step of this session is still open in this task; read it to its end, or close it.")
        try:
            await asyncio.wait_for(self._turn_lock.acquire(), attempts.left())
        except asyncio.TimeoutError as error:
            raise DeadlineError(
                "Another call of this session was still running when the time was over.", code="DEADLINE_EXCEEDED"
            ) from error

    def _numbered(self, action: Action, declare: Declaration | None, number: int | None) -> env_service_pb2.StepRequest:
        # Built first: an action that cannot be built takes no number.
        request = _requests.step(self.id, action, None, declare)
        request.request_number = self._take_number(number)
        return request

    def _take_number(self, asked: int | None) -> int:
        number = self.last_request_number + 1 if asked is None else asked
        self.last_request_number = max(self.last_request_number, number)
        return number

    def _stepped(self, reply: env_service_pb2.StepResponse) -> StepResponse:
        response = _convert.step_response(reply)
        self.observation = response.observation
        return response

    async def _ask(self, method: _wire.Method[Any, Result], request: Any, attempts: Attempts) -> Result:
        reply = await retrying(attempts, lambda left: self._connection.unary(method, request, left))
        self._lease.touch()
        return reply


class StepStream:
    """The progress of one streamed step. Iterate over it with `async for`; then `await stream.result()` is the step's answer."""

    def __init__(
        self, session: Session, action: Action, declare: Declaration | None, request_number: int | None, timeout: float | None
    ) -> None:
        self._result: StepResponse | None = None
        self._messages = self._run(session, action, declare, request_number, timeout)

    def __aiter__(self) -> StepStream:
        return self

    async def __anext__(self) -> Progress:
        return await self._messages.__anext__()

    async def result(self) -> StepResponse:
        """The step's answer; progress that was not read is passed over. Errors: as `Session.step`."""
        async for _ in self._messages:
            pass
        if self._result is None:
            raise NightshiftError("The step was left before its answer; ask again under its number.")
        return self._result

    async def aclose(self) -> None:
        """Cancels the step, where it still runs. A loop that is left early must be closed so, or entered with `async with`."""
        await self._messages.aclose()

    async def __aenter__(self) -> StepStream:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _run(
        self, session: Session, action: Action, declare: Declaration | None, request_number: int | None, timeout: float | None
    ) -> AsyncGenerator[Progress, None]:
        attempts = Attempts(timeout)
        is_free = _requests.is_free(action)
        if not is_free:
            await session._take_turn(attempts)
            session._streaming_task = asyncio.current_task()
        try:
            request = _requests.step(session.id, action, None, None) if is_free else session._numbered(action, declare, request_number)
            streamed = _requests.step_stream(request)
            while self._result is None:
                try:
                    # Read to its end: leaving sooner would reset the stream, and a server closes a connection on which many are reset.
                    async with aclosing(session._connection.stream(_wire.STEP_STREAM, streamed, attempts.left())) as replies:
                        async for reply in replies:
                            session._lease.touch()
                            if reply.HasField("result"):
                                self._result = session._stepped(reply.result)
                            else:
                                yield _convert.progress(reply.progress)
                    if self._result is None:
                        raise InternalError("The stream ended without a result.")
                except NightshiftError as error:
                    if self._result is None:
                        await asyncio.sleep(attempts.delay_after(error))
        finally:
            if not is_free:
                session._streaming_task = None
                session._turn_lock.release()


async def retrying(attempts: Attempts, call: Callable[[float | None], Awaitable[Result]]) -> Result:
    while True:
        try:
            return await call(attempts.left())
        except NightshiftError as error:
            await asyncio.sleep(attempts.delay_after(error))


async def _renew_while_held(session: weakref.ref[Session], connection: AsyncConnection, lease: Lease) -> None:
    """Ends with the session's handle."""
    request = env_service_pb2.RenewSessionRequest(session_id=lease.session_id)
    while session() is not None and lease.is_own:
        idle = lease.seconds_until_due()
        if idle > 0:
            await asyncio.sleep(idle)
            continue
        try:
            await connection.unary(_wire.RENEW_SESSION, request, lease.seconds * IDLE_SHARE)
            lease.touch()
        except (SessionEndedError, SessionLostError):
            keeper.drop(lease)
        except NightshiftError:
            lease.try_again_soon()
