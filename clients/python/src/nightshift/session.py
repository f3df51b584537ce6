"""One session on the server, for any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from types import TracebackType
from typing import Any, TypeVar

from nightshift import _convert, _requests, _wire
from nightshift._actions import Actions
from nightshift._connection import Connection
from nightshift._fork import watch_forks
from nightshift._generated import env_service_pb2
from nightshift._lease import Lease, give_back_with, keeper
from nightshift._retry import QUICK_SECONDS, STEP_SECONDS, Attempts
from nightshift._views import Views
from nightshift.errors import DeadlineError, InternalError, NightshiftError, StreamOpenError
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


class Session(Views, Actions):
    """One session: an episode at a time, many in a row. `Client.create_session` makes it.

    Steps are numbered, so that one whose answer was lost is asked again and taken exactly once. Calls of several threads wait for each
    other. While it is open and idle its lease is renewed; leaving `with`, `close`, the garbage collector and the end of the process give it
    back. It pickles to its id and where it stands: the copy belongs to nobody until it is entered with `with`.
    """

    info: SessionInfo
    """As the server told it last: task, seed, episode, options."""
    observation: Observation
    """The latest observation."""
    last_request_number: int
    """Number of the last step or reset that was sent, also of one that failed; 0 before the first."""

    def __init__(self, connection: Connection, info: SessionInfo, observation: Observation, last_request_number: int) -> None:
        self._connection = connection
        self.info = info
        self.observation = observation
        self.last_request_number = last_request_number
        self._turn_lock = threading.Lock()
        self._streaming_thread: int | None = None
        self._lease = Lease(connection, info.session_id, info.options.lease or 600.0)
        give_back_with(self, self._lease)
        watch_forks(self)

    @property
    def id(self) -> str:
        """The session's id. Whoever knows it may use the session."""
        return self.info.session_id

    def step(
        self,
        action: Action,
        *,
        declare: Declaration | None = None,
        request_number: int | None = None,
        timeout: float | None = STEP_SECONDS,
    ) -> StepResponse:
        """Takes an action; each has a method of its own, too (`session.restart("order_service")`).

        declare: sre, a diagnosis beside the action; takes no time, and the last one of an episode counts.
        request_number: default the next one, a new step. `last_request_number` with the same action gives that step's stored answer, or
            takes it up where it was cut off.
        timeout: seconds; then the work stops within one batch, and whole epochs are kept. None: no limit.
        Errors: AgentFault, EpisodeEndedError, other NightshiftErrors.
        """
        if _requests.is_free(action):
            request = _requests.step(self.id, action, None, None)
            return self._stepped(self._ask(_wire.STEP, request, Attempts(timeout)))
        attempts = Attempts(timeout)
        with self._turn(attempts):
            request = self._numbered(action, declare, request_number)
            return self._stepped(self._ask(_wire.STEP, request, attempts))

    def call(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        declare: Declaration | None = None,
        timeout: float | None = STEP_SECONDS,
    ) -> StepResponse:
        """Takes an action as a model's tool call names it: `session.call("restart", {"service_id": "cart"})`. Errors: as `step`."""
        return self.step(_requests.action_of(name, arguments), declare=declare, timeout=timeout)

    def stream_step(
        self,
        action: Action,
        *,
        declare: Declaration | None = None,
        request_number: int | None = None,
        timeout: float | None = STEP_SECONDS,
    ) -> StepStream:
        """The same as `step`, as an iterator over its progress; the answer is the iterator's `result`. Errors: as `step`, while iterating.

            with session.stream_step(RunEpochs(5)) as stream:
                for progress in stream: ...
            print(stream.result.reward)

        After a lost connection it goes on, and may tell an epoch's progress again. Leaving it early cancels the step: whole epochs are
        kept, the one that was cut off stays charged, unless the step is asked again under its number.
        """
        return StepStream(self, action, declare, request_number, timeout)

    def reset(
        self,
        *,
        seed: int | None = None,
        split: _requests.AnySplit | None = None,
        task_id: str | None = None,
        timeout: float | None = QUICK_SECONDS,
    ) -> Observation:
        """Starts the next episode; what is left out stays as it is, but for the seed, which the server draws (`info.seed` tells it)."""
        attempts = Attempts(timeout)
        with self._turn(attempts):
            request = _requests.reset(self.id, self._take_number(None), seed=seed, split=split, task_id=task_id)
            reply = self._ask(_wire.RESET, request, attempts)
            self.info = _convert.session_info(reply.session)
            self.observation = _convert.observation(reply.observation)
            return self.observation

    def finish(self, *, declare: Declaration | None = None, timeout: float | None = STEP_SECONDS) -> FinishResponse:
        """Ends the episode now, as truncated, and gives its result; again and again the same. declare: sre, a last diagnosis."""
        attempts = Attempts(timeout)
        with self._turn(attempts):
            reply = self._ask(_wire.FINISH, _requests.finish(self.id, declare), attempts)
            response = _convert.finish_response(reply)
            self.observation = response.observation
            return response

    def refresh(self, *, timeout: float | None = QUICK_SECONDS) -> SessionInfo:
        """Where the session is now; answered at any moment, and renews nothing."""
        request = env_service_pb2.GetSessionRequest(session_id=self.id)
        reply = _retrying(Attempts(timeout), lambda left: self._connection.unary(_wire.GET_SESSION, request, left))
        self.info = _convert.session_info(reply.session)
        self.observation = _convert.observation(reply.observation)
        # Another handle of the same session may have gone on.
        self.last_request_number = max(self.last_request_number, self.info.last_request_number or 0)
        return self.info

    def watch(self, *, from_offset: int | None = None, timeout: float | None = None) -> Iterator[SessionEvent]:
        """The session's events from an offset on (default: the oldest kept one), as they come; it ends with the session.

        Errors: EventsDroppedError, CapacityError, other NightshiftErrors.
        """
        with closing(self._connection.stream(_wire.WATCH, _requests.watch(self.id, from_offset), timeout)) as replies:
            for reply in replies:
                yield _convert.session_event(reply.event)

    def renew(self, lease: float | None = None, *, timeout: float | None = QUICK_SECONDS) -> None:
        """Keeps the session for its lease, or for another one (seconds, 10 to 86,400), from now on."""
        request = _requests.renew(self.id, lease)
        reply = self._ask(_wire.RENEW_SESSION, request, Attempts(timeout))
        self.info = _convert.session_info(reply.session)
        self._lease.seconds = self.info.options.lease or self._lease.seconds
        self._lease.touch()

    def close(self, *, timeout: float | None = QUICK_SECONDS) -> None:
        """Gives the session back; an action under way is cancelled. Closing it again is fine."""
        keeper.drop(self._lease)
        request = env_service_pb2.CloseSessionRequest(session_id=self.id)
        _retrying(Attempts(timeout), lambda left: self._connection.unary(_wire.CLOSE_SESSION, request, left))

    def detach(self) -> str:
        """Leaves the session open on the server: no longer kept alive nor given back by this process. Gives its id."""
        keeper.drop(self._lease)
        return self.id

    def hold(self) -> None:
        """Makes this process the one that keeps the session alive and gives it back."""
        keeper.hold(self._lease)

    def __enter__(self) -> Session:
        if not self._lease.is_own:
            self.hold()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # A child that was forked inside of the block leaves the parent's session alone.
        if not self._lease.is_own:
            return
        try:
            self.close()
        except NightshiftError:
            # What went wrong in the block says more; and what cannot be closed runs out.
            if kind is None:
                raise

    def __repr__(self) -> str:
        return f"<Session {self.info.task_id} seed={self.info.seed} episode={self.info.episode} at {self._connection.target.address}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return Session, (self._connection, self.info, self.observation, self.last_request_number)

    def after_fork_in_child(self) -> None:
        self._turn_lock = threading.Lock()
        self._streaming_thread = None

    @contextmanager
    def _turn(self, attempts: Attempts) -> Iterator[None]:
        """One action at a time; the others wait."""
        self._take_turn(attempts)
        try:
            yield
        finally:
            self._turn_lock.release()

    def _take_turn(self, attempts: Attempts) -> None:
        if self._streaming_thread == threading.get_ident():
            raise StreamOpenError("A streamed step of this session is still open in this thread; read it to its end, or close it.")
        left = attempts.left()
        if not self._turn_lock.acquire(timeout=-1 if left is None else left):
            raise DeadlineError("Another call of this session was still running when the time was over.", code="DEADLINE_EXCEEDED")

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

    def _ask(self, method: _wire.Method[Any, Result], request: Any, attempts: Attempts) -> Result:
        reply = _retrying(attempts, lambda left: self._connection.unary(method, request, left))
        self._lease.touch()
        return reply


