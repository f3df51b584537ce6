"""The examples do what they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import Server

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def test_random_agent_plays_three_incidents(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "random_agent.py")],
        env={**os.environ, "NIGHTSHIFT_ADDRESS": server.address},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"(seed \d: score 0\.\d{3} after 30 steps\n){3}", done.stdout)
