"""Every snippet of docs/openenv.md runs, but those that need Docker."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Server

ROOT = Path(__file__).resolve().parents[5]
SNIPPETS = re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / "docs" / "openenv.md").read_text(), flags=re.M | re.S)


def test_there_are_snippets() -> None:
    assert [language for language, _ in SNIPPETS] == ["python"] * 5 + ["sh"] * 2


@pytest.mark.parametrize("place", range(5))
def test_a_snippet_runs(place: int, server: Server) -> None:
    program = SNIPPETS[place][1].replace("http://localhost:8000", server.url)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_the_checks_run(server: Server) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for line in SNIPPETS[5][1].replace("http://localhost:8000", server.url).splitlines():
        done = subprocess.run(line.split(), cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)
        assert "PASS" in done.stdout, (line, done.stdout, done.stderr)
