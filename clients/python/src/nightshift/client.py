"""The door to a Nightshift server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from types import TracebackType
from typing import Any

from nightshift import _convert, _requests, _wire
from nightshift._connection import Connection, Target
from nightshift._generated import env_service_pb2, health_pb2
from nightshift._lease import keeper
from nightshift._retry import QUICK_SECONDS, Attempts
from nightshift.messages import RunPolicyResponse, SessionInfo, Task
from nightshift.play import PlayStream
from nightshift.session import Session, _retrying


class Client:
    """A client of the server at an address, safe from any thread.

        with Client("127.0.0.1:50051") as client, client.create_session("sre/easy", seed=7) as session:
            print(session.restart("order_service").observation.sre)

    It opens no connection before its first call, survives a fork (the child opens a connection of its own) and pickles to its address.
    """

    def __init__(self, address: str | None = None, *, tls: bool = False) -> None:
        """`address`: "host:port"; None: the environment's NIGHTSHIFT_ADDRESS, else 127.0.0.1:50051. `tls`: with the system's roots."""
        self._connection = Connection(Target.of(address, tls))

    @property
    def address(self) -> str:
        """ "host:port"."""
        return self._connection.target.address

    def wait_until_ready(self, timeout: float = 10.0) -> None:
        """Waits until the server can be reached. Errors: UnavailableError after `timeout` seconds."""
        self._connection.wait_until_ready(timeout)

    def health(self, *, timeout: float | None = QUICK_SECONDS) -> str:
        """What the server says of itself: "SERVING" or "NOT_SERVING"."""
        request = health_pb2.HealthCheckRequest(service="nightshift.v1.EnvService")
        reply = self._connection.unary(_wire.HEALTH, request, timeout)
        return health_pb2.HealthCheckResponse.ServingStatus.Name(reply.status)

    def list_tasks(self, environment: str = "", *, timeout: float | None = QUICK_SECONDS) -> tuple[Task, ...]:
        """The tasks of "training", of "sre", or of both, with all that can be known of them."""
        request = env_service_pb2.ListTasksRequest(environment=environment)
        reply = _retrying(Attempts(timeout), lambda left: self._connection.unary(_wire.LIST_TASKS, request, left))
        return tuple(_convert.task(one) for one in reply.tasks)

    def create_session(
        self,
        task_id: str,
        *,
        seed: int | None = None,
        split: _requests.AnySplit | None = None,
        views: Iterable[_requests.AnyView] | None = None,
        reward_mode: _requests.AnyRewardMode | None = None,
        lease: float | None = None,
        owner_key: str | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = QUICK_SECONDS,
    ) -> Session:
        """Opens a session on a task and starts its first episode.

        seed: 0 to 2**64 - 1; None: the server draws one, and `session.info.seed` tells it.
        split: "train" (default), "validation" or "test".
        views: the forms of observations, out of "typed" (default), "flat" and "text".
        reward_mode: "shaped" or "score"; None: the task's.
        lease: seconds that the server waits for a client that has gone, 10 to 86,400; None: the server's.
        owner_key: whoever knows it can list the session.
        idempotency_key: asking again with the same one gives the same session; None: a new session.
        timeout: seconds. A server that is full is asked again within it.
        Errors: UnknownTaskError, InvalidRequestError, CapacityError, DataUnavailableError, UnavailableError.
        """
        request = _requests.create(
            task_id,
            seed=seed,
            split=split,
            views=views,
            reward_mode=reward_mode,
            lease=lease,
            owner_key=owner_key,
            idempotency_key=idempotency_key,
        )
        reply = _retrying(Attempts(timeout), lambda left: self._connection.unary(_wire.CREATE_SESSION, request, left))
        session = self._session(reply)
        session.hold()
        return session

    def open_session(self, session_id: str, *, timeout: float | None = QUICK_SECONDS) -> Session:
        """The session behind an id, to go on with it. It stays its creator's to give back, unless it is entered with `with`."""
        request = env_service_pb2.GetSessionRequest(session_id=session_id)
        reply = _retrying(Attempts(timeout), lambda left: self._connection.unary(_wire.GET_SESSION, request, left))
        return self._session(reply)

    def list_sessions(self, owner_key: str, *, timeout: float | None = QUICK_SECONDS) -> tuple[SessionInfo, ...]:
        """The sessions that were created with this owner key, oldest first."""
        attempts = Attempts(timeout)
        found: list[SessionInfo] = []
        token: str | None = ""
        while token is not None:
            page = self._page(owner_key, token, attempts)
            found += [_convert.session_info(one) for one in page.sessions]
            token = page.next_page_token or None
        return tuple(found)

    def run_policy(
        self,
        task_id: str,
        policy: str,
        *,
        episodes: int,
        first_seed: int = 0,
        split: _requests.AnySplit = "train",
        timeout: float | None = None,
    ) -> Iterator[RunPolicyResponse]:
        """Plays a reference policy on the server, a seed after the other; tells each episode when it is done. Leaving the loop stops it.

        policy: "do-nothing", "random" and others; a wrong one is answered with the names that there are. episodes: 1 to 10,000.
        """
        request = _requests.run_policy(task_id, policy, episodes=episodes, first_seed=first_seed, split=split)
        with closing(self._connection.stream(_wire.RUN_POLICY, request, timeout)) as replies:
            for reply in replies:
                yield _convert.run_policy_response(reply)

    def play(self) -> PlayStream:
        """A play stream: steps of many sessions in one message, and many under way at once. See nightshift.play."""
        return PlayStream(self._connection)

    def close(self) -> None:
        """Gives back the sessions that this client still holds, and closes the connection."""
        keeper.close_all(self._connection)
        self._connection.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client {self.address}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _client, (self._connection,)

    def _page(self, owner_key: str, token: str, attempts: Attempts) -> env_service_pb2.ListSessionsResponse:
        request = _requests.list_sessions(owner_key, token)
        return _retrying(attempts, lambda left: self._connection.unary(_wire.LIST_SESSIONS, request, left))

    def _session(self, reply: env_service_pb2.CreateSessionResponse | env_service_pb2.GetSessionResponse) -> Session:
        info = _convert.session_info(reply.session)
        return Session(self._connection, info, _convert.observation(reply.observation), info.last_request_number or 0)


def _client(connection: Connection) -> Client:
    client = Client.__new__(Client)
    client._connection = connection
    return client
