"""Many episodes of one task for stable-baselines3: its own kind of vector environment, over one play stream.

    from stable_baselines3 import PPO
    from stable_baselines3.common.vec_env import VecMonitor
    from nightshift.sb3 import NightshiftVecEnv

    model = PPO("MlpPolicy", VecMonitor(NightshiftVecEnv("sre/easy", 16)))

Needs `pip install "nightshift-client[sb3]"`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Union

try:
    from stable_baselines3.common.vec_env.base_vec_env import VecEnv
except ImportError as error:
    raise ImportError('nightshift.sb3 needs stable-baselines3: pip install "nightshift-client[sb3]"') from error

import gymnasium
import numpy as np
import numpy.typing as npt
from gymnasium.vector import AutoresetMode

from nightshift._requests import AnyRewardMode, AnySplit
from nightshift.errors import InvalidRequestError, NightshiftError
from nightshift.gymnasium.vector import NightshiftVectorEnv

Indices = Union[None, int, Iterable[int]]
Step = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.bool_], list[dict[str, Any]]]

__all__ = ["NightshiftVecEnv"]


class NightshiftVecEnv(VecEnv):
    """The same episodes, in the same order, as DummyVecEnv of NightshiftEnv plays, for the same seeds and actions.

    A lane whose episode ends starts the next one in the same step: its info has `terminal_observation`, `TimeLimit.truncated`, `score` and
    `end_reason`, or `infra_error` where it failed on the server, as a truncation. Every info has the `action_mask` of its step, and
    the `reward_breakdown` where rewards are the score alone. What fails as a whole is raised as a NightshiftError; `reset` starts anew.
    """

    def __init__(
        self,
        task: str,
        num_envs: int = 1,
        *,
        address: str | None = None,
        split: AnySplit = "train",
        reward_mode: AnyRewardMode | None = None,
        render_mode: str | None = None,
    ) -> None:
        """As NightshiftVectorEnv."""
        self._envs = NightshiftVectorEnv(
            task,
            num_envs,
            address=address,
            split=split,
            reward_mode=reward_mode,
            render_mode=render_mode,
            autoreset_mode=AutoresetMode.SAME_STEP,
        )
        self._actions: npt.NDArray[np.integer[Any]] | None = None
        self._attributes: list[dict[str, Any]] = [{"render_mode": render_mode, "task": self._envs.task} for _ in range(num_envs)]
        super().__init__(num_envs, self._envs.single_observation_space, self._envs.single_action_space)

    def reset(self) -> npt.NDArray[np.float32]:
        """Starts all lanes' next episodes, with the seeds and options that `seed` and `set_options` left."""
        first, *others = self._options
        if any(one != first for one in others):
            raise InvalidRequestError("The options of all lanes are the same ones here.")
        observations, infos = self._envs.reset(seed=self._seeds, options=dict(first))
        self.reset_infos = [{"action_mask": mask} for mask in infos["action_mask"]]
        self._reset_seeds()
        self._reset_options()
        return observations

    def step_async(self, actions: npt.NDArray[np.integer[Any]]) -> None:
        """Takes the actions, for `step_wait`."""
        self._actions = actions

    def step_wait(self) -> Step:
        """Steps all lanes. Errors: as NightshiftVectorEnv.step."""
        if self._actions is None:
            raise NightshiftError("step_wait comes after step_async.")
        actions, self._actions = self._actions, None
        observations, rewards, terminated, truncated, told = self._envs.step(actions)
        dones = terminated | truncated
        infos: list[dict[str, Any]] = []
        for lane, mask in enumerate(told["action_mask"]):
            info: dict[str, Any] = {"action_mask": mask}
            if "reward_breakdown" in told and not dones[lane]:
                info["reward_breakdown"] = _of_lane(told["reward_breakdown"], lane)
            if dones[lane]:
                self.reset_infos[lane] = info
                info = _of_lane(told["final_info"], lane) | {"terminal_observation": told["final_obs"][lane]}
            infos.append({**info, "TimeLimit.truncated": bool(truncated[lane] and not terminated[lane])})
        return observations, rewards.astype(np.float32), dones, infos

    def close(self) -> None:
        """Gives the sessions back. Closing it again is fine."""
        self._envs.close()

    def get_attr(self, attr_name: str, indices: Indices = None) -> list[Any]:
        """An attribute of lanes: "render_mode", "task", "session", and what was set. Errors: AttributeError."""
        lanes = list(self._get_indices(indices))
        if attr_name == "session":
            return [self._envs.sessions[lane] for lane in lanes]
        for lane in lanes:
            if attr_name not in self._attributes[lane]:
                raise AttributeError(f"The lanes of {type(self).__name__} have no attribute {attr_name!r}.")
        return [self._attributes[lane][attr_name] for lane in lanes]

    def set_attr(self, attr_name: str, value: Any, indices: Indices = None) -> None:
        """Sets an attribute of lanes; it is kept, and changes nothing in how they play."""
        for lane in self._get_indices(indices):
            self._attributes[lane][attr_name] = value

    def env_method(self, method_name: str, *method_args: Any, indices: Indices = None, **method_kwargs: Any) -> list[Any]:
        """Calls a method of lanes: "render". Errors: AttributeError."""
        if method_name != "render" or method_args or method_kwargs:
            raise AttributeError(f"The lanes of {type(self).__name__} have the method render() alone.")
        texts: Sequence[Any] = self._envs.render() or [None] * self.num_envs
        return [texts[lane] for lane in self._get_indices(indices)]

    def env_is_wrapped(self, wrapper_class: type[gymnasium.Wrapper[Any, Any, Any, Any]], indices: Indices = None) -> list[bool]:
        """No lane is."""
        return [False for _ in self._get_indices(indices)]


def _of_lane(infos: dict[str, Any], lane: int) -> dict[str, Any]:
    """One lane's own infos, out of Gymnasium's vector form."""
    return {key: _at(infos[key], lane) for key in infos if not key.startswith("_") and infos[f"_{key}"][lane]}


def _at(values: Any, lane: int) -> Any:
    if isinstance(values, dict):
        return _of_lane(values, lane)
    value = values[lane]
    return value.item() if isinstance(value, np.generic) else value
