"""What was asked is done once, whatever happens on the way."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from nightshift import Client, Restart, RunEpochs
from nightshift._connection import Connection
from nightshift.errors import CapacityError, DeadlineError, RequestNumberError
from tests.conftest import CuttableWay, Server


def test_a_step_whose_answer_was_lost_is_taken_once(server: Server, way: CuttableWay) -> None:
    with Client(way.address) as client, client.create_session("sre/easy", seed=7) as session:
        session.wait()
        taken = server.calls("Step")
        way.swallow_answers()
        cutter = threading.Thread(target=lambda: (server.wait_for_calls("Step", taken + 1), way.cut()))
        cutter.start()
        answer = session.restart("order_service")
        cutter.join()
        assert answer.replayed
        assert answer.step == 2
        assert session.sre.budgets.restart == 2
        server.wait_for_calls("Step", taken + 2)
        assert session.wait().step == 3


def test_a_session_whose_opening_was_lost_is_opened_once(server: Server, way: CuttableWay) -> None:
    with Client(way.address) as client, Client(server.address) as other:
        client.list_tasks()
        opened = server.calls("CreateSession")
        way.swallow_answers()
        cutter = threading.Thread(target=lambda: (server.wait_for_calls("CreateSession", opened + 1), way.cut()))
        cutter.start()
        session = client.create_session("sre/easy", seed=7, owner_key="lost")
        cutter.join()
        server.wait_for_calls("CreateSession", opened + 2)
        assert [one.session_id for one in other.list_sessions("lost")] == [session.id]


def test_a_streamed_step_whose_connection_was_lost_goes_on(server: Server, way: CuttableWay) -> None:
    with Client(server.address) as whole, whole.create_session("training/easy_mnist", seed=7) as session:
        session.configure_training()
        uncut = session.run_epochs(2)
    with Client(way.address) as client, client.create_session("training/easy_mnist", seed=7) as session:
        session.configure_training()
        server.hold(True)
        begun = server.calls("StepStream")

        def cut() -> None:
            server.wait_until_held()
            way.cut()
            server.wait_for_calls("StepStream", begun + 1)
            server.hold(False)

        cutter = threading.Thread(target=cut)
        cutter.start()
        with session.stream_step(RunEpochs(2)) as stream:
            epochs = [progress.training.epoch.epoch for progress in stream if progress.training and progress.training.epoch]
        cutter.join()
        assert epochs[-1] == 2
        assert (stream.result.observation, stream.result.reward) == (uncut.observation, uncut.reward)


def test_a_number_gives_its_answer_again_and_takes_no_other_action(client: Client) -> None:
    with client.create_session("sre/easy", seed=7) as session:
        first = session.restart("order_service")
        again = session.step(Restart("order_service"), request_number=1)
        assert (again.observation, again.reward, again.replayed) == (first.observation, first.reward, True)
        with pytest.raises(RequestNumberError):
            session.step(Restart("user_db"), request_number=1)
        session.wait()
        with pytest.raises(RequestNumberError):
            session.step(Restart("order_service"), request_number=1)


def test_a_deadline_stops_the_work_and_the_number_takes_it_up(client: Client, server: Server) -> None:
    with client.create_session("training/easy_mnist", seed=7) as session:
        session.configure_training()
        server.hold(True)
        try:
            ended = server.calls("Step")
            with pytest.raises(DeadlineError):
                session.run_epochs(1, timeout=0.2)
            server.wait_for_calls("Step", ended + 1)
        finally:
            server.hold(False)
        answer = session.step(RunEpochs(1), request_number=session.last_request_number)
        assert answer.observation.training is not None
        assert answer.observation.training.remaining_budget == 99


@pytest.fixture
def keyboard() -> Iterator[None]:
    """Interrupts are heard, also where the tests were started in the background of a shell, which has them ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("keyboard")
def test_an_interrupt_from_the_keyboard_stops_the_work(client: Client, server: Server) -> None:
    with client.create_session("training/easy_mnist", seed=7) as session:
        session.configure_training()
        server.hold(True)
        try:
            ended = server.calls("Step")
            threading.Thread(target=lambda: (server.wait_until_held(), os.kill(os.getpid(), signal.SIGINT))).start()
            with pytest.raises(KeyboardInterrupt):
                session.run_epochs(1)
            assert server.wait_for_calls("Step", ended + 1)["reason"] == "CALL_CANCELLED"
        finally:
            server.hold(False)
        assert session.step(RunEpochs(1), request_number=session.last_request_number).step == 2


@pytest.mark.usefixtures("keyboard")
def test_an_interrupt_while_a_call_is_being_started_stops_the_work_too(
    client: Client, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client.create_session("training/easy_mnist", seed=7) as session:
        session.configure_training()
        server.hold(True)
        begin = Connection.begin
        # Else grpc cancels the call when it is let go, which it does not do before it has made its object.
        kept = []

        def begin_and_interrupt(*arguments: Any) -> Any:
            call = begin(*arguments)
            kept.append(call)
            server.wait_until_held()
            os.kill(os.getpid(), signal.SIGINT)
            return call

        try:
            ended = server.calls("Step")
            with monkeypatch.context() as patched:
                patched.setattr(Connection, "begin", begin_and_interrupt)
                with pytest.raises(KeyboardInterrupt):
                    session.run_epochs(1)
            assert server.wait_for_calls("Step", ended + 1)["reason"] == "CALL_CANCELLED"
        finally:
            server.hold(False)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert session.step(RunEpochs(1), request_number=session.last_request_number).step == 2


def test_a_full_server_is_asked_again_until_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    small = Server("--sre-only", "--max-sessions=1")
    try:
        with Client(small.address) as client:
            first = client.create_session("sre/easy", seed=1)
            with pytest.raises(CapacityError) as full:
                # No longer than the server says to wait, so that it is asked once.
                client.create_session("sre/easy", seed=2, timeout=5)
            assert full.value.reason == "TOO_MANY_SESSIONS"
            assert full.value.retry_after == 5
            waited: list[float] = []

            def give_the_place_back(seconds: float) -> None:
                waited.append(seconds)
                first.close()

            with monkeypatch.context() as patched:
                patched.setattr(time, "sleep", give_the_place_back)
                assert client.create_session("sre/easy", seed=2).info.seed == 2
            assert waited == [5]
    finally:
        small.stop()


def test_calls_of_many_threads_take_their_turns(client: Client) -> None:
    with client.create_session("sre/easy", seed=7) as session:
        steps: list[int] = []
        threads = [threading.Thread(target=lambda: [steps.append(session.wait().step) for _ in range(5)]) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(steps) == list(range(1, 31))


def test_a_client_opens_sessions_from_many_threads(client: Client) -> None:
    scores: dict[int, float | None] = {}

    def play(seed: int) -> None:
        with client.create_session("sre/medium", seed=seed) as session:
            session.wait()
            scores[seed] = session.finish().result.score

    threads = [threading.Thread(target=play, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(scores) == list(range(8))
    assert all(score is not None for score in scores.values())
