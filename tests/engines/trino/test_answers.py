"""Answers of a Trino in any type, as a peer gives them; what a real one says is in tests/trino."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter, EngineFailed, Unsupported
from tests.support import trino_peer
from tests.support.trino_peer import Answer


def answered(kind: str, *written: Any) -> pa.Table:
    """What a SELECT gives whose column is of a type, and whose values come so."""
    begun = Answer(columns=(), pages=(), transaction="t_1")
    answer = Answer(columns=[("v", kind)], pages=[[[one] for one in written]])
    with asked(begun, answer) as store:
        found: pa.Table = store._engine.query("SELECT v")
    return found


@contextlib.contextmanager
def asked(*answers: Answer) -> Iterator[Any]:
    """A store behind a peer that answers so."""
    with (
        trino_peer.serving(*answers) as peer,
        ta.connect(f"trino://analyst@{peer.place}/vast/tams/meta") as store,
    ):
        yield store


TEXTS = {
    "timestamp(12)": "2024-01-01 00:00:00.123456789012",
    "timestamp(10) with time zone": "2024-01-01 00:00:00.1234567890 UTC",
    "time(12)": "01:02:03.123456789012",
    "time(3) with time zone": "01:02:03.100+01:00",
    "interval day to second": "-3 00:00:00.000",
    "interval year to month": "1-2",
    "Geometry": "POINT (1 2)",
    "SphericalGeography": "POINT (1 2)",
    "HyperLogLog": "AgwBAIADRAA=",
    "ipaddress": "10.0.0.1",
    "json": '{"a":1}',
    "char(4)": "ab  ",
}


@pytest.mark.parametrize("kind", TEXTS)
def test_what_arrow_does_not_have_is_the_text_of_trino(kind: str) -> None:
    found = answered(kind, TEXTS[kind], None)["v"]

    assert (pa.string(), [TEXTS[kind], None]) == (found.type, found.to_pylist())


@pytest.mark.parametrize(
    ("kind", "written", "text"),
    [
        ("row(a bigint, a bigint)", [1, None], "[1,null]"),
        ("row(f1 bigint, bigint)", [1, 2], "[1,2]"),
        ('row("map(row(" bigint, "map(row(" bigint)', [1, 2], "[1,2]"),
        ("row(a bigint, a varchar)", [1, "ü"], '[1,"ü"]'),
        ("BingTile", {"x": 0, "zoom": 1}, '{"x":0,"zoom":1}'),
    ],
)
def test_what_is_no_single_value_is_json(kind: str, written: Any, text: str) -> None:
    """No field is lost: Arrow would find the first of one name only."""
    assert [text, None] == answered(kind, written, None)["v"].to_pylist()


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        ("map(boolean, integer)", {"true": 1, "false": None}, [(True, 1), (False, None)]),
        ("map(varchar, array(bigint))", {"a": [2**63 - 1, None]}, [("a", [2**63 - 1, None])]),
        ('row("from" bigint, "A b" date)', [1, None], {"from": 1, "A b": None}),
        ("row(bigint, varchar)", [1, "x"], {"f0": 1, "f1": "x"}),
        ("array(time(0))", ["01:02:03"], [dt.time(1, 2, 3)]),
    ],
)
def test_what_is_made_of_values_is_exact(kind: str, written: Any, expected: Any) -> None:
    assert [expected, None] == answered(kind, written, None)["v"].to_pylist()


@pytest.mark.parametrize(
    ("kind", "written", "says"),
    [
        ("timestamp(9)", "2300-01-01 00:00:00.000000001", r"v is no timestamp\[ns\]"),
        ("date", "+12345-01-01", r"v is no date32\[day\]"),
        ("timestamp(3) with time zone", "2024-01-01 00:00:00.000 Mars/Olympus", "no time zone"),
    ],
)
def test_a_value_that_arrow_cannot_hold_is_told_with_what_helps(
    kind: str, written: str, says: str
) -> None:
    with pytest.raises(EngineFailed, match=rf"{says}.*; CAST\(v AS varchar\) gives its text"):
        answered(kind, written)


@pytest.mark.parametrize("kind", ["row(varchar, varchar)", "array(varchar)"])
@pytest.mark.parametrize("shape", ["{}", "array({})", "row(a {}, b bigint)", "map(bigint, {})"])
def test_a_map_by_keys_of_several_values_is_not_read(kind: str, shape: str) -> None:
    """Trino's client writes both ``('a, b', 'c')`` and ``('a', 'b, c')`` as ``[a, b, c]``."""
    whole = shape.format(f"map({kind}, integer)")

    with pytest.raises(Unsupported, match=r"read v, .*; map_entries\(v\) gives keys and values"):
        answered(whole, {"[a, b, c]": 2})


@pytest.mark.parametrize("is_whole", [True, False])
def test_a_map_by_keys_of_several_values_is_not_read_as_an_expression(is_whole: bool) -> None:
    answer = Answer(columns=[("v", "map(row(a bigint), integer)")], pages=[[[{"[1]": 2}]]])

    with asked(answer) as store:
        rows = store.segments.get_backend().sql("SELECT v", schema={"v": "string"})
        with pytest.raises(Unsupported, match="a map by keys of several values"):
            rows.to_pyarrow() if is_whole else rows.to_pyarrow_batches().read_all()


