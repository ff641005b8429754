"""Answers of one second: given again while they are true, and not a moment longer."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import Response
from fastapi.testclient import TestClient

import tams_analytics as ta
from tams_server import repeated
from tams_server.repeated import Repeated
from tests.server.served import served

F = "11111111-1111-4111-8111-111111111111"
FLOW = {"id": F, "source_id": F, "format": "urn:x-nmos:format:multi", "container": "a/b"}
PAGE = f"/flows/{F}/segments"
ASKED = [PAGE, f"{PAGE}?timerange=[0:0_2:0)", f"{PAGE}?limit=1", f"{PAGE}?reverse_order=true"]


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(repeated, "time", found)
    return found


def segment(at: int) -> dict[str, Any]:
    return {"object_id": f"o{at}", "timerange": f"[{at}:0_{at + 1}:0)"}


CHANGES: list[Callable[[ta.Store], object]] = [
    lambda store: store.writes.create_segments(F, [segment(0), segment(1)]),
    lambda store: store.writes.create_segments(F, segment(2)),
    lambda store: store.writes.add_instance("o0", {"label": "l", "url": "http://more"}),
    lambda store: store.writes.add_instance("o0", {"label": "m", "url": "http://third"}),
    lambda store: store.writes.delete_instance("o0", label="l"),
    lambda store: store.writes.delete_segments(F, timerange="[1:0_2:0)"),
    lambda store: store.writes.create_segments(F, segment(1)),
    lambda store: store.writes.delete_flow(F),
]


def seen(client: TestClient, path: str) -> tuple[Any, ...]:
    """All of an answer but what differs each time."""
    answer = client.get(path)
    shown = {name: value for name, value in answer.headers.items() if name in NAMED}
    body = re.sub(r"expires=\d+&signature=\w+|\"time\":\"[^\"]*\"", "", answer.text)
    return answer.status_code, shown, body


NAMED = {"link", "x-paging-count", "x-paging-nextkey", "x-paging-timerange", "content-length"}


def test_what_is_given_again_is_what_another_server_would_say(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    recalled = []
    usual = Repeated.recall
    monkeypatch.setattr(
        Repeated,
        "recall",
        lambda self, *asked: recalled.append(usual(self, *asked)) or recalled[-1],
    )
    with ta.connect(":memory:") as store, served(store) as client:
        store.writes.put_flow(FLOW)
        for change in CHANGES:
            change(store)
            with served(store) as fresh:
                expected = [seen(fresh, path) for path in ASKED]
            for _ in range(3):
                assert [seen(client, path) for path in ASKED] == expected
    assert sum(answer is not None for answer in recalled) >= len(ASKED) * (len(CHANGES) - 1)


def test_an_answer_ends_with_its_second_and_with_a_change(clock: Clock) -> None:
    kept, answer = Repeated(), Response(b"x")
    assert kept.recall("a", 1) is None
    kept.remember("a", 1, answer)

    assert kept.recall("a", 1) is answer
    assert kept.recall("a", 2) is None
    assert kept.recall("b", 1) is None
    clock.now += 0.999
    assert kept.recall("a", 1) is answer
    clock.now += 0.001
    assert kept.recall("a", 1) is None


def test_what_took_until_the_next_second_is_not_kept(clock: Clock) -> None:
    """Its URLs may be signed in either."""
    kept = Repeated()
    kept.recall("a", 1)
    clock.now += 1
    kept.remember("a", 1, Response(b"x"))

    assert kept.recall("a", 1) is None


def test_a_second_s_answers_are_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeated, "MOST_BYTES", 10)
    kept, answer = Repeated(), Response(b"12345")
    kept.recall("a", 1)
    for name in "abc":
        kept.remember(name, 1, answer)

    assert [kept.recall(name, 1) for name in "abc"] == [answer, answer, None]


def test_another_host_is_told_its_own_urls(clock: Clock) -> None:
    with ta.connect(":memory:") as store, served(store) as client:
        store.writes.put_flow(FLOW)
        store.writes.create_segments(F, [segment(0), segment(1)])
        for host in ("one.example", "two.example", "one.example") * 3:
            link = client.get(f"{PAGE}?limit=1", headers={"Host": host}).headers["link"]
            assert link.startswith(f"<http://{host}/")
