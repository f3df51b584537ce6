"""Sessions are kept alive while somebody holds them, and given back when nobody does."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time

import pytest

from nightshift import Client, _fork, _lease
from nightshift._lease import LeaseKeeper
from nightshift.errors import SessionEndedError
from nightshift.messages import SessionState
from tests.conftest import Server, run


def state_of(client: Client, session_id: str) -> SessionState:
    return client.open_session(session_id).info.state


def test_an_idle_session_is_renewed_after_a_third_of_its_lease(client: Client, server: Server) -> None:
    session = client.create_session("sre/easy", seed=7, lease=60)
    session.detach()
    keeper = LeaseKeeper(starts_thread=False)
    before = time.monotonic()
    keeper.hold(session._lease)
    now = time.monotonic()
    keeper.handle(None)
    wait = keeper.renew_due(now)
    renew_at = session._lease.renew_at
    assert before + 20 <= renew_at <= now + 20
    assert wait == renew_at - now
    for _ in range(4):
        server.advance(20)
        now += 20.1
        keeper.renew_due(now)
        keeper.handle(None)
        session._lease.renew_at = now + 20
    assert session.wait().step == 1
    assert session.refresh().episode == 1
    # Without it, it runs out.
    server.advance(61)
    with pytest.raises(SessionEndedError):
        session.wait()
    keeper.renew_due(now + 60)
    keeper.handle(None)
    assert keeper.renew_due(now + 60) is None


def test_the_thread_renews_by_itself(client: Client, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lease, "IDLE_SHARE", 1e-3)
    renewed = server.calls("RenewSession")
    session = client.create_session("sre/easy", seed=7, lease=10)
    server.wait_for_calls("RenewSession", renewed + 3)
    session.close()


def test_leaving_the_block_gives_the_session_back(client: Client) -> None:
    with client.create_session("sre/easy", seed=7) as session:
        assert state_of(client, session.id) is SessionState.IDLE
    assert state_of(client, session.id) is SessionState.ENDED
    session.close()


def test_an_error_in_the_block_is_not_hidden_by_a_server_that_is_gone() -> None:
    server = Server("--sre-only")

    def fail() -> None:
        with Client(server.address) as client, client.create_session("sre/easy", seed=7):
            server.kill()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_a_session_that_nobody_holds_is_given_back(client: Client, server: Server) -> None:
    session = client.create_session("sre/easy", seed=7)
    session_id = session.id
    closed = server.calls("CloseSession")
    del session
    gc.collect()
    server.wait_for_calls("CloseSession", closed + 1)
    assert state_of(client, session_id) is SessionState.ENDED


def test_closing_the_client_gives_its_sessions_back_but_for_detached_ones(client: Client, server: Server) -> None:
    with Client(server.address) as other:
        held = other.create_session("sre/easy", seed=7)
        left = other.create_session("sre/easy", seed=8)
        left.detach()
    assert state_of(client, held.id) is SessionState.ENDED
    assert state_of(client, left.id) is SessionState.IDLE
    client.open_session(left.id).close()


def test_the_end_of_the_process_gives_sessions_back(client: Client, server: Server) -> None:
    ended = run(
        server,
        """
        from nightshift import Client
        client = Client()
        session = client.create_session("sre/easy", seed=7)
        print(session.id)
        """,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert state_of(client, ended.stdout.strip()) is SessionState.ENDED


def test_the_end_of_the_process_does_not_wait_for_a_server_that_is_gone() -> None:
    server = Server("--sre-only")
    ended = run(
        server,
        f"""
        import os, signal
        from nightshift import Client
        session = Client().create_session("sre/easy", seed=7)
        os.kill({server._process.pid}, signal.SIGSTOP)
        """,
    )
    os.kill(server._process.pid, 18)
    server.kill()
    assert (ended.returncode, ended.stderr) == (0, "")


FORKED = """
    import os, sys
    from nightshift import Client
    client = Client()
    with client.create_session("sre/easy", seed=7) as session:
        session.wait()
        child = os.fork()
        if child == 0:
            # That of the parent would work again only after a timeout, and disturb the parent's.
            assert client._connection._channel is None
            # The parent's handle works in the child over a channel of its own, and so does the client.
            assert session.wait().step == 2
            with client.create_session("sre/easy", seed=8) as own:
                assert own.wait().step == 1
            print("child", flush=True)
        else:
            _, status = os.waitpid(child, 0)
            assert status == 0, status
            # Neither the end of the child's block nor its exit has closed it.
            assert session.refresh().state == "idle"
            assert session.wait().step == 3
            print("parent", flush=True)
"""


def test_a_forked_child_opens_its_own_channel_and_leaves_the_parents_sessions(server: Server) -> None:
    ended = run(server, FORKED)
    assert (ended.returncode, ended.stderr, ended.stdout.split()) == (0, "", ["child", "parent"]), ended.stderr


def test_grpcs_support_of_forks_is_on_unless_the_environment_says_otherwise() -> None:
    tell = "import os, nightshift; print(os.environ['GRPC_ENABLE_FORK_SUPPORT'])"
    unset = {name: value for name, value in os.environ.items() if name != "GRPC_ENABLE_FORK_SUPPORT"}
    for given, expected in (({}, "1"), ({"GRPC_ENABLE_FORK_SUPPORT": "0"}, "0")):
        told = subprocess.run([sys.executable, "-c", tell], env={**unset, **given}, capture_output=True, text=True, check=True)
        assert told.stdout.strip() == expected
    # It is read when gRPC is imported first.
    order = "import sys, nightshift; names = list(sys.modules); assert names.index('nightshift._fork') < names.index('grpc')"
    subprocess.run([sys.executable, "-c", order], check=True)


def test_a_pool_of_forked_workers_plays(server: Server) -> None:
    ended = run(
        server,
        """
        import multiprocessing, threading
        from nightshift import Client
        client = Client()
        held = client.create_session("sre/easy", seed=1)

        def play(seed):
            with client.create_session("sre/easy", seed=seed) as session:
                return session.finish().result.score

        with multiprocessing.get_context("fork").Pool(3) as pool:
            scores = pool.map(play, range(6))
        assert scores == [play(seed) for seed in range(6)]
        assert held.wait().step == 1
        """.replace("        import", "        import warnings; warnings.simplefilter('ignore')\n        import", 1),
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_fork_waits_until_other_threads_sleep_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client("127.0.0.1:1")
    looks = iter([True, False, True, False, False, False, False])
    monkeypatch.setattr(_fork, "_others_run", lambda: next(looks))
    monkeypatch.setattr(_fork, "LONGEST_WAIT_SECONDS", 3600)
    _fork._before_fork()
    assert list(looks) == []
    monkeypatch.setattr(_fork, "_others_run", lambda: True)
    monkeypatch.setattr(_fork, "LONGEST_WAIT_SECONDS", 0.05)
    _fork._before_fork()
    client.close()


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="the system does not tell of threads in /proc")
def test_a_thread_that_runs_is_seen() -> None:
    program = "import hashlib, os, threading; from nightshift import _fork; alone = _fork._others_run(); over = threading.Event()\n"
    program += "work = threading.Thread(target=lambda: [hashlib.sha256(bytes(10**7)) for _ in iter(over.is_set, True)]); work.start()\n"
    program += "while not _fork._others_run(): pass\nover.set(); work.join(); print(alone)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300)
    assert told.stdout.strip() == "False"
