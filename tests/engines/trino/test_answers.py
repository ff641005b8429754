"""Answers of a Trino in any type, as a peer gives them; what a real one says is in tests/trino."""

from __future__ import annotations

import contextlib
import datetime as dt
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


def test_a_wrong_schema_of_sql_is_told() -> None:
    answer = Answer(columns=[("a", "varchar")], pages=[[["soon"]]])

    with asked(answer) as store:
        backend = store.segments.get_backend()
        rows = backend.sql("SELECT 'soon' AS a", schema={"a": "int64"})
        with pytest.raises(EngineFailed, match="a value of a is no int64"):
            rows.to_pyarrow()
