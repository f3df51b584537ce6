"""The example of a language model, against an endpoint that says what a script says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Server

pytest.importorskip("openai")

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "llm_agent.py"

Calls = list[tuple[str, str]]


@contextmanager
def endpoint(script: Callable[[int], Calls | str]) -> Iterator[tuple[str, list[Any]]]:
    """An OpenAI-compatible endpoint: its URL, and the requests that came. `script`: for the request's place, tools to call, or prose."""
    asked: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/chat/completions"
            asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            said = script(len(asked) - 1)
            message: dict[str, Any] = {"role": "assistant", "content": said if isinstance(said, str) else None}
            if not isinstance(said, str):
                message["tool_calls"] = [
                    {"id": f"call-{len(asked)}-{place}", "type": "function", "function": {"name": name, "arguments": arguments}}
                    for place, (name, arguments) in enumerate(said)
                ]
            choice = {"index": 0, "finish_reason": "stop" if isinstance(said, str) else "tool_calls", "message": message}
            body = json.dumps({"id": "x", "object": "chat.completion", "created": 0, "model": "scripted", "choices": [choice]}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.server_address[1]}/v1", asked
    finally:
        listener.shutdown()
        listener.server_close()


def run(server: Server, url: str, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), *options],
        env={**os.environ, "NIGHTSHIFT_ADDRESS": server.address, "OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none", "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_model_plays_an_incident_to_its_end(server: Server) -> None:
    script: list[Calls | str] = [
        "Let me think.",
        [("restart", '{"service_id": "nobody"}'), ("restart", '{"service_id": "order_service"}')],
        [("fly", "{}"), ("wait", "[]"), ("wait", "{")],
    ]
    with endpoint(lambda place: script[place] if place < len(script) else [("wait", "{}")]) as (url, asked):
        said = run(server, url, "--model", "scripted")
    assert re.search(r"^sre/easy, seed 7: score 0\.\d{3} after 30 steps$", said, flags=re.M)
    assert "step 1: restart" in said
    assert said.count("refused ") == 4
    # 29 waits follow the restart; three answers were spent otherwise.
    assert len(asked) == 3 + 29
    last = asked[-1]["messages"]
    roles = [message["role"] for message in last]
    assert roles[:8] == ["system", "user", "assistant", "user", "assistant", "tool", "tool", "assistant"]
    refused, done = last[5], last[6]
    assert (refused["tool_call_id"], done["tool_call_id"]) == ("call-2-0", "call-2-1")
    assert refused["content"].startswith("Refused: ")
    assert "order_service" in refused["content"]
    assert done["content"].startswith("Reward 0.000.\ntask: sre/easy")


def test_the_tools_are_the_tasks_own(server: Server) -> None:
    stop = '{"num_epochs": 2, "stop": {"patience_epochs": 5}}'
    script = [[("configure_training", '{"optimizer": "adamw", "learning_rate": 0.002}')], [("run_epochs", stop)], [("submit_model", "{}")]]
    with endpoint(lambda place: script[place]) as (url, asked):
        said = run(server, url, "--task", "training/easy_mnist", "--seed", "3")
    assert re.search(r"^training/easy_mnist, seed 3: score [01]\.\d{3} after 3 steps$", said, flags=re.M)
    tools = {tool["function"]["name"]: tool["function"]["parameters"] for tool in asked[0]["tools"]}
    assert set(tools) >= {"configure_training", "run_epochs", "submit_model"}
    assert "adamw" in tools["configure_training"]["properties"]["optimizer"]["enum"]
    assert tools["run_epochs"]["required"] == ["num_epochs"]
    assert tools["run_epochs"]["properties"]["num_epochs"]["maximum"] == 20
    assert "patience_epochs" in tools["run_epochs"]["properties"]["stop"]["properties"]


def test_a_model_that_only_talks_or_errs_is_left(server: Server) -> None:
    with endpoint(lambda place: "I would rather not." if place % 2 else [("fly", "{}")]) as (url, asked):
        said = run(server, url)
    assert said.splitlines()[-1].endswith("after 0 steps")
    assert len(asked) == 3
