"""The environments as TRL calls them, and the rows; without TRL, which tests/hosts/test_trl.py has."""

from __future__ import annotations

import gc
import inspect
import logging
import pickle
import re
import subprocess
import sys
import threading
import time
import typing
from collections.abc import Callable
from typing import Any

import pytest

from nightshift import Client, Session
from nightshift.errors import CapacityError, InvalidRequestError, NightshiftError, SessionEndedError, UnavailableError, UnknownTaskError
from nightshift.messages import ArgumentType, EndReason
from nightshift.trl import Environment, EnvironmentFactory, dataset, report, rows
from tests.conftest import Server, run

TASKS = {"sre": "sre/easy", "training": "training/easy_mnist"}

# A way to play each environment, as tool calls.
SCRIPTS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "sre": [("restart", {"service_id": "user_db"}), ("wait", {}), ("scale_up", {"service_id": "order_service"}), ("wait", {})],
    "training": [
        ("configure_training", {"optimizer": "adamw", "learning_rate": 0.01, "batch_size": 32}),
        ("get_training_status", {}),
        ("run_epochs", {"num_epochs": 3, "stop_patience_epochs": 2}),
        ("submit_model", {"checkpoint": "last"}),
    ],
}


def tools_of(environment: Environment) -> dict[str, Callable[..., str]]:
    """What TRL makes of it: the public plain functions of its class."""
    names = [name for name, _ in inspect.getmembers(type(environment), inspect.isfunction)]
    return {name: getattr(environment, name) for name in names if name not in ("reset", "get_reward") and not name.startswith("_")}


def row_of(server: Server, task: str, seed: int = 7) -> dict[str, Any]:
    return rows(task, [seed], address=server.address)[0]


@pytest.fixture
def incident(server: Server) -> Any:
    environment: Any = EnvironmentFactory("sre", address=server.address)()
    yield environment
    environment.get_reward()


@pytest.mark.parametrize("name", TASKS)
def test_the_tools_are_the_actions_and_nothing_else(name: str, server: Server, client: Client) -> None:
    environment = EnvironmentFactory(name, address=server.address)()
    tools = tools_of(environment)
    beside = ["declare_service_id", "declare_fault_class"] if name == "sre" else []
    for task in client.list_tasks(name):
        assert set(tools) == {action.name for action in task.actions}
        for action in task.actions:
            tool = tools[action.name]
            signature = inspect.signature(tool)
            told = inspect.getdoc(tool) or ""
            assert list(signature.parameters) == [one.name.replace(".", "_") for one in action.arguments] + beside
            assert told.startswith(action.description)
            assert typing.get_type_hints(tool).keys() == {*signature.parameters, "return"}
            for argument in action.arguments:
                parameter = signature.parameters[argument.name.replace(".", "_")]
                assert (parameter.default is inspect.Parameter.empty) == argument.required
                assert re.search(rf"^    {parameter.name}: {re.escape(argument.description)}", told, flags=re.M)
                if argument.type is ArgumentType.CHOICE:
                    assert typing.get_args(parameter.annotation)[0] == typing.Literal[argument.choices]  # type: ignore[valid-type]


@pytest.mark.parametrize("name", TASKS)
def test_a_scripted_rollout_is_what_the_plain_client_plays(name: str, server: Server, client: Client) -> None:
    environment = EnvironmentFactory(name, address=server.address)()
    seen = [environment.reset(**row_of(server, TASKS[name]))]
    seen += [tools_of(environment)[tool](**arguments) for tool, arguments in SCRIPTS[name]]
    score = environment.get_reward()
    with client.create_session(TASKS[name], seed=7, views=("text",), reward_mode="score") as session:
        replayed = [f"\n\n{session.text}"]
        for tool, arguments in SCRIPTS[name]:
            session.call(tool, {key.replace("stop_", "stop."): value for key, value in arguments.items()})
            replayed.append(session.text)
        result = session.finish().result
    if result.terminated:
        replayed[-1] += "\nThe episode is over and its score is final: answer without calling a tool."
    assert seen == replayed
    assert score == result.score
    assert environment.result == result


def test_an_episode_that_is_left_open_is_scored_once(incident: Any, server: Server) -> None:
    incident.reset(**row_of(server, "sre/easy"))
    incident.wait()
    finished = server.calls("Finish")
    score = incident.get_reward()
    assert (incident.get_reward(), incident.result.score) == (score, score)
    assert incident.result.end_reason is EndReason.FINISHED
    server.wait_for_calls("Finish", finished + 1)
    assert server.calls("Finish") == finished + 1


