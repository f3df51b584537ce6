"""TRL's own loop over our environments: a tiny model with random weights, made here, and a scripted policy in its place."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ |= {"HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": "", "TRL_EXPERIMENTAL_SILENCE": "1"}

import pytest
import torch
from accelerate import PartialState
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM, set_seed
from transformers.utils import get_json_schema
from trl import GRPOConfig, GRPOTrainer
from trl.chat_template_utils import qwen3_chat_template
from trl.experimental.async_grpo.async_rollout_worker import _AsyncRolloutLoop

from nightshift import Client
from nightshift.messages import ArgumentType
from nightshift.trl import EnvironmentFactory, dataset, report, rows
from tests.conftest import Server

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MARKS = ["<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]

# A turn of a model: the tool calls of one message; none ends its rollout.
Turn = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="session")
def tokenizer(server: Server) -> PreTrainedTokenizerFast:
    """Learnt on what an incident says; every byte has a token."""
    environment: Any = EnvironmentFactory("sre", address=server.address)()
    row = rows("sre/hard", [1], address=server.address)[0]
    texts = [row["prompt"][0]["content"], environment.reset(**row), json.dumps(get_json_schema(environment.restart))]
    environment.get_reward()
    learnt = Tokenizer(BPE())
    learnt.pre_tokenizer = ByteLevel(add_prefix_space=False)
    learnt.decoder = ByteLevelDecoder()
    trainer = BpeTrainer(vocab_size=700, special_tokens=CONTROL, initial_alphabet=ByteLevel.alphabet(), show_progress=False)
    learnt.train_from_iterator(texts, trainer)
    made = PreTrainedTokenizerFast(tokenizer_object=learnt, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    made.add_tokens(MARKS)
    made.chat_template = qwen3_chat_template
    return made


@pytest.fixture
def model(tokenizer: PreTrainedTokenizerFast) -> Qwen3ForCausalLM:
    set_seed(0)
    return Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=len(tokenizer),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
            num_key_value_heads=1,
            head_dim=8,
            max_position_embeddings=32_768,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


class Recorded(GRPOTrainer):
    """Keeps what each generation batch came to."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.batches: list[dict[str, Any]] = []

    def _calculate_rewards(self, inputs: Any, prompts: Any, completions: Any, ids: Any) -> Any:
        rewards = super()._calculate_rewards(inputs, prompts, completions, ids)
        played = [(row["task"], row["split"], row["seed"]) for row in inputs]
        self.batches.append({"rows": played, "prompts": prompts, "completions": completions, "rewards": rewards})
        return rewards

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        scored = super()._generate_and_score_completions(inputs)
        self.batches[-1]["advantages"] = scored["advantages"]
        return scored


def trainer_of(model: Any, tokenizer: Any, folder: Path, data: Any, factory: Any, steps: int = 1, **settings: Any) -> Recorded:
    config: dict[str, Any] = {
        "output_dir": str(folder),
        "per_device_train_batch_size": 4,
        "num_generations": 4,
        "max_steps": steps,
        "max_completion_length": 8000,
        "learning_rate": 0.1,
        "logging_steps": 1,
        "shuffle_dataset": False,
        "use_cpu": True,
        "bf16": False,
        "report_to": [],
        "save_strategy": "no",
        "disable_tqdm": True,
        **settings,
    }
    return Recorded(
        model,
        reward_funcs=report,
        args=GRPOConfig(**config),
        train_dataset=data,
        processing_class=tokenizer,
        environment_factory=factory,
    )


