"""What must be made anew in a forked child: locks may be held by threads that are not there, and a gRPC channel does not work in it.

gRPC itself is left in disorder where a thread of its own holds a lock in the moment of the fork, as in the milliseconds after a call or
after a channel's end: of children that were forked right then one in some twenty never came back from opening a channel. Its support of
forks, which it reads from the environment when it is first imported, helps; and a fork waits until the other threads sleep, for a fifth
of a second at most.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import Protocol

os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "1")


class ForkAware(Protocol):
    def after_fork_in_child(self) -> None: ...


_all: weakref.WeakSet[ForkAware] = weakref.WeakSet()


def watch_forks(thing: ForkAware) -> None:
    """Calls the thing's `after_fork_in_child` in every child, before anything else runs there."""
    _all.add(thing)


def _after_fork_in_child() -> None:
    for thing in list(_all):
        thing.after_fork_in_child()


LONGEST_WAIT_SECONDS = 0.2
_LOOK_SECONDS = 0.002
_QUIET_LOOKS = 4


def _before_fork() -> None:
    """Waits until no other thread runs, at several looks in a row: gRPC's threads sleep when they have nothing to do and hold nothing."""
    if not _all:
        return
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    quiet = 0
    while quiet < _QUIET_LOOKS and time.monotonic() < deadline:
        quiet = 0 if _others_run() else quiet + 1
        time.sleep(_LOOK_SECONDS)


def _others_run() -> bool:
    """Whether another thread of this process runs or wants to; False where the system does not tell it in /proc."""
    own = str(threading.get_native_id())
    try:
        others = [task for task in os.listdir("/proc/self/task") if task != own]
    except OSError:
        return False
    return any(_runs(task) for task in others)


def _runs(task: str) -> bool:
    try:
        with open(f"/proc/self/task/{task}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "R"
    except OSError:
        return False  # It has ended.


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
