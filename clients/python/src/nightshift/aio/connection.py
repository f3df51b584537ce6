"""A way to a server for asyncio: one channel for the running loop of this process."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, TypeVar

import grpc
import grpc.aio

from nightshift._connection import Connection, Target, keep_inherited
from nightshift._trace import trace_headers
from nightshift._wire import Method
from nightshift.errors import ClientClosedError, NightshiftError, UnavailableError, error_of

Request = TypeVar("Request")
Response = TypeVar("Response")


class AsyncConnection:
    """Opens its channel at the first call, and another one in another loop or process. Pickles to its address."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.blocking = Connection(target)
        """For what must be done where no loop runs: giving sessions back at the end."""
        self._channel: grpc.aio.Channel | None = None
        self._home: tuple[int, asyncio.AbstractEventLoop] | None = None
        self._is_closed = False

    def __reduce__(self) -> tuple[Any, ...]:
        return AsyncConnection, (self.target,)

    async def unary(self, method: Method[Request, Response], request: Request, timeout: float | None) -> Response:
        """One call. Errors: NightshiftError."""
        channel = self._open()
        call = channel.unary_unary(method.path, request_serializer=method.serialize, response_deserializer=method.deserialize)
        try:
            response: Response = await call(request, timeout=timeout, metadata=trace_headers())
            return response
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
        except grpc.aio.UsageError as error:
            raise self._closed() from error

    async def try_unary(self, method: Method[Request, Response], request: Request, timeout: float | None) -> None:
        """One call that may fail."""
        with contextlib.suppress(NightshiftError):
            await self.unary(method, request, timeout)

    async def stream(self, method: Method[Request, Response], request: Request, timeout: float | None) -> AsyncGenerator[Response, None]:
        """A server stream; closing the generator cancels the call. Errors: NightshiftError."""
        channel = self._open()
        make = channel.unary_stream(method.path, request_serializer=method.serialize, response_deserializer=method.deserialize)
        call: Any = make(request, timeout=timeout, metadata=trace_headers())
        try:
            async for response in call:
                yield response
        except grpc.aio.AioRpcError as error:
            raise error_of(error) from error
        finally:
            call.cancel()

    def duplex(self, method: Method[Request, Response], requests: AsyncIterator[Request]) -> Any:
        """A stream both ways: a grpc.aio.Call that is an asynchronous iterator of answers too. Reading it raises grpc.aio.AioRpcError."""
        make = self._open().stream_stream
        return make(method.path, request_serializer=method.serialize, response_deserializer=method.deserialize)(requests)

    async def wait_until_ready(self, timeout: float) -> None:
        """Waits until the server can be reached. Errors: UnavailableError."""
        try:
            await asyncio.wait_for(self._open().channel_ready(), timeout)
        except asyncio.TimeoutError as error:
            raise UnavailableError(
                f"No Nightshift server answers at {self.target.address}; start one with `npx nightshift serve`.", code="UNAVAILABLE"
            ) from error

    async def close(self) -> None:
        self._is_closed = True
        channel, home = self._channel, self._home
        self._channel = self._home = None
        if channel is not None and home == (os.getpid(), asyncio.get_running_loop()):
            await channel.close()
        self.blocking.close()

    def _open(self) -> grpc.aio.Channel:
        if self._is_closed:
            raise self._closed()
        home = (os.getpid(), asyncio.get_running_loop())
        if self._channel is not None and self._home is not None and self._home[0] != home[0]:
            keep_inherited(self._channel)
        if self._channel is None or self._home != home:
            address, options = self.target.address, self.target.options()
            self._channel = (
                grpc.aio.secure_channel(address, grpc.ssl_channel_credentials(), options)
                if self.target.tls
                else grpc.aio.insecure_channel(address, options)
            )
            self._home = home
        return self._channel

    def _closed(self) -> NightshiftError:
        return ClientClosedError("The client is closed; make another one.")
