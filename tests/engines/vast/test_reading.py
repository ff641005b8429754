"""What reading costs, and what becomes of it when the network fails."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import ibis
import pyarrow as pa
import pytest
import urllib3
from ibis import _

import tams_analytics as ta
from tams_analytics import span
from tams_analytics.engines.vast import keeping
from tams_analytics.errors import EngineFailed
from tams_analytics.tables import SEGMENTS, arrow_schema
from tests.engines.vast.conftest import FLOW, OTHER, asked
from tests.support.vast_peer import Entry, VastPeer
from tests.support.vast_stores import BUCKET

LENGTH = 2 * 10**9


@pytest.fixture(scope="module")
def million(vast_stores: Any) -> str:
    """A store of a million segments of 100 flows, each of two seconds."""
    url = vast_stores.new_url()
    rows = segments(flows=100, each=10_000)
    schema = url.rpartition("/")[2]
    vast_stores.peer.load(BUCKET, schema, "segments", rows)
    fences = {"flow_id": rows.column("flow_id").unique(), "epoch": [1] * 100}
    table = pa.table(fences | {"max_segment_ns": pa.array([LENGTH] * 100, pa.int64())})
    vast_stores.peer.load(BUCKET, schema, "flow_fences", table)
    return url


def segments(flows: int, each: int) -> pa.Table:
    """Rows of ``segments``: flows ``flow-0`` and so on, one segment after the other."""
    count = flows * each
    start = pa.array([n % each * LENGTH for n in range(count)], pa.int64())
    given = {
        "flow_id": pa.array([f"flow-{n // each}" for n in range(count)]),
        "object_id": pa.array([f"object-{n}" for n in range(count)]),
        "start_ns": start,
        "end_ns": pa.array([n % each * LENGTH + LENGTH for n in range(count)], pa.int64()),
    }
    schema = arrow_schema(SEGMENTS)
    columns = [
        given.get(field.name, pa.repeat(default(field.type), count)).cast(field.type)
        if field.name in given
        else pa.repeat(default(field.type), count)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def default(kind: pa.DataType) -> pa.Scalar:
    zero = {"string": "", "int64": 0, "bool": False}.get(str(kind))
    return pa.scalar(zero, kind) if zero is not None else pa.scalar(0, pa.int64()).cast(kind)


COLUMNS = ("flow_id", "object_id", "start_ns", "end_ns")
TEN = "[10000:0_10020:0)"


def data(entries: list[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.command == "data"]


def test_a_window_of_ten_segments_moves_little_in_four_requests(
    million: str, peer: VastPeer
) -> None:
    with ta.connect(million) as store:
        window = store.segments.filter(_.flow_id == "flow-7", span.overlaps(TEN)).select(*COLUMNS)
        assert 10 == len(window.execute())  # columns are known now

        entries = asked(peer, window.to_pyarrow)

    assert ["transaction", "data", "data", "transaction"] == [each.command for each in entries]
    fence, rows = data(entries)
    assert "flow_fences" == fence.table
    assert rows.rows_returned <= 50
    assert rows.response_bytes <= 10_000
    assert sum(each.response_bytes for each in entries) <= 10_000
    assert {
        "flow_id = 'flow-7'",
        "start_ns < 10020000000000",
        "end_ns > 10000000000000",
        "start_ns > 9998000000000",
    } == set(rows.conjuncts)


def test_a_window_without_a_fence_takes_three_requests(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        inside = store.segments.filter(_.flow_id == "flow-7", span.within(TEN)).select(*COLUMNS)
        assert 10 == len(inside.execute())

        entries = asked(peer, inside.to_pyarrow)

    assert ["transaction", "data", "transaction"] == [each.command for each in entries]
    assert sum(each.response_bytes for each in entries) <= 10_000


def test_segments_of_somebody_else_have_no_fences_and_are_not_asked_twice(
    vast_stores: Any, peer: VastPeer
) -> None:
    peer.load(BUCKET, "foreign", "segments", segments(flows=2, each=100).select(COLUMNS))
    with ta.connect(vast_stores.url("foreign")) as store:
        window = store.segments.filter(_.flow_id == "flow-1", span.overlaps("[10:0_20:0)"))
        wanted = window.select(*COLUMNS)
        assert 5 == len(wanted.execute())

        entries = asked(peer, wanted.to_pyarrow)

    assert ["transaction", "data", "transaction"] == [each.command for each in entries]


def test_an_asked_window_costs_the_same(million: str, peer: VastPeer) -> None:
    window = {"flow_id": "flow-7", "timerange": TEN}
    with ta.connect(million) as store:
        store.ask(ta.queries.segments.listing, **window)
        entries = asked(peer, lambda: store.ask(ta.queries.segments.listing, **window))

    assert 4 == len(entries)
    assert data(entries)[1].rows_returned <= 50


def test_gaps_of_one_flow_fetch_its_three_columns_once(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        gaps = store.segments.filter(_.flow_id == "flow-7").pipe(ta.gaps, by="flow_id")
        gaps.execute()
        (scan,) = data(asked(peer, gaps.execute))

    assert {"flow_id", "start_ns", "end_ns"} == set(scan.columns)
    assert 10_000 == scan.rows_returned


def test_references_of_an_object_ask_for_the_leading_column_of_its_projection(
    million: str, peer: VastPeer
) -> None:
    with ta.connect(million) as store:
        entries = asked(peer, store.segments.filter(_.object_id == "object-5").execute)

    assert ["object_id = 'object-5'"] == list(data(entries)[-1].conjuncts)
    assert 1 == data(entries)[-1].rows_returned


def test_never_is_answered_without_a_scan(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        entries = asked(peer, store.segments.filter(span.overlaps("()")).execute)

    assert [] == entries


def test_a_count_moves_no_column(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        of_one = store.segments.filter(_.flow_id == "flow-7").count()
        entries = asked(peer, lambda: assert_equals(10_000, of_one.execute()))

    (scan,) = data(entries)
    assert () == tuple(scan.columns)
    assert scan.response_bytes < 2_000


def assert_equals(wanted: Any, found: Any) -> None:
    assert wanted == found


def test_a_condition_on_the_key_of_a_join_goes_with_both_sides_at_once(
    million: str, peer: VastPeer
) -> None:
    with ta.connect(million) as store:
        fences = store.tables.flow_fences.filter(_.flow_id.isin(["flow-1", "flow-2"]))
        joined = store.segments.inner_join(fences, "flow_id").count()
        entries = data(asked(peer, lambda: assert_equals(20_000, joined.execute())))

    # Neither waits for the other, so that either may be the first to arrive.
    assert {"flow_fences": 2, "segments": 20_000} == {
        each.table: each.rows_returned for each in entries
    }
    assert [("flow_id = 'flow-1' OR flow_id = 'flow-2'",)] * 2 == [
        each.conjuncts for each in entries
    ]


def test_a_small_table_reduces_a_large_one_whatever_its_conditions(
    million: str, peer: VastPeer
) -> None:
    with ta.connect(million) as store:
        fences = store.tables.flow_fences.filter(_.flow_id.upper() == "FLOW-1")
        joined = store.segments.semi_join(fences, "flow_id").count()
        entries = data(asked(peer, lambda: assert_equals(10_000, joined.execute())))

    assert ["flow_fences", "segments"] == list(dict.fromkeys(each.table for each in entries))
    assert entries[-1].filter.count("flow_id = ") == 100


def test_keys_of_a_memtable_go_with_the_scan(million: str, peer: VastPeer) -> None:
    mine = ibis.memtable(pa.table({"flow_id": ["flow-1", "flow-3", "nothing"]}))
    with ta.connect(million) as store:
        joined = store.segments.semi_join(mine, "flow_id").count()
        (scan,) = data(asked(peer, lambda: assert_equals(20_000, joined.execute())))

    assert 20_000 == scan.rows_returned


def test_a_long_list_goes_in_several_requests(million: str, peer: VastPeer) -> None:
    wanted = [f"object-{40 * n}" for n in range(12_000)]
    with ta.connect(million) as store:
        chosen = store.segments.filter(_.object_id.isin([*wanted, wanted[0]])).object_id
        found: list[Any] = []
        scans = data(asked(peer, lambda: found.extend(chosen.to_pyarrow().to_pylist())))

    assert sorted(wanted) == sorted(found)
    assert 2 == len(scans)
    assert len(wanted) == sum(scan.rows_returned or 0 for scan in scans)


def test_a_connection_that_the_server_closed_is_opened_again(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        peer.switches.refuse_connection_next(2, command="transaction", method="POST")

        assert 1_000_000 == store.segments.count().execute()


def test_a_limit_is_pushed_where_nothing_is_left_above(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        first = data(asked(peer, lambda: assert_equals(3, len(store.segments.limit(3).execute()))))
        sorted_ = store.segments.filter(_.flow_id == "flow-3").order_by("start_ns").limit(3)
        second = data(asked(peer, lambda: assert_equals(3, len(sorted_.execute()))))

    assert first[0].limit == 3
    assert first[0].rows_returned <= 20
    assert second[0].rows_returned == 10_000


def test_an_explanation_tells_what_the_log_has(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        window = store.segments.filter(_.flow_id == "flow-7", span.overlaps(TEN))
        window = window.filter(_.end_ns - _.start_ns > 5).select("object_id")
        (planned,) = ta.explain(window).scans
        mark = peer.log.mark()
        explained = ta.explain(window, run=True)
        fence, logged = data(peer.log.since(mark))

    (scan,) = explained.scans
    assert "start_ns > 9998000000000 (the fences of its flows)" in scan.pushed
    assert planned.pushed[-1].startswith("start_ns > 10000000000000 - max_segment_ns (the fences")
    assert set(scan.columns) == set(logged.columns)
    assert 4 == len(scan.pushed) == len(logged.conjuncts)
    assert (10, 2, fence.response_bytes + logged.response_bytes) == (
        scan.rows,
        scan.requests,
        scan.bytes,
    )
    assert 1_000_000 == scan.estimated_rows == planned.estimated_rows
    assert (None, None, None) == (planned.rows, planned.bytes, planned.requests)
    assert ["end_ns - start_ns > 5"] == [each.condition for each in scan.refused]
    assert "computed" in scan.refused[0].reason
    assert "FILTER" in " ".join(explained.local)
    assert "segments" in explained._repr_html_()


def test_an_explanation_tells_whose_keys_go_with_a_scan(million: str) -> None:
    mine = ibis.memtable({"object": ["object-5"]})
    with ta.connect(million) as store:
        fences = store.tables.flow_fences.filter(_.flow_id.upper() == "FLOW-0", _.epoch == 1)
        joined = store.segments.semi_join(fences, "flow_id").semi_join(
            mine, [("object_id", "object")]
        )
        (planned,) = [e for e in ta.explain(joined).scans if e.table == "segments"]
        (ran,) = [e for e in ta.explain(joined, run=True).scans if e.table == "segments"]

    assert {
        "flow_id in the flow_id of flow_fences, where few",
        "object_id in the object of a table in memory, where few",
    } == set(planned.pushed)
    flows, objects = sorted(ran.pushed)
    assert flows.endswith("97 more) (the flow_id of flow_fences)")
    assert "object_id in ('object-5') (the object of a table in memory)" == objects


@pytest.mark.parametrize("like", ["a%", "%a_"])
@pytest.mark.parametrize("run", [False, True])
def test_a_condition_that_stays_is_local(like: str, run: bool, two_flows: ta.Store) -> None:
    rows = two_flows.flows.filter(_.label.like(like)).mutate(rate=_.frame_width / 2)

    (condition,) = [each for each in ta.explain(rows, run=run).local if "FILTER" in each]
    assert "label" in condition


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("drop_next", {"after_bytes": 0}),
        ("drop_next", {"after_bytes": 400}),
        ("refuse_connection_next", {}),
        ("slow_down_next", {}),
    ],
)
def test_a_read_that_was_cut_is_done_again(
    fault: str, options: dict[str, Any], million: str, peer: VastPeer
) -> None:
    with ta.connect(million) as store:
        window = store.segments.filter(_.flow_id == "flow-7", span.overlaps(TEN))
        wanted = window.to_pyarrow().sort_by("start_ns")
        getattr(peer.switches, fault)(command="data", table="segments", **options)

        assert wanted == window.to_pyarrow().sort_by("start_ns")


@pytest.mark.parametrize("fault", ["fail_frame_next", "bad_gateway_next", "refuse_connection_next"])
def test_a_read_that_fails_for_good_is_an_error_that_names_it(
    fault: str, million: str, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tams_analytics.engines.vast.api.MOST_TRIES", 2)
    with ta.connect(million) as store:
        getattr(peer.switches, fault)(times=50, command="data")

        with pytest.raises(EngineFailed, match=r"vast failed at reading tams/.*changes nothing"):
            store.segments.filter(_.flow_id == "flow-7").execute()


def test_the_order_and_cut_of_answers_does_not_matter(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        one = store.segments.filter(_.flow_id == "flow-7", _.start_ns < 10**13).select(*COLUMNS)
        wanted = one.order_by("start_ns").to_pyarrow()
        peer.switches.shuffle = 7
        peer.switches.batches_per_column = 3
        peer.switches.keep_alive_frames = True
        peer.switches.rows_per_page = 100

        assert wanted == one.order_by("start_ns").to_pyarrow()


def test_ctrl_c_ends_a_scan_at_once(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        store.segments.limit(1).execute()
        peer.switches.delay_next(30, command="data")
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()

        with pytest.raises(KeyboardInterrupt):
            store.segments.filter(_.flow_id == "flow-7").execute()

        assert time.monotonic() - began < 10
        assert 1_000_000 == store.segments.count().execute()


def test_ctrl_c_ends_several_scans_at_once(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        both = store.segments.filter(_.start_ns == 0).cross_join(
            store.tables.flow_fences.select(fence="epoch")
        )
        both.limit(1).execute()
        peer.switches.delay_next(30, times=2, command="data")
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        began = time.monotonic()

        with pytest.raises(KeyboardInterrupt):
            both.execute()

        assert time.monotonic() - began < 10


def test_a_transaction_that_came_after_ctrl_c_is_ended(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        both = store.segments.filter(_.start_ns == 0).cross_join(
            store.tables.flow_fences.select(fence="epoch")
        )
        both.limit(1).execute()
        before = peer.open_transactions
        peer.switches.delay_next(0.5, command="transaction", method="POST")
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            both.execute()

        mark = time.monotonic()
        while peer.open_transactions > before and time.monotonic() < mark + 3:
            time.sleep(0.02)
        assert before == peer.open_transactions


def test_a_long_question_keeps_its_transaction(
    million: str, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "EVERY_S", 0.1)
    with ta.connect(million) as store:
        peer.switches.transaction_seconds = 1.0
        with store._engine.backend.con.begin() as transaction:  # type: ignore[attr-defined]
            time.sleep(2.5)
            assert transaction.tables(BUCKET, million.rpartition("/")[2])


def test_a_transaction_that_expired_is_told(million: str, peer: VastPeer) -> None:
    with ta.connect(million) as store:
        peer.switches.transaction_seconds = 0.1
        transaction = store._engine.backend.con.begin()  # type: ignore[attr-defined]
        time.sleep(0.5)

        with pytest.raises(EngineFailed, match="transaction"):
            transaction.tables(BUCKET, million.rpartition("/")[2])
        transaction.abandon(wait=True)


def test_an_answer_is_read_in_few_pieces(
    two_flows: ta.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK asks for a few bytes at a time, and this answer has dozens of such pieces."""
    reads: list[str] = []
    for name in ("read", "read1"):
        monkeypatch.setattr(urllib3.HTTPResponse, name, noted(name, reads))

    assert 2 == two_flows.segments.select("flow_id", "start_ns", "end_ns").to_pyarrow().num_rows
    assert 0 < len(reads) < 10


