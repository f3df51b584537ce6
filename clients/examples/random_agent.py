"""Plays incidents with random actions and prints their scores. A server runs beside it: `npx nightshift serve`."""

import random

from nightshift import AgentFault, Client

with Client() as client:
    for seed in range(3):
        chance = random.Random(seed)
        with client.create_session("sre/easy", seed=seed) as session:
            answer = session.wait()
            while answer.result is None:
                service = chance.choice(session.sre.metrics).service_id
                try:
                    answer = session.call(chance.choice(["restart", "scale_up", "circuit_break", "rollback"]), {"service_id": service})
                except AgentFault:  # For example a spent budget: nothing changed, so something else can be done.
                    answer = session.wait()
            print(f"seed {seed}: score {answer.result.score:.3f} after {answer.result.steps} steps")
