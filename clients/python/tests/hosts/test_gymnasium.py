"""The Gymnasium environments against a real server, under Gymnasium's own checker."""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
import warnings

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import nightshift.gymnasium
from nightshift import Client
from nightshift.errors import EpisodeEndedError, InvalidRequestError, UnknownTaskError
from tests.conftest import Server

HARD = "Nightshift/SRE-hard-v0"


def test_every_task_is_registered(client: Client) -> None:
    assert sorted(nightshift.gymnasium.TASKS.values()) == sorted(task.id for task in client.list_tasks())


@pytest.mark.parametrize("name", nightshift.gymnasium.TASKS)
def test_gymnasiums_checker_finds_nothing(name: str, server: Server) -> None:
    env = gymnasium.make(name, address=server.address)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env.unwrapped)
    env.close()
    env.close()


def test_an_episode_is_the_one_of_the_typed_client(server: Server, client: Client) -> None:
    env = gymnasium.make(HARD, address=server.address)
    task = env.unwrapped.task
    observation, info = env.reset(seed=7)
    with client.create_session("sre/hard", seed=7, views=["flat"]) as session:
        assert np.array_equal(observation, session.flat.columns)
        assert np.array_equal(info["action_mask"], session.flat.action_mask)
        wait = np.zeros(env.action_space.shape, dtype=np.int64)
        wait[0] = [action.name for action in task.actions].index("wait")
        total, ended = 0.0, False
        while not ended:
            observation, reward, terminated, truncated, info = env.step(wait)
            answer = session.wait()
            assert np.array_equal(observation, session.flat.columns)
            assert (reward, terminated, truncated) == (answer.reward, answer.terminated, answer.truncated)
            total += reward
            ended = terminated or truncated
        assert answer.result is not None
        assert info["score"] == answer.result.score == pytest.approx(total)
    with pytest.raises(EpisodeEndedError):
        env.step(wait)
    env.close()


def test_one_seed_fixes_all_episodes_after_it(server: Server) -> None:
    def play() -> list[object]:
        env = gymnasium.make(HARD, address=server.address)
        env.action_space.seed(3)
        seen: list[object] = []
        for episode in range(3):
            observation, _ = env.reset(seed=11 if episode == 0 else None)
            seen.append((env.unwrapped.session.info.seed, observation.tobytes()))
            for _ in range(5):
                observation, *_, info = env.step(env.action_space.sample())
                seen.append((observation.tobytes(), info["action_mask"].tolist()))
        env.close()
        return seen

    assert play() == play()


def test_splits_and_rewards_are_chosen(server: Server) -> None:
    env = gymnasium.make("Nightshift/Training-easy_mnist-v0", address=server.address, split="test", reward_mode="score")
    env.reset(seed=1)
    session = env.unwrapped.session
    assert (session.info.split, session.info.options.reward_mode) == ("test", "score")
    env.reset(seed=1, options={"split": "validation"})
    assert session.info.split == "validation"
    with pytest.raises(InvalidRequestError, match="split alone"):
        env.reset(options={"task": "x"})
    env.close()
    with pytest.raises(UnknownTaskError, match="sre/hard"):
        nightshift.gymnasium.NightshiftEnv("sre/none", address=server.address)


def test_a_session_that_ran_out_is_replaced_at_the_next_reset(server: Server) -> None:
    env = gymnasium.make(HARD, address=server.address)
    env.reset(seed=1)
    first = env.unwrapped.session
    first.close()
    env.reset(seed=2)
    assert env.unwrapped.session.id != first.id
    assert env.unwrapped.session.info.seed == 2
    env.close()


def test_it_pickles_and_renders(server: Server) -> None:
    env = gymnasium.make(HARD, address=server.address, render_mode="ansi").unwrapped
    assert env.render() is None
    env.reset(seed=1)
    assert "step" in env.render()
    copied = pickle.loads(pickle.dumps(env))
    copied.reset(seed=2)
    copied.close()
    env.close()


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_gymnasiums_own_processes_play(context: str, server: Server) -> None:
    program = f"""
import gymnasium, nightshift.gymnasium, warnings
warnings.simplefilter("ignore")
from functools import partial
make = partial(gymnasium.make, {HARD!r}, address={server.address!r})
if __name__ == "__main__":
    here = gymnasium.vector.SyncVectorEnv([make] * 2)
    there = gymnasium.vector.AsyncVectorEnv([make] * 2, context={context!r})
    for envs in (here, there):
        envs.action_space.seed(1)
    played = []
    for envs in (here, there):
        played.append([envs.reset(seed=5)[0].tobytes(), *(envs.step(envs.action_space.sample())[0].tobytes() for _ in range(5))])
    assert played[0] == played[1]
    here.close(), there.close()
"""
    # A file, since a spawned child imports its parent's main module.
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(program)
        file.flush()
        done = subprocess.run([sys.executable, file.name], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
