"""verifiers' own rollouts against a scripted endpoint, beside episodes that a plain client plays."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nightshift_verifiers
import pytest
import verifiers.v1 as vf
from nightshift_verifiers.taskset import NightshiftTask
from verifiers.v1.cli.eval.runner import run_eval
from verifiers.v1.configs.cli.eval import EvalConfig

from nightshift import Client, _model_episode
from nightshift._lease import keeper
from nightshift._toolbox import Toolbox, instructions
from nightshift.errors import InvalidRequestError, UnknownTaskError
from tests.conftest import CuttableWay, Server
from tests.hosts.plans import (
    TRAINING,
    Call,
    Message,
    ModelServer,
    episodes_left_open,
    first_text,
    follow,
    full_server,
    incident,
    replay,
    turns,
)

ID = "nightshift-verifiers"


@pytest.fixture(autouse=True)
def offline(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """And nothing is left open."""
    monkeypatch.setenv("NIGHTSHIFT_ADDRESS", server.address)
    monkeypatch.setenv("NO_KEY", "none")
    monkeypatch.chdir(tmp_path)
    left = episodes_left_open(monkeypatch)
    yield
    assert not left
    assert not _model_episode._clients


@pytest.fixture
def endpoint() -> Iterator[Any]:
    opened: list[ModelServer] = []

    def open_one(script: Any) -> ModelServer:
        opened.append(ModelServer(script))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def configuration(endpoint: ModelServer, taskset: dict[str, Any], agent: dict[str, Any] | None = None, **others: Any) -> EvalConfig:
    return EvalConfig.model_validate(
        {
            "env": {"taskset": {"id": ID, **taskset}, "agent": agent or {}},
            "client": {"base_url": endpoint.url, "api_key_var": "NO_KEY"},
            "model": "scripted",
            "push": False,
            "rich": None,
            **others,
        }
    )


def evaluate(endpoint: ModelServer, taskset: dict[str, Any], agent: dict[str, Any] | None = None, **others: Any) -> list[Any]:
    """The traces, in the rows' order."""
    found = asyncio.run(run_eval(configuration(endpoint, taskset, agent, **others)))
    return sorted((trace for episode in found for trace in episode.traces), key=lambda trace: trace.task.data.idx)


def score_of(trace: Any) -> float:
    assert trace.ok, trace.errors
    assert list(trace.rewards) == ["nightshift"]
    score: float = trace.rewards["nightshift"].score
    assert trace.reward == score == trace.info["nightshift"]["score"]
    return score


def assert_nothing_is_left_open(server: Server, opened_before: int, closed_before: int) -> None:
    server.wait_for_calls("CloseSession", closed_before + server.calls("CreateSession") - opened_before)


def close_what_is_played(client: Client) -> None:
    """Somebody else closes the session."""
    [lease] = keeper.leases_over(None)
    client.open_session(lease.session_id).close()


def counts(server: Server) -> tuple[int, int]:
    return server.calls("CreateSession"), server.calls("CloseSession")


def test_the_loader_finds_it() -> None:
    env = vf.load_environment(vf.resolve_env_config({"taskset": {"id": ID}}))
    assert type(env) is nightshift_verifiers.NightshiftEnv
    assert type(env.taskset) is nightshift_verifiers.NightshiftTaskset
    # Neither the vendor's sandbox, nor a harness that needs one.
    assert vf.default_harness_id(ID) == ID
    assert type(env._harnesses["agent"]) is nightshift_verifiers.NightshiftHarness
    assert env.config.agent.runtime.type == "subprocess"
    assert not nightshift_verifiers.NightshiftHarness.NEEDS_CONTAINER


def test_no_hook_of_its_own_takes_a_reserved_name() -> None:
    for name in ("score", "hash", "hooks", "finalize", "validate"):
        assert getattr(NightshiftTask, name) is getattr(vf.Task, name)


def test_its_command_plays_and_its_scores_are_those_of_the_plain_client(
    server: Server, client: Client, endpoint: Any, tmp_path: Path
) -> None:
    plans = [incident(client, seed, "test") for seed in (1, 2, 3, 4)]
    assert len({plan.result.score for plan in plans}) > 1
    model = endpoint(follow(plans))
    before = counts(server)
    command = [str(Path(sys.executable).parent / "vf-eval"), ID, "-n", "4", "-r", "2", "--no-push", "--no-rich", "-m", "scripted"]
    command += ["--client.base-url", model.url, "--client.api-key-var", "NO_KEY", "-o", str(tmp_path), "--run.name", "run"]
    command += ["--env.taskset.split", "test", "--env.taskset.first-seed", "1", "--env.taskset.seeds", "50"]
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    episodes = [json.loads(line) for line in (tmp_path / "run/traces.jsonl").read_text().splitlines()]
    assert len(episodes) == 8
    for episode in episodes:
        [trace] = episode["traces"]
        row = trace["task"]["data"]
        plan = plans[row["seed"] - 1]
        assert episode["ok"]
        assert (row["task_id"], row["task_version"], row["split"]) == ("sre/easy", 1, "test")
        assert trace["task"]["key"] == f"sre/easy@1/test/{row['seed']}"
        assert trace["rewards"]["nightshift"] == {"score": plan.result.score, "weight": 1.0}
        assert trace["metrics"]["steps"] == 30
        assert plan.result.sre is not None
        assert trace["metrics"]["sla_compliance"] == plan.result.sre.breakdown.sla_compliance
        assert trace["info"]["nightshift"]["end_reason"] == "last_step"
    assert_nothing_is_left_open(server, *before)


