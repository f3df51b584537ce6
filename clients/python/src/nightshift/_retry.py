"""How long a call may take, and when it is asked again."""

from __future__ import annotations

import time

from nightshift.errors import NightshiftError

QUICK_SECONDS = 60.0
"""Default limit of a call that does not work."""
STEP_SECONDS = 3600.0
"""Default limit of an action: twenty epochs on a loaded machine fit, a lost server does not hold a caller for ever."""

# Times that a call is asked again where the server says that it is worth it, or cannot be reached.
_RETRIES = 5
# Before a server that could not be reached is asked again, seconds.
_RECONNECT_SECONDS = 0.5


class Attempts:
    """One call's time and attempts. Only for calls that may be repeated: numbered, keyed or without an effect."""

    def __init__(self, timeout: float | None) -> None:
        self._end = None if timeout is None else time.monotonic() + timeout
        self._retries = _RETRIES

    def left(self) -> float | None:
        """Seconds that the call still has; None: no limit."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    def delay_after(self, error: NightshiftError) -> float:
        """Seconds to wait before the next attempt. Errors: the error itself, where there is none."""
        unreachable = error.code == "UNAVAILABLE" and error.reason == ""
        delay = _RECONNECT_SECONDS if unreachable else error.retry_after
        left = self.left()
        if delay is None or self._retries == 0 or (left is not None and delay >= left):
            raise error
        self._retries -= 1
        return delay
