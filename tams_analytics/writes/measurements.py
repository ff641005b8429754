"""What was measured, remembered: a row for each measure and group, run by run."""

from __future__ import annotations

import datetime as dt
import math
import numbers
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter
from tams_analytics.queries import runs
from tams_analytics.timerange import TimeRange, TimeRangeLike, as_timerange
from tams_analytics.writes.audit import audited
from tams_analytics.writes.rows import insert
from tams_analytics.writes.runs import library_version, of_time
from tams_analytics.writes.utc import without_zone

PERIOD = "period"
"""The column whose values are labels of times: ``2026-08``, ``2026-08-31``."""
NULL = "\\N"
"""A group whose value is NULL, among several columns; of one column it is NULL."""

Row = dict[str, Any]
Periods = Mapping[str, TimeRangeLike]


def remember_measures(
    engine: Engine,
    rows: pa.Table,
    *,
    measures: Mapping[str, str],
    dimension_columns: Sequence[str] = (),
    during: TimeRangeLike | None = None,
    periods: Periods | None = None,
    measured: dt.datetime | None = None,
    run_id: str | None = None,
) -> str:
    """The id of a run of measures that is remembered from now on; a second time changes nothing.

    ``rows`` are groups: ``dimension_columns`` say which, and each of ``measures`` (name: unit) is a
    column of numbers; other columns are left out. Each number is a row of ``measurements``, as
    float64 (a whole number beyond 2^53 is rounded). Of the dimensions ``period`` is the time of the
    group, by its label; ``periods`` says from when to when that is, or else columns ``start_ns,
    end_ns`` of ``rows``. Without a period it is ``during``, the time that was asked for. Another
    dimension gives its name and the value of the group; several give both with commas between
    (``source,format``), `NULL` for NULL, and a backslash before a comma or backslash of their own.

    ``measured`` is the moment as of which it is so (default: now), with its zone. Raises
    `BadParameter` (a column that is missing, a value that is no number), `BadTimeRange`, `Refused`,
    `NotFound` (a store on VAST without the tables), `EngineFailed`.
    """
    window = None if during is None else as_timerange(during)
    moment = now() if measured is None else without_zone(measured, "measured")
    _refuse_missing(rows, [*dimension_columns, *measures])
    found = _found(rows, dimension_columns, measures, _bounds(window, periods))
    id = run_id or f"{moment:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:12]}"
    run = _row_of(engine, id, moment, window)
    with audited("remember", "run", id, None):
        engine.transact(lambda tx: _remember(tx, run, found))
    return id


def _remember(tx: Transaction, run: Row, found: Sequence[Row]) -> None:
    if tx.few(runs.run, id=run["id"]):
        return
    insert(tx, "runs", [run])
    own = {"run_id": run["id"], "measured": run["started"]}
    insert(tx, "measurements", [own | row for row in found])


def _row_of(engine: Engine, id: str, moment: dt.datetime, during: TimeRange | None) -> Row:
    return {
        "id": id,
        "kind": runs.MEASURE,
        "started": moment,
        "finished": max(moment, now()),
        "engine": engine.name,
        "engine_version": next(iter(engine.versions.values()), None),
        "library_version": library_version(),
        **of_time(during),
        "since": None,
        "status": "passed",
        "watermark": runs.watermark(moment),
    }


def _refuse_missing(rows: pa.Table, names: Sequence[str]) -> None:
    for name in names:
        if name not in rows.column_names:
            expected = f"one of {', '.join(rows.column_names)}"
            raise BadParameter("rows", name, "is no column of them", expected)


def _bounds(during: TimeRange | None, periods: Periods | None) -> Mapping[str | None, TimeRange]:
    """From when to when each period is, by its label; ``None``: all that was asked for."""
    known: dict[str | None, TimeRange] = {
        label: as_timerange(bounds) for label, bounds in (periods or {}).items()
    }
    return known | {None: TimeRange.from_ns(None, None) if during is None else during}


def _found(
    rows: pa.Table,
    dimensions: Sequence[str],
    measures: Mapping[str, str],
    bounds: Mapping[str | None, TimeRange],
) -> list[Row]:
    names = [name for name in dimensions if name != PERIOD]
    has_period = PERIOD in dimensions
    return [
        {
            "measure": measure,
            "unit": unit,
            "dimension": joined(names),
            "member": joined([row[name] for name in names]),
            **_time(row, bounds, has_period=has_period),
            "value": _number(measure, row[measure]),
        }
        for row in rows.to_pylist()
        for measure, unit in measures.items()
    ]


def joined(values: Sequence[Any]) -> str | None:
    """Names or values as one text, from which each can be told again."""
    if len(values) <= 1:
        return None if not values or values[0] is None else str(values[0])
    return ",".join(
        NULL if value is None else str(value).replace("\\", "\\\\").replace(",", "\\,")
        for value in values
    )


def _time(row: Row, bounds: Mapping[str | None, TimeRange], *, has_period: bool) -> Row:
    label = row[PERIOD] if has_period else None
    found = {"period": None if label is None else str(label)}
    if label in bounds:
        return found | {"start_ns": bounds[label].start_ns, "end_ns": bounds[label].end_ns}
    return found | {"start_ns": row.get("start_ns"), "end_ns": row.get("end_ns")}


def _number(measure: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, numbers.Number):
        raise BadParameter(measure, value, "is no number", "a column of numbers")
    found = float(value)  # type: ignore[arg-type]
    return found if math.isfinite(found) else None
