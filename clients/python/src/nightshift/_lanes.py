"""The messages of a play stream: requests out of what a caller gives, and answers as arrays. Both clients' streams say them alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from nightshift import _convert
from nightshift._generated import env_service_pb2
from nightshift.errors import InternalError, InvalidActionError, InvalidRequestError, NightshiftError, error_of_status
from nightshift.messages import EpisodeResult

Autoreset = Literal["disabled", "next_step", "same_step"]
"""When a lane starts its next episode; Gymnasium's AutoresetMode."""

_MODES: dict[str, env_service_pb2.AutoresetMode] = {
    "disabled": env_service_pb2.AUTORESET_MODE_DISABLED,
    "next_step": env_service_pb2.AUTORESET_MODE_NEXT_STEP,
    "same_step": env_service_pb2.AUTORESET_MODE_SAME_STEP,
}


@dataclass(frozen=True, slots=True, eq=False)
class LanesResult:
    """What the lanes answered: a row or an entry for each. The arrays are new ones with every answer, and can be written to."""

    observations: npt.NDArray[np.float32]
    """Lanes x columns. Of a lane that failed: its observation as it is, or zeros once its session has ended."""
    action_masks: npt.NDArray[np.bool_]
    """Lanes x actions: which actions of Task.actions are possible."""
    rewards: npt.NDArray[np.float64]
    """Of this step."""
    terminated: npt.NDArray[np.bool_]
    """Where the task ended the episode in this step."""
    truncated: npt.NDArray[np.bool_]
    """Where a limit ended it."""
    episodes: npt.NDArray[np.uint32]
    """Number of each lane's episode, from 1."""
    steps: npt.NDArray[np.uint32]
    """Counted actions taken in it."""
    results: dict[int, EpisodeResult]
    """By lane, what the episodes came to that ended in this step."""
    started_seeds: dict[int, int]
    """By lane, the seeds of the episodes that began with this answer."""
    final_observations: dict[int, npt.NDArray[np.float32]]
    """By lane, the last observation of an episode that ended in this step, where the next one began in the same step."""
    final_action_masks: dict[int, npt.NDArray[np.bool_]]
    """Beside them."""
    errors: dict[int, NightshiftError]
    """By lane, what went wrong; the others went on. What such a lane was asked was not done, unless it is in `results`: then its episode
    ended and the next one did not start."""


def lanes_request(
    session_ids: Sequence[str], autoreset: Autoreset, seeds: Sequence[Iterable[int]], columns: Iterable[int]
) -> env_service_pb2.PlayRequest:
    """Sessions as lanes. Errors: InvalidRequestError."""
    if autoreset not in _MODES:
        raise InvalidRequestError(f"autoreset is one of {', '.join(_MODES)}, not {autoreset!r}.")
    if seeds and len(seeds) != len(session_ids):
        raise InvalidRequestError(f"seeds has a sequence for each lane: {len(session_ids)}, not {len(seeds)}.")
    lanes = [
        env_service_pb2.PlayLane(
            session_id=session_id,
            autoreset_mode=_MODES[autoreset],
            seeds=_seeds(seeds[place] if seeds else ()),
        )
        for place, session_id in enumerate(session_ids)
    ]
    return env_service_pb2.PlayRequest(lanes=env_service_pb2.PlayLanes(lanes=lanes, columns=list(columns)))


def batch_request(
    levels: npt.NDArray[np.integer[Any]], lanes: int, seeds: Mapping[int, Iterable[int]] | None
) -> env_service_pb2.PlayRequest:
    """A step of all lanes; `lanes`: how many there are, 0 where it is not known. Errors: InvalidActionError, InvalidRequestError."""
    rows = np.asarray(levels)
    if rows.ndim != 2 or rows.dtype.kind not in "iu" or (lanes and len(rows) != lanes):
        raise InvalidActionError(
            f"levels is an array of whole numbers, {lanes or 'lanes'} x columns, not {rows.dtype} of shape {rows.shape}."
        )
    if rows.size and (rows.min() < 0 or rows.max() >= 2**32):
        raise InvalidActionError("levels are 0 or more, and less than 2**32.")
    further = [env_service_pb2.PlayLaneSeeds(lane=lane, seeds=_seeds(given)) for lane, given in (seeds or {}).items()]
    return env_service_pb2.PlayRequest(batch=env_service_pb2.PlayBatch(levels=rows.ravel().tolist(), seeds=further))


def reset_request(lanes: Iterable[int], seeds: Iterable[int]) -> env_service_pb2.PlayRequest:
    """The next episodes of lanes. Errors: InvalidRequestError."""
    return env_service_pb2.PlayRequest(reset_lanes=env_service_pb2.PlayReset(lanes=list(lanes), seeds=_seeds(seeds)))


def lanes_result(answer: env_service_pb2.PlayResponse) -> LanesResult:
    """What an answer tells. Errors: what it was refused with."""
    if answer.HasField("error"):
        raise error_of_status(answer.error)
    if not answer.HasField("batch"):
        raise InternalError("The server gave an answer of another kind than was asked for.")
    batch = answer.batch
    rewards = np.frombuffer(batch.rewards, "<f8").astype(np.float64)
    lanes = len(rewards)
    observations = np.frombuffer(batch.observations, "<f4").astype(np.float32).reshape(lanes, -1)
    masks = np.frombuffer(batch.action_masks, np.uint8).astype(np.bool_).reshape(lanes, -1)
    started = list(batch.started_lanes)
    again = sorted(set(batch.ended_lanes) & set(started))
    finals = np.frombuffer(batch.final_observations, "<f4").astype(np.float32).reshape(len(again), observations.shape[1])
    final_masks = np.frombuffer(batch.final_action_masks, np.uint8).astype(np.bool_).reshape(len(again), masks.shape[1])
    return LanesResult(
        observations=observations,
        action_masks=masks,
        rewards=rewards,
        terminated=np.frombuffer(batch.terminated, np.uint8).astype(np.bool_),
        truncated=np.frombuffer(batch.truncated, np.uint8).astype(np.bool_),
        episodes=np.frombuffer(batch.episodes, "<u4").astype(np.uint32),
        steps=np.frombuffer(batch.steps, "<u4").astype(np.uint32),
        results={lane: _convert.episode_result(one) for lane, one in zip(batch.ended_lanes, batch.results, strict=True)},
        started_seeds=dict(zip(started, np.frombuffer(batch.started_seeds, "<u8").tolist(), strict=True)),
        final_observations=dict(zip(again, finals, strict=True)),
        final_action_masks=dict(zip(again, final_masks, strict=True)),
        errors={one.lane: error_of_status(one.status) for one in batch.errors},
    )


def _seeds(given: Iterable[int]) -> list[int]:
    seeds = [int(seed) for seed in given]
    for seed in seeds:
        if not 0 <= seed < 2**64:
            raise InvalidRequestError(f"A seed is 0 to 2**64 - 1, not {seed}.")
    return seeds
