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
from tams_analytics.timerange import SECOND, TimeRange, periods
from tams_analytics.writes.measurements import joined

UTC = dt.timezone.utc
MONTHS = periods("[1783000000:0_1788000000:0)", "month")
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
        every = [(channel, m.label) for channel in ("one", "two", None) for m in MONTHS]
        groups = [each for each in every if chance.random() < 0.7]
        rows = [(*group, chance.choice([None, chance.random()])) for group in groups]
        remember(store, of_channels(*rows), measured=day(number))
        expected |= {(channel, month): value for channel, month, value in rows}
    remember(store, of_channels(("one", "2026-08-31", 0.5)), measured=day(9), periods=())

    found = store.ask(runs.availability, dimension="tag:channel")
    rows = found.to_pylist()
    assert expected == {(row["member"], row["period"]): row["value"] for row in rows}
    assert len(expected) == len(rows)
    bounds = {month.label: (month.start_ns, month.end_ns) for month in MONTHS}
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


def test_measures_are_asked_and_remembered_by_channel_and_month(store: Store) -> None:
    july, august = MONTHS
    hour = 3600 * SECOND
    week = 7 * 24 * hour
    during = TimeRange.from_ns(august.start_ns - week, august.start_ns + 2 * week)
    kept = {"one": (-week, hour), "two": (-2 * hour, 3 * hour)}
    for flow_id, (start, length) in kept.items():
        add_flow(store, flow_id, august.start_ns + start, length)

    ids = {
        store.remember_measures(
            ["availability", "hours_covered"],
            by=["tag:channel", "month"],
            during=during,
            run_id="august",
        )
        for _twice in range(2)
    }
    found = store.ask(runs.availability, dimension="tag:channel").to_pylist()

    assert {"august"} == ids
    expected = {
        ("one", "2026-07"): 1 / 168,
        ("one", "2026-08"): 0.0,
        ("two", "2026-07"): 2 / 168,
        ("two", "2026-08"): 1 / 336,
    }
    assert expected == pytest.approx(
        {(row["member"], row["period"]): row["value"] for row in found}
    )
    assert {
        ("2026-07", august.start_ns - week, july.end_ns),
        ("2026-08", august.start_ns, august.start_ns + 2 * week),
    } == {(row["period"], row["start_ns"], row["end_ns"]) for row in found}
    hours = store.ask(runs.availability, measure="hours_covered").to_pylist()
    assert (4.0, {"h"}) == (sum(row["value"] for row in hours), {row["unit"] for row in hours})
    with pytest.raises(BadParameter, match=r"during.* is unbounded"):
        store.remember_measures("hours_covered", by="day", during="[0:0_")


def add_flow(store: Store, id: str, start_ns: int, length_ns: int) -> None:
    """A flow of the channel of its name, with one segment."""
    flow = {"id": id, "source_id": "s", "format": "urn:x-nmos:format:video"}
    tag = {"entity_type": "flows", "entity_id": id, "name": "channel", "value": id}
    segment = {
        "flow_id": id,
        "object_id": "o",
        "start_ns": start_ns,
        "end_ns": start_ns + length_ns,
        "timerange": "of no interest",
    }
    rows = {"flows": flow, "tags": tag, "segments": segment}
    store._engine.transact(lambda tx: [tx.insert(name, [row]) for name, row in rows.items()])


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
            "n": [Decimal("1.5"), None],
        }
    )
    given = {"measures": {"n": "1"}, "dimension_columns": ("source", "format")}
    found = last(local, rows, **given)

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
        ({"dimension_columns": {"period": "day", "tag:channel": "month"}}, "several times"),
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
