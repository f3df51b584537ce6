"""RLlib's own runners over our vector environment, as the example sets them up."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nightshift.gymnasium import NightshiftEnv
from tests.conftest import Server

pytest.importorskip("ray.rllib")

from ray.rllib.env.single_agent_env_runner import SingleAgentEnvRunner

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "rllib_sre.py"


@pytest.fixture(scope="module")
def example() -> Any:
    spec = importlib.util.spec_from_file_location("rllib_sre", EXAMPLE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def runner(example: Any, server: Server, place: int) -> SingleAgentEnvRunner:
    """As it is in the process of runner `place`; observations as they are, and no Ray started."""
    config = example.configuration(server.address).env_runners(env_to_module_connector=None)
    return SingleAgentEnvRunner(config=config, worker_index=place, num_workers=2)


def test_a_runner_records_the_episodes_of_single_environments(example: Any, server: Server) -> None:
    played = runner(example, server, 1)
    # In the next step a lane begins anew, which takes a step and counts as none.
    episodes = played.sample(num_timesteps=example.LANES * 60, random_actions=True, explore=True)
    assert [len(one) for one in episodes] == [30] * (2 * example.LANES)
    played.stop()
    alone = NightshiftEnv("sre/easy", address=server.address)
    for lane in range(example.LANES):
        # RLlib's seed is that of the configuration and the runner's place.
        for episode, seed in ((episodes[lane], 1 * example.LANES + lane), (episodes[example.LANES + lane], None)):
            observation, _ = alone.reset(seed=seed)
            expected, rewards = [observation], []
            for action in episode.get_actions():
                observation, reward, terminated, truncated, info = alone.step(action)
                expected.append(observation)
                rewards.append(reward)
            assert np.array_equal(np.stack(episode.get_observations()), np.stack(expected))
            assert np.array_equal(episode.get_rewards(), rewards)
            assert (episode.is_terminated, episode.is_truncated) == (terminated, truncated)
            assert episode.get_infos()[-1]["score"] == info["score"] == pytest.approx(episode.get_return())
            assert episode.get_infos()[-1]["reward_breakdown"] == info["reward_breakdown"]
    alone.close()


def test_runners_play_episodes_of_their_own(example: Any, server: Server) -> None:
    seeds: list[int] = []
    for place in (1, 2):
        played = runner(example, server, place)
        played.sample(num_timesteps=example.LANES, random_actions=True, explore=True)
        seeds += [session.info.seed for session in played.env.unwrapped.sessions]
        played.stop()
    assert len(set(seeds)) == 2 * example.LANES


def test_the_example_trains_and_plays_in_processes(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), "--steps", "4000"],
        env={**os.environ, "NIGHTSHIFT_ADDRESS": server.address},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"^random: mean score 0\.\d{3} over 128 unseen incidents$", done.stdout, flags=re.M)
    assert len(re.findall(r"^\d+ steps in \d+ s: mean score 0\.\d{3}$", done.stdout, flags=re.M)) == 3
    assert re.search(r"^PPO: mean score 0\.\d{3} over 1\d\d unseen incidents$", done.stdout, flags=re.M)
