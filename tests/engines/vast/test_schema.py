"""`tams schema` on VAST: made, finished, made on lesser clusters, looked at, dropped."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.engines.administration import Administration, administration
from tams_analytics.engines.vast import probe as probes
from tams_analytics.engines.vast import schema as schemas
from tams_analytics.errors import EngineFailed, NotFound, Refused
from tams_analytics.tables import TABLES
from tests.engines.vast.conftest import SOURCE, VIDEO, flow
from tests.support.vast_peer import VastPeer
from tests.support.vast_stores import BUCKET, VastStores

SORTED = [table.name for table in TABLES if table.sort_key]
_numbers = itertools.count()


class New:
    """A schema that nobody has made yet."""

    def __init__(self, stores: VastStores) -> None:
        self.name = f"new_{next(_numbers)}"
        self.url = stores.url(self.name)
        self.peer = stores.peer

    @property
    def admin(self) -> Administration:
        return administration(self.url)

    def apply(self) -> list[str]:
        return list(self.admin.apply())

    def bad(self) -> dict[str, str]:
        return {each.what: each.said for each in self.admin.status() if not each.is_well}

    def sort_key(self, table: str) -> list[str]:
        return [*self.peer.database.transactions.head.table((BUCKET, self.name, table)).sort_key]


@pytest.fixture
def new(vast_stores: VastStores, peer: VastPeer) -> Iterator[New]:
    made = New(vast_stores)
    yield made
    peer.drop_schema(BUCKET, made.name)


def test_a_store_is_made_and_can_be_written(new: New) -> None:
    steps = new.apply()

    assert f"created schema {BUCKET}/{new.name}" == steps[0]
    assert "passed" in steps[-1]
    assert {} == new.bad()
    assert ["flow_id", "start_ns"] == new.sort_key("segments")
    with ta.connect(new.url) as store:
        ta.examples.newsroom(store, segments=2_000)
        assert 2_000 == store.segments.count().to_pyarrow().as_py()


def test_a_second_time_changes_nothing_but_tries_rows_again(new: New) -> None:
    new.apply()
    before = new.peer.table_names(BUCKET, new.name)
    (step,) = new.apply()

    assert step.startswith("tried whether")
    assert before == new.peer.table_names(BUCKET, new.name)
    assert 258 == new.peer.rows(BUCKET, new.name, "store_metadata").num_rows


def test_what_was_interrupted_is_finished(new: New) -> None:
    """Wherever a step fails, the next call goes on from there."""
    steps = [("schema", 0), ("table", 4), ("rows", 0), ("rows", 1), ("rows", 2)]
    for command, skip in steps:
        new.peer.switches.error_next(400, "NoMore", method="POST", command=command, skip=skip)
        new.peer.switches.error_next(400, "NoMore", method="POST", command=command, skip=skip)
        mark = new.peer.log.mark()
        with pytest.raises(EngineFailed, match="NoMore"):
            new.apply()
        assert any(entry.fault for entry in new.peer.log.since(mark)), command
        new.peer.switches.clear_faults()

    new.apply()
    assert {} == new.bad()
    assert all(map(new.sort_key, SORTED))
    assert 258 == new.peer.rows(BUCKET, new.name, "store_metadata").num_rows


def test_a_cluster_that_makes_no_sorted_tables_sorts_them_afterwards(new: New) -> None:
    new.peer.switches.fail_sorting_key = True
    steps = new.apply()

    assert "created table segments, then sorted it by flow_id, start_ns" in steps
    assert {} == new.bad()
    assert ["flow_id", "start_ns"] == new.sort_key("segments")


def test_a_cluster_that_sorts_nothing_still_holds_a_store(new: New) -> None:
    switches = new.peer.switches
    switches.fail_sorting_key = True
    switches.error_next(500, times=100, method="PUT", command="table")
    steps = new.apply()

    assert any(s.startswith("created table segments, unsorted: the cluster refuses") for s in steps)
    assert [] == new.sort_key("segments")
    assert {} == new.bad()
    with ta.connect(new.url) as store:
        ta.examples.newsroom(store, segments=2_000)
        assert 2_000 == store.segments.count().to_pyarrow().as_py()


def test_a_table_that_was_left_unsorted_is_sorted_while_it_is_empty(new: New) -> None:
    switches = new.peer.switches
    switches.fail_sorting_key = True
    switches.error_next(500, times=100, method="PUT", command="table")
    new.apply()
    switches.clear_faults()
    with ta.connect(new.url) as store:
        store._engine.transact(lambda tx: tx.insert("profiles", [{"id": "p", "format": "f"}]))
    steps = new.apply()

    assert "found table segments empty, then sorted it by flow_id, start_ns" in steps
    assert [] == new.sort_key("profiles")
    assert all(new.sort_key(name) for name in SORTED if name != "profiles")


def test_an_older_cluster_tells_its_keys_in_another_way(new: New) -> None:
    new.peer.switches.version = "5.4.0.1"
    new.apply()

    said = {each.what: each.said for each in new.admin.status()}
    assert said["segments"].startswith("sorted by flow_id, start_ns, projections")
    assert said["store_metadata"] == "unsorted"
    assert 1 == len(new.apply())


def test_a_cluster_without_projections_holds_a_store_and_is_told(new: New) -> None:
    new.peer.switches.error_next(501, times=100, method="POST", command="projection")
    steps = new.apply()

    assert sum(step.startswith("no projection") for step in steps) == 5
    assert {"flows", "segments", "object_instances", "collections", "tags"} == {*new.bad()}
    new.peer.switches.clear_faults()
    assert 6 == len(new.apply())
    assert {} == new.bad()


@pytest.mark.parametrize(("method", "command"), [("POST", "projection"), ("PUT", "table")])
def test_an_answer_that_is_lost_is_no_refusal_of_the_cluster(
    method: str, command: str, new: New
) -> None:
    new.peer.switches.fail_sorting_key = True
    new.peer.switches.refuse_connection_next(method=method, command=command)
    with pytest.raises(EngineFailed, match="no answer"):
        new.apply()

    assert any(s.startswith(("created projection", "found table")) for s in new.apply())
    assert {} == new.bad()
    assert all(map(new.sort_key, SORTED))


def test_a_table_that_is_made_without_an_answer_is_not_made_otherwise(new: New) -> None:
    new.peer.switches.refuse_connection_next(method="POST", command="table")
    with pytest.raises(EngineFailed, match="no answer"):
        new.apply()
    assert [] == new.peer.table_names(BUCKET, new.name)


def test_projections_are_left_out_on_demand(new: New, monkeypatch: pytest.MonkeyPatch) -> None:
    """F47."""
    monkeypatch.setenv("ENABLE_TABLE_PROJECTIONS", "false")
    steps = new.apply()

    assert not any("projection" in step for step in steps)
    assert {} == new.bad()
    (layout,) = [each for each in new.admin.diagnose() if each.what == "layout"]
    assert layout.is_well
    assert "as ENABLE_TABLE_PROJECTIONS is off" in layout.said
    monkeypatch.delenv("ENABLE_TABLE_PROJECTIONS")
    (layout,) = [each for each in new.admin.diagnose() if each.what == "layout"]
    assert "set ENABLE_TABLE_PROJECTIONS=false" in layout.way_out


def test_where_rows_do_not_conflict_no_segment_is_written(new: New) -> None:
    new.peer.switches.rows_conflict = False
    steps = new.apply()

    assert "FAILED: both of two open transactions changed one row" in steps[-1]
    assert ["row conflicts"] == [*new.bad()]
    assert {table.name for table in TABLES} == {*new.peer.table_names(BUCKET, new.name)}
    with ta.connect(new.url) as store, pytest.raises(Refused, match="FAILED"):
        store._engine.transact(lambda tx: tx.insert("segments", [SEGMENT]))

    new.peer.switches.rows_conflict = True
    new.apply()
    assert {} == new.bad()


SEGMENT = {"flow_id": "f", "object_id": "o", "start_ns": 0, "end_ns": 1, "timerange": "[0:0_0:1)"}


def test_a_table_of_another_shape_is_told(new: New) -> None:
    new.apply()
    there = new.peer.rows(BUCKET, new.name, "flows")
    new.peer.load(BUCKET, new.name, "flows", there.drop_columns(["label"]).schema.empty_table())
    new.peer.load(BUCKET, new.name, "tags", pa.table({"name": pa.array([], pa.int64())}))

    bad = new.bad()
    assert bad["flows"] == "lacks label"
    assert "name is int64, not string" in bad["tags"]
    with pytest.raises(Refused, match="int64 in the database"):
        new.apply()


def test_a_column_that_is_missing_is_added(new: New) -> None:
    new.apply()
    with ta.connect(new.url) as store:
        store.writes.create_flow(flow())
    there = new.peer.rows(BUCKET, new.name, "flows").drop_columns(["label", "read_only"])
    new.peer.load(BUCKET, new.name, "flows", there)

    assert {"added column label to flows", "added column read_only to flows"} < {*new.apply()}
    assert {} == new.bad()
    (row,) = new.peer.rows(BUCKET, new.name, "flows").to_pylist()
    assert (None, False) == (row["label"], row["read_only"])


@pytest.mark.parametrize("version", ["99", "2b", ""])
def test_a_store_of_a_later_version_is_left_alone(version: str, new: New) -> None:
    """Or of one that this library cannot read."""
    new.apply()
    there = new.peer.rows(BUCKET, new.name, "store_metadata").to_pylist()
    rows = [
        {**each, "value": version} if each["name"] == "schema_version" else each for each in there
    ]
    schema = new.peer.rows(BUCKET, new.name, "store_metadata").schema
    new.peer.load(BUCKET, new.name, "store_metadata", pa.Table.from_pylist(rows, schema))

    assert {"version": version or "none"} == new.bad()
    with pytest.raises(Refused, match="later tams-analytics"):
        new.apply()
    with ta.connect(new.url) as store, pytest.raises(Refused, match="later tams-analytics"):
        store.writes.create_source({"id": SOURCE, "format": VIDEO})


def test_a_drop_says_what_goes_and_takes_nothing_else(new: New) -> None:
    new.apply()
    new.peer.load(BUCKET, new.name, "notes", pa.table({"note": ["mine"]}))

    would = list(new.admin.droppable())
    assert len(TABLES) == len(would)
    assert f"table {BUCKET}/{new.name}/store_metadata with 258 rows" == would[-1]
    done = list(new.admin.drop())
    assert "dropped projection segments_by_object_id" in done
    assert ["notes"] == new.peer.table_names(BUCKET, new.name)
    assert [] == list(new.admin.drop())
    assert {} == (new.apply() and new.bad())


@pytest.mark.parametrize("work", ["drop", "droppable"])
def test_where_nothing_is_nothing_is_dropped_and_the_name_is_doubted(work: str, new: New) -> None:
    with pytest.raises(NotFound, match=f"{BUCKET}/{new.name}; there is nothing to drop; is the"):
        list(getattr(new.admin, work)())


def test_nothing_is_made_in_a_snapshot_or_without_a_bucket(new: New) -> None:
    for work in ("apply", "drop", "droppable"):
        snapshot = administration(new.url.replace(f"/{BUCKET}/", f"/{BUCKET}/.snapshot/monday/"))
        with pytest.raises(Refused, match="it is a snapshot"):
            list(getattr(snapshot, work)())
    with pytest.raises(NotFound, match="bucket nobodys"):
        list(administration(new.url.replace(f"/{BUCKET}/", "/nobodys/")).apply())
    with pytest.raises(NotFound, match="schema apply makes a store there"):
        list(new.admin.status())


def test_two_that_make_one_store_at_once_end_in_order(new: New) -> None:
    new.apply()
    new.peer.switches.conflict_next(times=1, command="rows")
    with pytest.raises(EngineFailed, match="run it again"):
        new.apply()

    new.apply()
    assert {} == new.bad()


def test_a_store_that_two_made_at_the_same_moment_is_written(
    new: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both found no rows that make writers wait, so both made them."""
    look = schemas.held_rows

    def look_and_be_late(*place: object) -> set[str]:
        monkeypatch.setattr(schemas, "held_rows", look)
        found = look(*place)
        new.apply()
        return found

    monkeypatch.setattr(schemas, "held_rows", look_and_be_late)
    new.apply()
    with ta.connect(new.url) as store:
        store.writes.create_source({"id": SOURCE, "format": VIDEO})
        store.writes.set_source_label(SOURCE, "twice")

        assert "twice" == store.sources.label.to_list()[0]


def test_two_that_probe_at_once_do_not_disturb_each_other(
    new: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    new.apply()
    trial = probes.TRIALS[0]

    def and_meanwhile(*where: object) -> str:
        monkeypatch.setattr(probes, "TRIALS", (trial,))
        value = probes._wrong_value

        def late(*what: object) -> str:
            monkeypatch.setattr(probes, "_wrong_value", value)
            assert "passed" in new.apply()[-1]
            return value(*what)

        monkeypatch.setattr(probes, "_wrong_value", late)
        return trial(*where)

    monkeypatch.setattr(probes, "TRIALS", (and_meanwhile,))
    assert "passed" in new.apply()[-1]
    assert {} == new.bad()
