"""What both environments' clients have in common."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar
from urllib.parse import urlsplit, urlunsplit

from openenv.core.client_types import StepResult
from openenv.core.env_client import EnvClient
from openenv.core.env_server.mcp_types import Tool
from openenv.core.env_server.types import Observation, State
from pydantic import ConfigDict

Seen = TypeVar("Seen", bound=Observation)


class NightshiftState(State):
    """Where a session is: OpenEnv's two fields, and the contract's Session beside them."""

    model_config = ConfigDict(extra="allow")


class NightshiftEnv(EnvClient[Any, Seen, NightshiftState], Generic[Seen]):
    """One session of an environment. Blocking in plain code, awaited in asyncio, as all of OpenEnv's clients.

    `base_url` names a server ("http://localhost:8000"), or a path of it: ".../sre", or ".../sre/s/NAME", whose episode goes on when the
    connection is lost. An action can take as long as `message_timeout_s`, in seconds.
    """

    environment: ClassVar[str]
    """The environment's own address on a server."""
    observation_type: type[Any]

    def __init__(self, base_url: str | None = None, *, message_timeout_s: float = 3600.0, **options: Any) -> None:
        super().__init__(base_url=base_url, message_timeout_s=message_timeout_s, **options)

    def list_tools(self) -> Any:
        """The actions as tools: a list of `Tool` with name, description and input_schema. Costs nothing."""
        return self._dispatch(self._list_tools)

    def call_tool(self, name: str, /, **arguments: Any) -> Any:
        """Takes an action, which counts and is paid as any step.

        Gives the observation's fields, `reward` and `done`; at the end `score`, too.
        """
        return self._dispatch(lambda: self._call_tool(name, arguments))

    def finish(self) -> Any:
        """Ends the episode now and gives its last result."""
        return self._dispatch(self._finish)

    def _set_base_url(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        if parts.path in ("", "/"):
            base_url = urlunsplit(parts._replace(path=f"/{self.environment}"))
        super()._set_base_url(base_url)

    async def _list_tools(self) -> list[Tool]:
        told = await self._send_and_receive({"type": "step", "data": {"type": "list_tools"}})
        return [Tool(**tool) for tool in told["data"]["observation"]["tools"]]

    async def _call_tool(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        action = {"type": "call_tool", "tool_name": name, "arguments": arguments}
        told = (await self._send_and_receive({"type": "step", "data": action}))["data"]
        seen = {key: value for key, value in told["observation"].items() if key != "metadata"}
        result = told["metadata"].get("result")
        return {**seen, "reward": told["reward"], "done": told["done"], **({"score": result["score"]} if result else {})}

    async def _finish(self) -> StepResult[Seen]:
        return self._parse_result((await self._send_and_receive({"type": "finish"}))["data"])

    def _step_payload(self, action: Any) -> dict[str, Any]:
        payload: dict[str, Any] = action.model_dump(exclude_none=True) if hasattr(action, "model_dump") else dict(action)
        return payload

    def _parse_result(self, payload: dict[str, Any]) -> StepResult[Seen]:
        told = {key: payload[key] for key in ("reward", "done", "metadata")}
        seen: Seen = self.observation_type.model_validate({**payload["observation"], **told})
        return StepResult(observation=seen, **told)

    def _parse_state(self, payload: dict[str, Any]) -> NightshiftState:
        return NightshiftState.model_validate(payload)
