"""The asyncio client against a real server."""

from __future__ import annotations

import asyncio
import gc
import pickle
import threading
from collections.abc import Awaitable

import pytest

import nightshift
from nightshift import Client, Restart, RunEpochs, _lease
from nightshift.aio import Client as AsyncClient
from nightshift.aio import session as aio_session
from nightshift.errors import (
    ClientClosedError,
    DeadlineError,
    InvalidActionError,
    SessionEndedError,
    StreamOpenError,
    UnavailableError,
)
from nightshift.messages import SessionState
from tests.conftest import CuttableWay, Server


def test_an_incident_is_played_to_its_end(server: Server) -> None:
    async def play() -> None:
        async with (
            AsyncClient(server.address) as client,
            await client.create_session("sre/easy", seed=7, views=("typed", "text")) as session,
        ):
            assert await client.health() == "SERVING"
            with pytest.raises(InvalidActionError):
                await session.restart("nobody")
            answer = await session.restart("order_service")
            while not answer.terminated:
                answer = await session.wait()
            assert answer.result is not None
            assert (await session.finish()).result == answer.result
            await session.reset(seed=8)
            assert (await session.call("wait")).step == 1
            assert session.sre.step == 1
            assert session.text
            session_id = session.id
            assert [one.session_id for one in await client.list_sessions("nobody's")] == []
            assert [e.seed async for e in client.run_policy("sre/easy", "do-nothing", episodes=2)] == [0, 1]
            await session.close()
            events = [event async for event in session.watch()]
            assert events[-1].session_ended is not None
            assert (await client.open_session(session_id)).info.state is SessionState.ENDED
            with pytest.raises(SessionEndedError):
                await session.renew()
        with pytest.raises(ClientClosedError):
            await client.list_tasks()

    asyncio.run(play())


def test_both_clients_give_the_same(server: Server, client: Client) -> None:
    async def play() -> list[object]:
        async with AsyncClient(server.address) as other, await other.create_session("sre/hard", seed=3) as session:
            return [session.observation, (await session.wait()).observation, await other.list_tasks()]

    with client.create_session("sre/hard", seed=3) as session:
        assert asyncio.run(play()) == [session.observation, session.wait().observation, client.list_tasks()]


def test_many_sessions_play_at_once_and_calls_of_one_take_their_turns(server: Server) -> None:
    async def play() -> None:
        async with AsyncClient(server.address) as client:

            async def score(seed: int) -> float | None:
                async with await client.create_session("sre/medium", seed=seed) as session:
                    steps = await asyncio.gather(*[session.wait() for _ in range(5)])
                    assert sorted(step.step for step in steps) == [1, 2, 3, 4, 5]
                    return (await session.finish()).result.score

            scores = await asyncio.gather(*[score(seed) for seed in range(6)])
            assert all(one is not None for one in scores)

    asyncio.run(play())


def test_a_training_tells_its_progress(server: Server) -> None:
    async def play() -> None:
        async with AsyncClient(server.address) as client, await client.create_session("training/easy_mnist", seed=7) as session:
            await session.configure_training(learning_rate=0.002)
            async with session.stream_step(RunEpochs(2)) as stream:
                assert (await anext(stream)).training is not None
                with pytest.raises(StreamOpenError):
                    await session.finish()
                epochs = [progress.training.epoch.epoch async for progress in stream if progress.training and progress.training.epoch]
                assert epochs == [1, 2]
                assert (await stream.result()).step == 2
            assert (await session.finish()).result.steps == 2

    asyncio.run(play())


def test_a_cancelled_step_stops_and_is_taken_up_under_its_number(server: Server) -> None:
    async def play() -> None:
        async with AsyncClient(server.address) as client, await client.create_session("training/easy_mnist", seed=7) as session:
            await session.configure_training()
            server.hold(True)
            try:
                ended = server.calls("Step")
                task = asyncio.create_task(session.run_epochs(1))
                await asyncio.to_thread(server.wait_until_held)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                await asyncio.to_thread(server.wait_for_calls, "Step", ended + 1)
                with pytest.raises(DeadlineError):
                    await session.run_epochs(1, timeout=0.2)
            finally:
                server.hold(False)
            answer = await session.step(RunEpochs(1), request_number=session.last_request_number)
            assert answer.observation.training is not None
            assert answer.observation.training.current_epoch == 1

    asyncio.run(play())


def test_a_step_whose_answer_was_lost_is_taken_once(server: Server, way: CuttableWay) -> None:
    async def play() -> None:
        async with AsyncClient(way.address) as client, await client.create_session("sre/easy", seed=7) as session:
            await session.wait()
            taken = server.calls("Step")
            way.swallow_answers()
            cutter = threading.Thread(target=lambda: (server.wait_for_calls("Step", taken + 1), way.cut()))
            cutter.start()
            answer = await session.step(Restart("order_service"))
            cutter.join()
            assert (answer.replayed, answer.step, session.sre.budgets.restart) == (True, 2, 2)

    asyncio.run(play())


def test_an_idle_session_is_renewed_and_one_that_nobody_holds_is_given_back(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lease, "IDLE_SHARE", 1e-3)
    monkeypatch.setattr(aio_session, "IDLE_SHARE", 1.0)

    async def play() -> None:
        async with AsyncClient(server.address) as client:
            renewed, closed = server.calls("RenewSession"), server.calls("CloseSession")
            session = await client.create_session("sre/easy", seed=7, lease=10)
            await asyncio.to_thread(server.wait_for_calls, "RenewSession", renewed + 3)
            session_id = session.id
            del session
            gc.collect()
            await asyncio.to_thread(server.wait_for_calls, "CloseSession", closed + 1)
            assert (await client.open_session(session_id)).info.state is SessionState.ENDED

    asyncio.run(play())


def test_closing_the_client_gives_its_sessions_back(server: Server, client: Client) -> None:
    async def play() -> str:
        async with AsyncClient(server.address) as other:
            return (await other.create_session("sre/easy", seed=7)).id

    assert client.open_session(asyncio.run(play())).info.state is SessionState.ENDED


def test_a_client_and_a_session_go_into_another_loop(server: Server) -> None:
    client = AsyncClient(server.address)

    async def begin() -> bytes:
        session = await client.create_session("sre/easy", seed=7)
        await session.wait()
        session.detach()
        return pickle.dumps(session)

    async def go_on(pickled: bytes) -> int:
        async with pickle.loads(pickled) as session:
            return (await session.wait()).step

    pickled = asyncio.run(begin())
    assert asyncio.run(go_on(pickled)) == 2

    async def check(what: Awaitable[str]) -> str:
        return await what

    assert asyncio.run(check(pickle.loads(pickle.dumps(client)).health())) == "SERVING"
    assert asyncio.run(check(client.health())) == "SERVING"
    asyncio.run(client.close())


def test_without_a_server_the_error_says_what_to_do() -> None:
    async def play() -> None:
        async with AsyncClient("127.0.0.1:1") as lost:
            with pytest.raises(UnavailableError, match="npx nightshift serve"):
                await lost.wait_until_ready(0.1)

    asyncio.run(play())


def test_the_surface_is_the_same() -> None:
    def public(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_")}

    assert public(AsyncClient) == public(nightshift.Client)
    assert public(nightshift.aio.Session) == public(nightshift.Session) - {"after_fork_in_child"}
