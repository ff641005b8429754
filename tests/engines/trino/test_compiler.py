"""What is written for Trino, without one; what it means there is in tests/trino."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis
import pyarrow as pa
import pytest
import sqlglot

from tams_analytics import _
from tams_analytics.engines.trino.asking import asked, literal
from tams_analytics.engines.trino.compiler import COMPILER
from tams_analytics.engines.trino.memory import MOST_ROWS
from tams_analytics.errors import BadParameter, Unsupported
from tams_analytics.queries import segments
from tests.support import sql_lint

FLOWS = ibis.table({"id": "string", "n": "int64", "created": "timestamp(6)"}, name="flows")


def sql(expression: Any) -> str:
    return str(COMPILER.to_sqlglot(expression).sql(COMPILER.dialect))


def test_a_table_in_memory_is_values_of_its_types() -> None:
    written = sql(ibis.memtable({"id": ["it's", None], "n": [2**63 - 1, -(2**63)]}))

    assert "VALUES (CAST('it''s' AS VARCHAR), CAST(9223372036854775807 AS BIGINT))" in written
    assert "(CAST(NULL AS VARCHAR), CAST(-9223372036854775808 AS BIGINT))" in written


def test_an_empty_table_in_memory_has_no_row() -> None:
    empty = ibis.memtable({"id": []}, schema={"id": "string"})

    assert sql(empty).endswith("WHERE FALSE")


def test_a_large_table_in_memory_is_refused() -> None:
    rows = ibis.memtable({"n": list(range(MOST_ROWS + 1))})

    with pytest.raises(Unsupported, match="20001 rows in memory"):
        sql(rows)


def test_each_of_several_semi_and_anti_joins_is_an_exists() -> None:
    """sqlglot alone leaves each second one as it is: test_upstream.py."""
    others = [ibis.table({f"of_{n}": "string"}, name=f"others_{n}") for n in range(4)]
    asked = FLOWS.select("id")
    for n, how in enumerate(["anti", "anti", "semi", "anti"]):
        asked = asked.join(others[n], FLOWS.id == others[n][f"of_{n}"], how=how)

    written = sql(asked)

    assert [] == sql_lint.complaints(written)
    assert (4, 3) == (written.count("EXISTS("), written.count("NOT EXISTS("))
    assert all(f'FROM "others_{n}"' in written for n in range(4))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-09-01", "TIMESTAMP '2026-09-01 00:00:00.000000'"),
        ("2026-09-01T10:00:00.000001", "TIMESTAMP '2026-09-01 10:00:00.000001'"),
        ("2026-09-01T10:00:00Z", "TIMESTAMP '2026-09-01 10:00:00.000000 UTC'"),
        (dt.datetime(2026, 9, 1, 1, 2, 3, 4), "TIMESTAMP '2026-09-01 01:02:03.000004'"),
    ],
)
def test_a_time_compared_with_a_text_is_a_time(moment: Any, expected: str) -> None:
    assert expected in sql(FLOWS.filter(_.created > moment))
    assert expected in sql(FLOWS.filter(ibis.literal(moment) > _.created))


def test_a_time_in_other_words_is_refused() -> None:
    with pytest.raises(BadParameter, match="'Sep 1 2026' is no time"):
        sql(FLOWS.filter(_.created > "Sep 1 2026"))


def test_texts_are_compared_with_texts() -> None:
    assert "\"id\" > '2026-09-01'" in sql(FLOWS.filter(_.id > "2026-09-01"))


def test_whole_numbers_are_divided_as_such() -> None:
    written = sql(FLOWS.select(hour=_.n // 3600))

    assert "DOUBLE" not in written
    assert "FLOOR" not in written


def test_an_array_is_unnested_by_one_join() -> None:
    rows = ibis.memtable({"n": [[1, 2], [3]]}).select(n=_.n.unnest())

    assert 1 == sql(rows).count("UNNEST(")
    assert [] == sql_lint.complaints(sql(rows))


def test_nothing_is_among_nothing() -> None:
    assert sql(FLOWS.filter(_.id.isin([]))).endswith("WHERE FALSE")
    assert "IN ()" not in sql(FLOWS.filter(_.created.notin([])))


CANNOT: dict[str, tuple[Any, str]] = {
    "Median": (_.n.median(), "approx_median"),
    "Quantile": (_.n.quantile(0.5), "approx_quantile"),
    "Mode": (_.n.mode(), "value_counts"),
    "TimestampBucket": (_.created.bucket(hours=1).max(), "whole numbers"),
    "HexDigest": (_.id.hexdigest().max(), "on DuckDB: ta.localize"),
    "Hash": (_.id.hash().max(), "on DuckDB: ta.localize"),
}


@pytest.mark.parametrize("name", CANNOT)
def test_what_trino_cannot_compute_is_refused_with_a_way_out(name: str) -> None:
    value, instead = CANNOT[name]

    with pytest.raises(Unsupported, match=f"cannot compute {name}; .*{instead}"):
        sql(FLOWS.agg(v=value))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (_.n.cast("float64").cast("string"), "cast to a decimal first"),
        (_.created + ibis.interval(microseconds=1), "interval of microseconds; .*_.start_ns"),
        (_.created + _.n.as_interval("us"), "interval of microseconds"),
        (_.created.strftime(_.id), "format of a time from a column"),
    ],
    ids=["a double to text", "a microsecond", "microseconds of a column", "a format of a column"],
)
def test_what_differs_is_refused(value: Any, says: str) -> None:
    """Trino would give other rows than DuckDB, and not say so."""
    with pytest.raises(Unsupported, match=says):
        sql(FLOWS.select(v=value))


def test_a_format_that_trino_reads_otherwise_is_refused() -> None:
    with pytest.raises(BadParameter, match="'%f' is not known to the trino engine"):
        sql(FLOWS.select(v=_.created.strftime("%H:%M:%S.%f")))


def test_a_table_in_memory_keeps_its_nanoseconds() -> None:
    at = pa.array([1700000000123456789], pa.timestamp("ns"))
    clock = pa.array([3_723_000_000_007], pa.time64("ns"))
    zoned = at.cast(pa.timestamp("ns", "UTC"))
    written = sql(ibis.memtable(pa.table({"at": at, "zoned": zoned, "clock": clock})))

    assert "TIMESTAMP '2023-11-14 22:13:20.123456789'" in written
    assert "TIMESTAMP '2023-11-14 22:13:20.123456789 UTC'" in written
    assert "CAST('01:02:03.000000007' AS TIME(9))" in written


def test_a_list_in_memory_keeps_its_nanoseconds() -> None:
    kind = pa.list_(pa.timestamp("ns"))
    written = sql(ibis.memtable(pa.table({"at": pa.array([[1700000000123456789]], kind)})))

    assert "TIMESTAMP '2023-11-14 22:13:20.123456789'" in written


COUNTED = pa.map_(pa.string(), pa.int64())


@pytest.mark.parametrize("kind", [COUNTED, pa.list_(COUNTED), pa.struct([("m", COUNTED)])])
def test_a_key_that_a_map_in_memory_has_twice_is_told(kind: pa.DataType) -> None:
    twice = [("a", 1), ("a", 2)]
    value = {"m": twice} if pa.types.is_struct(kind) else [twice]
    rows = pa.table({"v": pa.array([twice if kind == COUNTED else value], kind)})

    with pytest.raises(BadParameter, match="is a map with one key twice; expected each key once"):
        sql(ibis.memtable(rows))


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (pa.map_(pa.struct([("a", pa.int64())]), pa.int64()), "v, a map by keys of several values"),
        (pa.list_(pa.duration("ns")), "v, an interval; send a number of its units"),
    ],
)
def test_a_table_in_memory_of_what_trino_does_not_take_is_refused(
    kind: pa.DataType, says: str
) -> None:
    """Also one without rows: the next one may have some."""
    with pytest.raises(Unsupported, match=f"cannot be sent {says}"):
        sql(ibis.memtable(pa.table({"v": pa.array([], kind)})))


def test_a_hundred_unions_are_written() -> None:
    rows = ibis.union(*(FLOWS.select(n=_.n + number) for number in range(100)))

    assert 99 == sql(rows).count("UNION ALL")


@pytest.mark.parametrize("text", ["it's", "' OR 1=1 --", "\\", "ü"])
def test_a_value_is_quoted(text: str) -> None:
    written, _schema = asked(segments.listing, {"flow_id": text, "limit": 5})

    (found,) = [
        each.this
        for each in sqlglot.parse_one(written, dialect="trino").find_all(sqlglot.exp.Literal)
        if each.is_string
    ]
    assert text == found


def test_values_of_a_kept_statement_are_those_of_the_call() -> None:
    first, _schema = asked(segments.listing, {"flow_id": "f", "timerange": "[0:1_0:9)"})
    second, _schema = asked(segments.listing, {"flow_id": "g", "timerange": "[0:2_0:7)"})

    assert first.replace("'f'", "'g'").replace("< 9", "< 7").replace("> 1", "> 2") == second


def test_what_looks_like_a_mark_in_a_users_value_stays() -> None:
    odd = "tams-mark-7310000000000000000"
    written, _schema = asked(segments.listing, {"flow_id": odd, "object_id": "x"})

    assert (1, 1) == (written.count(f"'{odd}'"), written.count("'x'"))


def test_a_number_is_written_whole() -> None:
    assert ["-9223372036854775808", "'a'"] == [literal(-(2**63)), literal("a")]