def test_after_the_end_a_tool_says_so_and_asks_nobody(incident: Any, server: Server) -> None:
    incident.reset(**row_of(server, "sre/easy"))
    steps = server.calls("Step")
    texts = [incident.wait() for _ in range(40)]
    assert ["The episode is over" in text for text in texts] == [False] * 29 + [True] * 11
    server.wait_for_calls("Step", steps + 30)
    assert incident.get_reward() == incident.result.score
    assert incident.result.end_reason is EndReason.LAST_STEP
    assert server.calls("Step") == steps + 30


def test_an_episode_that_somebody_else_ended_is_scored(incident: Any, server: Server, client: Client) -> None:
    incident.reset(**row_of(server, "sre/easy"))
    result = client.open_session(incident._session.id).finish().result
    assert incident.wait() == "The episode is over and its score is final: answer without calling a tool."
    assert incident.result == result


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("restart", {}, r"restart: missing a required argument: 'service_id'; it takes service_id \(required\), declare_service_id"),
    ("restart", {"service": "user_db"}, "restart: missing a required argument"),
    ("wait", {"steps": 2}, "wait: got an unexpected keyword argument 'steps'"),
    ("restart", {"service_id": "nobody"}, "service_id: nobody is not allowed; one of api_gateway"),
    ("restart", {"service_id": None}, "restart needs service_id; it takes service_id"),
    ("restart", {"service_id": ["user_db"]}, r"restart: service_id cannot be \[\"user_db\"\]; a name that the observation tells"),
    ("rollback", {"service_id": "payment_gateway"}, "external provider"),
    ("wait", {"declare_service_id": "user_db"}, "declare_fault_class: it must be given"),
    ("wait", {"declare_fault_class": "gremlins"}, r'wait: declare_fault_class cannot be "gremlins"; one of none, single_oom'),
    ("wait", {"declare_fault_class": "single_oom"}, "declare_service_id: is missing"),
]


def test_a_wrong_call_is_answered_by_a_sentence_and_changes_nothing(incident: Any, server: Server) -> None:
    before = incident.reset(**row_of(server, "sre/easy"))
    for tool, arguments, sentence in REFUSED:
        text = tools_of(incident)[tool](**arguments)
        assert re.fullmatch(rf"Refused: .*{sentence}.* Nothing changed\.", text), text
        assert incident._session.refresh().step == 0
        assert f"\n\n{incident._session.text}" == before


def test_values_in_quotes_are_meant(server: Server) -> None:
    environment: Any = EnvironmentFactory("training", address=server.address)()
    environment.reset(**row_of(server, "training/easy_mnist"))
    text = environment.configure_training(optimizer=" SGD ", learning_rate="0.5", batch_size=32.0, augmentation="True", dropout=None)
    assert re.search(r"sgd.*0\.5.*batch.*32.*augmentation 0.5", text), text
    assert "num_epochs cannot be 1.5; a whole number from 1 to 20" in environment.run_epochs(1.5)
    assert "num_epochs: 99 is not allowed; a whole number from 1 to 20" in environment.run_epochs("99")
    environment.get_reward()


def test_a_diagnosis_is_told_beside_an_action(incident: Any, server: Server) -> None:
    incident.reset(**row_of(server, "sre/easy"))
    incident.wait(declare_service_id="user_db", declare_fault_class="TRAFFIC_SURGE")
    incident.get_reward()
    assert incident.result.sre.declared_service_correct is True
    assert incident.result.sre.declared_class_correct is True
    incident.reset(**row_of(server, "sre/easy"))
    incident.wait(declare_fault_class="none")
    assert incident.result.sre.declared_class_correct is False


def test_a_row_that_fixes_no_episode_is_refused(incident: Any, server: Server) -> None:
    row = row_of(server, "sre/easy")
    with pytest.raises(InvalidRequestError, match=r"no task, split, seed: .*different episodes.*nightshift\.trl\.dataset"):
        incident.reset(prompt=row["prompt"])
    with pytest.raises(InvalidRequestError, match="no seed: "):
        incident.reset(**{**row, "seed": None})
    with pytest.raises(InvalidRequestError, match="environment_factory for each"):
        incident.reset(**row_of(server, "training/easy_mnist"))
    with pytest.raises(InvalidRequestError, match="environment_factory for each"):
        incident.reset(**{**row, "environment": "training"})
    with pytest.raises(InvalidRequestError, match="split"):
        incident.reset(**{**row, "split": "exam"})
    assert incident.get_reward() is None
    assert incident.reset(**row, difficulty="a column of somebody else's")


def test_one_row_is_one_episode_for_all_of_its_group(server: Server) -> None:
    factory = EnvironmentFactory("sre", address=server.address)
    one, two, other = (factory() for _ in range(3))
    row, next_row = rows("sre/hard", [5, 6], address=server.address)
    assert one.reset(**row) == two.reset(**row)
    assert other.reset(**next_row) != one.reset(**row)
    for environment in (one, two, other):
        environment.get_reward()


