"""Trains PPO of stable-baselines3 on the easy incidents, and plays unseen ones with it and with random actions.

A server runs beside it: `npx nightshift serve`. `pip install "./clients/python[sb3]"`
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from stable_baselines3 import PPO
from stable_baselines3.common.vec_env import VecMonitor, VecNormalize

from nightshift.sb3 import NightshiftVecEnv

TASK = "sre/easy"
LANES = 32
# Two of the task's episodes of 30 steps.
STEPS_PER_UPDATE = 60


def scores(choose: Callable[[Any], Any], rounds: int) -> list[float]:
    """Plays so many incidents of the test split in each lane; the same ones every time."""
    envs = NightshiftVecEnv(TASK, LANES, split="test")
    envs.seed(0)
    observations: Any = envs.reset()
    found: list[float] = []
    # All episodes of this task are equally long, so that those of a round end together.
    while len(found) < LANES * rounds:
        observations, _, dones, infos = envs.step(choose(observations))
        found += [infos[lane]["score"] for lane in np.flatnonzero(dones)]
    envs.close()
    return found


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--steps", type=int, default=300_000, help="steps of all lanes together")
    given.add_argument("--rounds", type=int, default=4, help=f"unseen incidents to play in each of {LANES} lanes")
    options = given.parse_args()
    torch.set_num_threads(1)

    # Columns are in their own units (ms, shares, counts): a network wants them alike.
    envs = VecNormalize(VecMonitor(NightshiftVecEnv(TASK, LANES)), norm_reward=False, clip_obs=5.0)
    envs.action_space.seed(0)
    random = scores(lambda _: np.stack([envs.action_space.sample() for _ in range(LANES)]), options.rounds)
    print(f"random: mean score {np.mean(random):.3f} over {len(random)} unseen incidents", flush=True)

    model = PPO(
        "MlpPolicy",
        envs,
        n_steps=STEPS_PER_UPDATE,
        batch_size=LANES * STEPS_PER_UPDATE // 4,
        n_epochs=4,
        learning_rate=1e-3,
        gamma=0.99,
        ent_coef=0.005,
        seed=0,
        device="cpu",
    )
    start = time.monotonic()
    model.learn(options.steps)
    print(f"trained: {model.num_timesteps} steps in {time.monotonic() - start:.0f} s", flush=True)
    envs.close()

    learned = scores(lambda observations: model.predict(envs.normalize_obs(observations))[0], options.rounds)
    print(f"PPO: mean score {np.mean(learned):.3f} over the same incidents")


main()
