"""The vector environment plays what Gymnasium's own one plays over single environments, in every mode."""

from __future__ import annotations

import os
import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import nightshift.gymnasium
from nightshift import Client
from nightshift.errors import EpisodeEndedError, InvalidActionError, InvalidRequestError, NightshiftError, UnavailableError
from tests.conftest import CuttableWay, Server, run_python

EASY = "Nightshift/SRE-easy-v0"
HARD = "Nightshift/SRE-hard-v0"
LANES = 3
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def vector(name: str, server: Server, mode: AutoresetMode = AutoresetMode.NEXT_STEP, **options: Any):
    lanes = options.pop("lanes", LANES)
    options |= {"address": server.address, "autoreset_mode": mode}
    made = gymnasium.make_vec(name, num_envs=lanes, vectorization_mode="vector_entry_point", **options)
    assert isinstance(made, nightshift.gymnasium.NightshiftVectorEnv)
    return made


def single_ones(name: str, server: Server, mode: AutoresetMode):
    return SyncVectorEnv([lambda: gymnasium.make(name, address=server.address) for _ in range(LANES)], autoreset_mode=mode)


def assert_same(here: Any, there: Any, where: str) -> None:
    if isinstance(here, dict):
        assert here.keys() == there.keys(), where
        for key in here:
            assert_same(here[key], there[key], f"{where}.{key}")
    elif isinstance(here, np.ndarray) and here.dtype == object:
        assert there.dtype == object
        for one, other in zip(here, there, strict=True):
            assert_same(one, other, where)
    elif isinstance(here, np.ndarray):
        assert (here.dtype, here.shape) == (there.dtype, there.shape), where
        assert np.array_equal(here, there), where
    else:
        assert here == there, where


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("name", [EASY, HARD])
def test_it_equals_gymnasiums_own_for_a_thousand_steps(name: str, mode: AutoresetMode, server: Server) -> None:
    there, here = single_ones(name, server, mode), vector(name, server, mode)
    assert here.metadata["autoreset_mode"] is mode
    assert here.observation_space == there.observation_space
    assert here.action_space == there.action_space
    here.action_space.seed(5)
    chance = np.random.default_rng(6)
    episodes = 0

    def reset(seed: Any, mask: Any = None) -> dict[str, Any]:
        told = [envs.reset(seed=seed, options=None if mask is None else {"reset_mask": mask.copy()}) for envs in (here, there)]
        assert_same(told[0][0], told[1][0], f"reset {seed}")
        assert_same(told[0][1], told[1][1], f"reset {seed}")
        return told[0][1]

    infos = reset(11)
    for step in range(1000):
        if step == 200:
            reset([3, 1, 2])
        if step == 400:
            reset(None)
        if step == 601:
            reset([None, 8, None])
        actions = here.action_space.sample()
        if step % 2:
            # As a learner that heeds the mask does, every other step; without it some actions are masked ones.
            for lane in range(LANES):
                actions[lane, 0] = chance.choice(np.flatnonzero(infos["action_mask"][lane]))
        observations, _, terminated, truncated, infos = mine = here.step(actions)
        theirs = there.step(actions)
        for place in range(4):
            assert_same(mine[place], theirs[place], f"step {step}, {place}")
        assert_same(infos, theirs[4], f"step {step}")
        assert observations in here.observation_space
        ended = terminated | truncated
        episodes += int(ended.sum())
        if mode is AutoresetMode.DISABLED and ended.any():
            reset([step] * LANES if step % 3 else None, ended)
    assert episodes > 50
    here.close()
    there.close()


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_old_results_stay_as_they_were(mode: AutoresetMode, server: Server) -> None:
    envs = vector(HARD, server, mode)
    kept = [envs.reset(seed=1)]
    before = [pickle.dumps(kept[0])]
    for step in range(45):
        told = envs.step(envs.action_space.sample())
        told[0][0, 0] = 0  # They can be written to.
        kept.append(told)
        before.append(pickle.dumps(told))
        if step % 10 == 9:
            kept.append(envs.reset(options={"reset_mask": np.array([True, False, True])}))
            before.append(pickle.dumps(kept[-1]))
        if mode is AutoresetMode.DISABLED and (told[2] | told[3]).any():
            envs.reset()
    assert [pickle.dumps(one) for one in kept] == before
    arrays = [told[0] for told in kept]
    assert not any(np.shares_memory(one, other) for place, one in enumerate(arrays) for other in arrays[place + 1 :])
    envs.close()


