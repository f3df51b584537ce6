"""What must be made anew in a forked child: locks may be held by threads that are not there, and a gRPC channel does not work in it.

gRPC's own locks are made anew where its support of forks is on, which it reads when it is first imported: without it one forked child in
some twenty never came back from opening a channel. What the environment says already holds.
"""

from __future__ import annotations

import os
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


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)
