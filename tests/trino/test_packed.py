"""Many rows in memory, as arrays in Trino's SQL: exact, and told to the other side of a join."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import random
from typing import Any

import ibis
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics import _
from tams_analytics.engines.trino.packed import FEW
from tests.trino.conftest import Both

pytestmark = pytest.mark.trino

MOMENTS = [dt.datetime(1, 1, 1), dt.datetime(1969, 12, 31, 23, 59, 59, 999999), None]
BERLIN = pa.timestamp("us", "Europe/Berlin")
MAP = pa.map_(pa.string(), pa.int64())
WIDE = pa.decimal128(38, 2)
COLUMNS: dict[str, pa.Array] = {
    "int64": pa.array([2**63 - 1, -(2**63), None], pa.int64()),
    "int8": pa.array([127, -128, None], pa.int8()),
    "uint64": pa.array([2**64 - 1, 2**63, None], pa.uint64()),
    "uint32": pa.array([2**32 - 1, 0, None], pa.uint32()),
    "float64": pa.array([0.1, 5e-324, -1.7976931348623157e308, None]),
    "not a number": pa.array([math.inf, -math.inf, None]),
    "float32": pa.array([0.1, 3.4e38, -1e-45, None], pa.float32()),
    "bool": pa.array([True, False, None]),
    "text": pa.array(["it's", 'a"b\\c\n\t\x01/', "ü😀\u2028", "", " a ", "null", "\\u0000", None]),
    "decimal": pa.array([decimal.Decimal("-99999999999999999999999999999.99"), None], WIDE),
    "whole decimal": pa.array([decimal.Decimal("1E+3"), None], pa.decimal128(10, 0)),
    "date": pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31), None]),
    "time": pa.array([0, 86_399_999_999_999, None], pa.time64("ns")),
    "microseconds": pa.array(MOMENTS, pa.timestamp("us")),
    "nanoseconds": pa.array([1700000000123456789, -1, None], pa.timestamp("ns")),
    "seconds": pa.array([1700000000, -1, None], pa.timestamp("s")),
    "zoned": pa.array([1700000000123456, -1, None], BERLIN),
    "list": pa.array([[1, 2], [], None, [None]], pa.list_(pa.int64())),
    "rows": pa.array([{"a": 1, "b": "x"}, {"a": None, "b": None}, None]),
    "list of rows": pa.array([[{"a": 1, "b": "it's"}], [], None, [None]]),
    "map": pa.array([[("a", 1)], [("b", None)], None, []], MAP),
    "bytes": pa.array([b"a", b"\x00\xff", None, b""]),
    "nothing": pa.nulls(2),
    "texts of nothing": pa.nulls(2, pa.string()),
    "numbers of nothing": pa.nulls(2, pa.int64()),
    "seconds as numbers": pa.array([1788220800 * 10**9, -(10**9), 0, None], pa.int64()),
    "one number": pa.array([-(2**63)], pa.int64()),
    "as far apart as can be": pa.array([-1, 2**63 - 2, None], pa.int64()),
    "farther": pa.array([-2, 2**63 - 2, 2**63 - 4, None], pa.int64()),
    "all other texts": pa.array([None, *(f"it's \\u{n:04} \"ü😀{n}" for n in range(300))]),
    "all other times": pa.array([None, *range(-150, 150)], pa.timestamp("ns")),
    "all other numbers": pa.array([None, *(n / 7 for n in range(-150, 150))]),
}


def backend_of(store: ta.Store) -> Any:
    return store.segments.get_backend()


@pytest.mark.parametrize("name", COLUMNS)
def test_each_value_is_the_one_that_was_sent(name: str, newsroom: Both) -> None:
    column = COLUMNS[name]
    values = pa.chunked_array([column] * (1 if len(column) > FEW else FEW))
    rows = ibis.memtable(pa.table({"n": pa.array(range(len(values))), "v": values}))

    found = backend_of(newsroom.trino).to_pyarrow(rows.order_by("n"))
    alone = backend_of(newsroom.trino).to_pyarrow(rows.select("v"))

    assert values.to_pylist() == found["v"].to_pylist()
    assert sorted(values.to_pylist(), key=repr) == sorted(alone["v"].to_pylist(), key=repr)


def test_windows_of_many_groups_tell_the_scan_which(newsroom: Both) -> None:
    """As VALUES do; on either side of the join they are what is held, as they are the fewer."""
    flows = newsroom.duckdb.flows["id"].to_pyarrow().to_pylist()
    windows = pa.table({"flow_id": [*flows, *(f"unknown {n}" for n in range(FEW))]})
    few = ibis.memtable(windows.append_column("high", pa.array([2**62] * len(windows))))
    rows = newsroom.trino.segments

    for one, other in ((rows, few), (few, rows)):
        joined = one.join(other, [one.flow_id == other.flow_id, rows.start_ns < few.high])
        scans = ta.explain(joined.select("object_id")).scans
        (scan,) = (each for each in scans if each.table.endswith(".segments"))
        assert {"flow_id = …", "start_ns < …"} == set(scan.dynamic)


def test_thousands_of_rows_in_thousands_of_groups(newsroom: Both) -> None:
    chance = random.Random(3)  # noqa: S311 - no secret
    starts = [chance.randrange(10**15) for _row in range(9_000)]
    rows = ibis.memtable(
        {
            "flow_id": [f"{chance.randrange(6_000):036}" for _row in starts],
            "start_ns": starts,
            "end_ns": [start + chance.randrange(10**12) for start in starts],
        }
    )
    here, there = newsroom.duckdb.segments.get_backend(), backend_of(newsroom.trino)

    for asked in (ta.merge(rows, "flow_id"), ta.gaps(rows, "flow_id"), ta.depth(rows, "flow_id")):
        found = [each.to_pyarrow(asked.order_by(_.flow_id, _.start_ns)) for each in (here, there)]
        assert found[0].equals(found[1])
        assert len(found[0]) > 2_000


def test_what_an_analyst_has_planned_beside_what_is_stored(newsroom: Both) -> None:
    """A schedule of thousands of rows, most of them of flows that are not there."""
    stored = newsroom.duckdb.segments.select("flow_id", "start_ns", "end_ns").limit(500)
    unknown = others(5_000)
    plan = pa.concat_tables([stored.to_pyarrow().cast(unknown.schema), unknown])
    found = []
    for store in (newsroom.duckdb, newsroom.trino):
        planned, segments = ibis.memtable(plan), store.segments
        asked = {
            "join": ta.join_overlaps(segments, planned, "flow_id").select("object_id"),
            "anti": ta.join_overlaps(segments, planned, "flow_id", how="anti").select("object_id"),
            "subtract": ta.subtract(planned, segments, "flow_id"),
            "closest": ta.closest(planned, segments.drop("created"), "flow_id").distance_ns,
        }
        found.append({name: counted(backend_of(store), each) for name, each in asked.items()})

    assert found[0] == found[1]
    assert all(found[0].values())


def others(count: int) -> pa.Table:
    starts = pa.array(range(count), pa.int64())
    ends = pa.array(range(9, count + 9), pa.int64())
    ids = [f"unknown {n % 700}" for n in range(count)]
    return pa.table({"flow_id": ids, "start_ns": starts, "end_ns": ends})


def counted(backend: Any, asked: Any) -> list[Any]:
    found = backend.to_pyarrow(asked.as_table())
    return sorted(map(repr, found.to_pylist()))


def test_keys_tell_the_scan_of_a_large_table_which(newsroom: Both) -> None:
    """A small one Trino rather holds itself: up to join_max_broadcast_table_size, 100 MB."""
    large = f"{newsroom.trino.url}?session.join_max_broadcast_table_size=1kB"
    keys = ibis.memtable({"flow_id": [f"unknown {n}" for n in range(FEW + 1)]})

    with ta.connect(large) as store:
        (scan,) = ta.explain(store.segments.semi_join(keys, "flow_id").select("object_id")).scans

    assert ["flow_id = …"] == [*scan.dynamic]
