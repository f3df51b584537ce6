"""Many steps at once: a stream on which one message steps many sessions ("lanes"), and many messages can be under way.

    with Client() as client, client.play() as play:
        sessions = [client.create_session("sre/easy", seed=seed) for seed in range(8)]
        told = play.lanes(sessions, autoreset="same_step")
        told = play.step(np.zeros((8, 5), np.int64))

docs/play.md says how the requests work together.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Union

import grpc
import numpy as np
import numpy.typing as npt

from nightshift import _wire
from nightshift._connection import Connection, keep_inherited
from nightshift._fork import watch_forks
from nightshift._generated import env_service_pb2
from nightshift._lanes import Autoreset, LanesResult, batch_request, lanes_request, lanes_result, reset_request
from nightshift._retry import QUICK_SECONDS, STEP_SECONDS
from nightshift.errors import CallCancelledError, ClientClosedError, DeadlineError, InternalError, NightshiftError, error_of
from nightshift.session import Session

__all__ = ["Autoreset", "LanesResult", "Pending", "PlayStream"]


class Pending:
    """A request that was sent: its answer, some time."""

    def __init__(self, stream: PlayStream, request_id: int) -> None:
        self._stream = stream
        self._request_id = request_id
        self._answer: env_service_pb2.PlayResponse | None = None
        self._error: NightshiftError | None = None

    def result(self, *, timeout: float | None = STEP_SECONDS) -> LanesResult:
        """Waits for the answer; asked again, the same. `timeout`: seconds, then the stream is cancelled; None waits for ever.

        Errors: NightshiftError: the request's own, or what ended the stream.
        """
        return lanes_result(self._stream._answer_of(self, timeout))


class PlayStream:
    """A play stream; `Client.play` opens it. Requests are sent at once and answered in order.

    What fails in-band is raised by its own request (or stands in `errors`, for a lane), and the stream goes on; when the stream itself
    fails, so does every request on it. Any thread may use it. It belongs to its process: a forked child, or a pickle, opens one of its
    own. Leaving `with` waits for what is under way; where the block raises it cancels.
    """

    def __init__(self, connection: Connection) -> None:
        self._outbox: queue.SimpleQueue[env_service_pb2.PlayRequest | None] = queue.SimpleQueue()
        self._call = connection.duplex(_wire.PLAY, iter(self._outbox.get, None))
        # gRPC's own thread takes the requests: it ends with this object.
        weakref.finalize(self, self._outbox.put, None).atexit = False
        self._sending = threading.Lock()
        self._reading = threading.Lock()
        self._waiting: deque[Pending] = deque()
        self._requests = 0
        self._lanes = 0
        # A session that nobody holds is given back: the stream holds its own.
        self._sessions: list[Union[Session, str]] = []
        self._failure: NightshiftError | None = None
        self._limit = _Limit(self._call)
        weakref.finalize(self, self._limit.end).atexit = False
        watch_forks(self)

    @property
    def is_open(self) -> bool:
        """False once it was closed or has failed."""
        return self._failure is None

    def lanes(
        self,
        sessions: Sequence[Union[Session, str]],
        *,
        autoreset: Autoreset = "disabled",
        seeds: Sequence[Iterable[int]] = (),
        columns: Iterable[int] = (),
        timeout: float | None = QUICK_SECONDS,
    ) -> LanesResult:
        """Makes sessions the lanes, 1..512 of one environment, instead of those before, and gives them as they are; resets none.

        sessions: or their ids. autoreset: how all of them start again. seeds: for each lane those of its next episodes, in order; where
        none is left, the server draws one. columns: places of the observation's columns to get, in this order; default all.
        """
        request = lanes_request([one if isinstance(one, str) else one.id for one in sessions], autoreset, seeds, columns)
        result = self._send(request).result(timeout=timeout)
        self._sessions = list(sessions)
        self._lanes = len(sessions)
        return result

    def step(
        self,
        levels: npt.NDArray[np.integer[Any]],
        *,
        seeds: Mapping[int, Iterable[int]] | None = None,
        timeout: float | None = STEP_SECONDS,
    ) -> LanesResult:
        """Steps every lane. `levels`: lanes x columns of Task.actions' flat form: the action, then the levels of all arguments.

        seeds: by lane, seeds of further episodes. timeout: seconds, then the stream is cancelled. Errors: as `Pending.result`.
        """
        return self.send(levels, seeds=seeds).result(timeout=timeout)

    def send(self, levels: npt.NDArray[np.integer[Any]], *, seeds: Mapping[int, Iterable[int]] | None = None) -> Pending:
        """The same without waiting: many steps can be under way. Errors: InvalidActionError, or what ended the stream."""
        return self._send(batch_request(levels, self._lanes, seeds))

    def reset_lanes(self, lanes: Iterable[int] = (), *, seeds: Iterable[int] = (), timeout: float | None = QUICK_SECONDS) -> LanesResult:
        """Starts the next episode of some lanes, or of all. `seeds`: one for each of them; else the next of those that wait."""
        return self._send(reset_request(lanes, seeds)).result(timeout=timeout)

    def close(self, *, timeout: float | None = STEP_SECONDS) -> None:
        """Waits for the answers that are under way, and ends the stream. Closing it again is fine."""
        if self._failure is not None:
            return
        with self._sending:
            self._outbox.put(None)
            self._failure = ClientClosedError("The play stream is closed; open another one.")
        try:
            self._read_until(None, timeout)
        finally:
            self.cancel()

    def cancel(self) -> None:
        """Ends the stream now: what waits fails, and work that runs stops within one batch."""
        self._failure = self._failure or CallCancelledError("The play stream was cancelled; open another one.", code="CANCELLED")
        self._outbox.put(None)
        self._call.cancel()
        self._limit.end()

    def __enter__(self) -> PlayStream:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()
        else:
            self.cancel()

    def __reduce__(self) -> tuple[Any, ...]:
        raise NightshiftError("A play stream cannot be pickled; pickle the client, and open another stream there.")

    def after_fork_in_child(self) -> None:
        keep_inherited(self._call)
        self._sending = threading.Lock()
        self._reading = threading.Lock()
        self._waiting = deque()
        self._outbox = queue.SimpleQueue()
        self._call = _Inherited()
        self._limit = _Limit(self._call)
        self._failure = NightshiftError("The play stream belongs to the process that opened it; open another one in this one.")

    def _send(self, request: env_service_pb2.PlayRequest) -> Pending:
        with self._sending:
            if self._failure is not None:
                raise self._failure
            self._requests += 1
            request.request_id = self._requests
            pending = Pending(self, self._requests)
            self._waiting.append(pending)
            self._outbox.put(request)
            return pending

    def _answer_of(self, pending: Pending, timeout: float | None) -> env_service_pb2.PlayResponse:
        self._read_until(pending, timeout)
        if pending._error is not None:
            raise pending._error
        if pending._answer is None:
            # In a child that was forked meanwhile.
            raise self._failure or InternalError("The request has no answer.")
        return pending._answer

    def _read_until(self, pending: Pending | None, timeout: float | None) -> None:
        """Whoever waits reads for all that were sent before. None: to the stream's end."""
        end = None if timeout is None else time.monotonic() + timeout
        if not self._reading.acquire(timeout=-1 if timeout is None else max(0.0, timeout)):
            raise DeadlineError("Another thread was still reading from the play stream when the time was over.", code="DEADLINE_EXCEEDED")
        try:
            with self._limit.until(end):
                while self._waiting and (pending is None or (pending._answer is None and pending._error is None)):
                    self._read()
                if pending is None:
                    with contextlib.suppress(grpc.RpcError, StopIteration):
                        next(self._call)
        finally:
            self._reading.release()

    def _read(self) -> None:
        try:
            answer: env_service_pb2.PlayResponse = next(self._call)
        except StopIteration:
            self._fail(InternalError("The play stream ended before it had answered."))
            return
        except grpc.RpcError as error:
            self._fail(self._limit.error or error_of(error))
            return
        if answer.request_id != self._waiting[0]._request_id:
            self._fail(InternalError(f"The server answered request {answer.request_id} when {self._waiting[0]._request_id} was next."))
            self._call.cancel()
            return
        self._waiting.popleft()._answer = answer

    def _fail(self, failure: NightshiftError) -> None:
        with self._sending:
            # A stream that was closed or cancelled here says so.
            self._failure = self._failure if isinstance(self._failure, CallCancelledError) else failure
            while self._waiting:
                self._waiting.popleft()._error = self._failure
        self._outbox.put(None)
        self._limit.end()


