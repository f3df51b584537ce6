"""What the tests stand on: a real server in a process of its own, and a way to it that can be cut."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightshift import Client

PROGRAM = Path(__file__).resolve().parents[3] / "dist/src/server/testing-service.js"


class Server:
    """src/server/testing-service.ts: it tells its calls and takes orders. Its clock stands still until it is moved."""

    def __init__(self, *options: str) -> None:
        node = shutil.which("node")
        assert node, "the tests start a server with Node"
        self._process = subprocess.Popen(
            [node, "--enable-source-maps", str(PROGRAM), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )
        self._told: list[dict[str, object]] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()
        told = self._wait(lambda line: "address" in line, 1)
        self.address = str(told["address"])
        self.url = f"http://{told['http']}"

    def advance(self, seconds: float) -> None:
        """Moves the server's clock."""
        self._order({"advance": seconds * 1000})

    def hold(self, is_held: bool) -> None:
        """Whether epochs wait."""
        self._order({"hold": is_held})

    def wait_until_held(self) -> None:
        """Waits until an epoch waits."""
        self._order({"held": True})

    def calls(self, method: str) -> int:
        """How many calls of a method have ended."""
        with self._changed:
            return sum(line.get("call") == method for line in self._told)

    def wait_for_calls(self, method: str, count: int) -> dict[str, object]:
        """Waits until so many calls of a method have ended, and gives the last of them."""
        return self._wait(lambda line: line.get("call") == method, count)

    def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=60)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _order(self, order: dict[str, object]) -> None:
        with self._changed:
            done = sum("done" in line for line in self._told)
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        self._wait(lambda line: "done" in line, done + 1)

    def _wait(self, fits, count: int) -> dict[str, object]:
        def found() -> list[dict[str, object]]:
            return [line for line in self._told if fits(line)]

        with self._changed:
            if not self._changed.wait_for(lambda: len(found()) >= count or {} in self._told, timeout=120):
                raise AssertionError(f"the server did not tell it; last: {self._told[-5:]}")
            if len(found()) < count:
                raise AssertionError("the server ended")
            return found()[count - 1]

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            with self._changed:
                if line.startswith("{"):
                    self._told.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self._told.append({})
            self._changed.notify_all()


def run(server: Server, program: str) -> subprocess.CompletedProcess[str]:
    """A Python program in a process of its own, as `run_python`. A warning is an error there."""
    return run_python(server, "-W", "error", "-W", "ignore:This process:DeprecationWarning", "-c", textwrap.dedent(program))


def run_python(server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, which finds the server by NIGHTSHIFT_ADDRESS."""
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "NIGHTSHIFT_ADDRESS": server.address},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class CuttableWay:
    """A way to a server whose answers can be swallowed, and whose connections can be cut."""

    def __init__(self, address: str) -> None:
        host, port = address.rsplit(":", 1)
        self._far = (host, int(port))
        self._open: list[socket.socket] = []
        self._swallowing: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow_answers(self) -> None:
        """From now on nothing comes back over the connections that are open."""
        self._swallowing.update(self._open)

    def cut(self) -> None:
        """Breaks every open connection; new ones can be made."""
        for one in self._open:
            end(one)
        self._open.clear()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._far)
            self._open += [near, far]
            threading.Thread(target=self._pass_on, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(far, near, True), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_answer: bool) -> None:
        try:
            while data := source.recv(65536):
                if not (is_answer and source in self._swallowing):
                    target.sendall(data)
        except OSError:
            pass
        end(source)
        end(target)


def end(one: socket.socket) -> None:
    """Both directions at once: closing alone leaves it open while a thread reads from it."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.stop()


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(server.address) as opened:
        yield opened


@pytest.fixture
def way(server: Server) -> Iterator[CuttableWay]:
    opened = CuttableWay(server.address)
    yield opened
    opened.close()
