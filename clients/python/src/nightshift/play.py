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
from dataclasses import dataclass
from typing import Any, Literal, Union

import grpc
import numpy as np
import numpy.typing as npt

from nightshift import _convert, _wire
from nightshift._connection import Connection, keep_inherited
from nightshift._fork import watch_forks
from nightshift._generated import env_service_pb2
from nightshift._retry import QUICK_SECONDS, STEP_SECONDS
from nightshift.errors import (
    CallCancelledError,
    ClientClosedError,
    DeadlineError,
    InternalError,
    InvalidActionError,
    InvalidRequestError,
    NightshiftError,
    error_of,
    error_of_status,
)
from nightshift.messages import EpisodeResult
from nightshift.session import Session

Autoreset = Literal["disabled", "next_step", "same_step"]
"""When a lane starts its next episode; Gymnasium's AutoresetMode."""

_MODES: dict[str, env_service_pb2.AutoresetMode] = {
    "disabled": env_service_pb2.AUTORESET_MODE_DISABLED,
    "next_step": env_service_pb2.AUTORESET_MODE_NEXT_STEP,
    "same_step": env_service_pb2.AUTORESET_MODE_SAME_STEP,
}


@dataclass(frozen=True, slots=True, eq=False)
class LanesResult:
    """What the lanes answered: a row or an entry for each. The arrays are new ones with every answer, and can be written to."""

    observations: npt.NDArray[np.float32]
    """Lanes x columns. Of a lane that failed: its observation as it is, or zeros once its session has ended."""
    action_masks: npt.NDArray[np.bool_]
    """Lanes x actions: which actions of Task.actions are possible."""
    rewards: npt.NDArray[np.float64]
    """Of this step."""
    terminated: npt.NDArray[np.bool_]
    """Where the task ended the episode in this step."""
    truncated: npt.NDArray[np.bool_]
    """Where a limit ended it."""
    episodes: npt.NDArray[np.uint32]
    """Number of each lane's episode, from 1."""
    steps: npt.NDArray[np.uint32]
    """Counted actions taken in it."""
    results: dict[int, EpisodeResult]
    """By lane, what the episodes came to that ended in this step."""
    started_seeds: dict[int, int]
    """By lane, the seeds of the episodes that began with this answer."""
    final_observations: dict[int, npt.NDArray[np.float32]]
    """By lane, the last observation of an episode that ended in this step, where the next one began in the same step."""
    final_action_masks: dict[int, npt.NDArray[np.bool_]]
    """Beside them."""
    errors: dict[int, NightshiftError]
    """By lane, what went wrong; the others went on. What such a lane was asked was not done, unless it is in `results`: then its episode
    ended and the next one did not start."""


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
        return _lanes_result(self._stream._answer_of(self, timeout))


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
        if autoreset not in _MODES:
            raise InvalidRequestError(f"autoreset is one of {', '.join(_MODES)}, not {autoreset!r}.")
        if seeds and len(seeds) != len(sessions):
            raise InvalidRequestError(f"seeds has a sequence for each lane: {len(sessions)}, not {len(seeds)}.")
        lanes = [
            env_service_pb2.PlayLane(
                session_id=session if isinstance(session, str) else session.id,
                autoreset_mode=_MODES[autoreset],
                seeds=_seeds(seeds[place] if seeds else ()),
            )
            for place, session in enumerate(sessions)
        ]
        request = env_service_pb2.PlayRequest(lanes=env_service_pb2.PlayLanes(lanes=lanes, columns=list(columns)))
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
        rows = np.asarray(levels)
        if rows.ndim != 2 or rows.dtype.kind not in "iu" or (self._lanes and len(rows) != self._lanes):
            raise InvalidActionError(
                f"levels is an array of whole numbers, {self._lanes or 'lanes'} x columns, not {rows.dtype} of shape {rows.shape}."
            )
        if rows.size and (rows.min() < 0 or rows.max() >= 2**32):
            raise InvalidActionError("levels are 0 or more, and less than 2**32.")
        further = [env_service_pb2.PlayLaneSeeds(lane=lane, seeds=_seeds(given)) for lane, given in (seeds or {}).items()]
        batch = env_service_pb2.PlayBatch(levels=rows.ravel().tolist(), seeds=further)
        return self._send(env_service_pb2.PlayRequest(batch=batch))

    def reset_lanes(self, lanes: Iterable[int] = (), *, seeds: Iterable[int] = (), timeout: float | None = QUICK_SECONDS) -> LanesResult:
        """Starts the next episode of some lanes, or of all. `seeds`: one for each of them; else the next of those that wait."""
        reset = env_service_pb2.PlayReset(lanes=list(lanes), seeds=_seeds(seeds))
        return self._send(env_service_pb2.PlayRequest(reset_lanes=reset)).result(timeout=timeout)

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
        if pending._answer.HasField("error"):
            raise error_of_status(pending._answer.error)
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


def _seeds(given: Iterable[int]) -> list[int]:
    seeds = [int(seed) for seed in given]
    for seed in seeds:
        if not 0 <= seed < 2**64:
            raise InvalidRequestError(f"A seed is 0 to 2**64 - 1, not {seed}.")
    return seeds


def _lanes_result(answer: env_service_pb2.PlayResponse) -> LanesResult:
    if not answer.HasField("batch"):
        raise InternalError("The server gave an answer of another kind than was asked for.")
    batch = answer.batch
    rewards = np.frombuffer(batch.rewards, "<f8").astype(np.float64)
    lanes = len(rewards)
    observations = np.frombuffer(batch.observations, "<f4").astype(np.float32).reshape(lanes, -1)
    masks = np.frombuffer(batch.action_masks, np.uint8).astype(np.bool_).reshape(lanes, -1)
    started = list(batch.started_lanes)
    again = sorted(set(batch.ended_lanes) & set(started))
    finals = np.frombuffer(batch.final_observations, "<f4").astype(np.float32).reshape(len(again), observations.shape[1])
    final_masks = np.frombuffer(batch.final_action_masks, np.uint8).astype(np.bool_).reshape(len(again), masks.shape[1])
    return LanesResult(
        observations=observations,
        action_masks=masks,
        rewards=rewards,
        terminated=np.frombuffer(batch.terminated, np.uint8).astype(np.bool_),
        truncated=np.frombuffer(batch.truncated, np.uint8).astype(np.bool_),
        episodes=np.frombuffer(batch.episodes, "<u4").astype(np.uint32),
        steps=np.frombuffer(batch.steps, "<u4").astype(np.uint32),
        results={lane: _convert.episode_result(one) for lane, one in zip(batch.ended_lanes, batch.results, strict=True)},
        started_seeds=dict(zip(started, np.frombuffer(batch.started_seeds, "<u8").tolist(), strict=True)),
        final_observations=dict(zip(again, finals, strict=True)),
        final_action_masks=dict(zip(again, final_masks, strict=True)),
        errors={one.lane: error_of_status(one.status) for one in batch.errors},
    )
