"""The official client of the Model Context Protocol against /mcp: both eras, both environments."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Server

mcp = pytest.importorskip("mcp")

# What the client is told to speak, and the version that comes of it.
MODES = {"auto": "2026-07-28", "legacy": "2025-11-25", "2026-07-28": "2026-07-28"}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    started = Server()
    yield started
    started.stop()


async def call(client: Any, name: str, **given: Any) -> Any:
    result = await client.call_tool(name, given)
    assert not result.is_error, result.content
    return result.structured_content


@pytest.mark.parametrize("mode", MODES)
def test_an_incident_is_played_to_its_end_and_each_call_is_one_step(server: Server, mode: str) -> None:
    async def play() -> None:
        async with mcp.Client(f"{server.url}/mcp", mode=mode) as client:
            assert client.protocol_version == MODES[mode]
            names = [tool.name for tool in (await client.list_tools()).tools]
            assert names[:4] == ["reset", "state", "finish", "close"]
            begun = await client.call_tool("reset", {"task_id": "sre/easy", "seed": 7})
            session = begun.structured_content["session"]
            assert begun.content[0].text.startswith(f"session: {session}\nTask sre/easy: ")
            total, steps, done = 0.0, 0, False
            while not done:
                # Asked for progress, the server answers in a stream, which this client leaves as soon as it has the answer.
                async def ignore(progress: float, total: float | None, message: str | None) -> None:
                    pass

                result = await client.call_tool("wait", {"session": session}, progress_callback=ignore if steps % 2 else None)
                told = result.structured_content
                steps += 1
                assert told["step_count"] == steps
                assert "replayed" not in told
                total += told["reward"]
                done = told["done"]
            assert total == pytest.approx(told["metadata"]["result"]["score"])
            refused = await client.call_tool("wait", {"session": session})
            assert refused.is_error
            assert refused.structured_content["error"]["reason"] == "EPISODE_ENDED"
            assert (await call(client, "close", session=session))["closed"] is True

    asyncio.run(play())


@pytest.mark.parametrize("mode", MODES)
def test_a_training_tells_its_epochs_while_they_run(server: Server, mode: str) -> None:
    async def play() -> None:
        async with mcp.Client(f"{server.url}/training/mcp", mode=mode) as client:
            session = (await call(client, "reset", task_id="easy_mnist", seed=7))["session"]
            await call(client, "configure_training", session=session, optimizer="adam", learning_rate=0.003)
            told: list[tuple[float, float | None]] = []

            async def tell(progress: float, total: float | None, message: str | None) -> None:
                told.append((progress, total))

            trained = await client.call_tool("run_epochs", {"session": session, "num_epochs": 2}, progress_callback=tell)
            assert trained.structured_content["observation"]["current_epoch"] == 2
            assert (1, 2) in told
            assert told[-1] == (2, 2)
            assert told == sorted(told)
            submitted = await call(client, "submit_model", session=session)
            assert submitted["done"] is True
            assert 0 <= submitted["metadata"]["result"]["score"] <= 1
            await call(client, "close", session=session)

    asyncio.run(play())


@pytest.mark.parametrize("mode", MODES)
def test_a_call_that_is_given_up_stops_its_work_and_asked_again_it_is_taken_up(server: Server, mode: str) -> None:
    async def play() -> None:
        async with mcp.Client(f"{server.url}/mcp", mode=mode) as client:
            session = (await call(client, "reset", task_id="easy_mnist", seed=8))["session"]
            await call(client, "configure_training", session=session)
            before = (await client.call_tool("get_training_status", {"session": session})).structured_content
            server.hold(True)
            given = {"session": session, "num_epochs": 1}
            running = asyncio.create_task(client.call_tool("run_epochs", given))
            await asyncio.to_thread(server.wait_until_held)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            state = await call(client, "state", session=session)
            while state["state"] == "running":
                state = await call(client, "state", session=session)
            server.hold(False)
            told = await call(client, "run_epochs", **given)
            assert told["observation"]["current_epoch"] == 1
            assert told["observation"]["remaining_budget"] == before["observation"]["remaining_budget"] - 1
            await call(client, "close", session=session)

    asyncio.run(play())


def test_the_snippet_of_the_page_trains_and_tells_its_score(server: Server) -> None:
    page = (Path(__file__).resolve().parents[4] / "docs" / "mcp.md").read_text()
    (snippet,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    told = subprocess.run(
        [sys.executable, "-c", snippet.replace("http://127.0.0.1:8000", server.url)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Epoch 2 of 2: training loss " in told
    assert re.search(r"Score: \d\.\d{3}\.\n$", told)
