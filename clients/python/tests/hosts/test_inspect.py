"""Inspect's own eval() with its mock model, beside episodes that a plain client plays."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import inspect_ai
import pytest
from inspect_ai.log import EvalLog, EvalSample, read_eval_log
from inspect_ai.model import ChatMessage, ChatMessageTool, GenerateConfig, Model, ModelOutput, ModelUsage, get_model
from inspect_ai.tool import ToolChoice, ToolInfo

import nightshift.inspect
from nightshift import Client, _model_episode
from nightshift.errors import _BY_REASON, InvalidRequestError, NightshiftError, UnavailableError, UnknownTaskError
from nightshift.inspect import EpisodeStore, episodes
from nightshift.messages import SessionState
from tests.conftest import CuttableWay, Server
from tests.hosts.plans import TRAINING, Call, Message, episodes_left_open, follow, full_server, incident, replay, turns

Script = Callable[[list[Message]], "str | list[Call]"]


@pytest.fixture(autouse=True)
def nothing_is_left_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    left = episodes_left_open(monkeypatch)
    yield
    assert not left
    assert not _model_episode._clients


def model(script: Script) -> Model:
    def generate(messages: list[ChatMessage], tools: list[ToolInfo], choice: ToolChoice, config: GenerateConfig) -> ModelOutput:
        answer = script([{"role": one.role, "content": one.text} for one in messages])
        if isinstance(answer, str):
            output = ModelOutput.from_content("mockllm/model", answer)
        else:
            output = ModelOutput.for_tool_call("mockllm/model", *answer[0])
            others = [ModelOutput.for_tool_call("mockllm/model", *one) for one in answer[1:]]
            calls = output.choices[0].message.tool_calls
            assert calls
            for other in others:
                calls += other.choices[0].message.tool_calls or []
        # Without it Inspect would count tokens with a vocabulary that it downloads.
        output.usage = ModelUsage()
        return output

    return get_model("mockllm/model", custom_outputs=generate, memoize=False)


def evaluate(task: Any, script: Script, tmp_path: Path, **options: Any) -> EvalLog:
    [log] = inspect_ai.eval(task, model=model(script), log_dir=str(tmp_path), display="none", **options)
    return log


def samples(log: EvalLog) -> list[EvalSample]:
    assert log.status == "success", log.error
    assert log.samples is not None
    return log.samples


def score_of(sample: EvalSample) -> Any:
    assert sample.scores
    return sample.scores["score"]


def results(sample: EvalSample) -> list[ChatMessageTool]:
    return [message for message in sample.messages if isinstance(message, ChatMessageTool)]


def assert_given_back(client: Client, *played: EvalSample) -> None:
    for sample in played:
        session = sample.store["EpisodeStore:session"]
        assert client.open_session(session).info.state is SessionState.ENDED


def test_scores_are_those_of_the_plain_client(server: Server, client: Client, tmp_path: Path) -> None:
    plans = [incident(client, seed, "test") for seed in (1, 2, 3, 4)]
    assert len({plan.result.score for plan in plans}) > 2
    played = samples(evaluate(episodes("sre/easy", seeds=4, address=server.address), follow(plans), tmp_path))
    for sample, plan in zip(sorted(played, key=lambda one: int(one.id)), plans, strict=True):
        score = score_of(sample)
        assert score.value == plan.result.score
        assert score.metadata["passed"] is (plan.result.score >= 0.5)
        assert (score.metadata["pass_score"], score.metadata["end_reason"]) == (0.5, "last_step")
        assert score.metadata["parts"]["sla_compliance"] == plan.result.sre.breakdown.sla_compliance
        assert sample.metadata == {"task": "sre/easy", "task_version": 1, "split": "test", "seed": sample.id}
        assert results(sample)[-1].text == f"{plan.last_text}\nThe episode is over and its score is final."
    assert_given_back(client, *played)


def test_sixteen_are_played_at_once(server: Server, client: Client, tmp_path: Path) -> None:
    plans = [incident(client, seed) for seed in range(16)]
    # Nobody is answered before all have asked.
    open_now: set[str] = set()
    all_here = threading.Event()

    def script(messages: list[Message]) -> list[Call]:
        open_now.add(str(messages[1]["content"]))
        if len(open_now) == 16:
            all_here.set()
        return follow(plans)(messages)

    task = episodes("sre/easy", split="train", first_seed=0, seeds=16, address=server.address)
    played = samples(evaluate(task, script, tmp_path, max_samples=16, max_connections=16))
    assert all_here.is_set()
    assert {sample.id: score_of(sample).value for sample in played} == {seed: plan.result.score for seed, plan in enumerate(plans)}
    assert_given_back(client, *played)


def test_a_training_is_played(server: Server, client: Client, tmp_path: Path) -> None:
    plan = replay(client, "training/easy_mnist", "test", 7, TRAINING)
    task = episodes("training/easy_mnist", first_seed=7, seeds=1, address=server.address)
    [sample] = samples(evaluate(task, lambda messages: [TRAINING[turns(messages)]], tmp_path))
    score = score_of(sample)
    assert score.value == plan.result.score
    assert score.metadata["parts"]["test_accuracy"] == plan.result.training.test_accuracy
    assert score.metadata["training"]["checkpoint"] == "best"


def test_wrong_calls_are_answered_and_change_nothing(server: Server, client: Client, tmp_path: Path) -> None:
    plan = incident(client, 3, "test")
    wrong: list[Call] = [
        ("restart", {"service_id": "nobody"}),
        ("restart", {}),
        ("reboot", {"service_id": "cart"}),
        ("wait", {"minutes": 5}),
        ("circuit_break", {"service_id": "auth_service", "declare": {"fault_class": "bad_deploy"}}),
    ]
    script = [*wrong, *plan.calls]
    task = episodes("sre/easy", first_seed=3, seeds=1, address=server.address)
    [sample] = samples(evaluate(task, lambda messages: [script[turns(messages)]], tmp_path))
    told = [result.error.message for result in results(sample) if result.error]
    assert len(told) == len(wrong)
    assert "'nobody' is not one of" in told[0]
    assert "'service_id' is a required property" in told[1]
    assert "reboot not found" in told[2]
    assert "'minutes'" in told[3]
    assert told[4].startswith("Refused: declare.service_id: ")
    assert told[4].endswith(" Nothing changed.")
    assert score_of(sample).value == plan.result.score
    assert score_of(sample).metadata["steps"] == 30


def test_calls_of_one_message_are_made_in_their_order(server: Server, client: Client, tmp_path: Path) -> None:
    plan = incident(client, 3, "test")
    task = episodes("sre/easy", first_seed=3, seeds=1, address=server.address)
    [sample] = samples(evaluate(task, lambda messages: [*plan.calls, ("wait", {})], tmp_path))
    assert score_of(sample).value == plan.result.score
    # One call too many is no error, and is not paid.
    assert results(sample)[-1].text == "The episode is over and its score is final."
    assert results(sample)[-1].error is None


@pytest.mark.parametrize(("options", "script"), [({}, None), ({"turn_limit": 3}, ("wait", {})), ({"message_limit": 7}, ("wait", {}))])
def test_what_a_model_leaves_open_is_finished(
    options: dict[str, int], script: Call | None, server: Server, client: Client, tmp_path: Path
) -> None:
    fix = incident(client, 3, "test").calls[0]

    def answer(messages: list[Message]) -> str | list[Call]:
        if turns(messages) == 0:
            return [fix]
        return [script] if script else "I am done."

    task = episodes("sre/easy", first_seed=3, seeds=1, address=server.address)
    [sample] = samples(evaluate(task, answer, tmp_path, **options))
    score = score_of(sample)
    waited = [("wait", {})] * (score.metadata["steps"] - 1)
    assert score.metadata["end_reason"] == "finished"
    assert score.value == replay(client, "sre/easy", "test", 3, [fix, *waited]).result.score
    assert (sample.limit is not None) is bool(options)
    assert_given_back(client, sample)


def test_a_model_that_only_makes_mistakes_comes_to_an_end(server: Server, tmp_path: Path) -> None:
    task = episodes("sre/easy", seeds=1, address=server.address)
    [sample] = samples(evaluate(task, lambda messages: [("reboot", {})], tmp_path))
    assert sample.limit is not None
    assert (sample.limit.type, turns([{"role": one.role} for one in sample.messages])) == ("turn", 60)
    assert score_of(sample).metadata["end_reason"] == "finished"


def test_a_service_that_fails_is_no_tool_error(server: Server, client: Client, tmp_path: Path) -> None:
    closed: list[str] = []

    def script(messages: list[Message]) -> list[Call]:
        if turns(messages) == 2:
            [episode] = nightshift.inspect._open.values()
            closed.append(episode.session_id)
            client.open_session(episode.session_id).close()
        return [("wait", {})]

    log = evaluate(episodes("sre/easy", seeds=1, address=server.address), script, tmp_path)
    assert log.status == "error"
    assert log.samples is not None
    [sample] = log.samples
    assert sample.error is not None
    assert not sample.scores
    # The model has not seen it.
    assert turns([{"role": one.role} for one in sample.messages]) == 3
    # Its cleanup came nevertheless.
    assert closed
    assert not nightshift.inspect._open


def test_no_error_of_ours_is_one_that_inspect_shows_to_the_model() -> None:
    for kind in {NightshiftError, *_BY_REASON.values()}:
        assert not issubclass(kind, (OSError, ValueError, UnicodeError))


def test_a_lost_answer_is_asked_for_again_and_the_action_taken_once(
    server: Server, client: Client, way: CuttableWay, tmp_path: Path
) -> None:
    plan = incident(client, 3, "test")

    def script(messages: list[Message]) -> list[Call]:
        if turns(messages) == 2:
            taken = server.calls("Step")
            way.swallow_answers()
            threading.Thread(target=lambda: (server.wait_for_calls("Step", taken + 1), way.cut())).start()
        return [plan.calls[turns(messages)]]

    task = episodes("sre/easy", first_seed=3, seeds=1, address=way.address)
    [sample] = samples(evaluate(task, script, tmp_path))
    assert score_of(sample).value == plan.result.score
    assert len(results(sample)) == score_of(sample).metadata["steps"] == 30


def test_a_full_server_is_waited_for(tmp_path: Path) -> None:
    with full_server() as (address, plan):
        task = episodes("sre/easy", first_seed=3, seeds=1, address=address)
        [sample] = samples(evaluate(task, follow([plan]), tmp_path))
        assert score_of(sample).value == plan.result.score


def test_a_log_is_scored_again_without_a_server(server: Server, tmp_path: Path) -> None:
    log = evaluate(episodes("sre/easy", seeds=1, address=server.address), lambda messages: "Nothing to do.", tmp_path)
    again = inspect_ai.score(read_eval_log(log.location), nightshift.inspect.score(0.0), action="overwrite", display="none")
    [before], [after] = samples(log), samples(again)
    assert score_of(after).value == score_of(before).value
    assert (score_of(before).metadata["passed"], score_of(after).metadata["passed"]) == (False, True)
    assert EpisodeStore.__name__ == "EpisodeStore"  # The store's keys begin with it.


def test_its_tools_are_the_contracts(server: Server, client: Client, tmp_path: Path) -> None:
    from nightshift._toolbox import Toolbox

    seen: list[ToolInfo] = []

    def generate(messages: list[ChatMessage], tools: list[ToolInfo], choice: ToolChoice, config: GenerateConfig) -> ModelOutput:
        seen.extend(tools)
        output = ModelOutput.from_content("mockllm/model", "Enough.")
        output.usage = ModelUsage()
        return output

    for task in client.list_tasks():
        seen.clear()
        [log] = inspect_ai.eval(
            episodes(task.id, seeds=1, address=server.address),
            model=get_model("mockllm/model", custom_outputs=generate, memoize=False),
            log_dir=str(tmp_path),
            display="none",
        )
        samples(log)
        with client.create_session(task.id, seed=1, split="test") as session:
            names = [one.service_id for one in session.sre.metrics] if task.environment == "sre" else []
        for told, tool in zip(seen, Toolbox(task, names).tools, strict=True):
            told_schema = told.parameters.model_dump(exclude_none=True)
            assert (told.name, told.description) == (tool.name, tool.description)
            assert told_schema.pop("additionalProperties") is False
            assert told_schema.pop("required") == tool.parameters.get("required", [])
            for name, parameter in told_schema["properties"].items():
                if "description" not in tool.parameters["properties"][name]:
                    assert parameter.pop("description").startswith("An object of ")
            assert told_schema == {key: value for key, value in tool.parameters.items() if key != "required"}


def test_every_task_is_registered_by_its_name(server: Server, client: Client, tmp_path: Path) -> None:
    assert sorted(nightshift.inspect.TASKS.values()) == sorted(task.id for task in client.list_tasks())
    program = f"""
