"""Our own OpenEnv clients, and the snippets of the founding documents."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nightshift.openenv import MLTrainerEnv, SREAction, SREEnv
from tests.conftest import Server

SEEDS = Path(__file__).resolve().parents[6] / "shared" / "seeds"


def run(program: str, server: Server) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program.replace("http://localhost:8000", server.url)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def seed_snippet(name: str, first: str, last: str) -> str:
    found = [file.read_text(errors="replace") for file in SEEDS.glob(f"{name}_*.txt")] if SEEDS.is_dir() else []
    if not found:
        pytest.skip("the founding documents are not at hand: ../shared/seeds")
    start = found[0].index(first)
    return found[0][start : found[0].index(last, start) + len(last)]


def test_the_training_documents_snippet_runs_with_its_import_changed(server: Server) -> None:
    snippet = seed_snippet("003", "from ml_trainer_env import", "print(result) # Final score")
    # Its indentation was lost.
    head, _, body = snippet.partition("as env:\n")
    lines = [f"    {line}" for line in body.splitlines()]
    program = head.replace("ml_trainer_env", "nightshift.openenv") + "as env:\n" + "\n".join(lines)
    told = run(program, server)
    assert "'current_epoch': 10" in told
    assert re.search(r"'done': True, 'score': [01]\.?\d*", told)


def test_the_sre_documents_snippet_runs_with_its_imports_changed(server: Server) -> None:
    snippet = seed_snippet("004", "from client import SREEnv", 'print(f"Reward: {result.reward}")')
    program = snippet.replace("from client import", "from nightshift.openenv import")
    program = program.replace("from models import", "from nightshift.openenv import")
    assert run(program, server) == "Reward: 0\n"


def test_the_training_env_tells_typed_observations_tools_and_scores(server: Server) -> None:
    with MLTrainerEnv(base_url=server.url) as env:
        told = env.reset(task_id="easy_mnist", seed=7)
        assert told.observation.convergence_signal == "not_started"
        names = [tool.name for tool in env.list_tools()]
        assert "run_epochs" in names
        env.call_tool("configure_training", optimizer="adamw")
        told = env.step({"action": "run_epochs", "num_epochs": 2})
        assert told.observation.current_epoch == 2
        assert len(told.observation.loss_history_last_10) == 2
        assert env.state().step_count == 2
        told = env.finish()
        assert told.done
        assert told.metadata["truncated"]


def test_the_sre_env_in_asyncio(server: Server) -> None:
    async def play() -> None:
        async with SREEnv(base_url=server.url) as env:
            told = await env.reset(task_tier="hard", seed=3)
            services = list(told.observation.metrics)
            action = SREAction(
                action="circuit_break", service_id=services[1], declare={"service_id": services[1], "fault_class": "single_oom"}
            )
            told = await env.step(action)
            assert told.observation.action_history[-1]["service_id"] == services[1]
            told = await env.step(SREAction(action="wait"))
            assert (await env.state()).task_id == "sre/hard"
            assert len(await env.list_tools()) == 5
            assert (await env.call_tool("wait"))["step"] == 3

    asyncio.run(play())


def test_what_the_server_refuses_is_raised_with_what_is_allowed(server: Server) -> None:
    with SREEnv(base_url=server.url) as env:
        with pytest.raises(RuntimeError, match=r"data\.task_tier: \"eesy\" is not allowed; one of easy, medium, hard.*VALIDATION_ERROR"):
            env.reset(task_tier="eesy")
        env.reset(task_tier="easy")
        with pytest.raises(RuntimeError, match=r"data\.service_id: "):
            env.step({"action": "restart", "service_id": "nobody"})
        with pytest.raises(ValueError, match="action"):
            SREAction(action="reboot")


def test_a_base_url_with_a_path_is_taken_as_it_is(server: Server) -> None:
    url = f"{server.url}/sre/s/resumed"
    first = SREEnv(base_url=url)
    first.reset(seed=5)
    first.step(SREAction(action="wait"))
    second = SREEnv(base_url=url)
    with pytest.raises(RuntimeError, match="already has an attached WebSocket"):
        second.state()
    second.close()
    first.close()
