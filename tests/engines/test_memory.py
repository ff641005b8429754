"""What writers remember of a DuckDB store is what they would find if they asked."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.engines import Transaction, open_engine
from tams_analytics.engines.topics import FLOW, TIMELINE, WEBHOOKS, Topic
from tams_analytics.errors import ReadOnlyFlow, SegmentsOverlap, TamsError
from tams_analytics.queries import segments as questions
from tams_analytics.queries import webhooks
from tams_analytics.writes import segments
from tams_analytics.writes.standing import standing
from tests.representations import worlds
from tests.representations.worlds import F1, F2, S, segment

GONE = "33333333-3333-4333-8333-333333333333"
WEBHOOK = {"url": "http://93.184.216.34/x", "events": ["flows/segments_added"]}
Write = Callable[[ta.Store, int], object]


def flow(id: str) -> dict[str, Any]:
    return {"id": id, "source_id": id, "format": "urn:x-nmos:format:multi", "container": "a/b"}


def loaded(at: int) -> pa.Table:
    placed = {"flow_id": [F1], "object_id": [f"l{at}"], "timerange": [f"[{at}:0_{at + 1}:0)"]}
    return pa.table(placed)


def failed(store: ta.Store, at: int) -> None:
    """A transaction that learns, writes and is undone."""

    def work(tx: Transaction) -> None:
        standing(tx, F1)
        tx.update("flows", {"id": F1}, {"read_only": True})
        standing(tx, F1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store._engine.transact(work)


WRITES: list[Write] = [
    lambda store, at: store.writes.create_segments(F1, segment(f"o{at}", at)),
    lambda store, at: store.writes.create_segments(F1, [segment(f"p{at}", at), segment("x", 1)]),
    lambda store, at: store.writes.create_segments(GONE, segment(f"q{at}", at)),
    lambda store, at: store.writes.create_segments(F1, {**segment("long", at), "timerange": "_"}),
    lambda store, at: store.writes.load("segments", loaded(at)),
    lambda store, at: store.writes.delete_segments(F1, timerange=f"[{at - 2}:0_{at}:0)"),
    lambda store, at: store.writes.delete_segments(GONE),
    lambda store, at: store.writes.set_flow_read_only(F1, at % 3 == 0),
    lambda store, at: store.writes.put_flow(flow(GONE)),
    lambda store, at: store.writes.delete_flow(GONE),
    lambda store, at: store.writes.set_flow_label(F1, f"label {at}"),
    lambda store, at: store.writes.create_webhook(WEBHOOK),
    lambda store, _: store._engine.query("UPDATE flows SET container = container || 'x'"),
    failed,
]


def refuse_what_is_not_so(tx: Transaction) -> int:
    """Compare all that is remembered with the rows; how much was remembered."""
    known = {id: tx.recall(Topic(FLOW, id)) for id in (F1, F2, GONE)}
    ends = {id: tx.recall(Topic(TIMELINE, id)) for id in (F1, F2, GONE)}
    listeners = tx.recall(Topic(WEBHOOKS))
    for id, each in known.items():
        if each is not None:
            tx.remember(Topic(FLOW, id), None)
            assert standing(tx, id) == each
    for id, end in ends.items():
        if end is not None:
            found = tx.few(questions.end_of, flow_id=id)[0]["end_ns"]
            assert found is None or found <= end
    if listeners is not None:
        found = {row["id"] for row in tx.few(webhooks.listening)}
        assert {each.id for each in listeners} == found
    return sum(each is not None for each in (*known.values(), *ends.values(), listeners))


def test_nothing_is_remembered_that_is_no_longer_so() -> None:
    """R1, R2: the rules decide by it."""
    chosen = random.Random(5)  # noqa: S311 - no secret
    remembered = 0
    with ta.connect(":memory:") as store:
        worlds.fill(store)
        for at in range(10, 400):
            with contextlib.suppress(TamsError):
                chosen.choice(WRITES)(store, at)
            remembered += store._engine.transact(refuse_what_is_not_so)
    assert remembered > 400


def test_stores_on_one_file_remember_together(tmp_path: Path) -> None:
    """What one of them changes the other one does not go on believing."""
    with ta.connect(tmp_path / "x.duckdb") as one, ta.connect(tmp_path / "x.duckdb") as other:
        worlds.fill(one)
        other.writes.create_segments(F1, segment("o", 100))
        one.writes.create_segments(F1, segment("p", 105))
        with pytest.raises(SegmentsOverlap):
            other.writes.create_segments(F1, segment("q", 105))
        one.writes.set_flow_read_only(F1, True)
        with pytest.raises(ReadOnlyFlow):
            other.writes.create_segments(F1, segment("r", 110))


def test_a_segment_behind_all_others_is_stored_by_three_statements(tmp_path: Path) -> None:
    """Its object is looked for; two rows go in. The flow is touched once a second (F13)."""
    engine = open_engine(str(tmp_path / "x.duckdb"))
    with contextlib.closing(engine):
        put_flow = {"id": [F1], "source_id": [S], "format": ["f"], "container": ["a/b"]}
        engine.transact(lambda tx: tx.insert("flows", pa.table(put_flow)))
        sent = []
        for at in range(30):
            before = engine.parsed.sent  # type: ignore[attr-defined]
            segments.create_segments(engine, F1, segment(f"o{at}", at))
            sent.append(engine.parsed.sent - before)  # type: ignore[attr-defined]
    assert sorted(sent)[:20] == [3] * 20
