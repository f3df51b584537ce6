"""The client against a real server."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import nightshift
from nightshift import AgentFault, Client, Declaration, FlatAction, RunEpochs, StopConditions, Wait
from nightshift.errors import (
    ActionNotPossibleError,
    ClientClosedError,
    EpisodeEndedError,
    InvalidActionError,
    InvalidRequestError,
    NightshiftError,
    SessionEndedError,
    SessionLostError,
    StreamOpenError,
    UnavailableError,
    UnknownTaskError,
    ViewMissingError,
)
from nightshift.messages import ConvergenceSignal, EndReason, FaultClass, ServiceKind, SessionState, Split


def test_an_incident_is_played_to_its_end(client: Client) -> None:
    with client.create_session("sre/easy", seed=7, split="train", views=("typed", "text", "flat")) as session:
        assert session.info.seed == 7
        assert session.info.split is Split.TRAIN
        assert session.sre.metrics[0].service_id == "api_gateway"
        assert session.sre.metrics[0].kind is ServiceKind.GATEWAY
        assert session.text.startswith("sre/easy") or len(session.text) > 100
        assert session.flat.columns.dtype == np.float32
        first = session.restart("order_service", declare=Declaration("order_service", FaultClass.SINGLE_OOM))
        assert (first.step, first.reward, first.terminated, first.truncated) == (1, 0.0, False, False)
        assert session.sre.budgets.restart == 2
        assert session.sre.action_history[0].action == "restart"
        answer = first
        while not answer.terminated:
            answer = session.wait()
        assert answer.step == 30
        assert answer.result is not None
        assert answer.result.end_reason == "last_step"
        assert answer.result.score is not None
        assert answer.reward == pytest.approx(answer.result.score)
        assert answer.result.sre is not None
        assert answer.result.sre.declared_class_correct is not None
        assert session.finish().result == answer.result
        with pytest.raises(EpisodeEndedError):
            session.wait()
        session.reset(seed=8)
        assert (session.info.episode, session.info.seed, session.sre.step) == (2, 8, 0)
        assert session.finish().result.end_reason is EndReason.FINISHED


def test_equal_seeds_and_actions_give_equal_answers(client: Client) -> None:
    def play(seed: int) -> list[object]:
        with client.create_session("sre/hard", seed=seed, views=["typed", "flat", "text"]) as session:
            steps = [session.wait(), session.step(Wait())]
            return [session.observation, *((step.observation, step.reward, step.info) for step in steps)]

    assert play(2**64 - 1) == play(2**64 - 1)
    assert play(5) != play(6)


def test_a_training_tells_its_progress_as_an_iterator(client: Client) -> None:
    with client.create_session("training/easy_mnist", seed=7) as session:
        assert session.training.convergence_signal is ConvergenceSignal.NOT_STARTED
        assert session.training.val_accuracy is None
        session.configure_training(optimizer="adamw", learning_rate=0.002, batch_size=32)
        configuration = session.training.configuration
        assert configuration is not None
        assert configuration.optimizer == "adamw"
        stream = session.stream_step(RunEpochs(2))
        epochs = [progress.training.epoch for progress in stream if progress.training and progress.training.epoch]
        assert [epoch.epoch for epoch in epochs] == [1, 2]
        assert stream.result.observation.training is not None
        assert stream.result.observation.training.val_accuracy == epochs[-1].val_accuracy == session.training.val_accuracy
        answer = session.run_epochs(1, stop=StopConditions(patience_epochs=3))
        assert answer.info.training is not None
        assert answer.info.training.epochs_run == 1
        assert session.get_training_status().observation.training == session.training
        result = session.submit_model().result
        assert result is not None
        assert result.training is not None
        assert result.training.test_images > 0


def test_what_the_result_of_a_stream_was_not_read_for_is_read_by_asking_for_it(client: Client) -> None:
    with client.create_session("training/easy_mnist", seed=7) as session:
        session.configure_training()
        with session.stream_step(RunEpochs(1)) as stream:
            next(stream)
            with pytest.raises(StreamOpenError):
                session.finish()
            assert stream.result.step == 2
        assert session.finish().result.steps == 2


def test_a_stream_that_is_left_is_cancelled_and_taken_up_under_its_number(client: Client, server) -> None:
    with client.create_session("training/easy_mnist", seed=7) as session:
        session.configure_training()
        server.hold(True)
        try:
            ended = server.calls("StepStream")
            with session.stream_step(RunEpochs(2), timeout=0.2) as stream, pytest.raises(nightshift.errors.DeadlineError):
                next(stream)
            server.wait_for_calls("StepStream", ended + 1)
        finally:
            server.hold(False)
        answer = session.step(RunEpochs(2), request_number=session.last_request_number)
        assert answer.observation.training is not None
        assert answer.observation.training.current_epoch == 2
        assert answer.observation.training.remaining_budget == 98


def test_an_agents_fault_is_told_with_its_fields_and_harms_nothing(client: Client) -> None:
    with client.create_session("sre/easy", seed=7) as session:
        with pytest.raises(InvalidActionError) as refused:
            session.restart("nobody")
        assert isinstance(refused.value, AgentFault)
        assert refused.value.code == "INVALID_ARGUMENT"
        assert refused.value.reason == "INVALID_FIELD"
        assert refused.value.violations[0].field == "action.restart.service_id"
        with pytest.raises(InvalidActionError):
            session.run_epochs(3)
        for _ in range(3):
            session.restart("order_service")
        with pytest.raises(ActionNotPossibleError) as spent:
            session.restart("order_service")
        assert isinstance(spent.value, AgentFault)
        assert spent.value.reason == "ACTION_NOT_POSSIBLE"
        assert session.wait().step == 4


@pytest.mark.parametrize(
    ("name", "arguments", "field"),
    [
        ("no_such", {}, "action"),
        ("restart", {}, "action.restart.service_id"),
        ("restart", {"service": "user_db"}, "action.restart.service"),
        ("restart", {"service_id": 3}, "action.restart.service_id"),
        ("run_epochs", {"num_epochs": -1}, "action.run_epochs.num_epochs"),
        ("run_epochs", {"num_epochs": 1, "stop.patience": 2}, "action.run_epochs.stop.patience"),
        ("configure_training", {"optimizer": "rmsprop"}, "action.configure_training.optimizer"),
        ("flat", {"levels": [1.5]}, "action.flat.levels[0]"),
        ("wait", [], "action.wait"),
        ("wait", "order_service", "action.wait"),
    ],
)
def test_a_tool_call_that_is_none_is_the_agents_fault(client: Client, name: str, arguments: Any, field: str) -> None:
    with client.create_session("sre/easy", seed=7) as session:
        with pytest.raises(InvalidActionError) as refused:
            session.call(name, arguments)
        assert field in [one.field for one in refused.value.violations]
        assert session.last_request_number == 0


def test_a_tool_call_takes_nested_arguments_flat_and_as_they_are(client: Client) -> None:
    with client.create_session("training/easy_mnist", seed=7) as session:
        session.call("configure_training", {"optimizer": "sgd", "learning_rate": None})
        for arguments in ({"num_epochs": 1, "stop.patience_epochs": 2}, {"num_epochs": 1, "stop": {"patience_epochs": 2}}):
            session.call("run_epochs", arguments)
        assert session.training.current_epoch == 2


def test_a_flat_action_is_taken_and_one_that_is_masked_waits(client: Client) -> None:
    [task] = [one for one in client.list_tasks("sre") if one.id == "sre/easy"]
    with client.create_session("sre/easy", seed=7, views=["flat"]) as session:
        columns = 1 + sum(len(action.arguments) for action in task.actions)
        waits = [action.name for action in task.actions].index("wait")
        levels = np.zeros(columns, dtype=np.int64)
        levels[0] = waits
        answer = session.step(FlatAction(levels))
        assert answer.step == 1
        assert answer.observation.flat is not None
        assert len(answer.observation.flat.action_mask) == len(task.actions)
        with pytest.raises(ViewMissingError):
            _ = session.sre


def test_a_call_of_the_callers_is_refused_with_its_field(client: Client) -> None:
    with pytest.raises(UnknownTaskError, match="sre/hard"):
        client.create_session("sre/impossible")
    for options in ({"seed": -1}, {"seed": 2**64}, {"lease": 1}, {"split": "dev"}, {"views": ["picture"]}, {"reward_mode": "none"}):
        with pytest.raises(InvalidRequestError) as refused:
            client.create_session("sre/easy", **options)
        assert refused.value.violations, options
    with pytest.raises(SessionLostError):
        client.open_session("0" * 32)


def test_a_session_is_opened_again_by_its_id_and_goes_on(client: Client) -> None:
    with client.create_session("sre/easy", seed=7, owner_key="me") as session:
        session.wait()
        again = client.open_session(session.id)
        assert again.last_request_number == 1
        assert again.wait().step == 2
        assert [one.session_id for one in client.list_sessions("me")] == [session.id]
        assert session.refresh().step == 2
    assert client.open_session(session.id).info.state is SessionState.ENDED
    with pytest.raises(SessionEndedError):
        session.wait()


def test_one_key_gives_one_session(client: Client) -> None:
    first = client.create_session("sre/easy", seed=7, idempotency_key="once")
    second = client.create_session("sre/easy", seed=7, idempotency_key="once")
    third = client.create_session("sre/easy", seed=7)
    assert first.id == second.id != third.id


def test_the_events_of_a_session_are_watched_to_its_end(client: Client) -> None:
    session = client.create_session("sre/easy", seed=7)
    session.wait()
    session.close()
    events = list(session.watch(timeout=30))
    assert [event.offset for event in events] == list(range(len(events)))
    assert events[0].episode_started is not None
    assert any(event.action_started is not None and event.action_started.action == Wait() for event in events)
    assert events[-1].session_ended is not None
    assert events[0].time.tzinfo is not None


def test_a_policy_is_played_on_the_server(client: Client) -> None:
    episodes = list(client.run_policy("sre/easy", "do-nothing", episodes=3, first_seed=1))
    assert [episode.seed for episode in episodes] == [1, 2, 3]
    assert episodes[0].interval_half_width is None
    assert episodes[-1].mean_score == pytest.approx(np.mean([episode.result.score for episode in episodes]))


def test_tasks_are_told_with_their_actions(client: Client) -> None:
    tasks = {task.id: task for task in client.list_tasks()}
    assert {"sre/easy", "training/easy_mnist"} <= set(tasks)
    actions = {action.name for task in tasks.values() for action in task.actions}
    assert actions == set(nightshift.messages.ACTIONS) - {"flat"}
    assert client.health() == "SERVING"
    client.wait_until_ready(10)


def test_without_a_server_the_error_says_what_to_do() -> None:
    with Client("127.0.0.1:1") as lost:
        with pytest.raises(UnavailableError, match="npx nightshift serve"):
            lost.wait_until_ready(0.1)
        with pytest.raises(UnavailableError) as refused:
            # No longer than the wait before another attempt, so that there is one.
            lost.list_tasks(timeout=0.5)
        assert refused.value.code == "UNAVAILABLE"
    with pytest.raises(ClientClosedError):
        lost.list_tasks()


def test_a_server_that_is_slow_to_greet_is_not_given_up() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        ThreadPoolExecutor() as pool,
        Client(f"127.0.0.1:{listener.getsockname()[1]}") as client,
    ):
        waiting = pool.submit(client.wait_until_ready, 3)
        near, _ = listener.accept()
        with near:
            near.settimeout(1)
            # The client greets, and then waits for the other side without closing.
            greetings = iter(lambda: near.recv(65536), b"")
            with pytest.raises(TimeoutError):
                list(greetings)
            with pytest.raises(UnavailableError):
                waiting.result()


def test_an_error_is_caught_by_one_base_that_is_no_builtin() -> None:
    kinds = [kind for kind in vars(nightshift.errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 15
    for kind in kinds:
        assert issubclass(kind, NightshiftError)
        assert [base for base in kind.__mro__ if base.__module__ == "builtins"] == [Exception, BaseException, object]