def test_every_task_has_it(server: Server) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in nightshift.gymnasium.TASKS:
            envs = gymnasium.make_vec(name, num_envs=2, address=server.address)
            assert envs.reset(seed=1)[0] in envs.observation_space
            envs.close()
            envs.close()


def test_a_training_is_stepped(server: Server) -> None:
    envs = vector("Nightshift/Training-easy_mnist-v0", server, lanes=2)
    envs.reset(seed=1)
    names = [action.name for action in envs.task.actions]
    actions = np.zeros(envs.action_space.shape, np.int64)
    actions[:, 0] = names.index("submit_model")
    _, rewards, terminated, _, infos = envs.step(actions)
    assert terminated.all()
    assert np.array_equal(infos["score"], rewards)
    envs.close()


def test_parts_of_rewards_come_where_they_are_the_score_alone(server: Server) -> None:
    for reward_mode in ("shaped", "score"):
        envs = vector("Nightshift/Training-easy_mnist-v0", server, lanes=2, reward_mode=reward_mode)
        envs.reset(seed=1)
        actions = np.zeros(envs.action_space.shape, np.int64)
        actions[1, 0] = [action.name for action in envs.task.actions].index("submit_model")
        _, rewards, _, _, infos = envs.step(actions)
        if reward_mode == "shaped":
            assert "reward_breakdown" not in infos
        else:
            assert infos["_reward_breakdown"].tolist() == [True, True]
            assert infos["reward_breakdown"]["_score"].tolist() == [False, True]
            assert np.array_equal(infos["reward_breakdown"]["score"], rewards)
        envs.close()


@pytest.mark.parametrize("mode", list(AutoresetMode))
def test_a_lane_that_fails_is_truncated_and_the_others_go_on(mode: AutoresetMode, server: Server, client: Client) -> None:
    whole, envs = vector(EASY, server, mode), vector(EASY, server, mode)
    for one in (whole, envs):
        one.reset(seed=4)
    actions = np.zeros(envs.action_space.shape, np.int64)
    last = envs.step(actions)[0]
    whole.step(actions)
    lost = envs.sessions[1]
    client.open_session(lost.id).close()
    observations, rewards, terminated, truncated, infos = envs.step(actions)
    expected = whole.step(actions)
    assert truncated.tolist() == [False, True, False]
    assert not terminated.any()
    assert rewards[1] == 0
    assert np.array_equal(observations[[0, 2]], expected[0][[0, 2]])
    if mode is AutoresetMode.SAME_STEP:
        assert np.array_equal(infos["final_obs"][1], last[1])
        ends = infos["final_info"]
        assert infos["_final_info"].tolist() == [False, True, False]
    else:
        assert np.array_equal(observations[1], last[1])
        ends = infos
    assert "SESSION" in ends["infra_error"][1] or "session" in ends["infra_error"][1]
    assert ends["_infra_error"].tolist() == [False, True, False]
    assert infos["_reward_breakdown"].tolist() == [True, False, True]
    # The next episode is the lane's next one.
    seed = int(gymnasium.utils.seeding.np_random(5)[0].integers(2**63))
    if mode is AutoresetMode.NEXT_STEP:
        observations, rewards, _, truncated, infos = envs.step(actions)
        assert not truncated.any()
        assert rewards[1] == 0
        assert "infra_error" not in infos
        assert np.array_equal(observations[[0, 2]], whole.step(actions)[0][[0, 2]])
    if mode is AutoresetMode.DISABLED:
        with pytest.raises(EpisodeEndedError, match="lanes 1 have"):
            envs.step(actions)
        observations, _ = envs.reset(options={"reset_mask": truncated})
    with client.create_session("sre/easy", seed=seed, views=["flat"]) as fresh:
        assert np.array_equal(observations[1], fresh.flat.columns)
    assert envs.sessions[1].id != lost.id
    envs.step(actions)
    whole.close()
    envs.close()


