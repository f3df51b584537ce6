"""The examples do what they say."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import Server, run_python

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_random_agent_plays_three_incidents(server: Server) -> None:
    done = run_python(server, str(EXAMPLES / "random_agent.py"))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"(seed \d: score 0\.\d{3} after 30 steps\n){3}", done.stdout)
