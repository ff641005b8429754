"""Several questions, whose rows are brought once: what is asked, answered, and left behind."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from ibis import _

import tams_analytics as ta
from tams_analytics.engines.vast import sweeping
from tams_analytics.errors import EngineFailed, NotFound, Unsupported
from tams_analytics.tables import FLOWS, Tables, arrow_schema
from tams_analytics.watching import Queried, watched_by
from tests.engines.vast.conftest import FLOW, OTHER, asked, flow
from tests.engines.vast.test_reading import segments
from tests.support.plan_oracle import bag
from tests.support.random_expressions import data, expression
from tests.support.vast_peer import Entry, VastPeer
from tests.support.vast_stores import BUCKET, VastStores

Ask = Callable[[Tables], Sequence[ir.Table]]
PARTS = 3
ROWS = 131_072 * 2 + 10_000
TOGETHER = 8
"""So many random questions are swept at once."""


@pytest.fixture(scope="module")
def long(vast_stores: VastStores) -> str:
    """A store whose segments come in so many parts."""
    url = vast_stores.new_url()
    rows = segments(flows=1, each=ROWS)
    vast_stores.peer.load(BUCKET, url.rpartition("/")[2], "segments", rows)
    return url


def counts(tables: Tables) -> list[ir.Table]:
    """How many segments there are, and how many objects they show."""
    shown = tables.segments.select("flow_id", "object_id").distinct()
    lengths = tables.segments.select(length=_.end_ns - _.start_ns)
    return [shown.group_by("flow_id").agg(n=_.count()), lengths.group_by("length").agg(n=_.count())]


def answers(store: ta.Store, ask: Ask = counts) -> list[list[dict[str, Any]]]:
    """Of questions that are swept."""
    with store._engine.swept(ask) as tables:
        return [question.to_pyarrow().to_pylist() for question in ask(tables)]


def data_of(entries: list[Entry], table: str = "segments") -> list[Entry]:
    return [each for each in entries if each.command == "data" and each.table == table]


COUNTED = [[{"flow_id": "flow-0", "n": ROWS}], [{"length": 2 * 10**9, "n": ROWS}]]


def test_a_long_table_comes_in_parts_of_one_answer_each(
    long: str, peer: VastPeer, temporary: Path
) -> None:
    with ta.connect(long) as store:
        entries = data_of(asked(peer, lambda: assert_equals(COUNTED, answers(store))))

    assert PARTS == len(entries) == len({each.split for each in entries})
    assert {("flow_id", "object_id", "start_ns", "end_ns")} == {e.columns for e in entries}
    assert ROWS == sum(each.rows_returned or 0 for each in entries)
    assert [] == list(temporary.iterdir())


def assert_equals(wanted: Any, found: Any) -> None:
    assert wanted == found


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("drop_next", {"after_bytes": 100_000}),
        ("refuse_connection_next", {}),
        ("slow_down_next", {}),
    ],
)
def test_a_part_that_was_cut_is_read_again_and_taken_once(
    fault: str, options: dict[str, Any], long: str, peer: VastPeer
) -> None:
    with ta.connect(long) as store:
        getattr(peer.switches, fault)(command="data", table="segments", **options)

        assert COUNTED == answers(store)


def test_the_order_and_cut_of_answers_does_not_matter(long: str, peer: VastPeer) -> None:
    peer.switches.shuffle = 7
    peer.switches.rows_per_page = 10_000
    with ta.connect(long) as store:
        assert COUNTED == answers(store)


@pytest.mark.parametrize("fault", ["fail_frame_next", "bad_gateway_next"])
def test_a_part_that_fails_for_good_is_an_error_and_leaves_nothing(
    fault: str, long: str, peer: VastPeer, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tams_analytics.engines.vast.api.MOST_TRIES", 2)
    with ta.connect(long) as store:
        getattr(peer.switches, fault)(times=50, skip=1, command="data", table="segments")

        with pytest.raises(EngineFailed, match=r"vast failed at reading tams/.*/segments"):
            answers(store)
    assert [] == list(temporary.iterdir())


def test_ctrl_c_ends_it_and_leaves_nothing(long: str, peer: VastPeer, temporary: Path) -> None:
    with ta.connect(long) as store:
        before = peer.open_transactions
        peer.switches.delay_next(30, command="data", table="segments")
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()

        with pytest.raises(KeyboardInterrupt):
            answers(store)
        assert [] == list(temporary.iterdir())
        store._engine.backend.con.begin().rollback()  # type: ignore[attr-defined]
        assert before + 1 >= peer.open_transactions


def test_an_error_inside_leaves_nothing_and_later_questions_are_asked_as_ever(
    long: str, peer: VastPeer, temporary: Path
) -> None:
    with ta.connect(long) as store:
        with contextlib.suppress(ZeroDivisionError), store._engine.swept(counts):
            assert 1 == len(list(temporary.iterdir()))
            raise ZeroDivisionError
        question = counts(store.tables)[1]
        entries = asked(peer, question.to_pyarrow)

    assert [] == list(temporary.iterdir())
    assert 0 < len(data_of(entries))


def test_all_is_of_one_state_whether_it_was_brought_or_not(two_flows: ta.Store) -> None:
    def ask(tables: Tables) -> list[ir.Table]:
        return [tables.flows.select("id"), tables.flows.select("label")]

    third = "20000000-0000-4000-8000-000000000003"
    with two_flows._engine.swept(ask) as tables:
        two_flows.writes.create_flow(flow(third))
        brought = tables.flows.select("id").to_pyarrow()["id"].to_pylist()
        other = tables.flows.select("id", "codec", "status").to_pyarrow()["id"].to_pylist()

    assert [FLOW, OTHER] == sorted(brought) == sorted(other)
    assert [FLOW, OTHER, third] == sorted(two_flows.flows.id.to_pyarrow().to_pylist())


def test_other_threads_ask_as_ever(two_flows: ta.Store, peer: VastPeer) -> None:
    def ask(tables: Tables) -> list[ir.Table]:
        return [tables.flows.select("id"), tables.flows.select("label")]

    found: list[int] = []
    work = lambda: found.append(two_flows.flows.select("id").to_pyarrow().num_rows)  # noqa: E731

    def elsewhere() -> None:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    with two_flows._engine.swept(ask):
        here = logged(peer, work, "flows")
        there = logged(peer, elsewhere, "flows")

    assert ([2, 2], 0, 1) == (found, len(here), len(there))


def test_what_is_asked_beside_is_read_when_it_is_asked(long: str, peer: VastPeer) -> None:
    with ta.connect(long) as store, store._engine.swept(counts) as tables:
        known = tables.segments.filter(_.start_ns < 10**10).count()
        brought = logged(peer, lambda: assert_equals(5, known.to_pyarrow().as_py()))
        never = tables.segments.filter(_.start_ns < 1, False)
        nothing = logged(peer, lambda: assert_equals(0, never.to_pyarrow().num_rows))
        some = tables.segments.filter(_.object_id == "object-7").select("timerange").limit(1)
        read = logged(peer, lambda: assert_equals(1, some.to_pyarrow().num_rows))

    assert [] == brought == nothing
    assert [("timerange",)] == [each.columns for each in read]


def logged(peer: VastPeer, work: Callable[[], object], table: str = "segments") -> list[Entry]:
    """What ``work`` reads, also in the transaction of a sweep that has begun before."""
    mark = peer.log.mark()
    work()
    return data_of(peer.log.since(mark), table)


def test_a_single_question_is_asked_as_ever_while_its_tables_are_not_long(
    long: str, peer: VastPeer, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(tables: Tables) -> list[ir.Table]:
        return counts(tables)[:1]

    with ta.connect(long) as store:
        with store._engine.swept(ask):
            assert [] == list(temporary.iterdir())
        assert COUNTED[:1] == answers(store, ask)
        monkeypatch.setattr(sweeping, "LONG", ROWS - 1)
        with store._engine.swept(ask):
            assert 1 == len(list(temporary.iterdir()))
        assert COUNTED[:1] == answers(store, ask)


def test_who_looks_on_is_told_once_what_was_brought(long: str) -> None:
    told: list[Queried] = []
    with ta.connect(long) as store, watched_by(told.append):  # type: ignore[arg-type]
        answers(store)

    assert [(ROWS, PARTS), (0, 0), (0, 0)] == [(each.rows, each.splits) for each in told]


def test_empty_tables_have_their_types(store: ta.Store) -> None:
    def ask(tables: Tables) -> list[ir.Table]:
        longest = tables.segments.agg(longest=(_.end_ns - _.start_ns).max(), n=_.count())
        return [longest, tables.segments.select("flow_id", "created")]

    asked_directly = [question.to_pyarrow() for question in ask(store.tables)]
    with store._engine.swept(ask) as tables:
        assert asked_directly == [question.to_pyarrow() for question in ask(tables)]


def test_a_column_that_an_old_snapshot_lacks_has_its_default(
    store: ta.Store, peer: VastPeer
) -> None:
    schema = arrow_schema(FLOWS)
    one = {"id": "a", "source_id": "s", "format": "f", "created": 0, "metadata_updated": 0}
    old = schema.remove(schema.get_field_index("status")).remove(0)
    rows = pa.table(
        {
            field.name: pa.array(
                [one.get(field.name)], pa.int64() if one.get(field.name) == 0 else pa.string()
            ).cast(field.type)
            for field in schema
            if field.name != "status"
        }
    )
    assert len(old) + 1 == rows.num_columns
    peer.load(BUCKET, store.url.rpartition("/")[2], "flows", rows)

    def ask(tables: Tables) -> list[ir.Table]:
        return [tables.flows.select("id", "status"), tables.flows.select("format", "status")]

    assert [[{"id": "a", "status": None}], [{"format": "f", "status": None}]] == answers(store, ask)


def test_a_table_that_is_not_there_is_named(
    store: ta.Store, vast_stores: VastStores, temporary: Path
) -> None:
    vast_stores.peer.load(BUCKET, "lesser", "flows", arrow_schema(FLOWS).empty_table())
    missing = pytest.raises(NotFound, match="no table tams/lesser/segments")
    with ta.connect(vast_stores.url("lesser")) as lesser, missing:
        answers(lesser)
    assert [] == list(temporary.iterdir())


def test_what_cannot_be_asked_is_told_to_who_asks_it(long: str) -> None:
    def ask(tables: Tables) -> list[ir.Table]:
        op = ops.SQLStringView(tables.segments, "SELECT 1 AS one", ibis.schema({"one": "int64"}))
        return [*counts(tables), op.to_expr()]

    with ta.connect(long) as store, store._engine.swept(ask) as tables:
        *others, in_sql = ask(tables)
        assert COUNTED == [question.to_pyarrow().to_pylist() for question in others]
        with pytest.raises(Unsupported, match="SQL"):
            in_sql.to_pyarrow()


@pytest.fixture(scope="module")
def odd(vast_stores: VastStores) -> Iterator[list[ir.Table]]:
    """Small tables full of corner cases, and a connection to where they are."""
    for name, rows in data(random.Random(1)).items():  # noqa: S311 - no secret
        vast_stores.peer.load(BUCKET, "odd", name, rows)
    vast = ibis.connect(vast_stores.url("odd"))
    yield [vast.table(name) for name in ("left_rows", "right_rows", "few_rows")]
    vast.disconnect()


def test_random_questions_have_the_same_answers_together_as_alone(odd: list[ir.Table]) -> None:
    """Of foreign tables too, with all their types."""
    backend = odd[0].get_backend()
    wrong = []
    for seed in range(50, 130, TOGETHER):
        questions = [
            expression(random.Random(each), odd)  # noqa: S311 - no secret
            for each in range(seed, seed + TOGETHER)
        ]
        alone = [rows(question) for question in questions]
        with sweeping.sweeping(backend, lambda: questions):  # noqa: B023 - called at once
            together = [rows(question) for question in questions]
        wrong += [seed + n for n in range(TOGETHER) if alone[n] != together[n]]

    assert [] == wrong


def rows(question: ir.Table) -> Any:
    found = question.to_pyarrow()
    return bag(list(zip(*(column.to_pylist() for column in found.columns), strict=True)))
