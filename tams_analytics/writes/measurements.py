"""What was measured, remembered: a row for each measure and group, run by run."""

from __future__ import annotations

import datetime as dt
import math
import numbers
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tams_analytics.engines import Engine, Transaction
from tams_analytics.engines.rows import now
from tams_analytics.errors import BadParameter
from tams_analytics.queries import runs
from tams_analytics.timerange import Period, TimeRange, TimeRangeLike, as_timerange
from tams_analytics.timerange.days import UNITS
from tams_analytics.writes.audit import audited
from tams_analytics.writes.rows import insert
from tams_analytics.writes.runs import library_version, of_time
from tams_analytics.writes.utc import without_zone

TIMES = ("period", *UNITS)
"""Dimensions whose values are labels of times: ``2026-08``, ``2026-08-31``."""
NULL = "\\N"
"""A group whose value is NULL, among several dimensions; of one it is NULL."""

Row = dict[str, Any]
Columns = Mapping[str, str] | Sequence[str]
"""The columns that say which group a row is: by column the dimension's name, or that is the same.
"""


def remember_measures(
    engine: Engine,
    rows: pa.Table,
    *,
    measures: Mapping[str, str],
    dimension_columns: Columns = (),
    during: TimeRangeLike | None = None,
    periods: Iterable[Period] = (),
    measured: dt.datetime | None = None,
    run_id: str | None = None,
) -> str:
    """The id of a run of measures that is remembered from now on; a second time changes nothing.

    ``rows`` are groups: ``dimension_columns`` say which, and each of ``measures`` (name: unit) is a
    column of numbers; other columns are left out. Each number is a row of ``measurements``, as
    float64 (a whole number beyond 2^53 is rounded). A dimension of `TIMES` is the time of the
    group, by its label, which ``periods`` gives its bounds: the part of it that is in ``during``,
    the time that was asked for. Another dimension gives its name, as ``tag:channel``, and the value
    of the group; several give both with commas between (``source,format``), `NULL` for NULL, and a
    backslash before a comma or backslash of their own.

    ``measured`` is the moment as of which it is so (default: now), with its zone. Raises
    `BadParameter` (a column that is missing, a value that is no number, two times), `BadTimeRange`,
    `Refused`, `NotFound` (a store without the tables), `EngineFailed`.
    """
    window = TimeRange.eternity() if during is None else as_timerange(during)
    moment = now() if measured is None else without_zone(measured, "measured")
    dimensions = _dimensions(dimension_columns)
    _refuse_missing(rows, [*dimensions, *measures])
    times = {each.label: TimeRange.from_ns(each.start_ns, each.end_ns) for each in periods}
    within = {label: time.intersection(window) for label, time in times.items()} | {None: window}
    found = _found(rows, dimensions, measures, within)
    id = run_id or f"{moment:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:12]}"
    run = _row_of(engine, id, moment, None if during is None else window)
    with audited("remember", "run", id, None):
        engine.transact(lambda tx: _remember(tx, run, found))
    return id


def _dimensions(columns: Columns) -> dict[str, str]:
    """The dimension of each column. Raises `BadParameter` where several are times."""
    found = dict(columns) if isinstance(columns, Mapping) else {name: name for name in columns}
    times = [name for name in found.values() if name in TIMES]
    if len(times) > 1:
        raise BadParameter("dimension_columns", times, "are several times", "one of them")
    return found


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


def _found(
    rows: pa.Table,
    dimensions: Mapping[str, str],
    measures: Mapping[str, str],
    within: Mapping[str | None, TimeRange],
) -> list[Row]:
    members = {column: name for column, name in dimensions.items() if name not in TIMES}
    times = [column for column in dimensions if column not in members]
    return [
        {
            "measure": measure,
            "unit": unit,
            "dimension": joined([*members.values()]),
            "member": joined([row[column] for column in members]),
            **_time(row[times[0]] if times else None, within),
            "value": _number(measure, row[measure]),
        }
        for row in rows.to_pylist()
        for measure, unit in measures.items()
    ]


def _time(label: str | None, within: Mapping[str | None, TimeRange]) -> Row:
    bounds = within.get(label, TimeRange.eternity())
    return {"period": label, "start_ns": bounds.start_ns, "end_ns": bounds.end_ns}


def joined(values: Sequence[Any]) -> str | None:
    """Names or values as one text, from which each can be told again."""
    if len(values) <= 1:
        return None if not values or values[0] is None else str(values[0])
    return ",".join(
        NULL if value is None else str(value).replace("\\", "\\\\").replace(",", "\\,")
        for value in values
    )


def _number(measure: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, numbers.Number):
        raise BadParameter(measure, value, "is no number", "a column of numbers")
    found = float(value)  # type: ignore[arg-type]
    return found if math.isfinite(found) else None