def noted(name: str, calls: list[str]) -> Callable[..., bytes]:
    """A method of urllib3's answers, whose calls are written down."""
    method: Callable[..., bytes] = getattr(urllib3.HTTPResponse, name)

    def called(*args: Any, **options: Any) -> bytes:
        calls.append(name)
        return method(*args, **options)

    return called


def test_threads_read_one_store_at_once(two_flows: ta.Store) -> None:
    found: list[int] = []

    def read() -> None:
        for id in (FLOW, OTHER) * 5:
            found.append(two_flows.segments.filter(_.flow_id == id).count().execute())

    threads = [threading.Thread(target=read) for _each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [1] * 60 == found


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_forked_process_has_connections_of_its_own(two_flows: ta.Store) -> None:
    connection = two_flows._engine.backend.con  # type: ignore[attr-defined]
    connection.begin().rollback()
    before = sockets(connection)
    reading, writing = os.pipe()

    child = os.fork()
    if not child:
        try:
            with connection.begin() as transaction:
                shared = before & sockets(connection)
                found = transaction.tables(BUCKET, two_flows.url.rpartition("/")[2])
            os.write(writing, f"{len(shared)} {len(found) > 0}".encode())
        finally:  # nothing of pytest may go on twice
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)

    assert "0 True" == os.read(reading, 100).decode()


