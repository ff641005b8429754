"""Who looks on is told of each thing that ends, also in threads; nobody else is."""

from __future__ import annotations

import contextvars
import threading

import pytest

import tams_analytics as ta
from tams_analytics.errors import NotFound
from tams_analytics.queries import overview
from tams_analytics.watching import Accepted, Asked, Changed, Event, tell, watched_by

S = "99999999-9999-4999-8999-999999999999"


def test_questions_transactions_and_changes_are_told(store: ta.Store) -> None:
    told: list[Event] = []
    with watched_by(told.append):
        store.writes.create_source({"id": S, "format": "urn:x-nmos:format:video"})
        store.ask(overview.alive)
        with pytest.raises(NotFound):
            store.writes.delete_source("88888888-8888-4888-8888-888888888888")
    store.ask(overview.alive)

    assert [
        Changed("create", "source", 1, "done"),
        Changed("delete", "source", 1, "NotFound"),
    ] == [event for event in told if isinstance(event, Changed)]
    asked = [event for event in told if isinstance(event, Asked)]
    assert [("transact", "done"), ("ask", "done"), ("transact", "NotFound")] == [
        (event.operation, event.result) for event in asked
    ]
    assert {store.engine} == {event.engine for event in asked}
    assert all(event.seconds > 0 for event in asked)


def test_a_thread_tells_whoever_its_context_says() -> None:
    told: list[Event] = []
    with watched_by(told.append):
        run = contextvars.copy_context().run
    for target in (lambda: run(tell, Accepted("R14")), lambda: tell(Accepted("other"))):
        thread = threading.Thread(target=target)
        thread.start()
        thread.join()

    assert [Accepted("R14")] == told
