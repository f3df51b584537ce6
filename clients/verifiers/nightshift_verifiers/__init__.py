"""Nightshift's tasks for verifiers 0.4, under the id nightshift-verifiers.

    vf-eval nightshift-verifiers --no-push -n 8 --env.taskset.tasks '["sre/easy"]' -m MODEL

The server is NIGHTSHIFT_ADDRESS, else 127.0.0.1:50051.
"""

from nightshift_verifiers.environment import NightshiftEnv
from nightshift_verifiers.harness import NightshiftHarness
from nightshift_verifiers.taskset import NightshiftTaskset

# verifiers takes one of each kind.
__all__ = ["NightshiftEnv", "NightshiftHarness", "NightshiftTaskset"]
