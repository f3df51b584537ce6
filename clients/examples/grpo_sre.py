"""Trains a language model on the easy incidents by GRPO of TRL, calling the actions as tools.

A server runs beside it, with a session for each rollout of a batch: `npx nightshift serve`. `pip install "./clients/python[trl]"`
"""

from __future__ import annotations

import argparse
from typing import Any

import torch
from transformers import TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from nightshift.trl import EnvironmentFactory, dataset, report


class PrintScores(TrainerCallback):
    """The mean score of each step's rollouts, and how many of them lost a result to the limit of tokens."""

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
        if logs and "rewards/SreEnvironment/mean" in logs:
            score, lost = logs["rewards/SreEnvironment/mean"], logs["nightshift/lost_results"]
            print(f"step {state.global_step}: mean score {score:.3f}, lost results {lost:.0%}", flush=True)


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--model", default="Qwen/Qwen3-0.6B", help="a name or folder, with a chat template that has tools")
    given.add_argument("--steps", type=int, default=200)
    given.add_argument("--tokens", type=int, default=20_000, help="of a whole rollout; an incident has 30 results of about 1 kB")
    options = given.parse_args()
    trainer = GRPOTrainer(
        options.model,
        reward_funcs=report,
        args=GRPOConfig(
            output_dir="grpo-sre",
            max_steps=options.steps,
            per_device_train_batch_size=8,
            num_generations=8,
            max_completion_length=options.tokens,
            max_tool_calling_iterations=40,
            logging_steps=1,
            report_to=[],
            use_cpu=not torch.cuda.is_available(),
            bf16=torch.cuda.is_available(),
        ),
        train_dataset=dataset("sre/easy", seeds=range(10_000)),
        environment_factory=EnvironmentFactory("sre"),
        callbacks=[PrintScores()],
    )
    trainer.train()
    trainer.save_model()


if __name__ == "__main__":
    main()
