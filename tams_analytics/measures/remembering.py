"""Measures, asked and remembered: each number becomes a row of the table ``measurements``."""

from __future__ import annotations

from collections.abc import Sequence

from tams_analytics.engines import Engine
from tams_analytics.errors import BadParameter
from tams_analytics.measures import dimensions
from tams_analytics.measures.measuring import chosen, measure
from tams_analytics.queries.days import periods_during
from tams_analytics.timerange import Period, TimeRange, TimeRangeLike, as_timerange
from tams_analytics.writes.measurements import remember_measures


def remember(
    engine: Engine,
    names: str | Sequence[str],
    *,
    by: str | Sequence[str] = (),
    during: TimeRangeLike | None = None,
    tz: str = "UTC",
    day_starts: str = "00:00",
    run_id: str | None = None,
) -> str:
    """The id of a run that has asked these measures (`measure`) and is remembered from now on.

    `queries.runs.availability` asks what was remembered. By a time, ``during`` has both ends, so
    that later runs are of the same days. A ``run_id`` of the caller's, as ``nightly 2026-08-31``,
    is remembered once: a second time changes nothing. Raises `BadParameter`, `BadTimeRange`, and
    as `writes.remember_measures`.
    """
    wanted = chosen(names)
    grouped = dimensions.chosen(by, [each.name for each in wanted])
    times = [dimension.name for dimension in grouped if dimension.of == "time"]
    window = None if during is None else as_timerange(during)
    told = _periods(window, times[0], tz, day_starts) if times else []
    rows = measure(engine.tables, names, by=by, during=window, tz=tz, day_starts=day_starts)
    return remember_measures(
        engine,
        rows.to_pyarrow(),
        measures={each.name: each.unit for each in wanted},
        dimension_columns={dimension.column: dimension.name for dimension in grouped},
        during=window,
        periods=told,
        run_id=run_id,
    )


def _periods(window: TimeRange | None, unit: str, tz: str, day_starts: str) -> list[Period]:
    if window is None or not window.is_bounded:
        said = None if window is None else str(window)
        problem = "is not given" if window is None else "is unbounded"
        raise BadParameter("during", said, problem, f"both a start and an end, by {unit}")
    return periods_during(window, unit, tz, day_starts)  # type: ignore[arg-type]
