"""The calls of the contract that the clients make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from nightshift._generated import env_service_pb2, health_pb2

Request = TypeVar("Request")
Response = TypeVar("Response")


@dataclass(frozen=True, slots=True)
class Method(Generic[Request, Response]):
    """One call: where it is, and how its messages become bytes."""

    path: str
    serialize: Callable[[Request], bytes]
    deserialize: Callable[[bytes], Response]


def _method(
    name: str, request: type[Request], response: type[Response], service: str = "nightshift.v1.EnvService"
) -> Method[Request, Response]:
    to_bytes: Any = request
    of_bytes: Any = response
    return Method(f"/{service}/{name}", to_bytes.SerializeToString, of_bytes.FromString)


_pb = env_service_pb2

LIST_TASKS = _method("ListTasks", _pb.ListTasksRequest, _pb.ListTasksResponse)
CREATE_SESSION = _method("CreateSession", _pb.CreateSessionRequest, _pb.CreateSessionResponse)
RESET = _method("Reset", _pb.ResetRequest, _pb.ResetResponse)
STEP = _method("Step", _pb.StepRequest, _pb.StepResponse)
STEP_STREAM = _method("StepStream", _pb.StepStreamRequest, _pb.StepStreamResponse)
PLAY = _method("Play", _pb.PlayRequest, _pb.PlayResponse)
WATCH = _method("Watch", _pb.WatchRequest, _pb.WatchResponse)
FINISH = _method("Finish", _pb.FinishRequest, _pb.FinishResponse)
CLOSE_SESSION = _method("CloseSession", _pb.CloseSessionRequest, _pb.CloseSessionResponse)
GET_SESSION = _method("GetSession", _pb.GetSessionRequest, _pb.GetSessionResponse)
LIST_SESSIONS = _method("ListSessions", _pb.ListSessionsRequest, _pb.ListSessionsResponse)
RENEW_SESSION = _method("RenewSession", _pb.RenewSessionRequest, _pb.RenewSessionResponse)
RUN_POLICY = _method("RunPolicy", _pb.RunPolicyRequest, _pb.RunPolicyResponse)
HEALTH = _method("Check", health_pb2.HealthCheckRequest, health_pb2.HealthCheckResponse, "grpc.health.v1.Health")
