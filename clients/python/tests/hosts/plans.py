"""Episodes whose best actions are known, for scripted models: a plain client plays them first, and tells what they come to."""

from __future__ import annotations

import contextlib
import json
import threading
import unittest.mock
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from nightshift import Client
from nightshift._model_episode import ModelEpisode
from nightshift.messages import EpisodeResult, FaultClass
from tests.conftest import Server

Call = tuple[str, Any]
Message = dict[str, Any]

FAILURE = "scripted"
"""What an endpoint says when it fails."""

_FIXES = {FaultClass.SINGLE_OOM: "restart", FaultClass.BAD_DEPLOY: "rollback", FaultClass.TRAFFIC_SURGE: "scale_up"}

TRAINING: list[Call] = [
    ("configure_training", {"optimizer": "adamw", "learning_rate": 0.003}),
    ("run_epochs", {"num_epochs": 3, "stop": {"patience_epochs": 3}}),
    ("submit_model", {}),
]


@dataclass(frozen=True)
class Plan:
    """What a model does in an episode, and what it comes to."""

    text: str
    """What there is to see at first, by which the episode is known."""
    calls: list[Call]
    result: EpisodeResult
    last_text: str


def replay(client: Client, task: str, split: Any, seed: int, calls: Iterable[Call]) -> Plan:
    """Plays calls over the plain client; what they leave open is finished."""
    calls = list(calls)
    with client.create_session(task, seed=seed, split=split, views=("typed", "text"), reward_mode="score") as session:
        text = session.text
        for name, arguments in calls:
            session.call(name, arguments)
        result = session.finish().result
        return Plan(text, calls, result, session.text)


def incident(client: Client, seed: int, split: str = "train", task: str = "sre/easy") -> Plan:
    """The fault's own remedy, then waiting."""
    with client.create_session(task, seed=seed, split=split) as session:
        truth = session.finish().result.sre
    assert truth is not None
    return replay(client, task, split, seed, [(_FIXES[truth.fault_class], {"service_id": truth.root_service_id}), *[("wait", {})] * 29])


def episodes_left_open(monkeypatch: pytest.MonkeyPatch) -> list[ModelEpisode]:
    """Those that were begun from now on and not closed; held on to, so that nobody but their host gives them back."""
    left: list[ModelEpisode] = []
    begin, close = ModelEpisode.__init__, ModelEpisode.close

    def beginning(self: ModelEpisode, *given: Any) -> None:
        begin(self, *given)
        left.append(self)

    async def closing(self: ModelEpisode) -> None:
        await close(self)
        left.remove(self)

    monkeypatch.setattr(ModelEpisode, "__init__", beginning)
    monkeypatch.setattr(ModelEpisode, "close", closing)
    return left


@contextlib.contextmanager
def full_server() -> Iterator[tuple[str, Plan]]:
    """A server with room for one session, which is taken until two openings were refused; and a plan for sre/easy, test, 3."""
    server = Server("--sre-only", "--max-sessions", "1")
    try:
        with Client(server.address) as client:
            plan = incident(client, 3, "test")
            taken = client.create_session("sre/easy")
            seen = server.calls("CreateSession")

            def make_room() -> None:
                server.wait_for_calls("CreateSession", seen + 2)
                taken.close()

            thread = threading.Thread(target=make_room)
            thread.start()
            # Else the client asks often enough by itself.
            with unittest.mock.patch("nightshift._retry._RETRIES", 0):
                yield server.address, plan
            thread.join()
    finally:
        server.stop()


class ModelServer:
    """An OpenAI-compatible endpoint whose answers are scripted: a text, calls of tools, or a status of HTTP that it fails with."""

    def __init__(self, script: Callable[[list[Message]], str | list[Call] | int]) -> None:
        self.requests: list[dict[str, Any]] = []
        """Their bodies."""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(body)
                answer = script(body["messages"])
                content = json.dumps({"error": {"message": FAILURE}} if isinstance(answer, int) else _completion(answer, body)).encode()
                self.send_response(answer if isinstance(answer, int) else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        class Listener(ThreadingHTTPServer):
            request_queue_size = 64
            daemon_threads = True

        self._server = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def turns(messages: list[Message]) -> int:
    """Answers that the model has given."""
    return sum(message["role"] == "assistant" for message in messages)


def first_text(messages: list[Message]) -> str:
    """The user's message."""
    return str(next(message["content"] for message in messages if message["role"] == "user"))


def follow(plans: Iterable[Plan]) -> Callable[[list[Message]], list[Call]]:
    """A model that takes one action of its episode's plan an answer."""
    known = list(plans)

    def answer(messages: list[Message]) -> list[Call]:
        [plan] = [one for one in known if one.text in first_text(messages)]
        return [plan.calls[turns(messages)]]

    return answer


def _completion(answer: str | list[Call], body: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer if isinstance(answer, str) else None}
    if not isinstance(answer, str):
        message["tool_calls"] = [
            {
                "id": f"call-{turns(body['messages'])}-{place}",
                "type": "function",
                "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
            }
            for place, (name, given) in enumerate(answer)
        ]
    return {
        "id": "scripted",
        "object": "chat.completion",
        "created": 1,
        "model": body["model"],
        "choices": [{"index": 0, "finish_reason": "stop" if isinstance(answer, str) else "tool_calls", "message": message}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
