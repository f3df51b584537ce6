"""stable-baselines3's checker, and our vector environment beside its own one of single environments."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from stable_baselines3 import PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.evaluation import evaluate_policy
from stable_baselines3.common.monitor import Monitor
from stable_baselines3.common.vec_env import DummyVecEnv, VecMonitor

import nightshift.gymnasium
from nightshift import Client
from nightshift.errors import InvalidRequestError, NightshiftError
from nightshift.sb3 import NightshiftVecEnv
from tests.conftest import Server

LANES = 3
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.mark.parametrize("name", nightshift.gymnasium.TASKS)
def test_its_checker_finds_nothing(name: str, server: Server) -> None:
    env = gymnasium.make(name, address=server.address).unwrapped
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env)
    env.close()


def assert_same(here: list[dict[str, Any]], there: list[dict[str, Any]]) -> None:
    for mine, theirs in zip(here, there, strict=True):
        assert mine.keys() == theirs.keys()
        for key, value in mine.items():
            assert type(value) is type(theirs[key]), key
            assert np.array_equal(value, theirs[key]), key


@pytest.mark.parametrize("task", ["sre/easy", "sre/hard"])
def test_it_equals_its_own_over_single_environments(task: str, server: Server) -> None:
    name = next(name for name, one in nightshift.gymnasium.TASKS.items() if one == task)
    there = DummyVecEnv([lambda: gymnasium.make(name, address=server.address) for _ in range(LANES)])
    here = NightshiftVecEnv(task, LANES, address=server.address)
    assert (here.observation_space, here.action_space) == (there.observation_space, there.action_space)
    here.action_space.seed(2)
    assert here.seed(7) == there.seed(7)
    episodes = 0
    for step in range(1000):
        if step in (0, 500):
            # The second time without seeds, in the middle of an episode.
            assert np.array_equal(here.reset(), there.reset())
            assert_same(here.reset_infos, there.reset_infos)
        actions = np.stack([here.action_space.sample() for _ in range(LANES)])
        mine, theirs = here.step(actions), there.step(actions)
        for place in range(3):
            assert mine[place].dtype == theirs[place].dtype
            assert np.array_equal(mine[place], theirs[place])
        assert_same(mine[3], theirs[3])
        assert_same(here.reset_infos, there.reset_infos)
        episodes += int(mine[2].sum())
    assert episodes > 50
    here.close()
    there.close()


def test_a_lane_that_fails_is_a_truncation(server: Server, client: Client) -> None:
    envs = NightshiftVecEnv("sre/easy", 2, address=server.address)
    observations = envs.reset()
    client.open_session(envs.get_attr("session", 1)[0].id).close()
    _, rewards, dones, infos = envs.step(np.zeros((2, 5), np.int64))
    assert dones.tolist() == [False, True]
    assert rewards[1] == 0
    assert infos[1]["TimeLimit.truncated"] is True
    assert np.array_equal(infos[1]["terminal_observation"], observations[1])
    assert "infra_error" in infos[1]
    envs.close()


def test_what_it_can_be_asked(server: Server) -> None:
    envs = NightshiftVecEnv("sre/easy", 2, address=server.address, render_mode="ansi")
    assert envs.env_method("render") == [None, None]
    with pytest.raises(NightshiftError, match="step_async"):
        envs.step_wait()
    envs.set_options({"split": "test"})
    envs.seed(1)
    envs.reset()
    assert [one.info.split for one in envs.get_attr("session")] == ["test", "test"]
    assert all("step" in text for text in envs.env_method("render"))
    envs.set_options([{"split": "test"}, {}])
    with pytest.raises(InvalidRequestError, match="same"):
        envs.reset()
    envs.set_attr("label", 3, indices=1)
    assert envs.get_attr("label", 1) == [3]
    for wrong in (lambda: envs.get_attr("label"), lambda: envs.env_method("fly")):
        with pytest.raises(AttributeError):
            wrong()
    assert envs.env_is_wrapped(Monitor) == [False, False]
    envs.close()
    envs.close()


def test_it_trains_saves_and_is_evaluated(server: Server, tmp_path: Path) -> None:
    envs = VecMonitor(NightshiftVecEnv("sre/easy", 4, address=server.address))
    model = PPO("MlpPolicy", envs, n_steps=32, batch_size=64, n_epochs=1, seed=0, device="cpu")
    model.learn(256)
    model.save(tmp_path / "model")
    again = PPO.load(tmp_path / "model", env=envs, device="cpu")
    rewards, lengths = evaluate_policy(again, envs, n_eval_episodes=4, return_episode_rewards=True)
    assert lengths == [30] * 4
    assert len(rewards) == 4
    envs.close()


def test_the_example_learns_more_than_chance(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "ppo_sre_easy.py"), "--steps", "60000", "--rounds", "2"],
        env={**os.environ, "NIGHTSHIFT_ADDRESS": server.address},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    random, learned = (float(score) for score in re.findall(r"mean score (\d\.\d+)", done.stdout))
    assert learned > 2 * random
