"""Writers of one store on VAST: they conflict, they crash, their answers are lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import ibis
import pyarrow as pa
import pytest
import requests

import tams_analytics as ta
from tams_analytics.engines.vast import engine as engines
from tams_analytics.engines.vast.schema import Schema
from tams_analytics.errors import (
    AlreadyExists,
    BadParameter,
    EngineFailed,
    Refused,
    SegmentsOverlap,
)
from tams_analytics.queries import segments as questions
from tests.engines.vast.conftest import FLOW, OTHER, SOURCE, VIDEO, asked, flow, segment
from tests.support.vast_peer import VastPeer
from tests.support.vast_stores import BUCKET

WRITERS = 4


@pytest.fixture
def stores(url: str, two_flows: ta.Store) -> Iterator[list[ta.Store]]:
    """The same store, opened once for each writer."""
    opened = [ta.connect(url) for _each in range(WRITERS)]
    yield opened
    for each in opened:
        each.close()


def at_once(stores: list[ta.Store], work: Callable[[ta.Store, int], Any]) -> Counter[str]:
    """What became of ``work`` in a thread for each store: ``done``, or the error's name."""
    outcomes: Counter[str] = Counter()

    def run(number: int) -> None:
        for outcome in work(stores[number], number):
            outcomes[outcome] += 1

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(stores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def outcome(write: Callable[[], Any]) -> str:
    try:
        write()
    except (Refused, EngineFailed) as error:
        return type(error).__name__
    return "done"


def overlapping(store: ta.Store) -> int:
    return int(ta.overlaps(store.segments, by="flow_id").count().execute())


def test_writers_of_one_flow_never_both_store_what_overlaps(
    stores: list[ta.Store], two_flows: ta.Store
) -> None:
    def work(store: ta.Store, number: int) -> Iterator[str]:
        for each in range(10):
            start = 1 + (7 * each + 3 * number) % 20
            body = segment(f"o{number}-{each}", start, start + 2)
            yield outcome(lambda body=body: store.writes.create_segments(FLOW, body))

    outcomes = at_once(stores, work)

    assert {"done", "SegmentsOverlap"} == set(outcomes)
    assert 0 == overlapping(two_flows)
    assert 2 + outcomes["done"] == two_flows.segments.count().execute()


@pytest.mark.parametrize("entity", ["sources", "flows", "objects"])
def test_writers_of_one_id_never_both_make_it(
    entity: str, stores: list[ta.Store], two_flows: ta.Store
) -> None:
    def work(store: ta.Store, number: int) -> Iterator[str]:
        for each in range(6):
            id = f"30000000-0000-4000-8000-{each:012d}"
            yield outcome(lambda id=id, each=each: make(store, entity, id, number, each))

    before = getattr(two_flows, entity).count().execute()
    outcomes = at_once(stores, work)
    ids = getattr(two_flows, entity).id

    assert ids.nunique().execute() == ids.count().execute() == before + 6
    if entity != "objects":
        assert {"done": 6, "AlreadyExists": 6 * (WRITERS - 1)} == outcomes


def make(store: ta.Store, entity: str, id: str, number: int, each: int) -> None:
    if entity == "sources":
        store.writes.create_source({"id": id, "format": VIDEO})
    elif entity == "flows":
        store.writes.create_flow(flow(id))
    else:  # several segments may use one object; the first of them registers it
        start = 10 + WRITERS * each + number
        store.writes.create_segments((FLOW, OTHER)[number % 2], part_of(id, start))


def part_of(object_id: str, start: int) -> dict[str, Any]:
    """A segment of one second that shows the first second of an object."""
    return {**segment(object_id, start, start + 1), "ts_offset": f"{start}:0"}


def test_a_delete_and_a_new_use_of_an_object_do_not_miss_each_other(
    stores: list[ta.Store], two_flows: ta.Store
) -> None:
    """R5: an object is released when its last reference goes, and not while it is used."""

    def work(store: ta.Store, number: int) -> Iterator[str]:
        on = (FLOW, OTHER)[number % 2]
        for each in range(4):
            start = 100 + 10 * number + each
            body = part_of("shared", start)
            yield outcome(lambda body=body: store.writes.create_segments(on, body))
            yield outcome(lambda: store.writes.delete_segments(on, object_id="shared"))

    at_once(stores, work)
    used = two_flows.segments.object_id.isin(["shared"]).sum().execute()
    (released,) = two_flows.objects.filter(ta._.id == "shared").released_at.notnull().execute()

    assert released == (not used)


PROCESS = """
import sys
import tams_analytics as ta
from tams_analytics.errors import AlreadyExists, SegmentsOverlap

url, flow, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = ta.connect(url)
done = 0
for each in range(12):
    start = 1 + (5 * each + number) % 15
    body = {"object_id": f"p{number}-{each}", "timerange": f"[{start}:0_{start + 2}:0)"}
    try:
        store.writes.create_segments(flow, body)
        done += 1
    except SegmentsOverlap:
        pass
print(done)
"""


def test_processes_that_write_one_flow_never_both_store_what_overlaps(
    url: str, two_flows: ta.Store
) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, url, FLOW, str(number)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    done = [int(process.communicate(timeout=120)[0]) for process in started]

    assert [0, 0] == [process.returncode for process in started]
    assert 0 == overlapping(two_flows)
    assert 2 + sum(done) == two_flows.segments.count().execute()


class Crash(BaseException):
    """The process ends here: nothing more is sent, no rollback either."""


def crashing(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    sent = requests.Session.request
    left = iter(range(after))

    def send(self: requests.Session, *args: Any, **options: Any) -> Any:
        if next(left, None) is None:
            raise Crash
        return sent(self, *args, **options)

    monkeypatch.setattr(requests.Session, "request", send)


def contents(peer: VastPeer, url: str) -> dict[str, Any]:
    """What others see: everything that is committed, but the rows that make writers wait."""
    schema = url.rpartition("/")[2]
    return {
        name: peer.rows(BUCKET, schema, name).sort_by(key).to_pylist()
        for name, key in [
            ("segments", "start_ns"),
            ("objects", "id"),
            ("object_instances", "object_id"),
            ("flows", "id"),
            ("flow_fences", "flow_id"),
        ]
    }


def created(store: ta.Store) -> None:
    store.writes.create_segments(FLOW, segment("crashed", 7, 8))


def loaded(store: ta.Store) -> None:
    rows = {"flow_id": [FLOW, OTHER], "object_id": ["a", "b"], "timerange": ["[7:0_8:0)"] * 2}
    store.writes.load("segments", pa.table(rows))


def deleted(store: ta.Store) -> None:
    store.writes.delete_flow(FLOW)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # no rollback
@pytest.mark.parametrize("write", [created, loaded, deleted])
def test_a_crash_between_any_two_requests_leaves_nothing_half_visible(
    write: Callable[[ta.Store], None],
    url: str,
    two_flows: ta.Store,
    peer: VastPeer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = contents(peer, url)
    with ta.connect(url) as writer:
        writer.segments.count().execute()
        for after in itertools.count():
            with monkeypatch.context() as patched:
                crashing(patched, after)
                try:
                    write(writer)
                except Crash:
                    pass
                else:
                    break
            assert before == contents(peer, url), f"after {after} requests"
            peer.expire_transactions()  # what the crashed one holds is free again

    assert before != contents(peer, url)
    assert after > 10


def test_a_commit_whose_answer_is_lost_is_done_once(two_flows: ta.Store, peer: VastPeer) -> None:
    peer.switches.lose_commit_next()

    two_flows.writes.create_segments(FLOW, segment("once", 5, 6))

    assert ["once"] == two_flows.segments.filter(ta._.start_ns == 5 * 10**9).object_id.to_list()


def test_a_transaction_that_only_read_needs_no_answer_to_its_commit(
    two_flows: ta.Store, peer: VastPeer
) -> None:
    peer.switches.lose_commit_next()

    rows = two_flows._engine.transact(lambda tx: tx.rows(tx.tables.segments))

    assert 2 == rows.num_rows


def test_a_commit_that_did_not_arrive_is_done_again(two_flows: ta.Store, peer: VastPeer) -> None:
    peer.switches.refuse_connection_next(command="transaction", method="PUT")

    two_flows.writes.create_segments(FLOW, segment("once", 5, 6))

    assert ["once"] == two_flows.segments.filter(ta._.start_ns == 5 * 10**9).object_id.to_list()


@pytest.mark.parametrize("fault", ["lose_answer_next", "refuse_connection_next", "conflict_next"])
def test_whatever_request_fails_once_the_write_is_done_once(
    fault: str, two_flows: ta.Store, peer: VastPeer
) -> None:
    two_flows.writes.create_segments(FLOW, segment("known", 5, 6))
    sent = asked(peer, lambda: two_flows.writes.create_segments(FLOW, segment("all", 6, 7)))

    for number in range(len(sent)):
        start = 10 + number
        getattr(peer.switches, fault)(skip=number)
        two_flows.writes.create_segments(FLOW, segment(f"o{number}", start, start + 1))
        peer.switches.clear_faults()

    assert 4 + len(sent) == two_flows.segments.count().execute()
    assert 0 == overlapping(two_flows)


def test_a_lost_commit_that_nobody_can_look_up_is_told(
    two_flows: ta.Store, url: str, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many others wrote before it was looked up that no row tells of it any more."""
    monkeypatch.setattr("tams_analytics.engines.vast.holds.REMEMBERED", 1)
    looked_up = engines.VastEngine._was_committed

    def late(self: Any, transaction: Any, error: Any) -> bool:
        with ta.connect(url) as other:
            other.writes.create_segments(FLOW, segment("other", 50, 51))
            other.writes.create_segments(OTHER, segment("once", 5, 6))
        return looked_up(self, transaction, error)

    monkeypatch.setattr(engines.VastEngine, "_was_committed", late)
    peer.switches.lose_commit_next()

    with pytest.raises(EngineFailed, match="whether it was done is unknown"):
        two_flows.writes.create_segments(FLOW, segment("once", 5, 6))


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_write_whose_answer_is_lost_is_done_once(
    method: str, two_flows: ta.Store, peer: VastPeer
) -> None:
    peer.switches.lose_answer_next(command="rows", method=method)

    two_flows.writes.create_segments(FLOW, segment("once", 5, 6))

    assert 3 == two_flows.segments.count().execute()


def test_conflicts_are_tried_again_and_then_told(
    two_flows: ta.Store, peer: VastPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer.switches.conflict_next(3, command="rows")
    two_flows.writes.create_segments(FLOW, segment("after three", 5, 6))
    monkeypatch.setattr(engines, "PAUSE_S", 0.0)
    peer.switches.conflict_next(1000, command="rows")

    with pytest.raises(EngineFailed, match=r"held what it writes 30 times.*; wait until"):
        two_flows.writes.create_segments(FLOW, segment("never", 6, 7))
    peer.switches.clear_faults()
    assert 3 == two_flows.segments.count().execute()


def test_a_registration_reads_no_row_twice(two_flows: ta.Store, peer: VastPeer) -> None:
    """Begin, flow, fence, deletions, raise, window, object, rows, webhooks, holds, commit."""
    two_flows.writes.create_segments(FLOW, segment("known", 5, 6))
    long_ago = {"segments_updated": dt.datetime(2020, 1, 1)}  # else it depends on the second
    two_flows._engine.transact(lambda tx: tx.update("flows", {"id": FLOW}, long_ago))
    sent = asked(peer, lambda: two_flows.writes.create_segments(FLOW, segment("new", 6, 7)))

    assert 14 == len(sent)
    read = Counter(entry.table for entry in sent if entry.pair == "GET data")
    assert {1} == {*read.values()}
    assert ["flow_fences", "segments", "objects", "flows", "store_metadata"] == [
        entry.path.rpartition("/")[2] for entry in sent if entry.command == "rows"
    ]


def test_a_row_that_was_seen_is_looked_for_again_once_its_table_was_written(
    two_flows: ta.Store,
) -> None:
    fence = {"flow_id": FLOW}

    def work(tx: Any) -> list[int]:
        counts = []
        for write in (
            lambda: 0,
            lambda: tx.insert("flow_fences", [fence]),
            lambda: tx.delete("flow_fences", fence),
        ):
            tx.few(questions.fence, flow_id=FLOW)
            write()
            counts.append(tx.update("flow_fences", fence, {"epoch": 7}))
        return counts

    assert [1, 2, 0] == two_flows._engine.transact(work)


def test_each_transaction_raises_the_fence_of_its_flow(two_flows: ta.Store) -> None:
    fences = two_flows.tables.flow_fences.filter(ta._.flow_id == FLOW)
    before = fences.to_pyarrow().to_pylist()
    two_flows.writes.create_segments(FLOW, [segment("a", 5, 9), segment("b", 9, 10)])
    (after,) = fences.to_pyarrow().to_pylist()

    assert [after["epoch"] - 1] == [row["epoch"] for row in before]
    assert 4 * 10**9 == after["max_segment_ns"]


def test_without_a_passed_probe_no_segment_is_written(
    vast_stores: Any, peer: VastPeer, two_flows: ta.Store
) -> None:
    two_flows._engine.transact(lambda tx: tx.delete("store_metadata", {"name": "row_conflicts"}))
    with (
        ta.connect(two_flows.url) as another,
        pytest.raises(Refused, match=r"not probed yet.*tams schema apply"),
    ):
        another.writes.create_segments(FLOW, segment("a", 5, 6))


def test_the_errors_of_losers_name_what_is_there(two_flows: ta.Store) -> None:
    with pytest.raises(SegmentsOverlap, match=r"\[0:0_1:0\)"):
        two_flows.writes.create_segments(FLOW, segment("a", 0, 2))
    with pytest.raises(AlreadyExists, match=SOURCE):
        two_flows.writes.create_source({"id": SOURCE, "format": VIDEO})


@pytest.mark.parametrize("lost", [2, 3])
def test_a_commit_that_cannot_be_looked_up_either_is_not_run_again(
    lost: int, two_flows: ta.Store, peer: VastPeer
) -> None:
    peer.switches.lose_commit_next()
    peer.switches.refuse_connection_next(3 * lost, command="transaction", method="POST", skip=1)

    with pytest.raises(EngineFailed, match="whether it was done is unknown"):
        two_flows.writes.create_segments(FLOW, segment("once", 5, 6))
    peer.switches.clear_faults()

    assert 3 == two_flows.segments.count().execute()


@pytest.mark.parametrize("status", [500, 502, 409])
def test_a_commit_that_was_answered_with_an_error_holds_nothing_afterwards(
    status: int, two_flows: ta.Store, peer: VastPeer
) -> None:
    peer.switches.error_next(status, command="transaction", method="PUT")
    with contextlib.suppress(EngineFailed):
        two_flows.writes.create_segments(FLOW, segment("first", 5, 6))

    two_flows.writes.create_segments(FLOW, segment("second", 6, 7))
    assert two_flows.segments.count().execute() in (3, 4)
    assert 0 == overlapping(two_flows)


def test_an_open_store_stops_writing_segments_when_the_probe_fails(
    two_flows: ta.Store, peer: VastPeer
) -> None:
    peer.switches.rows_conflict = False
    engine: Any = two_flows._engine
    schema = Schema(engine.backend.con, engine.address, engine.settings)
    assert schema.probe().startswith("FAILED")

    with pytest.raises(Refused, match="its probe says: FAILED"):
        two_flows.writes.create_segments(FLOW, segment("a", 5, 6))
    assert 2 == two_flows.segments.count().execute()


def test_what_may_not_be_null_is_not_made_null(two_flows: ta.Store) -> None:
    with pytest.raises(BadParameter, match=r"flows\.source_id.*may not be NULL"):
        two_flows._engine.transact(lambda tx: tx.update("flows", {"id": FLOW}, {"source_id": None}))


def test_rows_are_chosen_by_a_table_in_memory(two_flows: ta.Store) -> None:
    mine = ibis.memtable({"flow_id": [FLOW]})
    engine = two_flows._engine

    assert 1 == engine.transact(lambda tx: tx.delete("segments", ta._.flow_id.isin(mine.flow_id)))
    assert [OTHER] == two_flows.segments.flow_id.to_list()
