"""Many episodes of one task as a Gymnasium vector environment: one message a step, over one play stream."""

from __future__ import annotations

import contextlib
from typing import Any, Union

import numpy as np
import numpy.typing as npt
from gymnasium.utils import seeding
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from nightshift._fork import watch_forks
from nightshift._requests import AnyRewardMode, AnySplit
from nightshift.client import Client
from nightshift.errors import (
    EpisodeEndedError,
    InvalidActionError,
    InvalidRequestError,
    NightshiftError,
    SessionEndedError,
    SessionLostError,
)
from nightshift.gymnasium.env import NightshiftEnv, spaces_of, task_named
from nightshift.messages import EpisodeResult, RewardMode
from nightshift.play import Autoreset, LanesResult, PlayStream
from nightshift.session import Session

Observations = npt.NDArray[np.float32]
Actions = npt.NDArray[np.integer[Any]]
Rewards = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Seeds = Union[int, list[Union[int, None]], None]

MAX_LANES = 512

_AUTORESET: dict[AutoresetMode, Autoreset] = {
    AutoresetMode.NEXT_STEP: "next_step",
    AutoresetMode.SAME_STEP: "same_step",
    AutoresetMode.DISABLED: "disabled",
}


class NightshiftVectorEnv(VectorEnv[Observations, Actions, Any]):
    """The same episodes, in the same order, as Gymnasium's SyncVectorEnv of NightshiftEnv plays, for the same seeds and actions.

    `infos["action_mask"]` is lanes x actions; `score` and `end_reason` come with a last step (in SAME_STEP inside of `final_info`).
    `reward_breakdown` comes where rewards are the score alone (all of sre); the parts of shaped rewards come with single environments.
    Every step gives new arrays.
    A lane that fails on the server is truncated with reward 0, its last observation and `infos["infra_error"]`, a text; its next episode
    has a new session. What fails as a whole (the connection, the stream) is raised as a NightshiftError, and `reset` starts anew.
    """

    metadata: dict[str, Any] = {**NightshiftEnv.metadata, "autoreset_mode": AutoresetMode.NEXT_STEP}

    def __init__(
        self,
        task: str,
        num_envs: int = 1,
        *,
        address: str | None = None,
        split: AnySplit = "train",
        reward_mode: AnyRewardMode | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
    ) -> None:
        """`num_envs`: 1 to 512. `autoreset_mode`: or its value, as "SameStep". The others: as NightshiftEnv."""
        if not 1 <= num_envs <= MAX_LANES:
            raise InvalidRequestError(f"num_envs is 1 to {MAX_LANES}, not {num_envs}.")
        if render_mode not in (None, "ansi"):
            raise InvalidRequestError(f'render_mode is None or "ansi", not {render_mode!r}.')
        self.num_envs = num_envs
        self.render_mode = render_mode
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {**self.metadata, "autoreset_mode": self.autoreset_mode}
        self._client = Client(address)
        self._split = split
        self._reward_mode = reward_mode
        self.task = task_named(self._client.address, task)
        """The task as the server tells it."""
        self.single_observation_space, self.single_action_space = spaces_of(self.task)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        # By lane: where its episodes' seeds come from, and those that were drawn and sent ahead.
        self._generators: list[np.random.Generator | None] = [None] * num_envs
        self._ahead: list[list[int]] = [[] for _ in range(num_envs)]
        self._begin_nothing()
        watch_forks(self)

    @property
    def sessions(self) -> tuple[Session | None, ...]:
        """The sessions of the lanes, once they were reset."""
        return tuple(self._sessions)

    def reset(self, *, seed: Seeds = None, options: dict[str, Any] | None = None) -> tuple[Observations, dict[str, Any]]:
        """Starts episodes in all lanes, or in those of `options["reset_mask"]`, an array of bool, which is taken out of the options.

        seed: of lane 0, with lane i taking seed + i; one for each lane; None: from the lane's own generator. `options["split"]` changes the
        split of the lanes that are reset.
        """
        seeds = self._seeds(seed)
        lanes = self._lanes(options)
        given = dict(options or {})
        self._split = given.pop("split", self._split)
        if given:
            raise InvalidRequestError(f"reset has the options reset_mask and split alone, not {', '.join(map(repr, given))}.")
        if len(lanes) < self.num_envs and None in self._sessions:
            raise NightshiftError("The first reset is of all lanes: leave reset_mask out.")
        told = self._start({lane: self._episode_seed(lane, seeds[lane]) for lane in lanes})
        self._is_done[lanes] = False
        infos: dict[str, Any] = {}
        for lane in lanes:
            self._rows[lane], self._masks[lane] = told.observations[lane], told.action_masks[lane]
            infos = self._add_info(infos, {"action_mask": told.action_masks[lane]}, lane)
        return self._rows.copy(), infos

    def step(self, actions: Actions) -> tuple[Observations, Rewards, Flags, Flags, dict[str, Any]]:
        """Steps every lane. Errors: InvalidActionError, before anything is done; EpisodeEndedError in mode DISABLED; NightshiftErrors."""
        levels = self._levels(actions)
        if self._stream is None:
            raise NightshiftError("The environment is stepped before its first reset, or after an error: reset it.")
        if self.autoreset_mode is AutoresetMode.DISABLED and self._is_done.any():
            ended = ", ".join(map(str, np.flatnonzero(self._is_done)))
            raise EpisodeEndedError(f"The episodes of lanes {ended} have ended; reset them by options={{'reset_mask': ...}}.")
        try:
            return self._stepped(self._stream.step(levels, seeds=self._unsent))
        except NightshiftError:
            self._drop_stream()
            raise

    def render(self) -> tuple[str, ...] | None:
        """In mode "ansi" the texts that language models read, one a lane."""
        if self.render_mode is None or None in self._sessions:
            return None
        texts = []
        for session in self._sessions:
            assert session is not None
            session.refresh()
            texts.append(session.text)
        return tuple(texts)

    def close_extras(self, **_: Any) -> None:
        """Gives the sessions back; there is nothing to give where the constructor was refused."""
        if not hasattr(self, "_stream"):
            return
        self._drop_stream()
        self._begin_nothing()
        self._client.close()

    def after_fork_in_child(self) -> None:
        """The parent's sessions stay the parent's."""
        self._begin_nothing()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name not in ("_stream", "_sessions")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._begin_nothing()
        watch_forks(self)

    def _begin_nothing(self) -> None:
        count, actions = self.num_envs, len(self.task.actions)
        self._stream: PlayStream | None = None
        self._sessions: list[Session | None] = [None] * count
        self._splits: list[AnySplit] = [self._split] * count
        # As they were told last.
        self._rows: Observations = np.zeros((count, len(self.task.observation_columns)), np.float32)
        self._masks: Flags = np.zeros((count, actions), np.bool_)
        self._is_done: Flags = np.zeros(count, np.bool_)
        # Seeds that were drawn and go with the next step.
        self._unsent: dict[int, list[int]] = {}
        # Lanes whose sessions failed, with their next episodes still to begin.
        self._failed: set[int] = set()

    def _seeds(self, seed: Seeds) -> list[int | None]:
        if seed is None:
            return [None] * self.num_envs
        seeds: list[int | None] = [seed + lane for lane in range(self.num_envs)] if isinstance(seed, int) else list(seed)
        if len(seeds) != self.num_envs:
            raise InvalidRequestError(f"seed has an entry for each lane: {self.num_envs}, not {len(seeds)}.")
        return seeds

    def _lanes(self, options: dict[str, Any] | None) -> list[int]:
        """Those that are reset."""
        if options is None or "reset_mask" not in options:
            return list(range(self.num_envs))
        mask = options.pop("reset_mask")
        if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_ or mask.shape != (self.num_envs,) or not mask.any():
            raise InvalidRequestError(f"options['reset_mask'] is an array of {self.num_envs} bool, one true at least, not {mask!r}.")
        return [int(lane) for lane in np.flatnonzero(mask)]

    def _episode_seed(self, lane: int, seed: int | None) -> int:
        """Seed of the lane's next episode: as NightshiftEnv.reset has it."""
        if seed is not None:
            self._generators[lane], _ = seeding.np_random(seed)
            self._ahead[lane] = []
            return seed
        return self._ahead[lane].pop(0) if self._ahead[lane] else self._drawn(lane)

    def _drawn(self, lane: int) -> int:
        generator = self._generators[lane]
        if generator is None:
            generator = self._generators[lane] = seeding.np_random()[0]
        return int(generator.integers(2**63))

    def _levels(self, actions: Actions) -> Actions:
        rows = np.asarray(actions)
        sizes: npt.NDArray[np.int64] = self.single_action_space.nvec  # type: ignore[attr-defined]
        if rows.shape != (self.num_envs, len(sizes)) or rows.dtype.kind not in "iu":
            raise InvalidActionError(
                f"actions is an array of whole numbers, {self.num_envs} x {len(sizes)}, not {rows.dtype} of shape {rows.shape}."
            )
        wrong = np.argwhere((rows < 0) | (rows >= sizes))
        if len(wrong):
            lane, column = wrong[0]
            raise InvalidActionError(f"actions[{lane}][{column}] is 0 to {sizes[column] - 1}, not {rows[lane, column]}.")
        return rows

    def _start(self, seeds: dict[int, int]) -> LanesResult:
        """Starts episodes by lane and seed, and gives all lanes as they are then."""
        try:
            on_stream = {lane: seed for lane, seed in seeds.items() if not self._is_started_alone(lane, seed)}
            told = self._set_lanes()
            if on_stream:
                assert self._stream is not None
                told = self._stream.reset_lanes(on_stream, seeds=on_stream.values())
                gone = {lane: error for lane, error in told.errors.items() if lane in on_stream}
                for lane, error in gone.items():
                    if not isinstance(error, (SessionEndedError, SessionLostError)):
                        raise error
                    self._open(lane, on_stream[lane])
                if gone:
                    told = self._set_lanes()
            return told
        except NightshiftError:
            self._drop_stream()
            raise

    def _is_started_alone(self, lane: int, seed: int) -> bool:
        """Whether the episode had to be started off the stream: a first one, one after a failure, one of another split."""
        session = self._sessions[lane]
        if session is not None and lane not in self._failed and self._splits[lane] == self._split:
            return False
        if session is not None and lane not in self._failed:
            # What the stream did to the session is not known to this handle.
            session.refresh()
            session.reset(seed=seed, split=self._split)
            self._splits[lane] = self._split
        else:
            self._open(lane, seed)
        return True

    def _open(self, lane: int, seed: int) -> None:
        """A new session for a lane."""
        old, self._sessions[lane] = self._sessions[lane], None
        if old is not None:
            with contextlib.suppress(NightshiftError):
                old.close()
        self._sessions[lane] = self._client.create_session(
            self.task.id,
            seed=seed,
            split=self._split,
            reward_mode=self._reward_mode,
            views=("flat", "text") if self.render_mode == "ansi" else ("flat",),
        )
        self._splits[lane] = self._split
        self._failed.discard(lane)

    def _set_lanes(self) -> LanesResult:
        """Tells the server the lanes and the seeds ahead, instead of those that it had."""
        if self._stream is None:
            self._stream = self._client.play()
        if self.autoreset_mode is not AutoresetMode.DISABLED:
            for lane, ahead in enumerate(self._ahead):
                if not ahead:
                    ahead.append(self._drawn(lane))
        self._unsent = {}
        sessions = [session for session in self._sessions if session is not None]
        return self._stream.lanes(sessions, autoreset=_AUTORESET[self.autoreset_mode], seeds=self._ahead)

    def _stepped(self, told: LanesResult) -> tuple[Observations, Rewards, Flags, Flags, dict[str, Any]]:
        restarted = self._failed
        self._unsent = {}
        for lane in told.started_seeds:
            if lane not in restarted:
                self._ahead[lane] = [self._drawn(lane)]
                self._unsent[lane] = self._ahead[lane]
        # An episode that ended and was not followed by the next one has its result; only its session is replaced.
        failed = {lane: error for lane, error in told.errors.items() if lane not in restarted}
        broken = {lane: f"{error.code}: {error.message}" for lane, error in failed.items() if lane not in told.results}
        observations, masks = told.observations, told.action_masks
        for lane in broken:
            observations[lane], masks[lane] = self._rows[lane], self._masks[lane]
            told.rewards[lane], told.terminated[lane], told.truncated[lane] = 0.0, False, True
        for lane in restarted:
            told.rewards[lane], told.terminated[lane], told.truncated[lane] = 0.0, False, False
        has_parts = self._is_score_alone()
        ends = {
            lane: _told(result) | ({"reward_breakdown": {"score": float(told.rewards[lane])}} if has_parts else {})
            for lane, result in told.results.items()
            if lane not in restarted
        }
        ends |= {lane: {"infra_error": text} for lane, text in broken.items()}
        infos: dict[str, Any] = {}
        if has_parts:
            # Of every lane that took its action here and whose info is not told elsewhere; before its last step it has no parts.
            is_told = np.ones(self.num_envs, np.bool_)
            is_told[[*told.started_seeds, *restarted, *failed, *ends]] = False
            infos = {"reward_breakdown": {}, "_reward_breakdown": is_told} if is_told.any() else {}
        if self.autoreset_mode is AutoresetMode.SAME_STEP:
            for lane in sorted(ends):
                # Where the next episode did not begin, the last observation stands in the lane's own row.
                final = told.final_observations.get(lane, observations[lane]).copy()
                mask = told.final_action_masks.get(lane, masks[lane]).copy()
                infos = self._add_info(infos, {"final_obs": final, "final_info": {"action_mask": mask, **ends[lane]}}, lane)
            ends = {}
            restarted = set(failed)
        self._failed = set(failed)
        if restarted:
            self._failed |= restarted
            now = self._start({lane: self._episode_seed(lane, None) for lane in sorted(restarted)})
            for lane in restarted:
                observations[lane], masks[lane] = now.observations[lane], now.action_masks[lane]
        infos |= {"action_mask": masks, "_action_mask": np.ones(self.num_envs, np.bool_)}
        for lane in sorted(ends):
            infos = self._add_info(infos, ends[lane], lane)
        self._rows, self._masks = observations.copy(), masks.copy()
        self._is_done = told.terminated | told.truncated
        return observations, told.rewards, told.terminated, told.truncated, infos

    def _is_score_alone(self) -> bool:
        """Whether rewards are the score alone: their one part is the score, and comes with the last step."""
        session = self._sessions[0]
        return session is not None and session.info.options.reward_mode is RewardMode.SCORE

    def _drop_stream(self) -> None:
        """After an error nothing is known of what is under way."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.cancel()


def _told(result: EpisodeResult) -> dict[str, Any]:
    return {"score": result.score, "end_reason": result.end_reason.value}
