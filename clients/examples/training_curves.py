"""Draws a training's curves while it runs: the picture grows with every epoch, and shows what was done when.

A server runs beside it: `npx nightshift serve`. `pip install ./clients/python matplotlib`
"""

from __future__ import annotations

import argparse

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from nightshift import AdjustLearningRate, Client, ConfigureTraining, RunEpochs, SubmitModel, ToggleAugmentation
from nightshift.messages import Action, EpochMetrics

TRAIN, VALIDATION, QUIET = "#1f6fb4", "#d9541e", "#777777"


class Curves:
    """What was seen of one episode, and its picture."""

    def __init__(self, title: str, file: str) -> None:
        self.title = title
        self.file = file
        self.epochs: list[EpochMetrics] = []
        # By the epoch after which they were taken.
        self.actions: dict[int, list[str]] = {}

    def mark(self, action: str) -> None:
        """Notes an action at the place that the curves have reached."""
        self.actions.setdefault(len(self.epochs), []).append(action)
        self.save()

    def add(self, epoch: EpochMetrics) -> None:
        """Takes an epoch that is whole; after a lost connection one may be told again."""
        if epoch.epoch > len(self.epochs):
            self.epochs.append(epoch)
            self.save()

    def save(self) -> None:
        """Draws all of it anew. Any kind of file that matplotlib can write."""
        figure = Figure(figsize=(9, 6.5), layout="constrained")
        losses, accuracies = figure.subplots(2, 1, sharex=True)
        figure.suptitle(self.title, x=0.01, ha="left", fontsize=13, fontweight="bold")
        draw(losses, [one.train_loss for one in self.epochs], [one.val_loss for one in self.epochs])
        draw(accuracies, [one.train_accuracy for one in self.epochs], [one.val_accuracy for one in self.epochs])
        losses.set_ylabel("Loss (cross-entropy, nats)")
        losses.set_ylim(bottom=0)
        accuracies.set_ylabel("Accuracy (share of images)")
        accuracies.yaxis.set_major_formatter(PercentFormatter(1))
        accuracies.set_xlabel("Epoch")
        accuracies.set_xlim(0, max(len(self.epochs), 1) * 1.02)
        accuracies.xaxis.set_major_locator(MaxNLocator(integer=True))
        losses.legend(loc="upper right", framealpha=1, edgecolor="none")
        figure.align_ylabels()
        for epoch, actions in self.actions.items():
            for axes in (losses, accuracies):
                axes.axvline(epoch, color=QUIET, linewidth=1, linestyle=(0, (4, 3)))
            # Above the upper curves, beside its line.
            is_last = epoch == len(self.epochs) > 0
            losses.annotate(
                "\n".join(actions),
                (epoch, 1),
                xycoords=("data", "axes fraction"),
                xytext=(2 if is_last else -2, 4),
                textcoords="offset points",
                ha="right" if is_last else "left",
                fontsize=9,
                color=QUIET,
            )
        figure.savefig(self.file, dpi=120)


def draw(axes: Axes, train: list[float | None], validation: list[float | None]) -> None:
    """Both curves, from epoch 1. What was not finite leaves a gap."""
    for values, colour, name in ((train, TRAIN, "training"), (validation, VALIDATION, "validation")):
        seen = [float("nan") if value is None else value for value in values]
        axes.plot(range(1, len(seen) + 1), seen, color=colour, label=name, linewidth=1.8, marker="o", markersize=3)
    axes.grid(color="#e4e4e4")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--task", default="training/easy_mnist")
    given.add_argument("--seed", type=int, default=7)
    given.add_argument("--epochs", type=int, default=10, help="epochs of each of three phases, 1 to 20")
    given.add_argument("--file", default="curves.png")
    options = given.parse_args()
    run = RunEpochs(options.epochs)
    plan: list[tuple[str, Action]] = [
        ("adam, rate 0.002", ConfigureTraining(optimizer="adam", learning_rate=0.002)),
        ("", run),
        ("augmentation on", ToggleAugmentation(True, strength=0.4)),
        ("", run),
        ("rate 0.0004", AdjustLearningRate(0.0004)),
        ("", run),
        ("best submitted", SubmitModel(checkpoint="best")),
    ]
    curves = Curves(f"{options.task}, seed {options.seed}", options.file)
    with Client() as client, client.create_session(options.task, seed=options.seed) as session:
        for name, action in plan:
            with session.stream_step(action) as stream:
                for progress in stream:
                    if progress.training and (epoch := progress.training.epoch):
                        curves.add(epoch)
                        print(f"epoch {epoch.epoch}: validation accuracy {epoch.val_accuracy or 0:.3f}", flush=True)
            if result := stream.result.result:
                curves.title += f": score {result.score or 0:.3f}"
            if name:
                curves.mark(name)
    print(f"{curves.title}; {curves.file}")


main()
