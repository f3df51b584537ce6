"""The example that draws a training's curves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Server

image = pytest.importorskip("matplotlib.image")

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "training_curves.py"


def draw(server: Server, file: Path) -> str:
    done = subprocess.run(
        [sys.executable, str(EXAMPLE), "--epochs", "2", "--file", str(file)],
        env={**os.environ, "NIGHTSHIFT_ADDRESS": server.address},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_curves_are_drawn_with_their_actions(server: Server, tmp_path: Path) -> None:
    said = draw(server, tmp_path / "curves.svg")
    assert re.fullmatch(
        r"(epoch \d: validation accuracy \d\.\d{3}\n){6}training/easy_mnist, seed 7: score \d\.\d{3}; .*curves\.svg\n", said
    )
    # What is written in the picture stands in its comments.
    drawn = (tmp_path / "curves.svg").read_text()
    written = re.findall(r"<!-- (.*?) -->", drawn)
    score = said.splitlines()[-1].partition(";")[0]
    names = {score, "Loss (cross-entropy, nats)", "Accuracy (share of images)", "Epoch", "training", "validation"}
    actions = {"adam, rate 0.002", "augmentation on", "rate 0.0004", "best submitted"}
    assert names | actions <= set(written)
    # Four curves of six epochs each.
    paths = re.findall(r'<path d="([^"]*)" clip-path[^>]*style="fill: none; stroke: #(1f6fb4|d9541e)', drawn)
    assert [len(re.findall(r"[ML] ", path)) for path, _ in paths] == [6] * 4


def test_the_picture_is_one(server: Server, tmp_path: Path) -> None:
    draw(server, tmp_path / "curves.png")
    pixels = image.imread(tmp_path / "curves.png")
    assert pixels.shape[:2] == (780, 1080)
    assert pixels[..., :3].std() > 0.05
