"""Many steps at once, for asyncio: a stream on which one message steps many sessions ("lanes"), and many messages can be under way.

    async with Client() as client, client.play() as play:
        sessions = [await client.create_session("sre/easy", seed=seed) for seed in range(8)]
        told = await play.lanes(sessions, autoreset="same_step")
        told = await play.step(np.zeros((8, 5), np.int64))

docs/play.md says how the requests work together.
"""

from __future__ import annotations

import asyncio
import copy
import os
import weakref
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Union

import grpc
import numpy as np
import numpy.typing as npt

from nightshift import _wire
from nightshift._generated import env_service_pb2
from nightshift._lanes import Autoreset, LanesResult, batch_request, lanes_request, lanes_result, reset_request
from nightshift._retry import QUICK_SECONDS, STEP_SECONDS
from nightshift.aio.connection import AsyncConnection
from nightshift.aio.session import Session
from nightshift.errors import (
    CallCancelledError,
    ClientClosedError,
    DeadlineError,
    InternalError,
    NightshiftError,
    UnavailableError,
    error_of,
)

__all__ = ["Autoreset", "LanesResult", "Pending", "PlayStream"]

# Requests that wait to be written before `send` waits, too.
_UNSENT = 16


class Pending:
    """A request that was sent: its answer, some time."""

    def __init__(self, stream: PlayStream, answer: asyncio.Future[env_service_pb2.PlayResponse]) -> None:
        self._stream = stream
        self._answer = answer

    async def result(self, *, timeout: float | None = STEP_SECONDS) -> LanesResult:
        """Waits for the answer; asked again, the same. `timeout`: seconds, then the stream is cancelled; None waits for ever.

        Cancelling this leaves the request under way. Errors: NightshiftError: the request's own, or what ended the stream.
        """
        with self._stream._limit(timeout):
            return lanes_result(await asyncio.shield(self._answer))


