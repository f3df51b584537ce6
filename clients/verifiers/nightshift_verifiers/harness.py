"""The agent's program: a loop of tool calls, in this process."""

from __future__ import annotations

import json
from typing import Any

import httpx
import verifiers.v1 as vf
from nightshift._model_episode import ModelEpisode, Refusal, parts_of, plain
from nightshift.errors import NightshiftError
from openai import APIStatusError, AsyncOpenAI
from verifiers.v1.harnesses.utils.compaction import is_context_overflow

RESULT = "nightshift"
"""Where a trace's info has what the episode came to: EpisodeResult as JSON has it, with `parts`; or a `failure`."""

Message = dict[str, Any]
Trace = vf.Trace[Any, Any, Any]


class NightshiftHarnessConfig(vf.HarnessConfig):
    """It has nothing of its own to configure."""


class NightshiftHarness(vf.Harness[NightshiftHarnessConfig]):
    """Opens a rollout's session, hands its actions to the model as tools, and gives the session back, however the rollout ends.

    It runs in this process, so that an action whose answer is lost is asked again under its number, and taken once.
    """

    APPENDS_SYSTEM_PROMPT = True
    EXECUTES_CODE = False
    NEEDS_CONTAINER = False

    async def session(
        self,
        ctx: vf.ModelContext,
        trace: Trace,
        runtime: vf.Runtime,
        endpoint: str,
        secret: str,
        mcp_urls: dict[str, str],
        data: vf.TaskData,
        tool_interception_url: str | None = None,
    ) -> EpisodeSession:
        """Begins the episode of a row. Errors: NightshiftErrors."""
        row: Any = data  # NightshiftData, as the task's setup has looked.
        episode = await ModelEpisode.open(row.task_id, split=row.split, seed=row.seed)
        return EpisodeSession(episode, self, ctx, trace, runtime, endpoint, secret, mcp_urls, data)

    async def launch(
        self,
        ctx: vf.ModelContext,
        trace: Trace,
        runtime: vf.Runtime,
        endpoint: str,
        secret: str,
        mcp_urls: dict[str, str],
        data: vf.TaskData,
    ) -> vf.ProgramResult:
        """A whole session at once."""
        session = await self.session(ctx, trace, runtime, endpoint, secret, mcp_urls, data)
        try:
            return await session.play()
        finally:
            await session.close()


class EpisodeSession(vf.HarnessSession):
    """One rollout. verifiers closes it in every case, before it scores."""

    def __init__(self, episode: ModelEpisode, *given: Any) -> None:
        super().__init__(*given)
        self._episode = episode

    async def play(self) -> vf.ProgramResult:
        """Until the episode is over, the model calls no tool, or it has taken far more turns than there are actions."""
        system, prompt = self.harness.resolve_prompt(self.data)
        # The SDK's types are narrower than what endpoints answer and take.
        messages: Any = [
            {"role": "system", "content": system},
            {"role": "user", "content": f"{prompt}\n{self._episode.text}"},
        ]
        tools: Any = [
            {"type": "function", "function": {"name": one.name, "description": one.description, "parameters": one.parameters}}
            for one in self._episode.tools
        ]
        timeout = httpx.Timeout(None, connect=5.0)
        async with AsyncOpenAI(base_url=self.endpoint, api_key=self.secret, timeout=timeout) as model:
            for _ in range(self._episode.most_turns):
                try:
                    completion = await model.chat.completions.create(model=self.ctx.model, messages=messages, tools=tools)
                except APIStatusError as error:
                    if not is_context_overflow(error):
                        raise
                    # The model's room is its budget.
                    break
                answer = completion.choices[0].message
                messages.append(answer.model_dump(exclude_none=True))
                messages += [{"role": "tool", "tool_call_id": call.id, **await self._answer(call)} for call in answer.tool_calls or []]
                if self._episode.is_over or not answer.tool_calls:
                    break
        return vf.ProgramResult(exit_code=0, stdout="", stderr="")

    async def close(self) -> None:
        """Scores the episode as it stands, unless the rollout failed, and gives the session back."""
        if self._closed:
            return
        await super().close()
        try:
            if not self.trace.errors:
                self.trace.info[RESULT] = await self._scored()
        finally:
            await self._episode.close()

    async def _run(self, messages: vf.Messages | None) -> vf.ProgramResult:
        if messages is not None:
            raise NightshiftError("An episode is played from its row alone; nobody else speaks in it.")
        return await self.play()

    async def _scored(self) -> dict[str, Any]:
        try:
            result = await self._episode.finish()
        except NightshiftError as error:
            # verifiers logs what a close raises and goes on to scoring, where it is told.
            return {"failure": str(error)}
        return {**plain(result), "parts": parts_of(result)}

    async def _answer(self, call: Any) -> Message:
        name, given = call.function.name, call.function.arguments
        try:
            return {"name": name, "content": await self._episode.call(name, json.loads(given or "{}"))}
        except Refusal as refusal:
            return {"name": name, "content": str(refusal)}
        except json.JSONDecodeError as error:
            return {"name": name, "content": f"Refused: the arguments of {name} are not valid JSON ({error}). Nothing changed."}
