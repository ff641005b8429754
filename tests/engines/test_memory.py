"""What writers remember of a DuckDB store is what they would find if they asked."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.engines import Transaction, open_engine
from tams_analytics.engines.memory import Memory, Remembering
from tams_analytics.engines.topics import FLOW, OBJECT, TIMELINE, WEBHOOKS, Topic
from tams_analytics.errors import ReadOnlyFlow, Refused, SegmentsOverlap, TamsError
from tams_analytics.queries import objects, webhooks
from tams_analytics.queries import segments as questions
from tams_analytics.span import Window
from tams_analytics.timerange import HIGHEST_NS
from tams_analytics.writes import segments
from tams_analytics.writes.rows import found
from tams_analytics.writes.standing import standing
from tests.representations import worlds
from tests.representations.worlds import F1, F2, S, segment

GONE = "33333333-3333-4333-8333-333333333333"
WEBHOOK = {"url": "http://93.184.216.34/x", "events": ["flows/segments_added"]}
EVER = [f"w{at}" for at in range(260)]
MOMENT = dt.datetime(2026, 1, 1)
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


def many(store: ta.Store, at: int) -> None:
    """More than are remembered of a flow, not in their order, in three requests."""
    places = random.Random(at).sample(range(120), 120)  # noqa: S311 - no secret
    for turn in range(3):
        chosen = places[turn::3]
        posted = [
            {"object_id": f"m{at}-{n}", "timerange": f"[{at}:{8 * n}_{at}:{8 * n + 5})"}
            for n in chosen
        ]
        store.writes.create_segments(F1, posted)


def waiting(at: int, number: int = 1) -> list[str]:
    """Objects that are allocated at this step, or may wait since the one before."""
    return [f"w{at + n}" for n in range(number)]


WRITES: list[Write] = [
    many,
    lambda store, at: store.writes.create_segments(F1, segment(f"q{at}", at - 3)),
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
    *[lambda store, at: store.writes.allocate_storage(F1, {"object_ids": waiting(at, 4)})] * 4,
    lambda store, at: store.writes.create_segments(F1, segment(waiting(at - 2)[0], at)),
    lambda store, at: store.writes.create_segments(
        F1, [segment(id, at + n) for n, id in enumerate(waiting(at - 2, 3))]
    ),
    lambda store, at: store.writes.delete_object(waiting(at - 1)[0]),
    lambda store, at: store.writes.load(
        "objects", pa.table({"id": waiting(at - 1), "timerange": ["[0:0_1:0)"]})
    ),
    lambda store, at: store._engine.transact(
        lambda tx: tx.update("objects", {"id": waiting(at - 2, 3)}, {"collecting_since": MOMENT})
    ),
]


def refuse_what_is_not_so(tx: Transaction) -> int:
    """Compare all that is remembered with the rows; how much was remembered."""
    known = {id: tx.recall(Topic(FLOW, id)) for id in (F1, F2, GONE)}
    tails = {id: tx.recall(Topic(TIMELINE, id)) for id in (F1, F2, GONE)}
    allocated = {id: row for id in EVER if (row := tx.recall(Topic(OBJECT, id)))}
    listeners = tx.recall(Topic(WEBHOOKS))
    for id, each in known.items():
        if each is not None:
            tx.remember(Topic(FLOW, id), None)
            assert standing(tx, id) == each
    for id, tail in tails.items():
        if tail is not None:
            behind = Window(tail.since_ns, HIGHEST_NS)
            rows = tx.few(questions.taken, flow_id=id, timerange=behind, starting_after=None)
            places = sorted((row["start_ns"], row["end_ns"]) for row in rows)
            assert places == [*zip(tail.starts, tail.ends, strict=True)]
    rows = found(tx, objects.by_ids, "ids", allocated)
    assert {row["id"]: row for row in rows} == allocated
    if listeners is not None:
        assert {each.id for each in listeners} == {row["id"] for row in tx.few(webhooks.listening)}
    together = [*known.values(), *tails.values(), *allocated.values(), listeners]
    return sum(each is not None for each in together)


def test_nothing_is_remembered_that_is_no_longer_so(tmp_path: Path) -> None:
    """R1, R2: the rules decide by it."""
    chosen = random.Random(5)  # noqa: S311 - no secret
    remembered = 0
    with ta.connect(tmp_path / "x.duckdb") as store:
        worlds.fill(store)
        for at in range(10, 250):
            with contextlib.suppress(TamsError):
                chosen.choice(WRITES)(store, at)
            remembered += store._engine.transact(refuse_what_is_not_so)
    assert remembered > 250


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


@pytest.mark.parametrize("distance", [0, 7])
def test_a_segment_among_the_last_ones_is_stored_by_three_statements(
    distance: int, tmp_path: Path
) -> None:
    """Its object is looked for; two rows go in. The flow is touched once a second (F13)."""
    engine = open_engine(str(tmp_path / "x.duckdb"))
    with contextlib.closing(engine):
        put_flow = {"id": [F1], "source_id": [S], "format": ["f"], "container": ["a/b"]}
        engine.transact(lambda tx: tx.insert("flows", pa.table(put_flow)))
        sent = []
        for at in range(30):
            before = engine.parsed.sent  # type: ignore[attr-defined]
            segments.create_segments(engine, F1, segment(f"o{at}", at ^ distance))
            sent.append(engine.parsed.sent - before)  # type: ignore[attr-defined]
    assert sorted(sent)[:20] == [3] * 20


def test_an_object_that_was_just_allocated_is_not_read_again(tmp_path: Path) -> None:
    """What is left: the segment, the object's registration, and now and then the flow."""
    with ta.connect(tmp_path / "x.duckdb") as store:
        store.writes.put_flow(flow(F1))
        parsed = store._engine.parsed  # type: ignore[attr-defined]
        sent = []
        for at in range(12):
            allocated = store.writes.allocate_storage(F1, {"limit": 1})
            before = parsed.sent
            store.writes.create_segments(F1, segment(allocated[0].object_id, at))
            sent.append(parsed.sent - before)
        assert store.objects.registered_at.count().to_pyarrow().as_py() == 12
    assert sorted(sent)[:8] == [2] * 8


