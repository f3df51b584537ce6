"""OpenEnv's own checks: of an address, of a Space's files, and its runtime graders against a server that is there already."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

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
    assert (done.returncode, report["passed"], failed) == (0, True, set())
    assert (report["summary"]["passed_count"], report["summary"]["total_count"]) == (6, 6)
    assert (report["mode"], report["standard_profile"]) == ("simulation", "openenv-http/1.x")


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
def test_a_space_passes_every_grader_that_there_is(environment: str, server: Server, tmp_path: Path) -> None:
    shutil.copytree(SPACES / environment, tmp_path / "space")
    report = run_validation(
        tmp_path / "space",
        max_level=Level.SEMANTIC,
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
    missing = {check: result for check, result in outcomes.items() if result.status is not CheckStatus.PASS}
    for check, result in missing.items():
        assert result.status is CheckStatus.SKIP, (check, result.evidence)
        # A grader that OpenEnv does not have yet, or a network that this provider does not measure.
        assert "not implemented" in str(result) or check == "runtime.network_policy", (check, str(result))


def test_the_planned_episode_does_something(server: Server) -> None:
    for environment, done in [("training", True), ("sre", False)]:
        plan = json.loads((SPACES / environment / "validation" / "runtime.json").read_text())
        with GenericEnvClient(base_url=f"{server.url}/{environment}").sync() as env:
            env.reset(seed=plan["reset"]["seed"], episode_id=plan["reset"]["episode_id"], **plan["reset"]["options"])
            for action in plan["actions"]:
                told = env.step(action)
            assert told.done is done
            assert env.state()["step_count"] == len(plan["actions"])
