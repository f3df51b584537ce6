"""What goes wrong with OpenEnv 0.10's own server, and not with this one, seen through its own clients."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from openenv import GenericEnvClient
from websockets.exceptions import ConnectionClosed

from tests.conftest import CuttableWay, Server

WAIT = {"action": "wait"}


@pytest.fixture(scope="module")
def narrow() -> Iterator[Server]:
    """A server with room for one session."""
    started = Server("--sre-only", "--max-sessions", "1")
    yield started
    started.stop()


def sync(url: str, **options: object) -> GenericEnvClient:
    return GenericEnvClient(base_url=url, **options).sync()


def reset_when_there_is_room(env: GenericEnvClient, **asked: object) -> None:
    """A slot comes back when the server has seen the connection end, which this does not see."""
    deadline = time.monotonic() + 60
    while True:
        try:
            env.reset(**asked)
            return
        except RuntimeError as error:
            if "CAPACITY_REACHED" not in str(error) or time.monotonic() > deadline:
                raise


def test_an_idle_connection_keeps_its_environment_and_its_slot(narrow: Server) -> None:
    with sync(narrow.url) as idle, sync(narrow.url) as other:
        idle.reset(seed=1, lease_seconds=10)
        idle.step(WAIT)
        for _ in range(12):
            narrow.advance(5)
            # Its sign of life, which OpenEnv's client gives by itself, has come before this is answered.
            idle.state()
        with pytest.raises(RuntimeError, match="CAPACITY_REACHED"):
            other.reset(seed=2)
        assert idle.step(WAIT).observation["step"] == 2


def test_a_crashed_client_gives_its_slot_back(narrow: Server) -> None:
    program = f"""
import os
from openenv import GenericEnvClient
from websockets.exceptions import ConnectionClosed
env = GenericEnvClient(base_url="{narrow.url}").sync()
env.reset(seed=1)
print("reset", flush=True)
os._exit(1)
"""
    crashed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert crashed.stdout == "reset\n"
    with sync(narrow.url) as env:
        reset_when_there_is_room(env, seed=2)


def test_a_crashed_client_of_a_kept_session_gives_its_slot_back_when_its_lease_runs_out(narrow: Server) -> None:
    crashed = sync(f"{narrow.url}/s/crashed")
    crashed.reset(seed=1, lease_seconds=10)
    asyncio.run_coroutine_threadsafe(crashed._async._ws.close(), crashed._loop).result()
    with sync(narrow.url) as env:
        with pytest.raises(RuntimeError, match="CAPACITY_REACHED"):
            env.reset(seed=2)
        narrow.advance(11)
        reset_when_there_is_room(env, seed=2)
    crashed.close()


def test_a_lost_connection_is_told_and_plays_nothing_else_silently(server: Server) -> None:
    way = CuttableWay(server.url.removeprefix("http://"))
    env = sync(f"http://{way.address}/sre")
    env.reset(seed=1)
    env.step(WAIT)
    way.cut()
    refused = ""
    for _ in range(3):
        try:
            env.step(WAIT)
            pytest.fail("the step was taken in another episode")
        except RuntimeError as error:
            refused = str(error)
            break
        except (OSError, ConnectionClosed):
            pass
    assert "This connection has no episode" in refused
    env.close()
    way.close()


def test_under_a_path_of_its_own_a_lost_connections_episode_goes_on(server: Server) -> None:
    way = CuttableWay(server.url.removeprefix("http://"))
    env = sync(f"http://{way.address}/sre/s/goes-on")
    env.reset(seed=1, episode_id="mine")
    env.step(WAIT)
    way.cut()
    state = None
    while state is None:
        # The call after a failed one connects again.
        with contextlib.suppress(OSError, ConnectionClosed):
            state = env.state()
    assert (state["episode_id"], state["step_count"]) == ("mine", 1)
    assert env.step(WAIT).observation["step"] == 2
    env.close()
    way.close()


def test_a_step_that_outlasts_its_client_is_done_once_and_found_again(server: Server) -> None:
    url = f"{server.url}/training/s/outlasts"
    env = sync(url)
    env.reset(task_id="easy_mnist", seed=1)
    env.step({"action": "configure_training"})
    server.hold(True)
    try:
        env.async_client._message_timeout = 0.1
        with pytest.raises(TimeoutError):
            env.step({"action": "run_epochs", "num_epochs": 2})
        env.async_client._message_timeout = 60.0
        server.wait_until_held()
        assert env.state()["state"] == "running"
    finally:
        server.hold(False)
    assert env.step({"action": "adjust_learning_rate", "new_lr": 0.001}).observation["current_epoch"] == 2
    assert env.state()["step_count"] == 3
    env.close()
    with sync(url) as again, pytest.raises(RuntimeError, match="no episode"):
        again.state()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"seed": -5}, r"data\.seed: -5 is not allowed"),
        ({"seed": 2**70}, r"data\.seed: .* is not allowed"),
        ({"seed": "seven"}, r"data\.seed: \"seven\" is not allowed"),
        ({"sead": 5}, r"data\.sead: is no key of a reset"),
        ({"task_tier": "eesy"}, r"data\.task_tier: \"eesy\" is not allowed; one of easy, medium, hard"),
    ],
)
def test_seeds_and_keys_of_a_reset_are_checked(asked: dict[str, object], told: str, server: Server) -> None:
    with sync(f"{server.url}/sre") as env:
        with pytest.raises(RuntimeError, match=told):
            env.reset(**asked)
        assert env.reset(seed=5).observation == env.reset(seed=5).observation


def test_a_step_before_a_reset_and_one_after_the_end_are_refused(server: Server) -> None:
    with sync(f"{server.url}/sre") as env:
        with pytest.raises(RuntimeError, match="EXECUTION_ERROR"):
            env.step(WAIT)
        env.reset(seed=1)
        while not env.step(WAIT).done:
            pass
        with pytest.raises(RuntimeError, match="has ended"):
            env.step(WAIT)


def test_a_request_id_makes_a_step_once(server: Server) -> None:
    with sync(f"{server.url}/sre") as env:
        env.reset(seed=1)
        action = {**WAIT, "metadata": {"request_id": "first"}}
        assert env.step(action).observation == env.step(action).observation
        assert env.state()["step_count"] == 1


def test_tool_calls_count_as_steps_and_are_paid(server: Server) -> None:
    with sync(f"{server.url}/training") as env:
        env.reset(task_id="easy_mnist", seed=1)
        env.step({"type": "call_tool", "tool_name": "configure_training", "arguments": {}})
        told = env.step({"type": "call_tool", "tool_name": "run_epochs", "arguments": {"num_epochs": 1}})
        assert told.reward != 0
        assert env.state()["step_count"] == 2


def test_the_state_tells_nothing_hidden(server: Server) -> None:
    with sync(f"{server.url}/sre") as env:
        env.reset(task_tier="hard", seed=1)
        text = str(env.state())
        result = None
        while result is None:
            told = env.step(WAIT)
            result = told.metadata.get("result")
            if result is None:
                text += str(env.state()) + str(told)
        assert result["sre"]["root_service_id"] in text
        assert "root_service" not in text
        assert "fault" not in text