@pytest.mark.parametrize(
    "change",
    ["UPDATE objects SET first_flow_id = 'else'", "DELETE FROM objects"],
)
def test_what_somebody_else_made_of_an_allocated_object_is_noticed(
    change: str, tmp_path: Path
) -> None:
    """R5, §173: the object is another flow's by now, or nobody's."""
    with ta.connect(tmp_path / "x.duckdb") as store:
        store.writes.put_flow(flow(F1))
        store.writes.allocate_storage(F1, {"object_ids": ["a"]})
        with duckdb.connect(tmp_path / "x.duckdb") as other:
            other.execute(change)
        with contextlib.suppress(Refused):
            store.writes.create_segments(F1, segment("a", 0))
        stored = store.objects.select("first_flow_id", "registered_at").to_pyarrow().to_pylist()
    if "DELETE" in change:
        assert [row["first_flow_id"] for row in stored] == [F1]
    else:
        assert stored == [{"first_flow_id": "else", "registered_at": None}]


READ_ONLY = "UPDATE flows SET read_only = true"


def by_another_process(file: Path, _open: ta.Store) -> None:
    """While the store is closed; its object still lives."""
    script = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute(sys.argv[2])"
    subprocess.run([sys.executable, "-c", script, str(file), READ_ONLY], check=True)


def by_plain_duckdb(file: Path, _open: ta.Store) -> None:
    with duckdb.connect(str(file)) as other:
        other.execute(READ_ONLY)


def by_ibis(_file: Path, store: ta.Store) -> None:
    store.flows.get_backend().raw_sql(READ_ONLY)


@pytest.mark.parametrize("write", [by_another_process, by_plain_duckdb, by_ibis])
def test_what_others_write_is_noticed(write: Callable[..., None], tmp_path: Path) -> None:
    """Whoever does it, by whatever way, says nothing of it."""
    file = tmp_path / "x.duckdb"
    with contextlib.ExitStack() as opened:
        store = opened.enter_context(ta.connect(file))
        worlds.fill(store)
        store.writes.create_segments(F1, segment("o", 100))
        if write is by_another_process:
            opened.close()
        write(file, store)
        if write is by_another_process:
            store = opened.enter_context(ta.connect(file))
        with pytest.raises(ReadOnlyFlow):
            store.writes.create_segments(F1, segment("p", 105))


def test_what_others_write_during_a_transaction_is_noticed_too(tmp_path: Path) -> None:
    file = tmp_path / "x.duckdb"
    with ta.connect(file) as store:
        worlds.fill(store)
        store.writes.create_segments(F1, segment("o", 100))
        store._engine.transact(lambda _tx: by_plain_duckdb(file, store))
        with pytest.raises(ReadOnlyFlow):
            store.writes.create_segments(F1, segment("p", 105))


@pytest.mark.parametrize(
    ("table", "topic"),
    [
        ("flows", FLOW),
        ("flow_fences", FLOW),
        ("deletion_requests", FLOW),
        ("segments", TIMELINE),
        ("webhooks", WEBHOOKS),
    ],
)
def test_a_change_of_a_table_forgets_what_was_read_from_it(
    table: str, topic: str, tmp_path: Path
) -> None:
    memory = Memory(tmp_path / "x")
    about = Topic(topic, "" if topic == WEBHOOKS else F1)
    memory.take([], [], {about: 1, Topic("else", F1): 2})
    column = "id" if table == "flows" else "flow_id"
    for tell in ("changed", "inserted"):
        said: Any = {column: F1} if tell == "changed" else [{column: F1}]
        one = Remembering(memory)
        assert one.recall(about) == 1
        getattr(one, tell)(table, said)
        assert one.recall(about) is None
        one.remember(about, 1)
        assert (one.recall(about), one.recall(Topic("else", F1))) == (1, 2)
        one.end(is_committed=True)
        assert memory.recall(about) == 1


def test_what_was_not_committed_is_not_remembered_and_what_it_changed_is_forgotten(
    tmp_path: Path,
) -> None:
    """After an interrupt nobody knows whether it was."""
    memory = Memory(tmp_path / "x")
    memory.take([], [], {Topic(FLOW, F1): 1})
    one = Remembering(memory)
    one.changed("flows", {"id": F1})
    one.remember(Topic(FLOW, F1), 2)
    one.end(is_committed=False)
    assert memory.recall(Topic(FLOW, F1)) is None
