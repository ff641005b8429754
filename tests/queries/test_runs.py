"""What was measured, run by run, and what became of a check: asked of each engine."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tams_analytics.queries import runs
from tams_analytics.store import Store
from tams_analytics.timerange import SECOND
from tams_analytics.writes.measurements import joined

UTC = dt.timezone.utc
MONTHS = {"2026-07": "[1782864037:0_1785542437:0)", "2026-08": "[1785542437:0_1788220837:0)"}
MEASURES = {"availability": "ratio", "hours_covered": "h"}
BY = ("tag:channel", "period")


def day(number: int) -> dt.datetime:
    return dt.datetime(2026, 9, number, tzinfo=UTC)


def of_channels(*rows: tuple[str | None, str, float | None]) -> pa.Table:
    channels, periods, values = zip(*rows, strict=True)
    return pa.table(
        {
            "tag:channel": pa.array(channels, pa.string()),
            "period": pa.array(periods, pa.string()),
            "availability": pa.array(values, pa.float64()),
            "hours_covered": pa.array([100] * len(rows), pa.int64()),
        }
    )


def remember(store: Store, rows: pa.Table, **given: Any) -> str:
    given = {"measures": MEASURES, "dimension_columns": BY, "periods": MONTHS} | given
    found: str = store.writes.remember_measures(rows, **given)
    return found


def test_availability_is_what_was_measured_last_of_each_channel_and_month(store: Store) -> None:
    chance = random.Random(11)  # noqa: S311 - no secret
    expected: dict[tuple[Any, str], Any] = {}
    for number in range(1, 5):
        groups = [(c, m) for c in ("one", "two", None) for m in MONTHS if chance.random() < 0.7]
        rows = [(*group, chance.choice([None, chance.random()])) for group in groups]
        remember(store, of_channels(*rows), measured=day(number))
        expected |= {(channel, month): value for channel, month, value in rows}
    remember(store, of_channels(("one", "2026-08-31", 0.5)), measured=day(9), periods={})

    found = store.ask(runs.availability, dimension="tag:channel")
    rows = found.to_pylist()
    assert expected == {(row["member"], row["period"]): row["value"] for row in rows}
    assert len(expected) == len(rows)
    bounds = {label: (ta.tr(text).start_ns, ta.tr(text).end_ns) for label, text in MONTHS.items()}
    assert all(bounds[row["period"]] == (row["start_ns"], row["end_ns"]) for row in rows)
    assert {"ratio"} == {row["unit"] for row in rows}
    assert ["2026-08-31"] == store.ask(runs.availability, unit="day").column("period").to_pylist()
    assert 0 == store.ask(runs.availability, dimension="source").num_rows


def test_a_run_of_measures_is_remembered_once(store: Store) -> None:
    rows = of_channels(("one", "2026-08", 0.75))
    ids = {remember(store, rows, run_id="nightly 2026-08", measured=day(n)) for n in (1, 2)}

    assert {"nightly 2026-08"} == ids
    (run,) = store.runs.to_pyarrow().to_pylist()
    assert ("measure", day(1).replace(tzinfo=None)) == (run["kind"], run["started"])
    found = store.measurements.order_by("measure").to_pyarrow().to_pylist()
    assert [("availability", "ratio", 0.75), ("hours_covered", "h", 100.0)] == [
        (row["measure"], row["unit"], row["value"]) for row in found
    ]
    assert {day(1).replace(tzinfo=None)} == {row["measured"] for row in found}


@pytest.fixture(scope="module")
def local() -> Iterator[Store]:
    with ta.connect(":memory:") as store:
        yield store


def last(store: Store, rows: pa.Table, **given: Any) -> list[dict[str, Any]]:
    """The rows that a run of measures has made."""
    id = remember(store, rows, **given)
    found: list[dict[str, Any]] = (
        store.measurements.filter(lambda t: t.run_id == id).to_pyarrow().to_pylist()
    )
    return found


def test_what_is_grouped_by_nothing_is_of_all_that_was_asked(local: Store) -> None:
    rows = pa.table({"stored_bytes": [2**53 + 1], "other": ["x"]})
    given = {"measures": {"stored_bytes": "B"}, "dimension_columns": ()}
    (found,) = last(local, rows, during="[0:0_10:0)", **given)
    (always,) = last(local, rows, **given)

    assert (None, None, None) == (found["dimension"], found["member"], found["period"])
    assert (0, 10 * SECOND) == (found["start_ns"], found["end_ns"])
    assert (None, None) == (always["start_ns"], always["end_ns"])
    assert float(2**53) == found["value"]


def test_several_dimensions_are_one_text_from_which_each_is_told(local: Store) -> None:
    rows = pa.table(
        {
            "source": ["a,b", None],
            "format": ["c", "\\N"],
            "start_ns": [1, 3],
            "end_ns": [2, 4],
            "n": [Decimal("1.5"), None],
        }
    )
    given = {"measures": {"n": "1"}, "dimension_columns": ("source", "format")}
    found = last(local, rows, periods=None, **given)

    assert {"source,format"} == {row["dimension"] for row in found}
    assert {("a\\,b,c", 1.5), ("\\N,\\\\N", None)} == {
        (row["member"], row["value"]) for row in found
    }
    assert joined(["a,b", "c"]) != joined(["a", "b,c"])


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"measures": {"depth": "1"}}, "depth.*is no column"),
        ({"dimension_columns": ("source",)}, "source.*is no column"),
        ({"measures": {"period": "1"}}, "is no number"),
        ({"measured": dt.datetime(2026, 1, 1)}, "no moment with a time zone"),
    ],
)
def test_what_is_no_measurement_is_refused(
    local: Store, changed: dict[str, Any], problem: str
) -> None:
    with pytest.raises(BadParameter, match=problem):
        remember(local, of_channels(("one", "2026-08", 0.5)), **changed)


def test_the_history_of_a_check_begins_with_the_last_run(store: Store) -> None:
    flow = {"id": "f", "source_id": "nobody", "format": "urn:x-nmos:format:video"}
    for failures in range(3):
        checked = store.check(only=["flow_without_source"])
        store.remember(checked)
        assert failures == checked.checks[0]["failures"]
        store._engine.transact(lambda tx, n=failures: tx.insert("flows", [flow | {"id": f"f{n}"}]))

    found = store.ask(runs.history, check="flow_without_source").to_pylist()
    assert [(2, 1), (1, 1), (0, None)] == [(row["failures"], row["new_failures"]) for row in found]
    assert sorted((row["started"] for row in found), reverse=True) == [
        row["started"] for row in found
    ]
    assert 0 == store.ask(runs.history, check="duplicate_id").num_rows


def test_old_runs_are_forgotten_with_what_they_measured(store: Store) -> None:
    store.remember(store.check(only=["flow_without_source"]))
    remember(store, of_channels(("one", "2026-07", 0.5)), measured=day(1).replace(year=2020))
    remember(store, of_channels(("one", "2026-08", 0.5)), measured=day(2))

    assert 1 == store.writes.forget_runs()
    assert ["2026-08"] == store.ask(runs.availability).column("period").to_pylist()
    assert 2 == store.writes.forget_runs(dt.datetime(2199, 1, 1, tzinfo=UTC))
    left = [store.runs, store.run_checks, store.measurements, store.tables.watermarks]
    assert [0, 0, 0, 1] == [table.count().execute() for table in left]
