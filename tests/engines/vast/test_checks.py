"""A whole run of checks on VAST: what it asks for, and that it finds what DuckDB finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis import _

import tams_analytics as ta
from tams_analytics import examples
from tams_analytics.checks import CHECKS, Checked
from tams_analytics.tables import S3_OBJECTS, arrow_schema, ibis_schema
from tests.engines.vast.conftest import asked
from tests.support.vast_peer import Entry, VastPeer
from tests.support.vast_stores import VastStores

OF_NO_CHECK = {"sample_offset", "sample_count", "body"}
REMEMBERED = {"watermarks", "acknowledgements"}
"""Asked once before a run: what is known of earlier ones."""
SOME = ["segments_overlap", "ts_offset_differs_from_text", "last_duration_odd"]
BEFORE_1970 = "_0:0"


@dataclass(frozen=True)
class Run:
    """What a run on VAST found and asked for, and what one on DuckDB found."""

    vast: Checked
    duck: Checked
    entries: list[Entry]

    def scans(self, table: str) -> list[Entry]:
        return [each for each in self.entries if each.command == "data" and each.table == table]


@pytest.fixture(scope="module")
def duck() -> Iterator[ta.Store]:
    with examples.newsroom(ta.connect(":memory:"), segments=2_000) as store:
        yield store


@pytest.fixture(scope="module")
def vast(duck: ta.Store, vast_stores: VastStores) -> Iterator[ta.Store]:
    """The same rows on VAST."""
    with ta.connect(vast_stores.filled(duck)) as store:
        yield store


def listing(duck: ta.Store) -> pa.Table:
    """Of all bytes but a few, one of which has another size, and of some that nobody knows."""
    kept = duck.tables.object_instances.filter(_.controlled).join(
        duck.tables.objects.select(object_id="id", size="size").distinct(), "object_id"
    )
    rows = kept.select("bucket", "key", "size").distinct().order_by("key").to_pyarrow()
    rows = rows.slice(5)
    sizes = [(rows["size"][0].as_py() or 0) + 1, *rows["size"].to_pylist()[1:]]
    keys = [*rows["key"].to_pylist()[:-1], "unknown"]
    given = {"bucket": rows["bucket"], "key": pa.array(keys), "size": pa.array(sizes, pa.int64())}
    schema = arrow_schema(S3_OBJECTS)
    empty = {name: pa.nulls(rows.num_rows, schema.field(name).type) for name in schema.names}
    return pa.table({**empty, **given}).select(schema.names)


@pytest.fixture(scope="module")
def run(duck: ta.Store, vast: ta.Store, vast_stores: VastStores) -> Run:
    """All checks, with a listing of the buckets."""
    rows = listing(duck)
    found: list[Checked] = []
    entries = asked(vast_stores.peer, lambda: found.append(vast.check(objects=listed(rows))))
    return Run(found[0], duck.check(objects=listed(rows)), entries)


def listed(rows: pa.Table) -> Any:
    return ibis.memtable(rows, schema=ibis_schema(S3_OBJECTS))


def test_the_same_is_found_as_on_duckdb(run: Run) -> None:
    found = outcomes(run.vast)

    assert outcomes(run.duck) == found
    assert all(each["failures"] for each in found)


def outcomes(checked: Checked) -> list[dict[str, Any]]:
    return [{key: each[key] for key in each if key != "took_s"} for each in checked.checks]


@pytest.mark.parametrize("table", ["segments", "objects", "object_instances"])
def test_each_column_of_a_long_table_is_moved_once(run: Run, table: str) -> None:
    columns = Counter(name for scan in run.scans(table) for name in scan.columns or ())

    assert columns
    assert {1} == set(columns.values())


def test_no_column_is_moved_that_no_check_needs(run: Run) -> None:
    (scan,) = run.scans("segments")

    assert OF_NO_CHECK.isdisjoint(scan.columns or ())
    assert len(ta.tables.SEGMENTS.names) - len(OF_NO_CHECK) == len(scan.columns or ())


def test_all_checks_see_one_state(run: Run) -> None:
    remembered = {each.txid for each in run.entries if each.table in REMEMBERED}

    assert 1 == len({each.txid for each in run.entries} - {0} - remembered)


def test_with_during_its_bounds_are_pushed(duck: ta.Store, vast: ta.Store, peer: VastPeer) -> None:
    found: list[Checked] = []
    names = [*SOME, "object_unreferenced"]
    work = lambda: found.append(vast.check(during=BEFORE_1970, only=names))  # noqa: E731
    scans = [each for each in asked(peer, work) if each.table == "segments"]

    wanted = duck.check(during=BEFORE_1970, only=names)
    assert outcomes(wanted) == outcomes(found[0])
    assert {("object_id",): (), BOUNDED: ("start_ns < 1",)} == {
        scan.columns: scan.conjuncts for scan in scans
    }


BOUNDED = (
    *("flow_id", "object_id", "start_ns", "end_ns", "timerange"),
    *("ts_offset", "ts_offset_ns", "last_duration"),
)
"""What `SOME` read of a segment."""


def test_one_check_reads_only_what_it_needs(
    vast: ta.Store, peer: VastPeer, temporary: Path
) -> None:
    before = temporary.stat().st_mtime_ns
    entries = asked(peer, lambda: vast.check(only=["segment_without_flow"]))

    assert {"segments": {"flow_id", "timerange"}, "flows": {"id"}} == {
        str(each.table): set(each.columns or ())
        for each in entries
        if each.command == "data" and each.table not in REMEMBERED
    }
    assert before == temporary.stat().st_mtime_ns


def test_a_listing_in_parquet_does_as_well(
    run: Run, duck: ta.Store, vast: ta.Store, tmp_path: Path
) -> None:
    pq.write_table(listing(duck), tmp_path / "listing.parquet")
    names = [check.id for check in CHECKS if check.needs_objects]

    found = outcomes(vast.check(objects=str(tmp_path), only=names))
    assert [each for each in outcomes(run.vast) if each["id"] in names] == found


def test_what_was_found_is_read_anew_afterwards(run: Run, peer: VastPeer) -> None:
    told = next(each for each in run.vast.checks if each["id"] == "segments_overlap")
    rows: list[pa.Table] = []
    entries = asked(peer, lambda: rows.append(run.vast.failures["segments_overlap"].to_pyarrow()))

    assert told["failures"] == rows[0].num_rows
    assert "segments" in {each.table for each in entries if each.command == "data"}
