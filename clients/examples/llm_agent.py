"""A language model plays one episode of a task by function calling, through any OpenAI-compatible endpoint.

A server runs beside it: `npx nightshift serve`. `pip install ./clients/python openai`. OPENAI_API_KEY and OPENAI_BASE_URL say where the
model is. (`npx nightshift inference` is the whole of it: budgets, retries, short prompts; docs/llm-agents.md.)
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from openai import OpenAI

from nightshift import AgentFault, Client, Session, StepResponse
from nightshift.messages import ActionSpec, ArgumentSpec

TYPES = {"number": "number", "integer": "integer", "boolean": "boolean", "choice": "string", "name": "string"}
# Answers in a row without a step after which the episode is left.
PATIENCE = 3


def schema(argument: ArgumentSpec) -> dict[str, Any]:
    """JSON Schema of an argument."""
    default = f" Left out: {argument.default_value}." if argument.default_value else ""
    told: dict[str, Any] = {"type": TYPES[argument.type.value], "description": argument.description + default}
    if argument.type.value == "choice":
        told["enum"] = list(argument.choices)
    if argument.minimum is not None and argument.maximum is not None:
        told |= {"minimum": argument.minimum, "maximum": argument.maximum}
    return told


def tool(action: ActionSpec) -> Any:
    """An action as the function that a model can call. A dotted name is a field of a nested object."""
    parameters: dict[str, Any] = {"type": "object", "properties": {}}
    for argument in action.arguments:
        inside = parameters
        *outer, name = argument.name.split(".")
        for one in outer:
            inside = inside["properties"].setdefault(one, {"type": "object", "properties": {}})
        inside["properties"][name] = schema(argument)
        if argument.required:
            inside.setdefault("required", []).append(name)
    return {"type": "function", "function": {"name": action.name, "description": action.description, "parameters": parameters}}


def take(session: Session, name: str, arguments: str) -> tuple[str, StepResponse | None]:
    """Does what a call says. Gives what the model is told, and the step's answer where there was a step."""
    try:
        answer = session.call(name, json.loads(arguments or "{}"))
    except (AgentFault, json.JSONDecodeError) as error:
        # The model's own fault: nothing changed, and it may try something else.
        print(f"refused {name}({arguments}): {error}", flush=True)
        return f"Refused: {error}", None
    print(f"step {answer.step}: {name}({arguments}) reward {answer.reward:.3f}", flush=True)
    return f"Reward {answer.reward:.3f}.\n{session.text}", answer


def play(session: Session, llm: OpenAI, model: str, system: str, tools: list[Any]) -> None:
    """Lets the model act until the episode ends, or until the model does nothing any more."""
    messages: list[Any] = [{"role": "system", "content": system}, {"role": "user", "content": session.text}]
    idle = 0
    while idle < PATIENCE:
        idle += 1
        said = llm.chat.completions.create(model=model, messages=messages, tools=tools).choices[0].message
        messages.append(said.model_dump(exclude_none=True))
        calls = [call for call in said.tool_calls or [] if call.type == "function"]
        for call in calls:
            told, answer = take(session, call.function.name, call.function.arguments)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": told})
            if answer is not None:
                idle = 0
                if answer.terminated or answer.truncated:
                    return
        if not calls:
            messages.append({"role": "user", "content": "Call one of the tools."})


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--task", default="sre/easy")
    given.add_argument("--seed", type=int, default=7)
    given.add_argument("--model", default="gpt-4o-mini")
    options = given.parse_args()
    with Client() as client:
        task = next(task for task in client.list_tasks() if task.id == options.task)
        system = f"You run a system on your own, one action at a time. {task.description}\nGoal: {task.goal}"
        with client.create_session(task.id, seed=options.seed, views=("text",)) as session:
            play(session, OpenAI(), options.model, system, [tool(action) for action in task.actions])
            # Ends the episode where the model has not; else it gives the same result again.
            result = session.finish().result
            print(f"{task.id}, seed {options.seed}: score {result.score or 0:.3f} after {result.steps} steps")


main()