def test_sixteen_are_played_at_once(server: Server, client: Client, endpoint: Any) -> None:
    plans = [incident(client, seed) for seed in range(16)]
    # Nobody is answered before all have asked.
    gate = threading.Barrier(16, timeout=60)

    def script(messages: list[Message]) -> list[Call]:
        if turns(messages) == 0:
            gate.wait()
        return follow(plans)(messages)

    before = counts(server)
    traces = evaluate(endpoint(script), {"first_seed": 0, "seeds": 16})
    assert [score_of(trace) for trace in traces] == [plan.result.score for plan in plans]
    assert_nothing_is_left_open(server, *before)


def test_both_environments_are_played_in_one_run(client: Client, endpoint: Any) -> None:
    plans = [replay(client, "training/easy_mnist", "train", 7, TRAINING), incident(client, 7)]
    traces = evaluate(endpoint(follow(plans)), {"tasks": ["training/easy_mnist", "sre/easy"], "first_seed": 7, "seeds": 1})
    assert [score_of(trace) for trace in traces] == [plan.result.score for plan in plans]
    assert plans[0].result.training is not None
    assert traces[0].metrics["test_accuracy"] == plans[0].result.training.test_accuracy


def test_wrong_calls_are_answered_by_a_sentence_and_change_nothing(client: Client, endpoint: Any) -> None:
    plan = incident(client, 3)
    wrong: list[Call] = [
        ("restart", {"service_id": "nobody"}),
        ("restart", {}),
        ("reboot", {"service_id": "cart"}),
        ("wait", [5]),
        ("wait", '{"minutes": '),
    ]
    script = [*wrong, *plan.calls]
    [trace] = evaluate(endpoint(lambda messages: [script[turns(messages)]]), {"first_seed": 3, "seeds": 1})
    assert score_of(trace) == plan.result.score
    assert trace.metrics["steps"] == 30
    told = [message.content for message in trace.tool_messages[: len(wrong)]]
    expected = ["nobody is not allowed; one of", "restart needs service_id", 'no tool "reboot"', "one JSON object", "not valid JSON"]
    for text, said in zip(told, expected, strict=True):
        assert text.startswith("Refused: ")
        assert said in text
        assert text.endswith(" Nothing changed.")
        assert "\n" not in text


def test_calls_of_one_message_are_made_in_their_order(client: Client, endpoint: Any) -> None:
    plan = incident(client, 3)
    model = endpoint(lambda messages: [*plan.calls, ("wait", {})])
    [trace] = evaluate(model, {"first_seed": 3, "seeds": 1})
    assert score_of(trace) == plan.result.score
    assert len(model.requests) == 1


@pytest.mark.parametrize(("agent", "then"), [({}, "I am done."), ({"max_turns": 3}, [("wait", {})])])
def test_what_a_model_leaves_open_is_finished(
    agent: dict[str, Any], then: str | list[Call], server: Server, client: Client, endpoint: Any
) -> None:
    fix = incident(client, 3).calls[0]
    before = counts(server)
    [trace] = evaluate(endpoint(lambda messages: [fix] if turns(messages) == 0 else then), {"first_seed": 3, "seeds": 1}, agent)
    waited = [("wait", {})] * (int(trace.metrics["steps"]) - 1)
    assert trace.info["nightshift"]["end_reason"] == "finished"
    assert score_of(trace) == replay(client, "sre/easy", "train", 3, [fix, *waited]).result.score
    assert trace.is_truncated is bool(agent)
    assert_nothing_is_left_open(server, *before)


def test_a_model_that_only_makes_mistakes_comes_to_an_end(endpoint: Any) -> None:
    model = endpoint(lambda messages: [("reboot", {})])
    [trace] = evaluate(model, {"seeds": 1})
    assert len(model.requests) == 60
    assert trace.info["nightshift"]["end_reason"] == "finished"
    assert score_of(trace) <= 0.05


