"""The play stream against a real server."""

from __future__ import annotations

import gc
import os
import pickle
import threading

import numpy as np
import pytest

from nightshift import Client, FlatAction
from nightshift.errors import (
    CallCancelledError,
    ClientClosedError,
    DeadlineError,
    EpisodeEndedError,
    InvalidActionError,
    InvalidRequestError,
    NightshiftError,
    SessionEndedError,
    UnavailableError,
)
from tests.conftest import CuttableWay, Server


def sizes(client: Client, task: str = "sre/easy") -> list[int]:
    found = next(one for one in client.list_tasks() if one.id == task)
    return [len(found.actions), *(len(argument.levels) for action in found.actions for argument in action.arguments)]


def test_lanes_play_as_single_sessions_do(client: Client) -> None:
    chance = np.random.default_rng(1)
    high = sizes(client)
    sessions = [client.create_session("sre/easy", seed=seed) for seed in (3, 4)]
    alone = [client.create_session("sre/easy", seed=seed, views=["flat"]) for seed in (3, 4)]
    with client.play() as play:
        told = play.lanes(sessions)
        assert told.started_seeds == {0: 3, 1: 4}
        for _ in range(30):
            levels = chance.integers(0, high, size=(2, len(high)))
            told = play.step(levels)
            for lane, session in enumerate(alone):
                answer = session.step(FlatAction(levels[lane].tolist()))
                assert told.observations.dtype == np.float32
                assert np.array_equal(told.observations[lane], session.flat.columns)
                assert np.array_equal(told.action_masks[lane], session.flat.action_mask)
                assert (told.rewards[lane], told.terminated[lane], told.truncated[lane]) == (
                    answer.reward,
                    answer.terminated,
                    answer.truncated,
                )
        assert told.terminated.all() or told.truncated.all()
        assert [told.results[lane].score for lane in (0, 1)] == [session.finish().result.score for session in alone]
        assert told.steps.tolist() == [30, 30]


def test_lanes_start_again_with_the_seeds_that_were_sent(client: Client) -> None:
    width = len(sizes(client))
    session = client.create_session("sre/easy", seed=1)
    with client.play() as play:
        play.lanes([session], autoreset="same_step", seeds=[[50]])
        wait = np.full((1, width), 0)
        told = [play.step(wait, seeds={0: [51]} if step == 0 else None) for step in range(60)]
    started = {step: one.started_seeds for step, one in enumerate(told) if one.started_seeds}
    assert started == {29: {0: 50}, 59: {0: 51}}
    assert not np.array_equal(told[29].final_observations[0], told[29].observations[0])
    assert told[29].final_action_masks[0].shape == told[29].action_masks[0].shape
    with client.create_session("sre/easy", seed=50, views=["flat"]) as fresh:
        assert np.array_equal(told[29].observations[0], fresh.flat.columns)


def test_many_steps_are_under_way_and_answered_in_order(client: Client) -> None:
    width = len(sizes(client))
    sessions = [client.create_session("sre/easy", seed=seed) for seed in range(3)]
    with client.play() as play:
        play.lanes(sessions, autoreset="next_step")
        pending = [play.send(np.zeros((3, width), np.int64)) for _ in range(20)]
        # The last one first: reading it reads the others.
        assert pending[-1].result().steps.tolist() == [20] * 3
        assert [one.result().steps[0] for one in pending] == list(range(1, 21))


