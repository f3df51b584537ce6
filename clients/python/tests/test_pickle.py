"""Handles are values."""

from __future__ import annotations

import copy
import multiprocessing
import pickle

import pytest

from nightshift import Client, Session
from nightshift.errors import FieldViolation, InvalidActionError, NightshiftError
from nightshift.messages import SessionState


def play(session: Session) -> int:
    return session.wait().step


def test_a_client_pickles_to_its_address(client: Client) -> None:
    client.list_tasks()
    with pickle.loads(pickle.dumps(client)) as copied:
        assert copied.address == client.address
        assert copied.health() == "SERVING"
    assert client.health() == "SERVING"


def test_a_session_goes_on_in_another_process_and_comes_back(client: Client) -> None:
    with client.create_session("sre/easy", seed=7, views=["typed", "flat"]) as session:
        session.wait()
        copied = pickle.loads(pickle.dumps(session))
        assert (copied.id, copied.last_request_number, copied.observation) == (session.id, 1, session.observation)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            assert pool.apply(play, (session,)) == 2
        session.refresh()
        assert session.wait().step == 3


def test_a_copy_belongs_to_nobody_until_it_is_entered(client: Client) -> None:
    session = client.create_session("sre/easy", seed=7)
    copied = copy.copy(session)
    del copied
    assert session.wait().step == 1
    with pickle.loads(pickle.dumps(session)) as own:
        assert own.wait().step == 2
    assert session.refresh().state is SessionState.ENDED


def test_an_error_pickles_with_all_that_it_tells() -> None:
    error = InvalidActionError(
        "no", code="INVALID_ARGUMENT", reason="INVALID_FIELD", violations=[FieldViolation("a", "b")], retry_after=1.5, metadata={"k": "v"}
    )
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is InvalidActionError
    assert vars(again) == vars(error)
    assert str(again) == "no"


def test_answers_pickle_and_cannot_be_changed(client: Client) -> None:
    with client.create_session("sre/easy", seed=7) as session:
        answer = session.wait()
    assert pickle.loads(pickle.dumps(answer)) == answer
    with pytest.raises(AttributeError):
        answer.reward = 1.0  # type: ignore[misc]


def test_every_error_pickles() -> None:
    for kind in NightshiftError.__subclasses__():
        assert type(pickle.loads(pickle.dumps(kind("x")))) is kind