def test_a_full_context_is_an_end_and_no_failure(endpoint: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.hosts.plans.FAILURE", "maximum context length is 10 tokens")
    [trace] = evaluate(endpoint(lambda messages: [("wait", {})] if turns(messages) < 2 else 400), {"seeds": 1})
    score_of(trace)
    assert trace.metrics["steps"] == 2


def test_a_rollout_that_fails_gives_its_session_back_and_is_not_scored(server: Server, endpoint: Any) -> None:
    before = counts(server)
    [trace] = evaluate(endpoint(lambda messages: [("wait", {})] if turns(messages) < 2 else 400), {"seeds": 1})
    assert not trace.ok
    assert trace.last_error.type == "ProviderError"
    assert trace.rewards.get("nightshift") is None
    assert_nothing_is_left_open(server, *before)


def test_a_rollout_that_is_timed_out_is_scored_as_it_stands(server: Server, client: Client, endpoint: Any) -> None:
    held = threading.Event()

    def script(messages: list[Message]) -> list[Call]:
        if turns(messages) == 2:
            held.wait(60)
        return [("wait", {})]

    before = counts(server)
    [trace] = evaluate(endpoint(script), {"first_seed": 3, "seeds": 1}, {"timeout": {"rollout": 2.0}})
    held.set()
    assert trace.stop_condition == "agent_timeout"
    assert trace.metrics["steps"] == 2
    assert score_of(trace) == replay(client, "sre/easy", "train", 3, [("wait", {})] * 2).result.score
    assert_nothing_is_left_open(server, *before)


def test_a_service_that_fails_is_an_error_and_no_reward(client: Client, endpoint: Any) -> None:
    def script(messages: list[Message]) -> list[Call]:
        if turns(messages) == 2:
            close_what_is_played(client)
        return [("wait", {})]

    [trace] = evaluate(endpoint(script), {"seeds": 1})
    assert not trace.ok
    assert "SessionEndedError" in trace.last_error.message
    assert trace.rewards.get("nightshift") is None
    assert client.health() == "SERVING"


def test_an_episode_that_cannot_be_scored_is_an_error_and_no_reward(client: Client, endpoint: Any) -> None:
    def script(messages: list[Message]) -> str:
        close_what_is_played(client)
        return "I am done."

    [trace] = evaluate(endpoint(script), {"seeds": 1})
    assert not trace.ok
    assert "could not be scored" in trace.last_error.message
    assert trace.rewards.get("nightshift") is None


def test_an_action_whose_answer_is_lost_is_taken_once(
    server: Server, client: Client, way: CuttableWay, endpoint: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = incident(client, 3)
    monkeypatch.setenv("NIGHTSHIFT_ADDRESS", way.address)

    def script(messages: list[Message]) -> list[Call]:
        if turns(messages) == 2:
            taken = server.calls("Step")
            way.swallow_answers()
            threading.Thread(target=lambda: (server.wait_for_calls("Step", taken + 1), way.cut())).start()
        return [plan.calls[turns(messages)]]

    [trace] = evaluate(endpoint(script), {"first_seed": 3, "seeds": 1})
    assert score_of(trace) == plan.result.score
    assert trace.num_turns == trace.metrics["steps"] == 30


def test_a_full_server_is_waited_for(endpoint: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with full_server() as (address, plan):
        monkeypatch.setenv("NIGHTSHIFT_ADDRESS", address)
        [trace] = evaluate(endpoint(follow([plan])), {"first_seed": 3, "seeds": 1, "split": "test"})
        assert score_of(trace) == plan.result.score


def test_another_harness_is_refused_before_it_plays(endpoint: Any) -> None:
    model = endpoint(lambda messages: "Nothing.")
    [trace] = evaluate(model, {"seeds": 1}, {"harness": {"id": "null"}})
    assert not trace.ok
    assert "leave out --env.agent.harness.id" in trace.last_error.message
    assert not model.requests


def test_a_model_is_told_the_task_what_there_is_to_see_and_its_tools(client: Client, endpoint: Any) -> None:
    model = endpoint(lambda messages: "Enough.")
    tasks = client.list_tasks()
    evaluate(model, {"tasks": [task.id for task in tasks], "seeds": 1}, max_concurrent=1)
    assert len(model.requests) == len(tasks)
    for task, asked in zip(tasks, model.requests, strict=True):
        with client.create_session(task.id, seed=1, views=("typed", "text")) as session:
            names = [one.service_id for one in session.sre.metrics] if task.environment == "sre" else []
            assert asked["messages"][0] == {"role": "system", "content": instructions(task)}
            assert first_text(asked["messages"]) == f"The episode begins.\n{session.text}"
        assert [one["function"] for one in asked["tools"]] == [vars(tool) for tool in Toolbox(task, names).tools]


def test_rows_and_what_is_wrong_with_them(server: Server) -> None:
    def rows(**config: Any) -> list[Any]:
        return list(vf.load_taskset(vf.taskset_config_type(ID)(id=ID, **config)))

    found = rows(tasks=["sre/hard", "training/easy_mnist"], first_seed=2**64 - 2, seeds=2, split="test")
    assert [(one.data.task_id, one.data.seed) for one in found] == [
        ("sre/hard", 2**64 - 2),
        ("training/easy_mnist", 2**64 - 2),
        ("sre/hard", 2**64 - 1),
        ("training/easy_mnist", 2**64 - 1),
    ]
    assert len({one.key for one in found}) == 4
    # A row goes to a worker and back as JSON.
    assert type(found[0].data).model_validate_json(found[0].data.model_dump_json()) == found[0].data
    with pytest.raises(UnknownTaskError, match="sre/easy"):
        rows(tasks=["sre/none"])
    with pytest.raises(InvalidRequestError):
        rows(first_seed=2**64 - 1, seeds=2)
    for wrong in ({"split": "dev"}, {"seeds": 0}, {"tasks": []}, {"first_seed": -1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            rows(**wrong)
