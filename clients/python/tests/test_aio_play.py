"""The play stream for asyncio against a real server."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import pickle
import weakref
from typing import Any

import numpy as np
import pytest

import nightshift
from nightshift import Client, LanesResult
from nightshift.aio import Client as AsyncClient
from nightshift.aio import PlayStream
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

# Of a flat action: its number, and a level for each argument.
WIDTH = 5
# Of sre/easy: four actions at one of seven services, and waiting.
HIGH = [5, 7, 7, 7, 7]


Levels = np.ndarray[Any, np.dtype[np.int64]]


def waits(lanes: int) -> Levels:
    return np.zeros((lanes, WIDTH), np.int64)


def assert_same(here: LanesResult, there: LanesResult) -> None:
    for field in dataclasses.fields(LanesResult):
        mine, theirs = getattr(here, field.name), getattr(there, field.name)
        if field.name.startswith("final_"):
            assert mine.keys() == theirs.keys()
            assert all(np.array_equal(mine[lane], theirs[lane]) for lane in mine), field.name
        elif isinstance(mine, np.ndarray):
            assert mine.dtype == theirs.dtype
            assert np.array_equal(mine, theirs), field.name
        else:
            assert mine == theirs, field.name


def test_it_tells_what_the_blocking_one_tells(server: Server, client: Client) -> None:
    chance = np.random.default_rng(1)
    steps = [chance.integers(0, HIGH, size=(2, WIDTH)) for _ in range(70)]
    seeds = [[50, 51], [60]]
    with client.play() as play:
        sessions = [client.create_session("sre/easy", seed=seed) for seed in (3, 4)]
        expected = [play.lanes(sessions, autoreset="same_step", seeds=seeds)]
        expected += [play.step(levels, seeds={1: [61]} if place == 0 else None) for place, levels in enumerate(steps)]
        expected.append(play.reset_lanes([1], seeds=[9]))

    async def run() -> list[LanesResult]:
        async with AsyncClient(server.address) as other, other.play() as play:
            sessions = [await other.create_session("sre/easy", seed=seed) for seed in (3, 4)]
            told = [await play.lanes(sessions, autoreset="same_step", seeds=seeds)]
            told += [await play.step(levels, seeds={1: [61]} if place == 0 else None) for place, levels in enumerate(steps)]
            return [*told, await play.reset_lanes([1], seeds=[9])]

    told = asyncio.run(run())
    for mine, theirs in zip(told, expected, strict=True):
        assert_same(mine, theirs)
    assert told[30].started_seeds == {0: 50, 1: 60}
    assert told[60].started_seeds == {0: 51, 1: 61}
    assert told[-1].started_seeds == {1: 9}


def test_many_steps_are_under_way_and_answered_in_order(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client, client.play() as play:
            sessions = [await client.create_session("sre/easy", seed=seed) for seed in range(3)]
            await play.lanes(sessions, autoreset="next_step")
            pending = [await play.send(waits(3)) for _ in range(25)]
            assert (await pending[-1].result()).steps.tolist() == [25] * 3
            assert [(await one.result()).steps[0] for one in pending] == list(range(1, 26))
            # Asked again, the same.
            assert (await pending[3].result()).steps[0] == 4

    asyncio.run(run())


def test_tasks_get_their_own_answers_in_the_order_of_their_calls(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client, client.play() as play:
            await play.lanes([await client.create_session("sre/easy", seed=1)], autoreset="next_step")
            told = await asyncio.gather(*[play.step(waits(1)) for _ in range(30)])
            assert [int(one.steps[0]) for one in told] == list(range(1, 31))

    asyncio.run(run())


def test_several_streams_play_at_once(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client:

            async def score(seed: int) -> float | None:
                async with client.play() as play, await client.create_session("sre/easy", seed=seed) as session:
                    await play.lanes([session])
                    told = [await play.step(waits(1)) for _ in range(30)]
                    return told[-1].results[0].score

            assert all(one is not None for one in await asyncio.gather(*[score(seed) for seed in range(4)]))

    asyncio.run(run())


def test_columns_are_chosen(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client, client.play() as play:
            session = await client.create_session("sre/easy", seed=1)
            every = (await play.lanes([session.id])).observations
            assert np.array_equal((await play.lanes([session], columns=[5, 2])).observations, every[:, [5, 2]])

    asyncio.run(run())


def test_lanes_are_held_while_they_are_lanes(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client, client.play() as play:
            sessions = [await client.create_session("sre/easy", seed=seed) for seed in range(2)]
            held = [weakref.ref(session) for session in sessions]
            await play.lanes(sessions)
            del sessions
            gc.collect()
            assert None not in [one() for one in held]
            await play.lanes([held[1]()])
            gc.collect()
            assert held[0]() is None

    asyncio.run(run())


def test_a_lane_that_fails_stands_in_errors_and_the_others_go_on(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client, client.play() as play:
            sessions = [await client.create_session("sre/easy", seed=seed) for seed in range(2)]
            await play.lanes(sessions)
            await sessions[0].close()
            told = await play.step(waits(2))
            assert isinstance(told.errors[0], SessionEndedError)
            for _ in range(29):
                told = await play.step(waits(2))
            assert 1 in told.results
            assert isinstance((await play.step(waits(2))).errors[1], EpisodeEndedError)

    asyncio.run(run())


def test_what_is_wrong_is_said_and_the_stream_goes_on(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client:
            play = client.play()
            session = await client.create_session("sre/easy", seed=1)
            with pytest.raises(InvalidRequestError, match="lane"):
                await play.lanes([])
            with pytest.raises(InvalidRequestError, match="same_step"):
                await play.lanes([session], autoreset="always")  # type: ignore[arg-type]
            await play.lanes([session])
            with pytest.raises(InvalidActionError, match="1 x columns"):
                await play.send(waits(2))
            with pytest.raises(NightshiftError):
                await play.step(np.zeros((1, WIDTH + 1), np.int64))
            with pytest.raises(InvalidRequestError, match="seed"):
                await play.reset_lanes(seeds=[-1])
            assert (await play.step(waits(1))).steps[0] == 1
            await play.close()
            with pytest.raises(ClientClosedError):
                await play.step(waits(1))
            await play.close()
            assert not play.is_open

    asyncio.run(run())


def test_a_closed_stream_has_answered_what_was_sent(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client:
            play = client.play()
            await play.lanes([await client.create_session("sre/easy", seed=1)])
            pending = [await play.send(waits(1)) for _ in range(5)]
            await play.close()
            assert [(await one.result()).steps[0] for one in pending] == [1, 2, 3, 4, 5]

    asyncio.run(run())


def test_a_cancelled_stream_fails_what_waits(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client:
            play = client.play()
            pending = []

            async def fail() -> None:
                async with play:
                    await play.lanes([await client.create_session("sre/easy", seed=1)])
                    pending.extend([await play.send(waits(1)) for _ in range(3)])
                    raise KeyError

            with pytest.raises(KeyError):
                await fail()
            for one in pending:
                with pytest.raises(CallCancelledError):
                    await one.result()
            assert not play.is_open
            with pytest.raises(CallCancelledError):
                await play.step(waits(1))

    asyncio.run(run())


async def configured(client: AsyncClient, play: PlayStream) -> tuple[Levels, Levels]:
    """Makes a training the lane, and configures it. Gives the actions that configure it and train an epoch."""
    [task] = [one for one in await client.list_tasks() if one.id == "training/easy_mnist"]
    names = [action.name for action in task.actions]
    configure, train = np.zeros((2, 1, 1 + sum(len(action.arguments) for action in task.actions)), np.int64)
    configure[0, 0], train[0, 0] = names.index("configure_training"), names.index("run_epochs")
    await play.lanes([await client.create_session(task.id, seed=1)])
    await play.step(configure)
    return configure, train


def test_a_cancelled_stream_stops_the_work_that_runs(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client:
            play = client.play()
            _, train = await configured(client, play)
            ended = server.calls("Play")
            server.hold(True)
            try:
                pending = await play.send(train)
                await asyncio.to_thread(server.wait_until_held)
                play.cancel()
                await asyncio.to_thread(server.wait_for_calls, "Play", ended + 1)
            finally:
                server.hold(False)
            with pytest.raises(CallCancelledError):
                await pending.result()

    asyncio.run(run())


def test_a_cancelled_task_leaves_its_request_under_way(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client, client.play() as play:
            configure, train = await configured(client, play)
            server.hold(True)
            try:
                pending = await play.send(train)
                waiting = [asyncio.create_task(one) for one in (pending.result(), play.step(configure))]
                await asyncio.to_thread(server.wait_until_held)
                for task in waiting:
                    task.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await task
            finally:
                server.hold(False)
            # Both were taken, and the second one's answer is nobody's.
            assert (await play.step(configure)).steps[0] == 4
            assert (await pending.result()).steps[0] == 2

    asyncio.run(run())


def test_sending_waits_while_the_server_takes_no_more(server: Server, way: CuttableWay) -> None:
    async def run() -> None:
        async with AsyncClient(way.address) as client:
            play = client.play()
            await play.lanes([await client.create_session("sre/easy", seed=1)])
            # The server's leave to send more does not come back.
            way.swallow_answers()
            much = {0: range(2**63, 2**63 + 10_000)}
            sent = 0

            async def send() -> None:
                nonlocal sent
                for _ in range(100):
                    await play.send(waits(1), seeds=much)
                    sent += 1

            senders = [asyncio.create_task(send()) for _ in range(4)]
            exchange = play._exchange
            while not (exchange._room.locked() or any(one.done() for one in senders)):
                await asyncio.sleep(0)
            assert sent < 100
            senders[0].cancel()
            with pytest.raises(asyncio.CancelledError):
                await senders[0]
            # What waited for room was not sent.
            assert exchange._requests == 1 + sent
            with pytest.raises(DeadlineError):
                await play.step(waits(1), timeout=0.2)
            # The others were told why.
            for sender in senders[1:]:
                with pytest.raises(DeadlineError):
                    await sender
            way.cut()

    asyncio.run(run())


def test_a_deadline_ends_the_stream(server: Server, way: CuttableWay) -> None:
    async def run() -> None:
        async with AsyncClient(way.address) as client:
            play = client.play()
            await play.lanes([await client.create_session("sre/easy", seed=1)])
            way.swallow_answers()
            pending = await play.send(waits(1))
            with pytest.raises(DeadlineError):
                await pending.result(timeout=0.2)
            with pytest.raises(DeadlineError):
                await play.step(waits(1))
            way.cut()

    asyncio.run(run())


def test_a_lost_connection_fails_what_waits_and_a_new_stream_goes_on(server: Server, way: CuttableWay) -> None:
    async def run() -> None:
        async with AsyncClient(way.address) as client:
            session = await client.create_session("sre/easy", seed=1)
            play = client.play()
            await play.lanes([session])
            await play.step(waits(1))
            way.cut()
            with pytest.raises(UnavailableError):
                await play.step(waits(1))
            assert not play.is_open
            await client.list_tasks()  # repeated until the way is open again
            async with client.play() as again:
                assert (await again.lanes([session])).steps[0] == 1

    asyncio.run(run())


def test_a_lost_server_fails_what_waits() -> None:
    lost = Server("--sre-only")

    async def run() -> None:
        client = AsyncClient(lost.address)
        play = client.play()
        session = await client.create_session("sre/easy", seed=1)
        session.detach()
        await play.lanes([session])
        lost.kill()
        with pytest.raises(UnavailableError):
            await play.step(waits(1))
        await client.close()

    asyncio.run(run())


def test_it_belongs_to_its_loop(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client, client.play() as play:
            session = await client.create_session("sre/easy", seed=1)
            await play.lanes([session])
            with pytest.raises(NightshiftError, match="cannot be pickled"):
                pickle.dumps(play)

            async def reset() -> None:
                with pytest.raises(NightshiftError, match="belongs to the loop"):
                    await play.reset_lanes()

            await asyncio.to_thread(asyncio.run, reset())
            assert (await play.reset_lanes()).steps[0] == 0

    asyncio.run(run())


def test_a_stream_that_nobody_holds_ends(server: Server) -> None:
    async def run() -> None:
        async with AsyncClient(server.address) as client:
            before = server.calls("Play")
            await client.play().lanes([await client.create_session("sre/easy", seed=1)])
            gc.collect()
            await asyncio.to_thread(server.wait_for_calls, "Play", before + 1)

    asyncio.run(run())


def test_a_loop_ends_with_a_stream_that_was_left_open(server: Server) -> None:
    async def run() -> PlayStream:
        client = AsyncClient(server.address)
        play = client.play()
        await play.lanes([await client.create_session("sre/easy", seed=1)])
        await play.send(waits(1))
        return play

    assert not asyncio.run(run()).is_open


def test_the_surface_is_the_same() -> None:
    def public(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert public(PlayStream) == public(nightshift.PlayStream) - {"after_fork_in_child"}
