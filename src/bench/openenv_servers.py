"""OpenEnv's own server, serving an environment that does nothing, for `npm run bench -- openenv`.

Argv: "sync" or "async" (an environment whose steps are plain, or coroutines: its best case), "tools" (an environment with tools), "fastmcp" (the
MCP server of the package that OpenEnv brings, which speaks the real protocol). It listens on a free port of this machine and prints JSON
{port, about}; for each line that it reads then it prints {processor, memory, threads}: seconds of its processor time, resident MB, OS threads. The
line "collect" collects garbage before. It ends when its standard input does.
"""

import gc
import json
import os
import platform
import socket
import sys
import threading
import time
from importlib.metadata import version

MOST_SESSIONS = 2000
EPISODE_STEPS = 30


def stepped_app(is_async):
    from openenv.core.env_server.http_server import create_fastapi_app
    from openenv.core.env_server.interfaces import Environment
    from openenv.core.env_server.types import Action, Observation, State

    class NothingAction(Action):
        action: str

    class NothingObservation(Observation):
        step: int = 0

    class Nothing(Environment):
        SUPPORTS_CONCURRENT_SESSIONS = True

        def __init__(self):
            super().__init__()
            self._state = State(episode_id=None, step_count=0)

        def reset(self, seed=None, episode_id=None, **kwargs):
            self._state = State(episode_id=episode_id, step_count=0)
            return NothingObservation(done=False, reward=None)

        def step(self, action, timeout_s=None, **kwargs):
            self._state.step_count += 1
            count = self._state.step_count
            return NothingObservation(step=count, done=count >= EPISODE_STEPS, reward=1.0)

        @property
        def state(self):
            return self._state

    class NothingAsync(Nothing):
        async def reset_async(self, seed=None, episode_id=None, **kwargs):
            return self.reset(seed, episode_id)

        async def step_async(self, action, timeout_s=None, **kwargs):
            return self.step(action)

    return create_fastapi_app(
        NothingAsync if is_async else Nothing,
        NothingAction,
        NothingObservation,
        max_concurrent_envs=MOST_SESSIONS,
    )


def wait_server():
    from fastmcp import FastMCP

    server = FastMCP("nothing")

    @server.tool()
    async def wait() -> str:
        """Does nothing."""
        return "waited"

    return server


def tools_app():
    from openenv.core.env_server.http_server import create_fastapi_app
    from openenv.core.env_server.mcp_environment import MCPEnvironment
    from openenv.core.env_server.mcp_types import CallToolAction, CallToolObservation
    from openenv.core.env_server.types import Observation, State

    class Tools(MCPEnvironment):
        SUPPORTS_CONCURRENT_SESSIONS = True

        def __init__(self):
            super().__init__(wait_server())
            self._state = State(episode_id=None, step_count=0)

        def reset(self, seed=None, episode_id=None, **kwargs):
            self._state = State(episode_id=episode_id, step_count=0)
            return Observation(done=False, reward=None)

        def _step_impl(self, action, timeout_s=None, **kwargs):
            raise ValueError("There are only tools here.")

        @property
        def state(self):
            return self._state

    return create_fastapi_app(
        Tools, CallToolAction, CallToolObservation, max_concurrent_envs=MOST_SESSIONS
    )


APPS = {
    "sync": lambda: stepped_app(False),
    "async": lambda: stepped_app(True),
    "tools": tools_app,
    "fastmcp": lambda: wait_server().http_app(),
}


def of_this_process():
    """Resident MB and OS threads, where the system tells them."""
    try:
        with open("/proc/self/status") as status:
            rows = dict(line.split(":", 1) for line in status)
        return int(rows["VmRSS"].split()[0]) / 1024, int(rows["Threads"])
    except OSError:
        return None, None


def answer_samples():
    for line in sys.stdin:
        if line.strip() == "collect":
            gc.collect()
        memory, threads = of_this_process()
        sample = {"processor": time.process_time(), "memory": memory, "threads": threads}
        print(json.dumps(sample), flush=True)
    os._exit(0)


def main():
    # First of all, so that it ends with the benchmark while it still starts.
    threading.Thread(target=answer_samples, daemon=True).start()
    import uvicorn

    app = APPS[sys.argv[1]]()
    # Named TCP, as uvicorn's own: asyncio turns off Nagle's algorithm for such sockets alone.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    config = uvicorn.Config(app, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    config.load()
    loop = config.get_loop_factory()
    about = ", ".join(
        [
            f"OpenEnv {version('openenv')}",
            f"uvicorn {version('uvicorn')} on {loop.__module__.split('.')[0]}",
            f"Python {platform.python_version()}",
        ]
    )
    # Connections wait at the listener until it serves.
    print(json.dumps({"port": listener.getsockname()[1], "about": about}), flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
