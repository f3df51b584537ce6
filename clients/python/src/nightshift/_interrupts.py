"""An interrupt from the keyboard waits while a call is being started, so that there is always a call to cancel."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import Any


def can_come() -> bool:
    """Whether an interrupt may come to this thread: the main one alone gets it, and that is over when atexit's functions run."""
    main = threading.main_thread()
    return threading.current_thread() is main and main.is_alive()


def start(make: Callable[[], Any], calls: list[Any]) -> None:
    """Starts a call and puts it into `calls`; an interrupt meanwhile is raised after that, so that its catcher can cancel the call."""
    handler = signal.getsignal(signal.SIGINT)
    # One of C's cannot be put back.
    if not callable(handler) or not can_come():
        calls.append(make())
        return
    interrupts: list[tuple[Any, ...]] = []
    try:
        signal.signal(signal.SIGINT, lambda *interrupt: interrupts.append(interrupt))
        calls.append(make())
    finally:
        signal.signal(signal.SIGINT, handler)
        if interrupts:
            handler(*interrupts[0])


def cancel(calls: list[Any]) -> None:
    """Cancels what is still under way."""
    for call in calls:
        call.cancel()