def test_a_lost_connection_is_raised_and_a_reset_goes_on(server: Server, way: CuttableWay) -> None:
    envs = gymnasium.make_vec(EASY, num_envs=2, address=way.address)
    first, _ = envs.reset(seed=1)
    actions = np.zeros(envs.action_space.shape, np.int64)
    way.cut()
    with pytest.raises(UnavailableError):
        envs.step(actions)
    with pytest.raises(NightshiftError, match="reset it"):
        envs.step(actions)
    assert np.array_equal(envs.reset(seed=1)[0], first)
    envs.step(actions)
    envs.close()


def test_sessions_that_ran_out_are_replaced_at_the_next_reset(server: Server, client: Client) -> None:
    envs = vector(EASY, server)
    first, _ = envs.reset(seed=1)
    lost = envs.sessions[2]
    client.open_session(lost.id).close()
    assert np.array_equal(envs.reset(seed=1)[0], first)
    assert envs.sessions[2].id != lost.id
    envs.close()


def test_splits_and_rewards_are_chosen(server: Server) -> None:
    envs = vector(EASY, server, AutoresetMode.DISABLED, split="test", reward_mode="score")
    tested, _ = envs.reset(seed=1)
    assert {(one.info.split, one.info.options.reward_mode) for one in envs.sessions} == {("test", "score")}
    envs.step(np.zeros(envs.action_space.shape, np.int64))
    validated, _ = envs.reset(seed=1, options={"split": "validation"})
    assert not np.array_equal(validated, tested)
    assert np.array_equal(envs.reset(seed=1, options={"split": "test"})[0], tested)
    envs.close()


def test_what_is_wrong_is_said(server: Server) -> None:
    envs = vector(EASY, server)
    actions = np.zeros(envs.action_space.shape, np.int64)
    with pytest.raises(NightshiftError, match="first reset"):
        envs.step(actions)
    with pytest.raises(NightshiftError, match="all lanes"):
        envs.reset(options={"reset_mask": np.array([True, False, False])})
    with pytest.raises(InvalidRequestError, match="each lane: 3, not 2"):
        envs.reset(seed=[1, 2])
    for mask in ([True] * 3, np.ones(2, np.bool_), np.ones(3), np.zeros(3, np.bool_)):
        with pytest.raises(InvalidRequestError, match="3 bool"):
            envs.reset(options={"reset_mask": mask})
    with pytest.raises(InvalidRequestError, match="alone"):
        envs.reset(options={"task": "x"})
    envs.reset(seed=1)
    with pytest.raises(InvalidActionError, match="3 x"):
        envs.step(actions[:2])
    with pytest.raises(InvalidActionError, match=r"actions\[1\]\[0\]"):
        envs.step(actions + np.array([[0], [1000], [0]]))
    envs.step(actions)
    envs.close()
    for lanes in (0, 513):
        with pytest.raises(InvalidRequestError, match="1 to 512"):
            vector(EASY, server, lanes=lanes)


def test_it_pickles_renders_and_forks(server: Server) -> None:
    envs = vector(EASY, server, render_mode="ansi")
    first, _ = envs.reset(seed=1)
    assert all("step" in text for text in envs.render())
    copied = pickle.loads(pickle.dumps(envs))
    assert np.array_equal(copied.reset(seed=1)[0], first)
    assert {one.id for one in copied.sessions}.isdisjoint(one.id for one in envs.sessions)
    copied.close()
    child = os.fork()
    if child == 0:
        os._exit(0 if np.array_equal(envs.reset(seed=1)[0], first) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    envs.step(np.zeros(envs.action_space.shape, np.int64))
    envs.close()


def test_the_example_plays_its_episodes(server: Server) -> None:
    done = run_python(server, str(EXAMPLES / "vectorised_loop.py"))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"64 episodes, mean score 0\.\d{3}\n", done.stdout)