def script(trainer: Recorded, play: Callable[[int, str, int], Turn]) -> None:
    """Puts a policy in the model's place: told a rollout's place in its batch, its task and its turn from 0."""
    tokenizer: Any = trainer.processing_class
    state: dict[str, Any] = {"turns": [], "alive": []}

    def generate(prompt_ids: list[list[int]], images: Any, fields: Any, num_generations: int, **_: Any) -> Any:
        whole = num_generations > 1
        if whole:
            state["alive"] = list(range(len(prompt_ids)))
            state["turns"] = [0] * len(prompt_ids)
            state["tasks"] = [re.search(r"Task (\S+):", tokenizer.decode(ids))[1] for ids in prompt_ids]  # type: ignore[index]
        answers = []
        going_on = []
        for rollout in state["alive"][: len(prompt_ids)]:
            calls = play(rollout, state["tasks"][rollout], state["turns"][rollout])
            state["turns"][rollout] += 1
            answers.append(tokenizer.encode(message_of(calls), add_special_tokens=False))
            going_on += [rollout] if calls else []
        state["alive"] = going_on
        return answers, None

    trainer._generate_single_turn = generate


def message_of(calls: Turn) -> str:
    """As the chat template writes it."""
    told = "\n".join(f"<tool_call>\n{json.dumps({'name': name, 'arguments': arguments})}\n</tool_call>" for name, arguments in calls)
    return f"{told or 'Done.'}<|im_end|>"


def replay(client: Client, task: str, split: Any, seed: int, calls: Turn) -> float | None:
    """The score of the same calls by the plain client."""
    with client.create_session(task, seed=seed, split=split) as session:
        for name, arguments in calls:
            session.call(name, arguments)
        return session.finish().result.score


def scores(trainer: Recorded, batch: int = 0) -> list[float]:
    """The environments' column."""
    found: list[float] = trainer.batches[batch]["rewards"][:, 1].tolist()
    return found


@pytest.mark.parametrize("name", ["sre", "training"])
def test_its_tool_schemas_are_those_of_list_tasks(name: str, server: Server, client: Client) -> None:
    environment = EnvironmentFactory(name, address=server.address)()
    types = {ArgumentType.NUMBER: "number", ArgumentType.INTEGER: "integer", ArgumentType.BOOLEAN: "boolean"}
    for action in client.list_tasks(name)[0].actions:
        schema = get_json_schema(getattr(environment, action.name))["function"]
        assert (schema["name"], schema["description"]) == (action.name, action.description)
        given = schema["parameters"]
        assert given.get("required", []) == [one.name for one in action.arguments if one.required]
        for argument in action.arguments:
            told = given["properties"][argument.name.replace(".", "_")]
            assert told["type"] == types.get(argument.type, "string")
            assert told["description"].startswith(argument.description)
            assert told.get("enum", []) == (list(argument.choices) if argument.type is ArgumentType.CHOICE else [])
    beside = set(get_json_schema(getattr(environment, "wait", None) or environment.submit_model)["function"]["parameters"]["properties"])  # type: ignore[attr-defined]
    assert beside == ({"declare_service_id", "declare_fault_class"} if name == "sre" else {"checkpoint"})


def test_the_data_set_has_the_rows(server: Server) -> None:
    given: dict[str, Any] = {"tasks": ["sre/easy", "training/easy_mnist"], "seeds": [0, 2**64 - 1], "address": server.address}
    assert list(dataset(**given)) == rows(**given)


def test_a_random_model_that_calls_no_tool_is_scored_as_doing_nothing(
    model: Any, tokenizer: Any, tmp_path: Path, server: Server, client: Client
) -> None:
    data = dataset("sre/easy", [3, 2**64 - 1], split="validation", address=server.address)
    factory = EnvironmentFactory("sre", address=server.address)
    trainer = trainer_of(model, tokenizer, tmp_path, data, factory, steps=2, max_completion_length=16)
    trainer.train()
    for batch, seed in zip(trainer.batches, [3, 2**64 - 1], strict=True):
        assert batch["rows"] == [("sre/easy", "validation", seed)] * 4
        # One group is one episode: all of it begins with the same text.
        first = batch["prompts"][0]
        assert batch["prompts"] == [first] * 4
        with client.create_session("sre/easy", seed=seed, split="validation", views=["text"]) as session:
            assert first[-1]["content"].endswith(f"without calling a tool.\n\n{session.text}")
        # It calls no tool, so that its episodes are left at their start.
        assert scores(trainer, trainer.batches.index(batch)) == pytest.approx([replay(client, "sre/easy", "validation", seed, [])] * 4)
    [log, _, _] = trainer.state.log_history
    assert log["nightshift/left_open"] == 1
    assert log["nightshift/lost_results"] == log["nightshift/failed"] == 0
    assert log["rewards/SreEnvironment/mean"] == pytest.approx(scores(trainer)[0])


