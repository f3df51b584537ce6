"""An agent for `nightshift evaluate --agent-command`: JSON lines on standard input and output.

It plays both environments by simple rules, with nothing but Python's standard library. The protocol stands in docs/evaluation.md.
"""

from __future__ import annotations

import json
import sys
from typing import Any

# A message as JSON has it.
Json = dict[str, Any]

OBJECTIVE_P99_MS = 200
OBJECTIVE_ERROR_RATE = 0.01
# Minutes until an intervention shows in the telemetry.
PATIENCE = 4


class OnCall:
    """Mends the service where the red begins, then waits to see whether that helped."""

    def __init__(self) -> None:
        self.pause = 0

    def act(self, observation: Json, refusal: str | None) -> Json:
        seen = observation["sre"]
        if refusal is not None:
            print("refused:", refusal, file=sys.stderr)
            return {"wait": {}}
        if self.pause > 0:
            self.pause -= 1
            return {"wait": {}}
        place = self.root(seen)
        if place is None:
            return {"wait": {}}
        name = self.remedy(seen, place)
        if name is None:
            return {"wait": {}}
        self.pause = PATIENCE
        return {name: {"service_id": seen["metrics"][place]["service_id"]}}

    def root(self, seen: Json) -> int | None:
        """Place of the red service that stands out most over those that it calls; failures travel from callees to callers."""
        red = {m["service_id"]: self.excess(m) for m in seen["metrics"]}
        calls = {d["service_id"]: d["depends_on"] for d in seen["dependency_graph"]}
        lead = [red[m["service_id"]] - 1.2 * max((red[callee] for callee in calls[m["service_id"]]), default=0) for m in seen["metrics"]]
        best = max(range(len(lead)), key=lambda place: lead[place])
        return best if lead[best] > 0 else None

    def excess(self, metrics: Json) -> float:
        """0 within the objective; a lost sample has no figures."""
        slow = metrics.get("latency_p99", 0) / OBJECTIVE_P99_MS
        failing = metrics.get("error_rate", 0) / OBJECTIVE_ERROR_RATE
        return (slow if slow > 1 else 0) + (failing if failing > 1 else 0)

    def remedy(self, seen: Json, place: int) -> str | None:
        """The first of those worth trying that the observation's mask allows: four entries a service, in this order."""
        order = ["restart", "scale_up", "circuit_break", "rollback"]
        metrics = seen["metrics"][place]
        wanted = ["restart", "circuit_break"]
        if metrics["recent_release"]:
            wanted = ["rollback", *wanted]
        for name in wanted:
            if seen["action_mask"][4 * place + order.index(name)]:
                return name
        return None


class Trainer:
    """Adam under a cosine, with augmentation, for the whole budget; submits the best checkpoint."""

    def act(self, observation: Json, refusal: str | None) -> Json:
        seen = observation["training"]
        if refusal is not None:
            return {"submit_model": {}}
        if not seen.get("configuration"):
            return {
                "configure_training": {
                    "optimizer": "OPTIMIZER_ADAM",
                    "learning_rate": 0.002,
                    "lr_schedule": "LEARNING_RATE_SCHEDULE_COSINE",
                    "augmentation": True,
                    "augmentation_strength": 0.4,
                }
            }
        if seen["remaining_budget"] == 0 or seen["is_diverged"]:
            return {"submit_model": {"checkpoint": "CHECKPOINT_BEST"}}
        return {"run_epochs": {"num_epochs": 20}}


def main() -> None:
    player: OnCall | Trainer | None = None
    for line in sys.stdin:
        message = json.loads(line)
        if message["type"] == "start":
            player = OnCall() if message["task"]["environment"] == "sre" else Trainer()
        elif message["type"] == "turn" and player:
            action = player.act(message["observation"], message.get("refusal"))
            print(json.dumps({"action": action}), flush=True)


main()
