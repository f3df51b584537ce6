"""Keeps the sessions of this process alive while they are idle, and gives them back when nobody holds them any more.

One daemon thread a process, started with the first session. It works by messages alone: a finaliser, which may run anywhere, takes no lock.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import threading
import time
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

import grpc

from nightshift import _wire
from nightshift._connection import Connection
from nightshift._fork import watch_forks
from nightshift._generated import env_service_pb2
from nightshift.errors import NightshiftError, SessionEndedError, SessionLostError, error_of

# After this share of its lease without a call a session is renewed.
IDLE_SHARE = 1 / 3
# After this share a renewal that failed is tried again.
_AGAIN_SHARE = 1 / 30
_CALL_SECONDS = 10.0
_EXIT_SECONDS = 2.0


class Lease:
    """A session that somebody in this process holds."""

    def __init__(self, connection: Connection, session_id: str, seconds: float) -> None:
        self.connection = connection
        self.session_id = session_id
        self.seconds = seconds
        self.owner_pid = os.getpid()
        self.is_held = False
        self.is_renewed_here = True
        self.renew_at = 0.0
        self.touch()

    def touch(self) -> None:
        """A call has renewed it."""
        self.renew_at = time.monotonic() + self.seconds * IDLE_SHARE

    def try_again_soon(self) -> None:
        """A renewal failed."""
        self.renew_at = time.monotonic() + self.seconds * _AGAIN_SHARE

    def seconds_until_due(self) -> float:
        return self.renew_at - time.monotonic()

    @property
    def is_own(self) -> bool:
        return self.is_held and self.owner_pid == os.getpid()


class LeaseKeeper:
    """The sessions of this process."""

    def __init__(self, *, starts_thread: bool = True) -> None:
        self._leases: dict[str, Lease] = {}
        self._inbox: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._starts_thread = starts_thread
        self._thread: threading.Thread | None = None
        self._thread_lock = threading.Lock()
        # gRPC cancels a call whose future nobody holds.
        self._under_way: set[Any] = set()
        watch_forks(self)

    def after_fork_in_child(self) -> None:
        """The parent's sessions stay the parent's."""
        self._leases = {}
        self._inbox = queue.SimpleQueue()
        self._thread = None
        self._thread_lock = threading.Lock()

    def hold(self, lease: Lease, *, renews: bool = True) -> None:
        """Keeps it alive from now on, until it is dropped. `renews`: whether this thread does it, or somebody else."""
        lease.owner_pid = os.getpid()
        lease.is_held = True
        lease.is_renewed_here = renews
        lease.touch()
        self._leases[lease.session_id] = lease
        with self._thread_lock:
            if self._starts_thread and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="nightshift-leases", daemon=True)
                self._thread.start()
        self._inbox.put(_nothing)

    def drop(self, lease: Lease) -> None:
        """Keeps it no longer."""
        lease.is_held = False
        if self._leases.get(lease.session_id) is lease:
            del self._leases[lease.session_id]

    def give_back(self, lease: Lease) -> None:
        """Closes a session that nobody holds any more, soon. May be called by a finaliser."""
        if lease.is_own:
            self._inbox.put(partial(self._begin_close, lease))

    def renew_due(self, now: float) -> float | None:
        """Begins to renew what is due, and gives the seconds until there is more; None: nothing is kept."""
        for lease in self._renewed_leases():
            if lease.renew_at <= now:
                self._begin_renewal(lease, now)
        due = [lease.renew_at for lease in self._renewed_leases()]
        return max(0.0, min(due) - now) if due else None

    def handle(self, timeout: float | None) -> None:
        """Waits for one message and does what it says."""
        try:
            message = self._inbox.get(timeout=timeout)
        except queue.Empty:
            return
        message()

    def close_all(self, connection: Connection | None = None) -> None:
        """Gives back what is still held: at the end of the process all of it, at the end of a client what goes over its connection."""
        end = time.monotonic() + _EXIT_SECONDS
        for lease in self.leases_over(connection):
            self.drop(lease)
            request = env_service_pb2.CloseSessionRequest(session_id=lease.session_id)
            with contextlib.suppress(NightshiftError):
                lease.connection.unary(_wire.CLOSE_SESSION, request, max(0.0, end - time.monotonic()))

    def leases_over(self, connection: Connection | None) -> list[Lease]:
        """What this process holds over a connection; None: over any."""
        return [lease for lease in list(self._leases.values()) if lease.is_own and connection in (None, lease.connection)]

    def _renewed_leases(self) -> list[Lease]:
        return [lease for lease in list(self._leases.values()) if lease.is_own and lease.is_renewed_here]

    def _run(self) -> None:
        inbox = self._inbox
        while inbox is self._inbox:
            self.handle(self.renew_due(time.monotonic()))

    def _begin_renewal(self, lease: Lease, now: float) -> None:
        lease.renew_at = now + lease.seconds * _AGAIN_SHARE
        request = env_service_pb2.RenewSessionRequest(session_id=lease.session_id)
        try:
            call = lease.connection.begin(_wire.RENEW_SESSION, request, _CALL_SECONDS)
        except (NightshiftError, ValueError):  # The client was closed meanwhile.
            self.drop(lease)
            return
        self._under_way.add(call)
        call.add_done_callback(lambda call: self._inbox.put(partial(self._renewed, lease, call)))

    def _renewed(self, lease: Lease, call: Any) -> None:
        self._under_way.discard(call)
        if call.code() is grpc.StatusCode.OK:
            lease.touch()
        elif isinstance(error_of(call), (SessionEndedError, SessionLostError)):
            self.drop(lease)

    def _begin_close(self, lease: Lease) -> None:
        self.drop(lease)
        request = env_service_pb2.CloseSessionRequest(session_id=lease.session_id)
        try:
            call = lease.connection.begin(_wire.CLOSE_SESSION, request, _EXIT_SECONDS)
        except (NightshiftError, ValueError):  # The client was closed meanwhile: the lease runs out.
            return
        self._under_way.add(call)
        call.add_done_callback(self._under_way.discard)


def _nothing() -> None:
    """Only wakes the thread."""


keeper = LeaseKeeper()
atexit.register(keeper.close_all)


def give_back_with(holder: object, lease: Lease) -> weakref.finalize[Any, Any]:
    """Gives a session back when its holder is collected."""
    finalizer = weakref.finalize(holder, keeper.give_back, lease)
    finalizer.atexit = False
    return finalizer
