"""OpenEnv's own checks: of an address, of a Space's files, and its runtime graders against a server that is there already."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from openenv import GenericEnvClient
from openenv.validation.providers import ProviderCapability
from openenv.validation.runner import run_validation
from openenv.validation.types import CheckStatus, Level

from tests.conftest import Server

SPACES = Path(__file__).resolve().parents[5] / "spaces"


@pytest.mark.parametrize("path", ["", "/training", "/sre"])
def test_an_address_passes_openenvs_criteria(path: str, server: Server) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "openenv.cli", "validate", "--url", f"{server.url}{path}", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    failed = {criterion["id"] for criterion in report["criteria"] if not criterion["passed"]}
    has_mcp = httpx.post(f"{server.url}{path}/mcp", json={}).status_code != 404
    assert failed == (set() if has_mcp else {"mcp_endpoint"})
    assert (report["mode"], report["standard_profile"]) == ("simulation", "openenv-http/1.x")
    assert len(report["criteria"]) == 6


class ServedAlready:
    """A provider whose image is the server of these tests."""

    name = "served-already"
    capabilities = frozenset({ProviderCapability.IMAGE_BUILD})
    supported_network_modes = frozenset({"public", "no-network"})

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def build(self, root: Path, execution: object) -> str:
        return "sha256:" + "0" * 64

    def start(self, spec: object) -> ServedAlready:
        return self

    def inspect(self) -> dict[str, object]:
        return {}

    def logs(self) -> str:
        return ""

    def stop(self) -> None:
        pass


@pytest.mark.parametrize("environment", ["training", "sre"])
def test_a_space_passes_the_static_and_the_runtime_graders(environment: str, server: Server, tmp_path: Path) -> None:
    shutil.copytree(SPACES / environment, tmp_path / "space")
    report = run_validation(
        tmp_path / "space",
        max_level=Level.RUNTIME,
        provider=ServedAlready(f"{server.url}/{environment}"),
        artifacts_dir=tmp_path / "artifacts",
    )
    outcomes = {result.check_id: result for result in report.results}
    for check in [
        "static.manifest",
        "runtime.startup",
        "runtime.observation_schema",
        "runtime.reward_well_formed",
        "runtime.state_contract",
    ]:
        assert outcomes[check].status is CheckStatus.PASS, (check, outcomes[check].evidence)
    assert not [result for result in report.results if result.status in (CheckStatus.FAIL, CheckStatus.ERROR)]


def test_the_planned_episode_does_something(server: Server) -> None:
    for environment, done in [("training", True), ("sre", False)]:
        plan = json.loads((SPACES / environment / "validation" / "runtime.json").read_text())
        with GenericEnvClient(base_url=f"{server.url}/{environment}").sync() as env:
            env.reset(seed=plan["reset"]["seed"], episode_id=plan["reset"]["episode_id"], **plan["reset"]["options"])
            for action in plan["actions"]:
                told = env.step(action)
            assert told.done is done
            assert env.state()["step_count"] == len(plan["actions"])