class PlayStream:
    """A play stream; `Client.play` opens it. Requests are sent in the order of the calls and answered in that order.

    As `nightshift.PlayStream`, with `async with` and `await`: what fails in-band is raised by its own request (or stands in `errors`, for a
    lane), and the stream goes on; when the stream itself fails, so does every request on it. It belongs to its loop and its process.
    Leaving `async with` waits for what is under way; where the block raises it cancels.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._exchange = _Exchange(connection)
        self._lanes = 0
        # A session that nobody holds is given back: the stream holds its own.
        self._sessions: list[Union[Session, str]] = []
        weakref.finalize(self, self._exchange.leave).atexit = False

    @property
    def is_open(self) -> bool:
        """False once it was closed or has failed."""
        return self._exchange.failure is None

    async def lanes(
        self,
        sessions: Sequence[Union[Session, str]],
        *,
        autoreset: Autoreset = "disabled",
        seeds: Sequence[Iterable[int]] = (),
        columns: Iterable[int] = (),
        timeout: float | None = QUICK_SECONDS,
    ) -> LanesResult:
        """Makes sessions the lanes, 1..512 of one environment, as `nightshift.PlayStream.lanes`."""
        request = lanes_request([one if isinstance(one, str) else one.id for one in sessions], autoreset, seeds, columns)
        result = await self._ask(request, timeout)
        self._sessions = list(sessions)
        self._lanes = len(sessions)
        return result

    async def step(
        self,
        levels: npt.NDArray[np.integer[Any]],
        *,
        seeds: Mapping[int, Iterable[int]] | None = None,
        timeout: float | None = STEP_SECONDS,
    ) -> LanesResult:
        """Steps every lane. `levels`: lanes x columns of Task.actions' flat form: the action, then the levels of all arguments.

        seeds: by lane, seeds of further episodes. timeout: seconds, then the stream is cancelled. Errors: as `Pending.result`.
        """
        return await self._ask(batch_request(levels, self._lanes, seeds), timeout)

    async def send(self, levels: npt.NDArray[np.integer[Any]], *, seeds: Mapping[int, Iterable[int]] | None = None) -> Pending:
        """The same without waiting for the answer: many steps can be under way.

        It waits while the server takes no more; cancelled then, nothing was sent. Errors: InvalidActionError, or what ended the stream.
        """
        return Pending(self, await self._exchange.send(batch_request(levels, self._lanes, seeds)))

    async def reset_lanes(
        self, lanes: Iterable[int] = (), *, seeds: Iterable[int] = (), timeout: float | None = QUICK_SECONDS
    ) -> LanesResult:
        """Starts the next episode of some lanes, or of all. `seeds`: one for each of them; else the next of those that wait."""
        return await self._ask(reset_request(lanes, seeds), timeout)

    async def close(self, *, timeout: float | None = STEP_SECONDS) -> None:
        """Waits for the answers that are under way, and ends the stream. Closing it again is fine."""
        if not self.is_open:
            return
        self._exchange.end_requests(ClientClosedError("The play stream is closed; open another one."))
        try:
            with self._limit(timeout):
                await asyncio.wait({self._exchange.reader})
        finally:
            self.cancel()

    def cancel(self) -> None:
        """Ends the stream now: what waits fails, and work that runs stops within one batch."""
        self._exchange.fail(CallCancelledError("The play stream was cancelled; open another one.", code="CANCELLED"))

    async def __aenter__(self) -> PlayStream:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            await self.close()
        else:
            self.cancel()

    def __reduce__(self) -> tuple[Any, ...]:
        raise NightshiftError("A play stream cannot be pickled; pickle the client, and open another stream there.")

    async def _ask(self, request: env_service_pb2.PlayRequest, timeout: float | None) -> LanesResult:
        with self._limit(timeout):
            return lanes_result(await (await self._exchange.send(request)))

    @contextmanager
    def _limit(self, timeout: float | None) -> Iterator[None]:
        """Ends the stream, and so what waits in the block, when the time is over."""
        if timeout is None:
            yield
            return
        late = DeadlineError("The play stream had not answered when the time was over.", code="DEADLINE_EXCEEDED")
        timer = asyncio.get_running_loop().call_later(max(0.0, timeout), self._exchange.fail, late)
        try:
            yield
        finally:
            timer.cancel()


class _Exchange:
    """The call, and what is under way on it. Its reader's task holds this, not the stream, so that one that nobody holds can end."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.failure: NightshiftError | None = None
        """Why nothing can be sent any more."""
        self._loop = asyncio.get_running_loop()
        self._pid = os.getpid()
        self._outbox: asyncio.Queue[env_service_pb2.PlayRequest | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(_UNSENT)
        self._waiting: deque[tuple[int, asyncio.Future[env_service_pb2.PlayResponse]]] = deque()
        self._requests = 0
        self._call = connection.duplex(_wire.PLAY, self._written())
        self.reader = self._loop.create_task(self._read_all())
        """Done when the stream has ended."""

    async def send(self, request: env_service_pb2.PlayRequest) -> asyncio.Future[env_service_pb2.PlayResponse]:
        """Sends it as soon as there is room. Gives its answer, or what ended the stream before there was one."""
        if asyncio.get_running_loop() is not self._loop:
            raise NightshiftError("The play stream belongs to the loop and the process that opened it; open another one in this one.")
        await self._room.acquire()
        if self.failure is not None:
            # So that the next one that waits for room is told, too.
            self._room.release()
            raise copy.copy(self.failure)
        self._requests += 1
        request.request_id = self._requests
        answer = self._loop.create_future()
        # An error that nobody asks for is no defect.
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._waiting.append((self._requests, answer))
        self._outbox.put_nowait(request)
        return answer

    def end_requests(self, failure: NightshiftError) -> None:
        """Nothing more is sent; what is under way is still answered."""
        self.failure = self.failure or failure
        self._room.release()
        self._outbox.put_nowait(None)

    def fail(self, failure: NightshiftError) -> None:
        """Ends the call; whoever waits is told why."""
        self.end_requests(failure)
        while self._waiting:
            _, answer = self._waiting.popleft()
            # Each waiter gets an error of its own: one that is raised again and again gathers all their frames, and holds on to the call.
            if not answer.done():
                answer.set_exception(copy.copy(failure))
        self._call.cancel()

    def leave(self) -> None:
        """Nobody holds the stream any more. Runs wherever the garbage collector runs."""
        if os.getpid() == self._pid and not self._loop.is_closed():
            failure = CallCancelledError("Nobody held the play stream any more.", code="CANCELLED")
            self._loop.call_soon_threadsafe(self.fail, failure)

    async def _written(self) -> AsyncIterator[env_service_pb2.PlayRequest]:
        """What gRPC takes one after the other, as fast as the server does."""
        while (request := await self._outbox.get()) is not None:
            yield request
            self._room.release()

    async def _read_all(self) -> None:
        try:
            async for answer in self._call:
                if not self._take(answer):
                    return
            self.fail(InternalError("The play stream ended before it had answered."))
        except grpc.aio.AioRpcError as error:
            self.fail(_ending(error_of(error)))
        except asyncio.CancelledError:
            # The call was cancelled, or the loop ends.
            self.fail(CallCancelledError("The play stream was cancelled; open another one.", code="CANCELLED"))

    def _take(self, answer: env_service_pb2.PlayResponse) -> bool:
        """Gives an answer to who waits for it; False: it is nobody's."""
        expected = self._waiting[0][0] if self._waiting else 0
        if answer.request_id != expected:
            self.fail(InternalError(f"The server answered request {answer.request_id} when {expected} was next."))
            return False
        _, waiting = self._waiting.popleft()
        if not waiting.done():
            waiting.set_result(answer)
        return True


def _ending(error: NightshiftError) -> NightshiftError:
    """What ended the call. gRPC calls it its own internal error where it was writing when the call ended, and keeps what it ended with."""
    if isinstance(error, InternalError) and not error.reason:
        return UnavailableError("The connection was lost, or the server ended the play stream; open another one.", code="UNAVAILABLE")
    return error
