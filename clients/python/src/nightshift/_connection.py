"""A way to a server: an address, and one channel a process, opened at the first call."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc

from nightshift._fork import watch_forks
from nightshift._interrupts import can_come, cancel, start
from nightshift._trace import trace_headers
from nightshift._wire import Method
from nightshift.errors import ClientClosedError, NightshiftError, UnavailableError, error_of

Request = TypeVar("Request")
Response = TypeVar("Response")

DEFAULT_ADDRESS = "127.0.0.1:50051"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a server is: a value, that can be sent to another process."""

    address: str
    tls: bool

    @staticmethod
    def of(address: str | None, tls: bool) -> Target:
        """`address`: "host:port"; None: NIGHTSHIFT_ADDRESS, else this machine's port 50051."""
        return Target(address or os.environ.get("NIGHTSHIFT_ADDRESS") or DEFAULT_ADDRESS, tls)

    def options(self) -> list[tuple[str, Any]]:
        host = self.address.rsplit(":", 1)[0]
        options: list[tuple[str, Any]] = [
            # A server that comes back is found soon.
            ("grpc.initial_reconnect_backoff_ms", 100),
            ("grpc.max_reconnect_backoff_ms", 2000),
            # A connection that is dead without a word is noticed while a call waits.
            ("grpc.keepalive_time_ms", 60_000),
            ("grpc.keepalive_timeout_ms", 20_000),
            ("grpc.max_receive_message_length", -1),
            # Else all channels of a process to one address are one connection, and what closes one disturbs the others.
            ("grpc.use_local_subchannel_pool", 1),
        ]
        if host in ("localhost", "127.0.0.1", "[::1]"):
            options.append(("grpc.enable_http_proxy", 0))
        return options


_inherited: list[object] = []


def keep_inherited(channel: object) -> None:
    """Keeps a channel of the parent process for ever: letting it go would shut the connection that the parent still uses."""
    _inherited.append(channel)


class Connection:
    """Makes calls from any thread. In a forked child, and after unpickling, it opens a channel of its own."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._lock = threading.Lock()
        self._channel: grpc.Channel | None = None
        self._calls: dict[str, Any] = {}
        self._is_closed = False
        watch_forks(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Connection, (self.target,)

    def after_fork_in_child(self) -> None:
        if self._channel is not None:
            keep_inherited(self._channel)
        self._lock = threading.Lock()
        self._channel = None
        self._calls = {}

    @property
    def is_closed(self) -> bool:
        return self._is_closed

    def unary(self, method: Method[Request, Response], request: Request, timeout: float | None) -> Response:
        """One call. Errors: NightshiftError."""
        calls: list[Any] = []
        response: Response
        try:
            if can_come():
                start(lambda: self.begin(method, request, timeout), calls)
                response = calls[0].result()
            else:
                # Not by a future: that would start a thread, which Python refuses at its end.
                response = self._call(method, streams=False)(request, timeout=timeout, metadata=trace_headers())
            return response
        except grpc.RpcError as error:
            raise error_of(error) from error
        except ValueError as error:
            raise self._closed(error) from error
        finally:
            cancel(calls)

    def begin(self, method: Method[Request, Response], request: Request, timeout: float | None) -> Any:
        """The same without waiting: a grpc.Future."""
        return self._call(method, streams=False).future(request, timeout=timeout, metadata=trace_headers())

    def stream(self, method: Method[Request, Response], request: Request, timeout: float | None) -> Generator[Response, None, None]:
        """A server stream; closing the iterator cancels the call. Errors: NightshiftError."""
        calls: list[Any] = []
        try:
            start(lambda: self._call(method, streams=True)(request, timeout=timeout, metadata=trace_headers()), calls)
            yield from calls[0]
        except grpc.RpcError as error:
            raise error_of(error) from error
        except ValueError as error:
            raise self._closed(error) from error
        finally:
            cancel(calls)

    def duplex(self, method: Method[Request, Response], requests: Iterator[Request]) -> Any:
        """A stream both ways: a grpc.Call that is an iterator of answers too. Reading it raises grpc.RpcError."""
        make = self._open().stream_stream
        try:
            call = make(method.path, request_serializer=method.serialize, response_deserializer=method.deserialize)
            return call(requests, metadata=trace_headers())
        except ValueError as error:
            raise self._closed(error) from error

    def wait_until_ready(self, timeout: float) -> None:
        """Waits until the server can be reached. Errors: UnavailableError."""
        try:
            grpc.channel_ready_future(self._open()).result(timeout=timeout)
        except grpc.FutureTimeoutError as error:
            raise UnavailableError(
                f"No Nightshift server answers at {self.target.address}; start one with `npx nightshift serve`.", code="UNAVAILABLE"
            ) from error

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            channel, self._channel = self._channel, None
            self._calls = {}
        if channel is not None:
            channel.close()

    def _open(self) -> grpc.Channel:
        with self._lock:
            if self._is_closed:
                raise self._closed(None)
            if self._channel is None:
                address, options = self.target.address, self.target.options()
                self._channel = (
                    grpc.secure_channel(address, grpc.ssl_channel_credentials(), options)
                    if self.target.tls
                    else grpc.insecure_channel(address, options)
                )
            return self._channel

    def _call(self, method: Method[Any, Any], *, streams: bool) -> Any:
        call = self._calls.get(method.path)
        if call is None:
            channel = self._open()
            make = channel.unary_stream if streams else channel.unary_unary
            call = make(method.path, request_serializer=method.serialize, response_deserializer=method.deserialize)
            self._calls[method.path] = call
        return call

    def _closed(self, error: ValueError | None) -> NightshiftError:
        if error is not None and not self._is_closed:
            raise error
        return ClientClosedError("The client is closed; make another one.")