def test_what_fails_on_the_service_is_raised_and_not_scored(
    incident: Any, server: Server, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    row = row_of(server, "sre/easy")
    incident.reset(**row)
    client.open_session(incident._session.id).close()
    with caplog.at_level(logging.WARNING), pytest.raises(SessionEndedError):
        incident.wait()
    assert re.search(r"not scored \(.*'seed': 7.*\)", caplog.text)
    with pytest.raises(NightshiftError, match="cannot go on"):
        incident.wait()
    assert incident.get_reward() is None
    assert incident.result is None
    # The next row is played as if nothing had been.
    assert incident.reset(**row)
    assert incident.get_reward() is not None


def test_a_failure_at_the_end_is_not_raised(incident: Any, server: Server, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    incident.reset(**row_of(server, "sre/easy"))
    client.open_session(incident._session.id).close()
    with caplog.at_level(logging.WARNING):
        assert incident.get_reward() is None
    assert re.search("not scored .*abandoned", caplog.text)
    assert report(completions=[[]], environments=[incident]) == [None]


def test_a_reset_waits_for_a_server_that_is_restarted(incident: Any, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    row = row_of(server, "sre/easy")
    waited: list[float] = []
    create = Client.create_session

    def after_a_wait(self: Client, *given: Any, **named: Any) -> Session:
        if not waited:
            raise UnavailableError("gone", code="UNAVAILABLE")
        return create(self, *given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(Client, "create_session", after_a_wait)
        patched.setattr(Client, "wait_until_ready", lambda self, timeout: waited.append(timeout))
        assert incident.reset(**row)
    assert waited == [60.0]


def test_a_server_that_stays_away_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    own = Server("--sre-only")
    environment: Any = EnvironmentFactory("sre", address=own.address)()
    row = row_of(own, "sre/easy")
    environment.reset(**row)
    own.kill()
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setattr("nightshift.trl._RESTART_SECONDS", 0.1)
    with pytest.raises(UnavailableError):
        environment.wait()
    assert environment.get_reward() is None
    with pytest.raises(UnavailableError, match="No Nightshift server answers"):
        environment.reset(**row)


def test_a_session_is_held_from_reset_to_reward(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Server("--sre-only", "--max-sessions", "2")
    with pytest.raises(InvalidRequestError, match="no tasks of an environment 'training'"):
        EnvironmentFactory("training", address=own.address)()
    created = own.calls("CreateSession")
    pool: list[Any] = [EnvironmentFactory("sre", address=own.address)() for _ in range(3)]
    row = row_of(own, "sre/easy")
    for environment in pool[:2]:
        environment.reset(**row)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(CapacityError, match="--max-sessions"):
        pool[2].reset(**row)
    own.wait_for_calls("CreateSession", created + 8)
    assert pool[0].get_reward() is not None
    assert pool[2].reset(**row)
    # A rollout that was never scored leaves its session with the next reset, and with the garbage.
    closed = own.calls("CloseSession")
    assert pool[1].reset(**row)
    own.wait_for_calls("CloseSession", closed + 1)
    del pool, environment
    gc.collect()
    own.wait_for_calls("CloseSession", closed + 3)
    own.stop()


def test_a_hundred_rollouts_are_played_at_once() -> None:
    own = Server("--sre-only", "--max-sessions", "100")
    factory = EnvironmentFactory("sre", address=own.address)
    pool: list[Any] = [factory() for _ in range(100)]
    for place, row in enumerate(rows("sre/easy", range(100), address=own.address)):
        pool[place].reset(**row)
    for environment in pool:
        environment.wait()
    assert all(environment.get_reward() is not None for environment in pool)
    own.stop()


def test_calls_of_several_threads_are_taken_one_after_another(incident: Any, server: Server) -> None:
    incident.reset(**row_of(server, "sre/easy"))
    threads = [threading.Thread(target=incident.wait) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert incident._session.refresh().step == 8


def test_a_factory_pickles_to_its_address(server: Server) -> None:
    factory = EnvironmentFactory("sre", address=server.address)
    environment: Any = factory()
    row = row_of(server, "sre/easy")
    start = environment.reset(**row)
    copies = [pickle.loads(pickle.dumps(factory))(), pickle.loads(pickle.dumps(environment))]
    for copy in copies:
        # TRL scores a rollout by its environment's exact class.
        assert type(copy) is type(environment)
        assert copy.get_reward() is None
        assert copy.reset(**row) == start
        assert copy.get_reward() is not None
    assert environment.wait()
    assert environment.get_reward() is not None


def test_a_forked_child_leaves_the_parents_session_alone(server: Server) -> None:
    ended = run(
        server,
        """
        import os
        from nightshift.trl import EnvironmentFactory, rows
        [row] = rows("sre/easy", [7])
        incident = EnvironmentFactory("sre")()
        start = incident.reset(**row)
        child = os.fork()
        if child == 0:
            assert incident.get_reward() is None
            assert incident.reset(**row) == start
            assert incident.get_reward() is not None
        else:
            _, status = os.waitpid(child, 0)
            assert status == 0, status
            assert "step: 1 of 30" in incident.wait()
            assert incident.get_reward() is not None
        """,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_making_an_environment_opens_no_session(server: Server) -> None:
    created = server.calls("CreateSession")
    environment: Any = EnvironmentFactory("sre", address=server.address)()
    assert environment.get_reward() is None
    with pytest.raises(NightshiftError, match="first reset"):
        environment.wait()
    assert server.calls("CreateSession") == created
    with pytest.raises(InvalidRequestError, match='"chess" is not allowed'):
        EnvironmentFactory("chess", address=server.address)()


def test_rows_fix_episodes(server: Server) -> None:
    built = rows(["sre/easy", "training/easy_mnist"], [3, 2**64 - 1], split="validation", address=server.address)
    assert [(row["environment"], row["task"], row["split"], row["seed"]) for row in built] == [
        ("sre", "sre/easy", "validation", 3),
        ("training", "training/easy_mnist", "validation", 3),
        ("sre", "sre/easy", "validation", 2**64 - 1),
        ("training", "training/easy_mnist", "validation", 2**64 - 1),
    ]
    [message] = built[1]["prompt"]
    assert message["role"] == "user"
    assert "Reach a validation accuracy of 0.96" in message["content"]
    assert "costs no epochs" in message["content"]
    environment = EnvironmentFactory("sre", address=server.address)()
    environment.reset(**built[2])
    assert environment.get_reward() is not None


def test_rows_that_fix_none_are_refused(server: Server) -> None:
    for wrong, error, sentence in [
        ({"tasks": "sre/none"}, UnknownTaskError, "there are .*sre/easy"),
        ({"split": "exam"}, InvalidRequestError, "train, validation, test, not 'exam'"),
        ({"seeds": [-1]}, InvalidRequestError, "from 0 to"),
        ({"seeds": [2**64]}, InvalidRequestError, "from 0 to"),
        ({"seeds": ["7"]}, InvalidRequestError, "from 0 to"),
        ({"seeds": []}, InvalidRequestError, "no rows"),
        ({"tasks": []}, InvalidRequestError, "no rows"),
    ]:
        given: dict[str, Any] = {"tasks": "sre/easy", "seeds": [1], "address": server.address, **wrong}
        with pytest.raises(error, match=sentence):
            rows(**given)


def result_messages(count: int) -> list[dict[str, Any]]:
    return [{"role": "assistant", "content": ""}, *({"role": "tool", "name": "wait", "content": "seen"} for _ in range(count))]


def test_a_report_tells_what_trl_does_not(server: Server, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    factory = EnvironmentFactory("sre", address=server.address)
    whole, lost, failed, never = (typing.cast(Any, factory()) for _ in range(4))
    row = row_of(server, "sre/easy")
    for environment in (whole, lost, failed):
        environment.reset(**row)
    for _ in range(30):
        whole.wait()
    lost.wait()
    lost.restart(service_id="nobody")
    client.open_session(failed._session.id).close()
    with pytest.raises(SessionEndedError):
        failed.wait()
    told: dict[str, float] = {}
    completions = [result_messages(30), result_messages(1), result_messages(1), result_messages(0)]
    # A call of no tool at all has a result in the transcript, too.
    completions[1].append({"role": "tool", "name": "fly", "content": "{'error': 'Tool fly not found.'}"})
    with caplog.at_level(logging.WARNING):
        paid = report(
            completions=completions, environments=[whole, lost, failed, never], log_metric=told.__setitem__, task=["sre/easy"] * 4
        )
    assert paid == [0.0, 0.0, None, None]
    assert told == {
        "nightshift/lost_results": 1 / 4,
        "nightshift/left_open": 1 / 4,
        "nightshift/failed": 2 / 4,
        "nightshift/refused_calls": 1 / 33,
    }
    assert "In 1 of 4 rollouts an action was done and its result dropped" in caplog.text
    caplog.clear()
    assert report(completions=completions[:1], environments=[whole]) == [0.0]
    assert caplog.text == ""
    # AsyncGRPOTrainer shows no environments.
    assert report(completions=completions, log_metric=told.__setitem__) == [None] * 4


def test_the_module_needs_nothing_of_trl() -> None:
    program = "import sys, nightshift.trl; print({'trl', 'torch', 'transformers', 'datasets', 'pyarrow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_data_set_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(ImportError, match=r"nightshift-client\[trl\]"):
        dataset("sre/easy", [1])
