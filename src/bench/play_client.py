"""Steps lanes over one play stream with the Python client, for `npm run bench -- play`.

Argv: JSON with address, task, lanes, in_flight, seconds, warm_up (seconds), columns (places, empty for all). It warms up, prints "ready",
waits for a line, plays for `seconds`, and prints {"steps", "seconds"}.
"""

import json
import sys
import time
from collections import deque
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python" / "src"))
from nightshift import Client


def play(stream, levels, seconds, in_flight):
    """Keeps so many steps of all lanes under way, and reads each answer as a learner would have it."""
    begun = time.perf_counter()
    waiting = deque()
    steps = 0
    while time.perf_counter() - begun < seconds:
        while len(waiting) < in_flight:
            waiting.append(stream.send(levels))
        waiting.popleft().result()
        steps += len(levels)
    while waiting:
        waiting.popleft().result()
        steps += len(levels)
    return {"steps": steps, "seconds": time.perf_counter() - begun}


def main():
    options = json.loads(sys.argv[1])
    count, in_flight = options["lanes"], options["in_flight"]
    # All lanes wait all the time.
    levels = np.zeros((count, 5), np.int64)
    levels[:, 0] = 4
    with Client(options["address"]) as client, client.play() as stream:
        sessions = [client.create_session(options["task"], seed=seed) for seed in range(count)]
        stream.lanes(sessions, autoreset="same_step", columns=options["columns"])
        play(stream, levels, options["warm_up"], in_flight)
        print("ready", flush=True)
        sys.stdin.readline()
        print(json.dumps(play(stream, levels, options["seconds"], in_flight)), flush=True)


main()
