"""Every condition that the SDK can send, against pyarrow, with NULL and NaN rows in each column."""

from __future__ import annotations

import datetime as dt
import decimal
from collections.abc import Callable

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.support.vast_peer.evaluate import scalar

NAN = float("nan")
WHEN = dt.datetime(2025, 8, 24, 1, 2, 3, 456000)
ROWS = pa.table(
    {
        "flag": pa.array([True, False, None, True]),
        "small": pa.array([-128, 0, None, 127], pa.int8()),
        "whole": pa.array([-(2**63), 7, None, 2**63 - 1], pa.int64()),
        "natural": pa.array([0, 7, None, 2**64 - 1], pa.uint64()),
        "real": pa.array([-1.5, NAN, None, 1.5]),
        "single": pa.array([-1.5, NAN, None, 1.5], pa.float32()),
        "half": pa.array([-1.5, NAN, None, 1.5], pa.float16()),
        "text": pa.array(["a", "it's ü", None, ""]),
        "raw": pa.array([b"a", b"\xff", None, b""]),
        "exact": pa.array(
            [decimal.Decimal("1.50"), decimal.Decimal("2.25"), None, decimal.Decimal(0)],
            pa.decimal128(9, 2),
        ),
        "day": pa.array([dt.date(2025, 8, 24), dt.date(1969, 1, 1), None, dt.date(2000, 1, 1)]),
        "clock": pa.array([dt.time(1, 2, 3), dt.time(0), None, dt.time(23)], pa.time64("us")),
        "moment": pa.array([WHEN, dt.datetime(1969, 1, 1), None, WHEN], pa.timestamp("us")),
        "zoned": pa.array([WHEN, dt.datetime(1969, 1, 1), None, WHEN], pa.timestamp("ms", "UTC")),
    }
)
LITERALS = {
    "flag": True,
    "small": 0,
    "whole": 7,
    "natural": 7,
    "real": -1.5,
    "single": -1.5,
    "text": "a",
    "raw": b"a",
    "day": dt.date(2000, 1, 1),
    "clock": dt.time(1, 2, 3),
    "moment": WHEN,
    "zoned": WHEN.replace(tzinfo=dt.timezone.utc),
}
COMPARISONS: dict[str, Callable] = {
    "equal": lambda column, value: column == value,
    "not_equal": lambda column, value: column != value,
    "less": lambda column, value: column < value,
    "less_equal": lambda column, value: column <= value,
    "greater": lambda column, value: column > value,
    "greater_equal": lambda column, value: column >= value,
}


@pytest.fixture
def select(peer, session):
    """To a function of the table's columns the rows' positions."""
    numbered = ROWS.append_column("position", pa.array(range(len(ROWS))))
    peer.load("tams", "newsroom", "typed", numbered)

    def positions(condition: Callable) -> list[int]:
        with session.transaction() as tx:
            table = tx.bucket("tams").schema("newsroom").table("typed")
            found = table.select(columns=["position"], predicate=condition(table))
            return found.read_all()["position"].to_pylist()

    return positions


def expected(mask: pa.ChunkedArray) -> list[int]:
    return [position for position, holds in enumerate(mask.to_pylist()) if holds]


@pytest.mark.parametrize("comparison", COMPARISONS)
def test_comparisons_of_every_type(select, comparison):
    compare = COMPARISONS[comparison]
    for name, literal in LITERALS.items():
        column = ROWS[name]
        value = pa.scalar(literal, column.type)
        wanted = expected(getattr(pc, comparison)(column, value))
        assert select(lambda table, n=name, v=literal: compare(table[n], v)) == wanted, name


def test_nan_is_unequal_and_neither_less_nor_greater(select):
    for name in ("real", "single", "half"):
        assert select(lambda table, n=name: table[n] != 0.0) == [0, 1, 3]
        assert select(lambda table, n=name: table[n] > -2.0) == [0, 3]


@pytest.mark.parametrize("name", ROWS.column_names)
def test_null_and_not_null(select, name):
    assert select(lambda table: table[name].isnull()) == [2]
    assert select(lambda table: ~table[name].isnull()) == [0, 1, 3]


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        (lambda t: t["whole"].between(0, 7), [1]),
        (lambda t: t["whole"].isin([7, 2**63 - 1, 8]), [1, 3]),
        (lambda t: (t["whole"] != 7) & (t["whole"] != 8), [0, 3]),
        (lambda t: t["real"].isin([1.5, 2.5]) | t["real"].isnull(), [2, 3]),
        (lambda t: t["text"].startswith("it"), [1]),
        (lambda t: t["text"].startswith(""), [0, 1, 3]),
        (lambda t: t["text"].startswith("\U0010ffff"), []),
        (lambda t: t["text"].contains("'s"), [1]),
        (lambda t: t["text"].contains("."), []),
        (lambda t: (t["text"] == "it's ü") & (t["flag"] == False), [1]),  # noqa: E712
        (lambda t: (t["flag"] < True) | (t["flag"] > True), [1]),
        (lambda t: (t["small"] < 0) | t["small"].between(1, 127) | t["small"].isnull(), [0, 2, 3]),
        (lambda t: ibis._["whole"] == 7, [1]),
        (lambda t: t["real"].isin([NAN, 1.5]), [3]),
        (lambda t: t["exact"] == 2.25, [1]),
    ],
)
def test_what_is_made_of_comparisons(select, condition, wanted):
    assert select(condition) == wanted


def test_negative_decimals_which_only_the_trino_connector_can_send():
    literal = (-150).to_bytes(16, "little", signed=True)
    assert scalar(literal, pa.decimal128(9, 2)).as_py() == decimal.Decimal("-1.50")


def test_row_ids_can_be_conditions(peer, opened):
    with opened() as table:
        rows = ibis.table({"$row_id": "uint64", "name": "string"}, name="numbers")
        found = table.select(
            columns=["name"], predicate=rows["$row_id"] >= 1, internal_row_id=True
        ).read_all()
    assert found.to_pydict() == {"name": ["b", "c"], "$row_id": [1, 2]}


def test_the_log_tells_the_condition_as_it_arrived(peer, opened):
    with opened() as table:
        for condition in (
            (table["name"] == "it's") & table["number"].between(1, 5),
            table["number"].isnull() | (table["number"] > 2),
            ~table["name"].isnull(),
            table["name"].startswith("\u00ff"),
            None,
        ):
            table.select(columns=["number"], predicate=condition).read_all()
    assert [entry.conjuncts for entry in peer.log.selects("numbers")] == [
        ("name = 'it''s'", "number >= 1", "number <= 5"),
        ("number IS NULL OR number > 2",),
        ("name IS NOT NULL",),
        ("name >= 'ÿ'", "name < b'\\xc3\\xc0'"),
        (),
    ]
    first, *_, last = peer.log.selects("numbers")
    assert first.filter == "name = 'it''s' AND number >= 1 AND number <= 5"
    assert last.filter == ""
