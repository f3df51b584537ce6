"""Steps lanes over one play stream with plain grpcio, for `npm run bench -- play`.

Argv: JSON with address, proto (folder of the contract), task, lanes, in_flight, seconds, warm_up (seconds), columns (places, empty for all).
It warms up, prints "ready", waits for a line, plays for `seconds`, and prints {"steps", "seconds"}. Observations are taken with numpy's
frombuffer.
"""

import json
import queue
import sys
import tempfile
import time

import grpc
import numpy
from grpc_tools import protoc


def load(proto):
    """Stubs out of the contract, made on the fly."""
    folder = tempfile.mkdtemp()
    files = ["env_service", "episode", "errors", "session", "sre", "task", "training"]
    bundled = protoc.__file__.rsplit("/", 1)[0] + "/_proto"
    status = protoc.main(
        ["protoc", f"-I{proto}", f"-I{bundled}", f"--python_out={folder}"]
        + [f"nightshift/v1/{name}.proto" for name in files]
        + ["google/rpc/status.proto"]
    )
    if status != 0:
        raise SystemExit("protoc failed")
    sys.path.insert(0, folder)
    from nightshift.v1 import env_service_pb2

    return env_service_pb2


class Lanes:
    """Sessions of a task on one stream, in the same-step mode; they wait all the time."""

    def __init__(self, pb2, options):
        self.pb2 = pb2
        self.count = options["lanes"]
        self.channel = grpc.insecure_channel(options["address"])
        create = self.channel.unary_unary(
            "/nightshift.v1.EnvService/CreateSession",
            request_serializer=pb2.CreateSessionRequest.SerializeToString,
            response_deserializer=pb2.CreateSessionResponse.FromString,
        )
        self.ids = [
            create(
                pb2.CreateSessionRequest(task_id=options["task"], seed=seed)
            ).session.session_id
            for seed in range(self.count)
        ]
        self.requests = queue.SimpleQueue()
        self.answers = self.channel.stream_stream(
            "/nightshift.v1.EnvService/Play",
            request_serializer=lambda request: request,
            response_deserializer=pb2.PlayResponse.FromString,
        )(iter(self.requests.get, None))
        self.requests.put(
            pb2.PlayRequest(
                request_id=1,
                lanes=pb2.PlayLanes(
                    lanes=[
                        pb2.PlayLane(session_id=one, autoreset_mode=3)
                        for one in self.ids
                    ],
                    columns=options["columns"],
                ),
            ).SerializeToString()
        )
        self.columns = len(self.read().observations) // 4 // self.count
        self.actions = numpy.zeros((self.count, 5), dtype=numpy.uint32)
        self.actions[:, 0] = 4

    def read(self):
        answer = next(self.answers)
        if answer.HasField("error"):
            raise SystemExit(answer.error.message)
        return answer.batch

    def step(self):
        levels = self.actions.ravel().tolist()
        self.requests.put(
            self.pb2.PlayRequest(
                batch=self.pb2.PlayBatch(levels=levels)
            ).SerializeToString()
        )

    def take(self):
        """Observations, rewards and ends, as a learner would have them."""
        batch = self.read()
        observations = numpy.frombuffer(batch.observations, dtype="<f4")
        rewards = numpy.frombuffer(batch.rewards, dtype="<f8")
        ended = numpy.frombuffer(batch.terminated, dtype=numpy.bool_)
        return observations.reshape(self.count, self.columns), rewards, ended

    def play(self, seconds, in_flight):
        begun = time.perf_counter()
        waiting = 0
        steps = 0
        while time.perf_counter() - begun < seconds:
            while waiting < in_flight:
                self.step()
                waiting += 1
            self.take()
            waiting -= 1
            steps += self.count
        for _ in range(waiting):
            self.take()
            steps += self.count
        return {"steps": steps, "seconds": time.perf_counter() - begun}

    def close(self):
        close = self.channel.unary_unary(
            "/nightshift.v1.EnvService/CloseSession",
            request_serializer=self.pb2.CloseSessionRequest.SerializeToString,
            response_deserializer=self.pb2.CloseSessionResponse.FromString,
        )
        self.requests.put(None)
        for one in self.ids:
            close(self.pb2.CloseSessionRequest(session_id=one))
        self.channel.close()


def main():
    options = json.loads(sys.argv[1])
    lanes = Lanes(load(options["proto"]), options)
    lanes.play(options["warm_up"], options["in_flight"])
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(lanes.play(options["seconds"], options["in_flight"])), flush=True)
    lanes.close()


main()
