"""Nightshift's tasks as Gymnasium environments; importing this module registers them.

    import gymnasium
    import nightshift.gymnasium

    env = gymnasium.make("Nightshift/SRE-hard-v0", address="127.0.0.1:50051")
    envs = gymnasium.make_vec("Nightshift/SRE-hard-v0", num_envs=8, address="127.0.0.1:50051")

Needs `pip install "nightshift-client[gymnasium]"`.
"""

try:
    import gymnasium
except ImportError as error:
    raise ImportError('nightshift.gymnasium needs Gymnasium: pip install "nightshift-client[gymnasium]"') from error

from nightshift.gymnasium.env import NightshiftEnv
from nightshift.gymnasium.vector import NightshiftVectorEnv

TASKS = {
    "Nightshift/SRE-easy-v0": "sre/easy",
    "Nightshift/SRE-medium-v0": "sre/medium",
    "Nightshift/SRE-hard-v0": "sre/hard",
    "Nightshift/SRE-hard_aliased-v0": "sre/hard_aliased",
    "Nightshift/SRE-single_oom-v0": "sre/single_oom",
    "Nightshift/SRE-db_connection_leak-v0": "sre/db_connection_leak",
    "Nightshift/SRE-flapping_network-v0": "sre/flapping_network",
    "Nightshift/Training-easy_mnist-v0": "training/easy_mnist",
    "Nightshift/Training-medium_fashion-v0": "training/medium_fashion",
    "Nightshift/Training-hard_cifar-v0": "training/hard_cifar",
}
"""The task of each registered id."""

for _id, _task in TASKS.items():
    # The server truncates, so there is no time limit here; the full checker runs in this package's own tests.
    gymnasium.register(
        _id,
        entry_point="nightshift.gymnasium.env:NightshiftEnv",
        vector_entry_point="nightshift.gymnasium.vector:NightshiftVectorEnv",
        kwargs={"task": _task},
        disable_env_checker=True,
    )

__all__ = ["TASKS", "NightshiftEnv", "NightshiftVectorEnv"]
