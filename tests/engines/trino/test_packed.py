"""How many rows in memory stand in Trino's SQL; what they mean there is in tests/trino."""

from __future__ import annotations

import datetime as dt
import decimal
from typing import Any

import ibis
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics import _
from tams_analytics.engines.trino.packed import FEW
from tams_analytics.errors import BadParameter
from tests.engines.trino.test_compiler import sql
from tests.trino.test_same_rows import VERBS, random_rows


def told(values: list[Any], kind: pa.DataType) -> str:
    return sql(ibis.memtable(pa.table({"v": pa.array(values * (FEW + 1), kind)})))


@pytest.mark.parametrize("name", VERBS)
def test_many_rows_stand_once_in_the_sql_of_a_verb(name: str) -> None:
    """However often it names them, and none of them as VALUES, which Trino plans row by row."""
    rows = random_rows(1, 1_000)
    rows = rows.set_column(4, "id", pa.array([f"row {n}" for n in range(1_000)]))
    asked = VERBS[name](ibis.memtable(rows), ibis.memtable(random_rows(2, 1_000)))

    written = sql(asked)

    assert (1, 0) == (written.count('"row 999"'), written.count("VALUES"))
    assert len(written) < 2 * 90 * 1_000


def test_so_few_rows_are_values() -> None:
    assert "VALUES" in sql(ibis.memtable({"v": list(range(FEW))}))
    assert "VALUES" not in sql(ibis.memtable({"v": list(range(FEW + 1))}))


def test_trino_is_told_how_many_there_are() -> None:
    """By which it chooses the side of a join that it holds in memory, and filters the other by."""
    assert f"LIMIT {FEW + 1}" in told([1], pa.int64())


def test_a_name_that_the_query_has_too_stays_apart() -> None:
    rows = ibis.memtable(pa.table({"v": list(range(FEW + 1))}), name="t1")
    half = rows.filter(_.v > 5).select(v=_.v + 1)

    written = sql(half.join(half.view(), "v").join(rows, "v"))

    assert 1 == written.count("UNNEST(")
    assert 0 == written.count('FROM "t1"')


def test_two_tables_stand_apart() -> None:
    one, other = (ibis.memtable({"v": [n] * (FEW + 1)}) for n in (1, 2))

    assert 2 == sql(one.join(other, "v")).count("UNNEST(")


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("it's", pa.string(), "\"it''s\""),
        ('"\\', pa.string(), '"\\"\\\\"'),
        ("ü", pa.string(), '"ü"'),
        (-(2**63), pa.int64(), "-9223372036854775808"),
        (2**64 - 1, pa.uint64(), '"18446744073709551615"'),
        (float("-inf"), pa.float64(), '"-Infinity"'),
        (0.1, pa.float64(), '"0.1"'),
        (decimal.Decimal("1E+3"), pa.decimal128(9, 0), '"1000"'),
        (dt.date(1, 2, 3), pa.date32(), '"0001-02-03"'),
        (3_723_000_000_007, pa.time64("ns"), '"01:02:03.000000007"'),
        (1700000000123456789, pa.timestamp("ns"), '"2023-11-14 22:13:20.123456789"'),
        (1700000000123456789, pa.timestamp("ns", "UTC"), '"2023-11-14 22:13:20.123456789 UTC"'),
    ],
)
def test_a_value_keeps_all_its_digits(value: Any, kind: pa.DataType, expected: str) -> None:
    written = told([value, None], kind)

    assert f"[{expected},null," in written or f"[{expected}]" in written


def test_texts_that_come_again_stand_once() -> None:
    flow = "f47ac10b-58cc-4372-a567-0e02b2c3d479"

    assert 1 == told([flow, None], pa.string()).count(flow)


def test_times_are_as_short_as_their_steps() -> None:
    """Twenty thousand rows of a schedule, in frames of 40 ms, are no million characters."""
    frame, begin = 40_000_000, 1_788_220_800 * 10**9
    starts = [begin + 25 * 60 * number * frame for number in range(20_000)]
    ids = [f"f47ac10b-58cc-4372-a567-{number % 500:012}" for number in range(20_000)]
    schedule = {"flow_id": ids, "start_ns": starts, "end_ns": [each + frame for each in starts]}

    assert len(sql(ta.merge(ibis.memtable(schedule), "flow_id"))) < 500_000


def test_a_nul_character_is_refused_among_many() -> None:
    with pytest.raises(BadParameter, match="holds a NUL character"):
        told(["a\0"], pa.string())


def test_what_only_looks_like_one_is_sent() -> None:
    assert "u0000" in told(["\\u0000"], pa.string())


def test_groups_of_the_analyst_stand_once() -> None:
    groups = ibis.memtable({"id": [f"flow {n}" for n in range(5_000)]})
    segments = ibis.table({"id": "string", "start_ns": "int64", "end_ns": "int64"}, name="s")

    written = sql(ta.gaps(segments, "id", within="[0:0_9:0)", groups=groups))

    assert 1 == written.count("flow 4999")