# The members of a group play one episode differently; the last does nothing.
PLANS: list[list[Turn]] = [
    [[("restart", {"service_id": "product_service"})]],
    [[("scale_up", {"service_id": "product_service"}), ("wait", {})]],
    [[("rollback", {"service_id": "product_service"})], [("wait", {})], [("wait", {})]],
    [],
]


def test_scripted_rollouts_get_the_scores_of_a_replay(model: Any, tokenizer: Any, tmp_path: Path, server: Server, client: Client) -> None:
    data = dataset("sre/easy", range(40, 42), address=server.address)
    trainer = trainer_of(
        model,
        tokenizer,
        tmp_path,
        data,
        EnvironmentFactory("sre", address=server.address),
        per_device_train_batch_size=8,
    )
    script(trainer, lambda rollout, task, turn: dict(enumerate(PLANS[rollout % 4])).get(turn, []))
    before = [one.detach().clone() for one in trainer.model.parameters()]
    trainer.train()
    [batch] = trainer.batches
    assert batch["rows"] == [("sre/easy", "train", 40)] * 4 + [("sre/easy", "train", 41)] * 4
    played = [[call for turn in plan for call in turn] for plan in PLANS]
    expected = [replay(client, "sre/easy", "train", seed, calls) for seed in (40, 41) for calls in played]
    assert scores(trainer) == pytest.approx(expected)
    # What mends one of the two incidents does not mend the other.
    assert expected[0] == expected[6] == 0.99
    assert len(set(expected)) == 4
    results = [message["content"] for message in batch["completions"][2] if message["role"] == "tool"]
    assert [re.search(r"step: (\d)", result)[1] for result in results] == ["1", "2", "3"]  # type: ignore[index]
    # Better than its group is reinforced, and the weights move.
    for group in (slice(0, 4), slice(4, 8)):
        rewards, advantages = torch.tensor(expected[group]), batch["advantages"][group]
        assert torch.equal(rewards > rewards.mean(), advantages > 0)
    assert any(not torch.equal(old, new) for old, new in zip(before, trainer.model.parameters(), strict=True))
    log = trainer.state.log_history[0]
    assert log["reward"] == pytest.approx(sum(expected) / 8)
    assert log["nightshift/left_open"] == 1
    assert log["nightshift/lost_results"] == 0
    assert log["tools/failure_frequency"] == 0


def test_both_environments_train_in_one_run(model: Any, tokenizer: Any, tmp_path: Path, server: Server, client: Client) -> None:
    data = dataset(["sre/easy", "training/easy_mnist"], [7], address=server.address)
    factories = {name: EnvironmentFactory(name, address=server.address) for name in ("sre", "training")}
    trainer = trainer_of(model, tokenizer, tmp_path, data, factories, per_device_train_batch_size=4, num_generations=2)
    training: list[Turn] = [
        [("configure_training", {"learning_rate": 0.01, "batch_size": "32"})],
        [("run_epochs", {"num_epochs": 4})],
        [("submit_model", {"checkpoint": "last"})],
    ]
    late: list[Turn] = [[("run_epochs", {"num_epochs": 1})]]
    plans = {"sre/easy": [[("restart", {"service_id": "user_db"})]], "training/easy_mnist": training + late}
    # One of each group plays, the other does nothing.
    script(trainer, lambda rollout, task, turn: plans[task][turn] if rollout % 2 == 0 and turn < len(plans[task]) else [])
    trainer.train()
    [batch] = trainer.batches
    assert [row[0] for row in batch["rows"]] == ["sre/easy"] * 2 + ["training/easy_mnist"] * 2
    calls = [[("restart", {"service_id": "user_db"})], []]
    expected = [replay(client, "sre/easy", "train", 7, one) for one in calls]
    trained: Turn = [("configure_training", {"learning_rate": 0.01, "batch_size": 32}), *training[1], *training[2]]
    expected += [replay(client, "training/easy_mnist", "train", 7, one) for one in (trained, [])]
    rewards = batch["rewards"]
    assert trainer.reward_func_names == ["report", "SreEnvironment", "TrainingEnvironment"]
    assert rewards[:2, 1].tolist() + rewards[2:, 2].tolist() == pytest.approx(expected)
    assert rewards[:2, 2].isnan().all()
    assert rewards[2:, 1].isnan().all()
    results = [message["content"] for message in batch["completions"][2] if message["role"] == "tool"]
    over = "The episode is over and its score is final: answer without calling a tool."
    assert "epochs: 4 trained" in results[2]
    assert results[2].endswith(f"\n{over}")
    assert results[3] == over
    assert trainer.state.log_history[0]["nightshift/left_open"] == 3 / 4


