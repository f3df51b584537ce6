"""Calls take the program's trace along."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest

from nightshift import Client, NightshiftError, _trace, aio

context = pytest.importorskip("opentelemetry.context")
trace = pytest.importorskip("opentelemetry.trace")

TRACE = 0xABABABABABABABABABABABABABABABAB
SPAN = 0xCDCDCDCDCDCDCDCD
TRACEPARENT = f"00-{TRACE:032x}-{SPAN:016x}-01"


class Listener(grpc.GenericRpcHandler):
    """Refuses every call, and keeps what it came with."""

    def __init__(self) -> None:
        self.headers: queue.SimpleQueue[dict[str, str | bytes]] = queue.SimpleQueue()

    def service(self, details: grpc.HandlerCallDetails) -> None:
        self.headers.put({key: value for key, value in details.invocation_metadata if key in ("traceparent", "tracestate")})


@pytest.fixture
def listener() -> Iterator[tuple[str, Listener]]:
    server = grpc.server(ThreadPoolExecutor(max_workers=2))
    handler = Listener()
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}", handler
    server.stop(None)


@pytest.fixture
def span() -> Iterator[None]:
    """The program's current span."""
    current = trace.SpanContext(TRACE, SPAN, is_remote=False, trace_flags=trace.TraceFlags(trace.TraceFlags.SAMPLED))
    token = context.attach(trace.set_span_in_context(trace.NonRecordingSpan(current)))
    yield
    context.detach(token)


def ask(address: str) -> None:
    with Client(address) as client, pytest.raises(NightshiftError):
        client.list_tasks()


def ask_in_loop(address: str) -> None:
    async def refused() -> None:
        async with aio.Client(address) as client:
            with pytest.raises(NightshiftError):
                await client.list_tasks()

    asyncio.run(refused())


@pytest.mark.parametrize("call", [ask, ask_in_loop])
@pytest.mark.usefixtures("span")
def test_a_call_tells_the_server_the_current_span(call, listener) -> None:
    address, handler = listener
    call(address)
    assert handler.headers.get() == {"traceparent": TRACEPARENT}


@pytest.mark.usefixtures("span")
def test_a_play_stream_tells_it_too(listener) -> None:
    address, handler = listener
    with Client(address) as client, pytest.raises(NightshiftError), client.play() as play:
        play.lanes([])
    assert handler.headers.get() == {"traceparent": TRACEPARENT}


def test_a_call_outside_of_a_trace_tells_none(listener) -> None:
    address, handler = listener
    ask(address)
    assert handler.headers.get() == {}


@pytest.mark.usefixtures("span")
def test_without_opentelemetry_a_call_tells_none(listener, monkeypatch) -> None:
    monkeypatch.setattr(_trace, "_inject", None)
    address, handler = listener
    ask(address)
    assert handler.headers.get() == {}
