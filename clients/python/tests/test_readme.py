"""Every snippet of the client's page runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Server

PAGE = (Path(__file__).resolve().parents[1] / "README.md").read_text()
SNIPPETS = re.findall(r"^```python(?: (\w+))?\n(.*?)^```$", PAGE, flags=re.M | re.S)


@pytest.mark.parametrize("place", range(len(SNIPPETS)))
def test_a_snippet_runs(place: int, server: Server, tmp_path: Path) -> None:
    needed, program = SNIPPETS[place]
    if needed:
        pytest.importorskip(needed)
    done = subprocess.run(
        [sys.executable, "-c", program.replace("http://localhost:8000", server.url)],
        env={**os.environ, "NIGHTSHIFT_ADDRESS": server.address},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_there_are_snippets() -> None:
    assert len(SNIPPETS) >= 4
