"""OpenEnv's MCPToolClient plays whole episodes: tools over HTTP, reset, step and state over the WebSocket, one session behind both."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from openenv import GenericEnvClient
from openenv.core import MCPToolClient
from openenv.core.env_server.mcp_types import CallToolAction
from websockets.exceptions import ConnectionClosed

from nightshift import Client
from tests.conftest import CuttableWay, Server

TRAINING: list[tuple[str, dict[str, Any]]] = [
    ("configure_training", {"optimizer": "adam", "learning_rate": 0.002}),
    ("run_epochs", {"num_epochs": 2}),
    ("adjust_learning_rate", {"new_lr": 0.001}),
    ("submit_model", {}),
]


def call(path: str, step: int) -> tuple[str, dict[str, Any]]:
    if path == "/training":
        return TRAINING[step]
    return ("restart", {"service_id": "order_service"}) if step == 3 else ("wait", {})


async def play(url: str, path: str, seed: int) -> tuple[float, float, int, Any]:
    """Calls of tools and steps in turn. Score, sum of rewards, steps, and what was seen last."""
    async with MCPToolClient(base_url=f"{url}{path}") as env:
        names = [tool.name for tool in await env.list_tools()]
        assert names
        await env.reset(seed=seed, reward_mode="score")
        total, step, done, metadata, seen = 0.0, 0, False, {}, None
        while not done:
            name, arguments = call(path, step)
            assert name in names
            if step % 2 == 0:
                told = await env.call_tool(name, **arguments)
                reward, done, metadata, seen = told["reward"], told["done"], told["metadata"], told["observation"]
                assert told["step_count"] == step + 1
            else:
                result = await env.step(CallToolAction(tool_name=name, arguments=arguments))
                reward, done, metadata, seen = result.reward, result.done, result.metadata, result.observation.model_dump()
            step += 1
            total += reward
            assert (await env.state()).step_count == step
        return metadata["result"]["score"], total, step, seen


@pytest.fixture(scope="module")
def sixteen() -> Iterator[Server]:
    """A server with room for sixteen sessions."""
    started = Server("--max-sessions", "16")
    yield started
    started.stop()


@pytest.mark.parametrize("path", ["/sre", "/training"])
def test_sixteen_play_whole_episodes_at_once_and_leave_no_session_behind(path: str, sixteen: Server) -> None:
    async def play_all(seeds: list[int]) -> list[Any]:
        return await asyncio.gather(*[play(sixteen.url, path, seed) for seed in seeds])

    seeds = list(range(200, 216))
    together = asyncio.run(play_all(seeds))
    # There is room for these because those have given theirs back.
    alone = [asyncio.run(play_all([seed]))[0] for seed in seeds[:2]]
    assert alone == together[:2]
    assert len({str(seen) for *_, seen in together}) == 16
    for score, total, step, _ in together:
        assert total == pytest.approx(score)
        assert step == (30 if path == "/sre" else len(TRAINING))


def test_the_sync_client_plays_an_incident_with_the_score_of_the_contract(server: Server, client: Client) -> None:
    with client.create_session("sre/easy", seed=42) as session:
        for step in range(30):
            answer = session.restart("order_service") if step == 3 else session.wait()
        assert answer.result is not None
    with MCPToolClient(base_url=server.url).sync() as env:
        env.reset(seed=42, task_id="sre/easy", episode_id="demo-1")
        for step in range(30):
            name, arguments = call("/sre", step)
            told = env.call_tool(name, **arguments)
        assert told["done"]
        assert told["metadata"]["result"]["score"] == answer.result.score
        assert (env.state().episode_id, env.state().step_count) == ("demo-1", 30)


def test_what_a_tool_refuses_is_raised_with_what_is_allowed_and_costs_nothing(server: Server) -> None:
    with MCPToolClient(base_url=f"{server.url}/sre").sync() as env:
        env.reset(seed=1)
        with pytest.raises(RuntimeError, match=r"Tool 'restart' failed: .*service_id"):
            env.call_tool("restart")
        with pytest.raises(RuntimeError, match="one of restart, scale_up"):
            env.call_tool("run_epochs", num_epochs=1)
        assert env.state().step_count == 0
        assert env.call_tool("wait")["step_count"] == 1


def test_after_a_cut_connection_the_same_episode_goes_on(server: Server) -> None:
    way = CuttableWay(server.url.removeprefix("http://"))
    with MCPToolClient(base_url=f"http://{way.address}/sre").sync() as env:
        env.reset(seed=1)
        env.call_tool("wait")
        way.cut()
        state = None
        while state is None:
            # The call after a failed one connects again.
            with contextlib.suppress(OSError, ConnectionClosed):
                state = env.state()
        assert state.step_count == 1
        assert env.call_tool("wait")["step_count"] == 2
    way.close()


def test_under_a_path_of_its_own_a_client_started_anew_finds_its_episode(server: Server) -> None:
    url = f"{server.url}/sre/s/found-again"
    crashed = MCPToolClient(base_url=url).sync()
    crashed.reset(seed=3)
    crashed.call_tool("wait")
    asyncio.run_coroutine_threadsafe(crashed.async_client._ws.close(), crashed._loop).result()
    with MCPToolClient(base_url=url).sync() as env:
        assert env.state().step_count == 1
        assert env.call_tool("wait")["step_count"] == 2
    with GenericEnvClient(base_url=url).sync() as env, pytest.raises(RuntimeError, match="no episode"):
        env.state()
