"""What runs have told, against plain Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.display import text
from tams_analytics.errors import BadParameter
from tams_analytics.examples import newsroom
from tams_analytics.store import Store
from tests.reports.conftest import Refilled
from tests.reports.worlds import NOW, Row, Rows, world

UTC_NOW = NOW.replace(tzinfo=dt.timezone.utc)
LENGTHS = {"month": 7, "week": 8, "day": 10}


def last_values(rows: Rows, per: str, dimension: str | None) -> dict[tuple[Any, ...], Row]:
    """By dimension, member and period the row that was measured last."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows["measurements"], key=lambda row: (row["measured"], row["run_id"])):
        is_it = row["measure"] == "availability" and dimension in (None, row["dimension"])
        if is_it and len(row["period"] or "") == LENGTHS[per]:
            found[row["dimension"], row["member"], row["period"]] = row
    return found


def nulls_last(values: Iterable[Any]) -> tuple[tuple[bool, Any], ...]:
    return tuple((value is None, "" if value is None else value) for value in values)


def of(table: pa.Table, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for row in table.to_pylist()]


def refuse_differing(store: Store, rows: Rows, per: str, dimension: str | None) -> None:
    tables = store.report("availability", per=per, dimension=dimension, now=UTC_NOW).tables
    found = {name: tables[name].to_pyarrow() for name in tables}

    values = last_values(rows, per, dimension)
    group = sorted(values, key=nulls_last)
    wanted = [(*each, values[each]["value"], values[each]["measured"]) for each in group]
    columns = ("dimension", "member", "period", "value", "measured")
    assert wanted == of(found["availability"], *columns)

    runs = sorted(rows["runs"], key=lambda row: (row["started"], row["id"]), reverse=True)
    wanted = [
        (row["id"], row["kind"], row["status"] != "incomplete", row["during"], row["since"])
        for row in runs
    ]
    assert wanted == of(found["runs"], "run_id", "kind", "is_complete", "during", "since")

    last = next(row["id"] for row in runs if row["kind"] == "check")
    told = [row for row in rows["run_checks"] if row["run_id"] == last]
    told.sort(key=lambda row: (row["severity"], -(row["failures"] or -1), row["check_id"]))
    told.sort(key=lambda row: (row["severity"], row["failures"] is None))
    columns = ("check_id", "severity", "failures", "new_failures", "acknowledged", "reason")
    assert [tuple(row[name] for name in columns) for row in told] == of(found["checks"], *columns)

    far = dt.datetime.max
    answers = [row for row in rows["acknowledgements"] if (row["expires"] or far) > NOW]
    order = ("expires", "check_id", "entity", "id", "created")
    answers.sort(
        key=lambda row: nulls_last(row[name] or None for name in order if name != "expires")
    )
    answers.sort(key=lambda row: row["expires"] or far)
    columns = ("check_id", "id", "owner", "reason", "expires")
    assert [tuple(row[name] for name in columns) for row in answers] == of(
        found["acknowledged"], *columns
    )
    assert [5, 6] == [len(answers), len(told)]


@pytest.mark.parametrize("per", LENGTHS)
@pytest.mark.parametrize("dimension", [None, "tag:channel"])
def test_what_was_remembered_is_told(
    per: str, dimension: str | None, small: Store, rows: Rows
) -> None:
    refuse_differing(small, rows, per, dimension)


@pytest.mark.parametrize("seed", range(10))
def test_in_other_worlds_too(seed: int, refilled: Refilled) -> None:
    rows = world(seed)

    refuse_differing(refilled(rows), rows, "month", None)


def test_nothing_is_told_where_nothing_is_remembered(clean: Store) -> None:
    reported = clean.report("availability")

    assert all(reported.tables[name].to_pyarrow().num_rows == 0 for name in reported.tables)
    assert "tams measure STORE availability --by tag:channel" in repr(reported)


def test_what_the_store_was_told_to_remember_is_there() -> None:
    with newsroom(segments=1000) as store:
        window = "[1788134400:0_1788220800:0)"
        store.remember_measures("availability", by=["tag:channel", "day"], during=window)
        store.remember(store.check(only=["segments_overlap"]))
        store.acknowledge("segments_overlap", owner="ann", reason="being cut", expires="30d")
        reported = store.report("availability", per="day", dimension="tag:channel")
        tables = reported.tables

        found = {name: tables[name].to_pyarrow() for name in tables}
        asked = store.measure("availability", by=["tag:channel", "day"], during=window)
        wanted = {
            (row["channel"], row["day"]): row["availability"]
            for row in asked.to_pyarrow().to_pylist()
        }
        assert wanted == {
            (row["member"], row["period"]): row["value"]
            for row in found["availability"].to_pylist()
        }
        assert wanted
        assert all(text.percent(value) in repr(reported) for value in wanted.values())
        assert [("check", True), ("measure", True)] == of(found["runs"], "kind", "is_complete")
        assert [("segments_overlap", "error")] == of(found["checks"], "check_id", "severity")
        assert [("ann", "being cut")] == of(found["acknowledged"], "owner", "reason")


def test_only_lengths_that_were_labelled_are_taken(small: Store) -> None:
    with pytest.raises(BadParameter, match="per: 'hour' is unknown; expected one of month, week"):
        small.report("availability", per="hour")
