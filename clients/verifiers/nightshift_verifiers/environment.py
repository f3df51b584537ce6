"""One agent an episode, beside this process: no sandbox is needed, as tools act on the server."""

from __future__ import annotations

from typing import Any

import verifiers.v1 as vf


class NightshiftEnvConfig(vf.EnvConfig):
    """The one seat, which needs no container."""

    agent: vf.AgentConfig = vf.AgentConfig(runtime=vf.SubprocessConfig())


class NightshiftEnv(vf.Env[NightshiftEnvConfig]):
    """What a plain taskset resolves to, but for the runtime: verifiers' default is its vendor's sandbox."""

    async def run(self, task: vf.Task[Any, Any, Any], agents: vf.Agents) -> None:
        await agents.agent.run(task)
