"""The door to a Nightshift server, for asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing
from types import TracebackType
from typing import Any

from nightshift import _convert, _requests, _wire
from nightshift._connection import Target
from nightshift._generated import env_service_pb2, health_pb2
from nightshift._lease import keeper
from nightshift._retry import QUICK_SECONDS, Attempts
from nightshift.aio.connection import AsyncConnection
from nightshift.aio.play import PlayStream
from nightshift.aio.session import Session, retrying
from nightshift.messages import RunPolicyResponse, SessionInfo, Task


class Client:
    """A client of the server at an address: `nightshift.Client` with `async with`, `await` and `async for`.

    It opens no connection before its first call, and another one in another loop or process. It pickles to its address.
    """

    def __init__(self, address: str | None = None, *, tls: bool = False) -> None:
        """`address`: "host:port"; None: the environment's NIGHTSHIFT_ADDRESS, else 127.0.0.1:50051. `tls`: with the system's roots."""
        self._connection = AsyncConnection(Target.of(address, tls))

    @property
    def address(self) -> str:
        """ "host:port"."""
        return self._connection.target.address

    async def wait_until_ready(self, timeout: float = 10.0) -> None:
        """Waits until the server can be reached. Errors: UnavailableError after `timeout` seconds."""
        await self._connection.wait_until_ready(timeout)

    async def health(self, *, timeout: float | None = QUICK_SECONDS) -> str:
        """What the server says of itself: "SERVING" or "NOT_SERVING"."""
        request = health_pb2.HealthCheckRequest(service="nightshift.v1.EnvService")
        reply = await self._connection.unary(_wire.HEALTH, request, timeout)
        return health_pb2.HealthCheckResponse.ServingStatus.Name(reply.status)

    async def list_tasks(self, environment: str = "", *, timeout: float | None = QUICK_SECONDS) -> tuple[Task, ...]:
        """The tasks of "training", of "sre", or of both, with all that can be known of them."""
        request = env_service_pb2.ListTasksRequest(environment=environment)
        reply = await retrying(Attempts(timeout), lambda left: self._connection.unary(_wire.LIST_TASKS, request, left))
        return tuple(_convert.task(one) for one in reply.tasks)

    async def create_session(
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
        """Opens a session on a task and starts its first episode, as `nightshift.Client.create_session`."""
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
        reply = await retrying(Attempts(timeout), lambda left: self._connection.unary(_wire.CREATE_SESSION, request, left))
        session = self._session(reply)
        session.hold()
        return session

    async def open_session(self, session_id: str, *, timeout: float | None = QUICK_SECONDS) -> Session:
        """The session behind an id, to go on with it. It stays its creator's to give back, unless it is entered with `async with`."""
        request = env_service_pb2.GetSessionRequest(session_id=session_id)
        reply = await retrying(Attempts(timeout), lambda left: self._connection.unary(_wire.GET_SESSION, request, left))
        return self._session(reply)

    async def list_sessions(self, owner_key: str, *, timeout: float | None = QUICK_SECONDS) -> tuple[SessionInfo, ...]:
        """The sessions that were created with this owner key, oldest first."""
        attempts = Attempts(timeout)
        found: list[SessionInfo] = []
        token: str | None = ""
        while token is not None:
            page = await self._page(owner_key, token, attempts)
            found += [_convert.session_info(one) for one in page.sessions]
            token = page.next_page_token or None
        return tuple(found)

    async def run_policy(
        self,
        task_id: str,
        policy: str,
        *,
        episodes: int,
        first_seed: int = 0,
        split: _requests.AnySplit = "train",
        timeout: float | None = None,
    ) -> AsyncIterator[RunPolicyResponse]:
        """Plays a reference policy on the server, as `nightshift.Client.run_policy`."""
        request = _requests.run_policy(task_id, policy, episodes=episodes, first_seed=first_seed, split=split)
        async with aclosing(self._connection.stream(_wire.RUN_POLICY, request, timeout)) as replies:
            async for reply in replies:
                yield _convert.run_policy_response(reply)

    def play(self) -> PlayStream:
        """A play stream: steps of many sessions in one message, and many under way at once. See nightshift.aio.play."""
        return PlayStream(self._connection)

    async def close(self) -> None:
        """Gives back the sessions that this client still holds, and closes the connection."""
        for lease in keeper.leases_over(self._connection.blocking):
            keeper.drop(lease)
            request = env_service_pb2.CloseSessionRequest(session_id=lease.session_id)
            await self._connection.try_unary(_wire.CLOSE_SESSION, request, QUICK_SECONDS)
        await self._connection.close()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<aio.Client {self.address}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _client, (self._connection,)

    async def _page(self, owner_key: str, token: str, attempts: Attempts) -> env_service_pb2.ListSessionsResponse:
        request = _requests.list_sessions(owner_key, token)
        return await retrying(attempts, lambda left: self._connection.unary(_wire.LIST_SESSIONS, request, left))

    def _session(self, reply: env_service_pb2.CreateSessionResponse | env_service_pb2.GetSessionResponse) -> Session:
        info = _convert.session_info(reply.session)
        return Session(self._connection, info, _convert.observation(reply.observation), info.last_request_number or 0)


def _client(connection: AsyncConnection) -> Client:
    client = Client.__new__(Client)
    client._connection = connection
    return client