import inspect_ai
from inspect_ai.model import ModelOutput, ModelUsage, get_model
output = ModelOutput.from_content("mockllm/model", "Enough.")
output.usage = ModelUsage()
model = get_model("mockllm/model", custom_outputs=[output] * 20)
names = {[f"nightshift/{name}" for name in nightshift.inspect.TASKS]}
arguments = {{"seeds": 1, "split": "validation", "address": {server.address!r}}}
for log in inspect_ai.eval(names, model=model, task_args=arguments, log_dir={str(tmp_path)!r}, display="none"):
    print(log.eval.task, log.status, log.samples[0].metadata["task"], log.samples[0].metadata["split"])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    told = {f"nightshift/{name} success {task} validation" for name, task in nightshift.inspect.TASKS.items()}
    assert set(done.stdout.splitlines()) == told


def test_wrong_options_are_told_before_anything_is_played(server: Server) -> None:
    for wrong, kind in [
        (lambda: episodes("sre/none", address=server.address), UnknownTaskError),
        (lambda: episodes("sre/easy", split="dev", address=server.address), InvalidRequestError),
        (lambda: episodes("sre/easy", seeds=0, address=server.address), InvalidRequestError),
        (lambda: episodes("sre/easy", first_seed=2**64 - 1, seeds=2, address=server.address), InvalidRequestError),
    ]:
        with pytest.raises(kind):
            wrong()
    assert len(episodes("sre/easy", first_seed=2**64 - 1, seeds=1, address=server.address).dataset) == 1


def test_without_a_server_the_error_says_what_to_do() -> None:
    with pytest.raises(UnavailableError, match="npx nightshift serve"):
        episodes("sre/easy", address="127.0.0.1:1")