@pytest.mark.parametrize("sql", ["", " ", ";", " ;; ", "-- nothing", "-- nothing\n;"])
def test_sql_that_is_missing_is_told(sql: str) -> None:
    """Nothing is asked: Trino would answer with error 400."""
    with asked() as store:
        for ask in (store._engine.query, store.segments.get_backend().sql):
            with pytest.raises(BadParameter, match="sql is missing; expected a SELECT"):
                ask(sql)


def test_columns_of_one_name_are_told() -> None:
    begun = Answer(columns=(), pages=(), transaction="t_1")
    two = Answer(columns=[("a", "bigint"), ("a", "bigint")], pages=[[[1, 2]]])

    with asked(begun, two) as store, pytest.raises(BadParameter, match="name of several columns"):
        store._engine.query("SELECT 1 AS a, 2 AS a")


@contextlib.contextmanager
def given(
    schema: dict[str, str], columns: list[tuple[str, str]], *rows: list[Any]
) -> Iterator[Any]:
    """SQL whose schema its user says, over a peer that answers with other columns perhaps."""
    with asked(Answer(columns=columns, pages=[rows])) as store:
        yield store.segments.get_backend().sql("SELECT a, b", schema=schema)


def test_a_wrong_schema_of_sql_is_told() -> None:
    with (
        given({"a": "int64"}, [("a", "varchar")], ["soon"]) as rows,
        pytest.raises(EngineFailed, match=r"a is varchar on Trino, and no int64; con\.sql finds"),
    ):
        rows.to_pyarrow()


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize(
    ("kind", "written", "taken_for"),
    [
        ("bigint", 5, "string"),
        ("varchar(2)", "12", "int64"),
        ("varchar(3)", "1.5", "float64"),
        ("decimal(3,2)", "1.50", "string"),
        ("date", "2024-01-01", "string"),
        ("varchar", "2024-01-01", "date"),
        ("timestamp(3)", "2024-01-01 00:00:00.000", "string"),
        ("varchar", "2024-01-01 00:00:00.000 UTC", "timestamp('UTC')"),
        ("varbinary", "AP8=", "string"),
        ("varchar", "AP8=", "binary"),
        ("boolean", True, "string"),
        ("array(bigint)", [5], "string"),
        ("array(bigint)", [5], "array<string>"),
        ("map(varchar, bigint)", {"1": 5}, "map<int64, int64>"),
        ("row(a bigint, b bigint)", [1, 2], "struct<b: int64, a: int64>"),
        ("row(a varchar)", ["12"], "struct<a: int64>"),
    ],
)
def test_what_json_cannot_tell_is_told_by_the_declared_type(
    kind: str, written: Any, taken_for: str, is_whole: bool
) -> None:
    """All of these were read, as something that they are not; an empty answer too."""
    for values in ([[written]], []):
        with (
            given({"a": taken_for}, [("a", kind)], *values) as rows,
            pytest.raises(EngineFailed, match=rf"a is {re.escape(kind)} on Trino, and no "),
        ):
            rows.to_pyarrow() if is_whole else rows.to_pyarrow_batches().read_all()


@pytest.mark.parametrize(
    ("kind", "written", "known_as"),
    [
        ("decimal(20,0)", "18446744073709551615", "uint64"),
        ("decimal(3,2)", "1.50", "float64"),
        ("bigint", 5, "int8"),
        ("unknown", None, "int64"),
        ("array(unknown)", [None], "array<int64>"),
        ("date", "2024-01-01", "timestamp(6)"),
        ("uuid", "12345678-1234-5678-1234-567812345678", "string"),
        ("timestamp(12)", "2024-01-01 00:00:00.123456789012", "string"),
        ("interval day to second", "0 00:00:01.000", "interval('s')"),
        ("interval day to second", "2 00:00:00.000", "interval('D')"),
        ("interval year to month", "0-2", "interval('M')"),
        ("array(interval year to month)", ["0-2"], "array<interval('M')>"),
        ("row(bigint, varchar)", [1, "x"], "struct<a: int64, b: string>"),
    ],
)
def test_a_type_that_is_written_otherwise_is_read(kind: str, written: Any, known_as: str) -> None:
    with given({"a": known_as}, [("a", kind)], [written]) as rows:
        assert 1 == len(rows.to_pyarrow())


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["b", "a"], "column b came where a was expected; con.sql finds the schema"),
        (["a", "c"], "column c came where b was expected"),
    ],
)
def test_columns_in_another_order_are_told(names: list[str], says: str) -> None:
    columns = [(name, "bigint") for name in names]

    with (
        given({"a": "int64", "b": "int64"}, columns, [1, 2]) as rows,
        pytest.raises(EngineFailed, match=says),
    ):
        rows.to_pyarrow()


def test_a_column_without_a_name_has_that_of_its_place() -> None:
    columns = [("_col0", "bigint"), ("B", "bigint")]

    with given({"a": "int64", "b": "int64"}, columns, [1, 2]) as rows:
        assert [{"a": 1, "b": 2}] == rows.to_pyarrow().to_pylist()
