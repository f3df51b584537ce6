"""What language models are handed is what the contract says, and wrong calls are answered by a sentence."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2

from nightshift import Client, Declaration, Restart, RunEpochs, StopConditions
from nightshift._toolbox import FAULT_CLASSES, Toolbox, instructions
from nightshift.errors import InvalidActionError
from nightshift.messages import AdjustLearningRate, ConfigureTraining, FaultClass, Task, ToggleAugmentation
from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tasks(server: Server) -> dict[str, Task]:
    with Client(server.address) as client:
        return {task.id: task for task in client.list_tasks()}


def test_the_tools_are_those_of_nightshift_inference(server: Server, tasks: dict[str, Task]) -> None:
    program = f"""
import {{ NightshiftClient }} from {json.dumps((ROOT / "dist/clients/typescript/index.js").as_uri())};
import {{ Toolbox }} from {json.dumps((ROOT / "dist/proto/tools.js").as_uri())};
const client = new NightshiftClient({json.dumps(server.address)});
const tools = (await client.listTasks()).map((task) => {{
    const {{ tools, notes }} = new Toolbox(task, ["a", "b"]);
    return [task.id, tools, notes];
}});
console.log(JSON.stringify(tools));
client.close();
"""
    done = subprocess.run(["node", "--input-type=module", "-e", program], capture_output=True, text=True, check=True, timeout=60)
    told: list[Any] = json.loads(done.stdout)
    assert [task_id for task_id, _, _ in told] == list(tasks)
    for task_id, tools, notes in told:
        here = Toolbox(tasks[task_id], ["a", "b"])
        assert [vars(tool) for tool in here.tools] == tools
        assert all(note in instructions(tasks[task_id]) for note in notes)


def test_what_the_classes_of_faults_mean_stands_in_the_contract() -> None:
    contract = descriptor_pb2.FileDescriptorSet.FromString((ROOT / "proto/generated/descriptors.binpb").read_bytes())
    [sre] = [file for file in contract.file if file.name == "nightshift/v1/sre.proto"]
    [place] = [place for place, enum in enumerate(sre.enum_type) if enum.name == "FaultClass"]
    comments = {tuple(one.path): one.leading_comments.strip() for one in sre.source_code_info.location}
    meant = {
        value.name.removeprefix("FAULT_CLASS_").lower(): comments[(5, place, 2, number)]
        for number, value in enumerate(sre.enum_type[place].value)
        if value.number != 0
    }
    assert {name.value: meaning for name, meaning in FAULT_CLASSES.items()} == meant


@pytest.mark.parametrize(
    ("task", "name", "given", "meant"),
    [
        ("training/easy_mnist", "run_epochs", {"num_epochs": "2"}, (RunEpochs(2), None)),
        ("training/easy_mnist", "run_epochs", {"num_epochs": 2.0, "stop": None}, (RunEpochs(2), None)),
        (
            "training/easy_mnist",
            "run_epochs",
            {"num_epochs": 2, "stop": {"patience_epochs": 3}},
            (RunEpochs(2, stop=StopConditions(patience_epochs=3)), None),
        ),
        (
            "training/easy_mnist",
            "run_epochs",
            {"num_epochs": 2, "stop.val_accuracy": 0.9},
            (RunEpochs(2, stop=StopConditions(val_accuracy=0.9)), None),
        ),
        ("training/easy_mnist", "configure_training", {"optimizer": " AdamW"}, (ConfigureTraining(optimizer="adamw"), None)),
        ("training/easy_mnist", "configure_training", {}, (ConfigureTraining(), None)),
        ("training/easy_mnist", "toggle_augmentation", {"enabled": "true"}, (ToggleAugmentation(True), None)),
        ("training/easy_mnist", "adjust_learning_rate", {"new_lr": "1e-3"}, (AdjustLearningRate(0.001), None)),
        ("sre/easy", "restart", {"service_id": "x", "declare": {}}, (Restart("x"), None)),
        (
            "sre/easy",
            "restart",
            {"service_id": "x", "declare": {"service_id": "y", "fault_class": "bad_deploy"}},
            (Restart("x"), Declaration("y", "bad_deploy")),
        ),
        ("sre/easy", "restart", {"service_id": "x", "declare": {"fault_class": "none"}}, (Restart("x"), Declaration("", FaultClass.NONE))),
    ],
)
def test_a_call_means_an_action(task: str, name: str, given: object, meant: object, tasks: dict[str, Task]) -> None:
    assert Toolbox(tasks[task]).read(name, given) == meant


@pytest.mark.parametrize(
    ("task", "name", "given", "sentence"),
    [
        ("sre/easy", "run_epochs", {}, 'There is no tool "run_epochs"; call one of restart, scale_up, circuit_break, rollback, wait.'),
        ("sre/easy", "restart", [], "The arguments of restart must be one JSON object; it takes service_id"),
        ("sre/easy", "restart", {}, "restart needs service_id; it takes service_id (a name that the observation tells, required), declare"),
        ("sre/easy", "restart", {"service_id": 3}, "restart: service_id cannot be 3; a name that the observation tells."),
        ("sre/easy", "restart", {"service_id": "x", "by": 1, "to": 2}, 'restart has no argument "by", "to"; it takes service_id'),
        ("sre/easy", "wait", {"declare": "oom"}, 'wait has no argument "declare"; it takes declare.service_id'),
        ("sre/easy", "wait", {"declare": {"fault_class": "oom"}}, 'wait: declare.fault_class cannot be "oom"; one of none, single_oom'),
        ("training/easy_mnist", "get_training_status", {"now": True}, 'get_training_status has no argument "now"; it takes none.'),
        ("training/easy_mnist", "run_epochs", {"num_epochs": True}, "num_epochs cannot be true; a whole number from 1 to 20."),
        ("training/easy_mnist", "run_epochs", {"num_epochs": 2.5}, "num_epochs cannot be 2.5; a whole number from 1 to 20."),
        ("training/easy_mnist", "run_epochs", {"num_epochs": 10**400}, "a whole number from 1 to 20."),
        ("training/easy_mnist", "run_epochs", {"num_epochs": -1}, "num_epochs cannot be -1; a whole number from 1 to 20."),
        ("training/easy_mnist", "run_epochs", {"num_epochs": 1, "stop": {"soon": 1}}, 'run_epochs has no argument "stop.soon"'),
        ("training/easy_mnist", "adjust_learning_rate", {"new_lr": float("nan")}, "new_lr cannot be NaN; a number from 1e-06 to 1."),
        ("training/easy_mnist", "toggle_augmentation", {"enabled": 1}, "enabled cannot be 1; true or false."),
    ],
)
def test_a_wrong_call_is_answered_by_a_sentence(task: str, name: str, given: object, sentence: str, tasks: dict[str, Task]) -> None:
    with pytest.raises(InvalidActionError) as told:
        Toolbox(tasks[task]).read(name, given)
    assert sentence in told.value.message
    assert told.value.message.endswith(".")
    assert "\n" not in told.value.message