def test_wrong_calls_are_told_to_the_model(model: Any, tokenizer: Any, tmp_path: Path, server: Server) -> None:
    wrong: Turn = [("restart", {"service": "user_db"}), ("restart", {"service_id": "nobody"}), ("close", {}), ("reset", {})]
    data = dataset("sre/easy", [7], address=server.address)
    trainer = trainer_of(model, tokenizer, tmp_path, data, EnvironmentFactory("sre", address=server.address))
    script(trainer, lambda rollout, task, turn: wrong if turn == 0 else [])
    trainer.train()
    results = [message["content"] for message in trainer.batches[0]["completions"][0] if message["role"] == "tool"]
    assert results[0].startswith("Refused: restart: missing a required argument")
    assert results[1].startswith("Refused: ")
    assert "nobody is not allowed; one of api_gateway" in results[1]
    # What is no action is no tool.
    assert results[2:] == ["{'error': 'Tool close not found.'}", "{'error': 'Tool reset not found.'}"]
    assert trainer.state.log_history[0]["nightshift/refused_calls"] == 1


def test_a_rollout_that_the_service_failed_counts_for_nothing(
    model: Any, tokenizer: Any, tmp_path: Path, server: Server, client: Client
) -> None:
    data = dataset("sre/easy", [40], address=server.address)
    trainer = trainer_of(model, tokenizer, tmp_path, data, EnvironmentFactory("sre", address=server.address))

    def play(rollout: int, task: str, turn: int) -> Turn:
        if rollout == 1 and turn == 0:
            client.open_session(trainer.environments[1]._session.id).close()  # type: ignore[index]
        return dict(enumerate(PLANS[rollout][:2])).get(turn, [])

    script(trainer, play)
    trainer.train()
    [batch] = trainer.batches
    assert batch["rewards"][1].isnan().all()
    assert batch["advantages"][1] == 0
    others = [0, 2, 3]
    expected = torch.tensor([scores(trainer)[rollout] for rollout in others])
    assert torch.allclose(batch["advantages"][others], (expected - expected.mean()) / (expected.std() + 1e-4), atol=1e-3)
    [told] = [message["content"] for message in batch["completions"][1] if message["role"] == "tool"][:1]
    assert "error" in told
    assert trainer.state.log_history[0]["nightshift/failed"] == 1 / 4