class _Limit:
    """Cancels a call that is waited for too long. One thread for as long as there is one that waits with a limit."""

    def __init__(self, call: Any) -> None:
        self._call = call
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._end: float | None = None
        self._wakes_at = 0.0
        self._is_over = False
        self.error: NightshiftError | None = None
        """Set once it has cancelled the call."""

    def until(self, end: float | None) -> _Limit:
        """For a `with`: `end` by time.monotonic; None: no limit."""
        if end is None:
            return self
        with self._changed:
            self._end = end
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="nightshift-play-limit", daemon=True)
                self._thread.start()
            elif end < self._wakes_at:
                self._changed.notify()
        return self

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._end = None

    def end(self) -> None:
        """The call is over. May be called by a finaliser, so it takes no lock: the thread looks again by itself."""
        self._is_over = True

    def _run(self) -> None:
        with self._changed:
            while not self._is_over:
                now = time.monotonic()
                if self._end is not None and self._end <= now:
                    self.error = DeadlineError("The play stream had not answered when the time was over.", code="DEADLINE_EXCEEDED")
                    self._call.cancel()
                    return
                self._wakes_at = min(now + _LOOK_SECONDS, self._end or now + _LOOK_SECONDS)
                self._changed.wait(self._wakes_at - now)


# How often the thread of a limit looks whether the stream is still there.
_LOOK_SECONDS = 5.0


class _Inherited:
    """Stands for the parent's call in a forked child."""

    def cancel(self) -> None:
        """Nothing to cancel here."""
