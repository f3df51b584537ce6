"""Plays many incidents at once through Gymnasium's vector interface, and prints what they come to.

A server runs beside it: `npx nightshift serve`. `pip install "./clients/python[gymnasium]"`
"""

import gymnasium
import numpy as np

import nightshift.gymnasium

LANES = 16
EPISODES = 64

assert "Nightshift/SRE-easy-v0" in nightshift.gymnasium.TASKS  # Importing it registered them.
envs = gymnasium.make_vec("Nightshift/SRE-easy-v0", num_envs=LANES, vectorization_mode="vector_entry_point")
chance = np.random.default_rng(0)
envs.action_space.seed(0)
observations, infos = envs.reset(seed=0)
scores: list[float] = []
while len(scores) < EPISODES:
    actions = envs.action_space.sample()
    # The first column is the action, and the mask says which ones are possible; the others are the levels of arguments.
    actions[:, 0] = [chance.choice(np.flatnonzero(mask)) for mask in infos["action_mask"]]
    observations, rewards, terminated, truncated, infos = envs.step(actions)
    # An episode that ended has its score; that lane's next step starts the next one.
    scores += infos["score"][infos["_score"]].tolist() if "score" in infos else []
envs.close()
print(f"{len(scores)} episodes, mean score {np.mean(scores):.3f}")
