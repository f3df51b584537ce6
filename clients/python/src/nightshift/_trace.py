"""A call takes the trace of the program along that makes it, where OpenTelemetry is installed."""

from __future__ import annotations

from collections.abc import Callable


def _find() -> Callable[[dict[str, str]], None] | None:
    try:
        from opentelemetry import propagate
    except ImportError:
        return None
    inject: Callable[[dict[str, str]], None] = propagate.inject
    return inject


_inject = _find()


def trace_headers() -> tuple[tuple[str, str], ...] | None:
    """Metadata of the current span, W3C's `traceparent`, so that the server's spans stand under it. None where there is none."""
    if _inject is None:
        return None
    headers: dict[str, str] = {}
    _inject(headers)
    return tuple((name.lower(), value) for name, value in headers.items()) or None