def sockets(connection: Any) -> set[Any]:
    """Those that wait for the next request: themselves, as the number of one may be given again."""
    pools = [
        pool
        for session in connection.api._sessions.values()
        for pool in session.get_adapter("http://").poolmanager.pools._container.values()
    ]
    waiting = [each for pool in pools for each in pool.pool.queue if each is not None]
    return {each.sock for each in waiting if each.sock is not None}


@pytest.mark.parametrize("fault", ["lose_answer_next", "refuse_connection_next"])
def test_whatever_request_fails_once_a_question_is_answered(
    fault: str, million: str, peer: VastPeer
) -> None:
    with ta.connect(million) as store:
        window = store.segments.filter(_.flow_id == "flow-7", span.overlaps(TEN))
        window.to_pyarrow()

        for number in range(4):
            getattr(peer.switches, fault)(skip=number)
            assert 10 == window.to_pyarrow().num_rows
            peer.switches.clear_faults()


def test_conditions_that_fit_one_by_one_but_not_together_are_answered(
    million: str, peer: VastPeer
) -> None:
    """A request has 5 MiB: the longest of them stay here, with the columns that they need."""
    with ta.connect(million) as store:
        long = [_[name] != name * (1_900_000 // len(name)) for name in ("object_id", "body")]
        rows = store.segments.filter(_.flow_id == "flow-0", *long, _.timerange != "x" * 1_900_000)
        (scan,) = ta.explain(rows.select("start_ns").limit(5)).scans
        assert rows.select("start_ns").count().execute() == 10_000
        assert rows.select("start_ns").limit(5).to_pyarrow().num_rows == 5
    assert len(scan.refused) == 2
    assert all("too long for one request" in each.reason for each in scan.refused)
