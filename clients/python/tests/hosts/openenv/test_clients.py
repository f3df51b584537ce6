"""OpenEnv's own clients play whole episodes of both environments."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from openenv import AutoEnv, GenericEnvClient

from nightshift import Client
from tests.conftest import Server

TRAINING = [
    {"action": "configure_training", "optimizer": "adam", "learning_rate": 0.002},
    {"action": "run_epochs", "num_epochs": 2},
    {"action": "adjust_learning_rate", "new_lr": 0.001},
    {"action": "submit_model"},
]


def incident(step: int) -> dict[str, Any]:
    return {"action": "restart", "service_id": "order_service"} if step == 3 else {"action": "wait"}


def test_the_sync_client_plays_an_incident_with_the_scores_of_the_contract(server: Server, client: Client) -> None:
    with client.create_session("sre/easy", seed=42) as session:
        answer = None
        for step in range(30):
            answer = session.restart("order_service") if step == 3 else session.wait()
        assert answer is not None
        assert answer.result is not None
    with GenericEnvClient(base_url=f"{server.url}/sre").sync() as env:
        told = env.reset(seed=42, episode_id="demo-1", task_tier="easy")
        total, step = 0.0, 0
        while not told.done:
            told = env.step(incident(step))
            total += told.reward
            step += 1
            state = env.state()
            assert (state["episode_id"], state["step_count"]) == ("demo-1", step)
        assert step == 30
        assert total == pytest.approx(answer.result.score)
        assert told.metadata["result"]["score"] == answer.result.score
        assert told.observation["metadata"] == told.metadata


def test_the_sync_client_trains_and_submits(server: Server) -> None:
    env = GenericEnvClient(base_url=server.url)
    env.reset(task_id="easy_mnist", seed=7)
    for action in TRAINING[:-1]:
        told = env.step(action)
    assert told.observation["current_epoch"] == 2
    told = env.step({"type": "call_tool", "tool_name": "submit_model", "arguments": {}})
    assert told.done
    assert 0 <= told.metadata["result"]["score"] <= 1
    env.close()


@pytest.mark.parametrize("path", ["/sre", "/training"])
def test_sixteen_async_clients_play_at_once_each_its_own_episode(path: str, server: Server) -> None:
    async def play(seed: int) -> tuple[float, Any]:
        async with GenericEnvClient(base_url=f"{server.url}{path}") as env:
            told = await env.reset(seed=seed, episode_id="the same name")
            step = 0
            while not told.done:
                told = await env.step(incident(step) if path == "/sre" else TRAINING[step])
                step += 1
            state = await env.state()
            assert (state["step_count"], state["seed"]) == (step, seed)
            return told.metadata["result"]["score"], told.observation

    async def play_all(seeds: list[int]) -> list[Any]:
        return await asyncio.gather(*[play(seed) for seed in seeds])

    seeds = list(range(100, 116))
    together = asyncio.run(play_all(seeds))
    alone = [asyncio.run(play_all([seed]))[0] for seed in seeds[:3]]
    assert alone == together[:3]
    assert len({str(seen) for _, seen in together}) == 16


def test_auto_env_finds_it_without_a_package(server: Server) -> None:
    env = AutoEnv.from_env("nightshift/sre", base_url=f"{server.url}/sre", skip_install=True)
    assert isinstance(env, GenericEnvClient)
    assert env.reset(seed=1).observation["step"] == 0
    env.close()


def test_a_session_of_a_client_opens_siblings(server: Server) -> None:
    with GenericEnvClient(base_url=f"{server.url}/sre").sync() as env:
        env.reset(seed=1)
        other = env.new_session()
        other.reset(seed=2)
        env.step(incident(0))
        assert (env.state()["step_count"], other.state()["step_count"]) == (1, 0)