def test_threads_get_their_own_answers(client: Client) -> None:
    width = len(sizes(client))
    session = client.create_session("sre/easy", seed=1)
    seen: list[int] = []
    with client.play() as play:
        play.lanes([session], autoreset="next_step")

        def steps() -> None:
            seen.extend(int(play.step(np.zeros((1, width), np.int64)).steps[0]) for _ in range(10))

        threads = [threading.Thread(target=steps) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(seen) == list(range(1, 31))


def test_columns_are_chosen(client: Client) -> None:
    session = client.create_session("sre/easy", seed=1)
    with client.play() as play:
        every = play.lanes([session]).observations
        assert np.array_equal(play.lanes([session], columns=[5, 2]).observations, every[:, [5, 2]])


def test_a_lane_that_fails_stands_in_errors_and_the_others_go_on(client: Client) -> None:
    width = len(sizes(client))
    sessions = [client.create_session("sre/easy", seed=seed) for seed in range(2)]
    with client.play() as play:
        play.lanes(sessions)
        sessions[0].close()
        told = play.step(np.zeros((2, width), np.int64))
        assert isinstance(told.errors[0], SessionEndedError)
        assert told.steps.tolist()[1] == 1
        for _ in range(29):
            told = play.step(np.zeros((2, width), np.int64))
        assert 1 in told.results
        assert isinstance(play.step(np.zeros((2, width), np.int64)).errors[1], EpisodeEndedError)
        told = play.reset_lanes([1], seeds=[9])
        assert told.started_seeds == {1: 9}
        assert told.steps[1] == 0


def test_what_is_wrong_is_said_and_the_stream_goes_on(client: Client) -> None:
    width = len(sizes(client))
    session = client.create_session("sre/easy", seed=1)
    with client.play() as play:
        with pytest.raises(InvalidRequestError, match="lane"):
            play.lanes([])
        with pytest.raises(InvalidRequestError, match="same_step"):
            play.lanes([session], autoreset="always")  # type: ignore[arg-type]
        play.lanes([session])
        with pytest.raises(InvalidActionError, match="1 x columns"):
            play.step(np.zeros((2, width), np.int64))
        with pytest.raises(InvalidActionError, match="float64"):
            play.step(np.zeros((1, width)))
        with pytest.raises(InvalidActionError, match="0 or more"):
            play.step(np.full((1, width), -1))
        with pytest.raises(NightshiftError):
            play.step(np.zeros((1, width + 1), np.int64))
        with pytest.raises(InvalidRequestError, match="seed"):
            play.reset_lanes(seeds=[-1])
        assert play.step(np.zeros((1, width), np.int64)).steps[0] == 1
    with pytest.raises(ClientClosedError):
        play.step(np.zeros((1, width), np.int64))
    play.close()


def test_a_closed_stream_has_answered_what_was_sent(client: Client) -> None:
    width = len(sizes(client))
    play = client.play()
    play.lanes([client.create_session("sre/easy", seed=1)])
    pending = [play.send(np.zeros((1, width), np.int64)) for _ in range(5)]
    play.close()
    assert [one.result().steps[0] for one in pending] == [1, 2, 3, 4, 5]


def test_a_cancelled_stream_fails_what_waits(client: Client) -> None:
    width = len(sizes(client))
    play = client.play()
    play.lanes([client.create_session("sre/easy", seed=1)])
    pending = [play.send(np.zeros((1, width), np.int64)) for _ in range(3)]
    play.cancel()
    with pytest.raises(CallCancelledError):
        [one.result() for one in pending]
    assert not play.is_open


def test_a_deadline_ends_the_stream(server: Server, way: CuttableWay) -> None:
    with Client(way.address) as client:
        width = len(sizes(client))
        play = client.play()
        play.lanes([client.create_session("sre/easy", seed=1)])
        way.swallow_answers()
        with pytest.raises(DeadlineError):
            play.step(np.zeros((1, width), np.int64), timeout=0.2)
        with pytest.raises(DeadlineError):
            play.step(np.zeros((1, width), np.int64))
        way.cut()


def test_a_lost_connection_fails_what_waits_and_a_new_stream_goes_on(server: Server, way: CuttableWay) -> None:
    with Client(way.address) as client:
        width = len(sizes(client))
        session = client.create_session("sre/easy", seed=1)
        play = client.play()
        play.lanes([session])
        play.step(np.zeros((1, width), np.int64))
        way.cut()
        with pytest.raises(UnavailableError):
            play.step(np.zeros((1, width), np.int64))
        client.list_tasks()  # repeated until the way is open again
        with client.play() as again:
            assert again.lanes([session]).steps[0] == 1


def test_it_belongs_to_its_process(client: Client) -> None:
    play = client.play()
    play.lanes([client.create_session("sre/easy", seed=1)])
    with pytest.raises(NightshiftError, match="cannot be pickled"):
        pickle.dumps(play)
    child = os.fork()
    if child == 0:
        try:
            play.reset_lanes()
        except NightshiftError as error:
            os._exit(0 if "process" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert play.reset_lanes().steps[0] == 0
    play.close()


def test_a_stream_that_nobody_holds_ends(server: Server, client: Client) -> None:
    before = server.calls("Play")
    client.play().lanes([client.create_session("sre/easy", seed=1)])
    gc.collect()
    server.wait_for_calls("Play", before + 1)