class StepStream:
    """The progress of one streamed step. Iterate over it; then `result` is the step's answer."""

    def __init__(
        self, session: Session, action: Action, declare: Declaration | None, request_number: int | None, timeout: float | None
    ) -> None:
        self._result: StepResponse | None = None
        self._messages = self._run(session, action, declare, request_number, timeout)

    def __iter__(self) -> StepStream:
        return self

    def __next__(self) -> Progress:
        return next(self._messages)

    @property
    def result(self) -> StepResponse:
        """The step's answer; progress that was not read is passed over. Errors: as `Session.step`."""
        for _ in self._messages:
            pass
        if self._result is None:
            raise NightshiftError("The step was left before its answer; ask again under its number.")
        return self._result

    def close(self) -> None:
        """Cancels the step, where it still runs."""
        self._messages.close()

    def __enter__(self) -> StepStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(
        self, session: Session, action: Action, declare: Declaration | None, request_number: int | None, timeout: float | None
    ) -> Generator[Progress, None, None]:
        attempts = Attempts(timeout)
        is_free = _requests.is_free(action)
        if not is_free:
            session._take_turn(attempts)
            session._streaming_thread = threading.get_ident()
        try:
            request = _requests.step(session.id, action, None, None) if is_free else session._numbered(action, declare, request_number)
            streamed = _requests.step_stream(request)
            while self._result is None:
                try:
                    # Read to its end: leaving sooner would reset the stream, and a server closes a connection on which many are reset.
                    with closing(session._connection.stream(_wire.STEP_STREAM, streamed, attempts.left())) as replies:
                        for reply in replies:
                            session._lease.touch()
                            if reply.HasField("result"):
                                self._result = session._stepped(reply.result)
                            else:
                                yield _convert.progress(reply.progress)
                    if self._result is None:
                        raise InternalError("The stream ended without a result.")
                except NightshiftError as error:
                    if self._result is None:
                        time.sleep(attempts.delay_after(error))
        finally:
            if not is_free:
                session._streaming_thread = None
                session._turn_lock.release()


def _retrying(attempts: Attempts, call: Callable[[float | None], Result]) -> Result:
    while True:
        try:
            return call(attempts.left())
        except NightshiftError as error:
            time.sleep(attempts.delay_after(error))
