"""Trains PPO of RLlib on the easy incidents, and plays unseen ones with it and with random actions.

A server runs beside it: `npx nightshift serve`. `pip install "./clients/python[gymnasium]" "ray[rllib]==2.60.0" torch`
"""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
import ray
from ray import tune
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.connectors.env_to_module import MeanStdFilter
from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig

from nightshift.gymnasium import NightshiftVectorEnv

TASK = "sre/easy"
LANES = 16
# Two of the task's episodes of 30 steps.
STEPS_PER_UPDATE = 60
UNSEEN = 128


class Lanes(NightshiftVectorEnv):
    """One runner's lanes. They start again in the next step (the default): RLlib takes that for granted, and asks nobody."""

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> Any:
        # Runner i resets with the seed s + i, and so lane j would take s + i + j: most runners' lanes would play the same episodes.
        return super().reset(seed=None if seed is None else [seed * LANES + lane for lane in range(LANES)], options=options)


def create(context: dict[str, Any]) -> NightshiftVectorEnv:
    """Runs in each runner's process. Only the address and other values go there; the channel is opened there, at the first reset."""
    return Lanes(TASK, context["num_envs"], address=context["address"], split=context["split"])


def normalised(*_: Any) -> MeanStdFilter:
    """Columns are in their own units (ms, shares, counts): a network wants them alike."""
    return MeanStdFilter()


def random_score(address: str | None) -> float:
    """The mean score of random actions over unseen incidents."""
    envs = NightshiftVectorEnv(TASK, LANES, address=address, split="test")
    envs.action_space.seed(0)
    envs.reset(seed=0)
    scores: list[float] = []
    while len(scores) < UNSEEN:
        infos = envs.step(envs.action_space.sample())[4]
        scores += infos["score"][infos["_score"]].tolist() if "score" in infos else []
    envs.close()
    return float(np.mean(scores))


def configuration(address: str | None = None, runners: int = 0) -> PPOConfig:
    """PPO over so many runners' lanes."""
    tune.register_env("nightshift", create)
    return (
        PPOConfig()
        .environment("nightshift", env_config={"address": address, "split": "train"})
        .env_runners(
            num_env_runners=runners,
            num_envs_per_env_runner=LANES,
            gym_env_vectorize_mode="vector_entry_point",
            env_to_module_connector=normalised,
        )
        .rl_module(model_config=DefaultModelConfig(fcnet_hiddens=[64, 64], fcnet_activation="tanh", vf_share_layers=False))
        .training(
            train_batch_size_per_learner=max(1, runners) * LANES * STEPS_PER_UPDATE,
            minibatch_size=max(1, runners) * LANES * STEPS_PER_UPDATE // 4,
            num_epochs=8,
            lr=1e-3,
            gamma=0.99,
            lambda_=0.95,
            entropy_coeff=0.005,
            clip_param=0.2,
            vf_loss_coeff=0.5,
            use_kl_loss=False,
            grad_clip=0.5,
        )
        # The sum of an incident's rewards is its score, so that RLlib's mean return is the mean score.
        .evaluation(
            evaluation_num_env_runners=1,
            evaluation_duration=UNSEEN,
            evaluation_duration_unit="episodes",
            evaluation_config={"env_config": {"address": address, "split": "test"}, "explore": False},
        )
        .debugging(seed=0, log_level="ERROR")
    )


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--address", help="of the server; default: NIGHTSHIFT_ADDRESS, else 127.0.0.1:50051")
    given.add_argument("--runners", type=int, default=2, help="processes that play; 0: this one does")
    given.add_argument("--steps", type=int, default=200_000, help="steps of all lanes together")
    options = given.parse_args()
    print(f"random: mean score {random_score(options.address):.3f} over {UNSEEN} unseen incidents", flush=True)

    ray.init(num_cpus=options.runners + 2, include_dashboard=False, log_to_driver=False)
    algorithm = configuration(options.address, options.runners).build_algo()
    start, steps = time.monotonic(), 0
    while steps < options.steps:
        told = algorithm.train()["env_runners"]
        steps = int(told["num_env_steps_sampled_lifetime"])
        print(f"{steps} steps in {time.monotonic() - start:.0f} s: mean score {told.get('episode_return_mean', 0):.3f}", flush=True)
    told = algorithm.evaluate()["env_runners"]
    print(f"PPO: mean score {told['episode_return_mean']:.3f} over {told['num_episodes']} unseen incidents")
    algorithm.stop()
    ray.shutdown()


if __name__ == "__main__":
    main()