def test_a_result_that_is_dropped_is_told(
    model: Any, tokenizer: Any, tmp_path: Path, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    data = dataset("sre/easy", [7], address=server.address)
    trainer = trainer_of(model, tokenizer, tmp_path, data, EnvironmentFactory("sre", address=server.address), max_completion_length=100)
    script(trainer, lambda rollout, task, turn: [("wait", {})] if rollout < 3 and turn == 0 else [])
    with caplog.at_level(logging.WARNING, logger="nightshift.trl"):
        trainer.train()
    assert [message["role"] for message in trainer.batches[0]["completions"][0]] == ["assistant"]
    log = trainer.state.log_history[0]
    assert log["nightshift/lost_results"] == 3 / 4
    assert "In 3 of 4 rollouts an action was done and its result dropped" in caplog.text
    assert "raise max_completion_length" in caplog.text
    # What TRL itself tells looks fine.
    assert log["completions/clipped_ratio"] == 0


def test_a_run_without_our_rows_is_refused(model: Any, tokenizer: Any, tmp_path: Path, server: Server) -> None:
    trainer = trainer_of(model, tokenizer, tmp_path, None, EnvironmentFactory("sre", address=server.address))
    with pytest.raises(Exception, match="members of a group would play different episodes"):
        trainer.train()


def test_environments_are_pooled_and_give_their_sessions_back(model: Any, tokenizer: Any, tmp_path: Path) -> None:
    # As many places as a generation batch has rollouts.
    own = Server("--sre-only", "--max-sessions", "8")
    data = dataset("sre/easy", range(6), address=own.address)
    factory = EnvironmentFactory("sre", address=own.address)
    trainer = trainer_of(model, tokenizer, tmp_path, data, factory, steps=4, steps_per_generation=2, max_completion_length=16)
    trainer.train()
    assert len(trainer._environment_pool[None]) == 8
    assert [len(batch["rows"]) for batch in trainer.batches] == [8, 8]
    own.wait_for_calls("CloseSession", 16)
    assert own.calls("CreateSession") == 16
    own.stop()


def test_the_asynchronous_loop_plays_them_at_once(tokenizer: Any, server: Server, client: Client) -> None:
    """AsyncGRPOTrainer's loop, without its process and its vLLM: the policy stands in their place."""
    PartialState()
    factory, funcs = pickle.loads(pickle.dumps((EnvironmentFactory("sre", address=server.address), [report])))
    samples: queue.Queue[Any] = queue.Queue()
    loop = _AsyncRolloutLoop(
        model_name="none",
        dataset=dataset("sre/easy", [40, 41], address=server.address),
        reward_funcs=funcs,
        processing_class=tokenizer,
        eos_token_ids=[tokenizer.eos_token_id],
        rollout_buffer=samples,
        model_version_value=SimpleNamespace(value=0),
        heartbeat_value=SimpleNamespace(value=0.0),
        failed_event=threading.Event(),
        exception_info_queue=queue.Queue(),
        metrics_queue=queue.Queue(),
        environment_factory=factory,
        num_generations=4,
        max_inflight_tasks=8,
    )
    plans: dict[Any, tuple[list[Turn], list[int]]] = {}
    together = asyncio.Barrier(8)

    async def turn(prompt_ids: list[int]) -> tuple[list[int], list[float]]:
        rollout = asyncio.current_task()
        if rollout not in plans:
            plans[rollout] = (PLANS[len(plans) % 4], [0])
            if len(plans) == 8:
                loop._stop_event.set()  # No more of them.
            await together.wait()
        plan, taken = plans[rollout]
        calls = plan[taken[0]] if taken[0] < len(plan) else []
        taken[0] += 1
        ids = tokenizer.encode(message_of(calls), add_special_tokens=False)
        return ids, [-1.0] * len(ids)

    loop._generate_one_turn = turn
    opened = server.calls("CreateSession")
    # Groups are scored in a loop that the stop would end: it ends with the last group instead.
    score = loop._score_loop
    loop._score_loop = lambda stop_event: score(stop_event=asyncio.Event())
    loop.run()
    found: dict[int, list[float]] = {0: [], 1: []}
    while not samples.empty():
        sample = samples.get()
        found[sample.group_id].append(sample.metrics["rewards/SreEnvironment"])
    assert server.calls("CreateSession") == opened + 8
    for group, seed in enumerate((40, 41)):
        expected = [replay(client, "sre/easy", "train", seed, [call for calls in plan for call in calls]) for plan in PLANS]
        assert sorted(found[group]) == pytest.approx(sorted(expected))


def test_the_example_runs(model: Any, tokenizer: Any, tmp_path: Path, server: Server) -> None:
    model.save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "grpo_sre.py"), "--model", str(tmp_path / "model"), "--steps", "1", "--tokens", "16"],
        env={**os.environ, "NIGHTSHIFT_ADDRESS": server.address},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"step 1: mean score 0\.\d{3}", done.stdout), done.stdout
