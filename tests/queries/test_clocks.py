"""Wall-clock columns in stored time are what the library's scalar clocks say, on every engine."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import ibis
import pyarrow as pa

from tams_analytics.queries.clocks import stored_ns
from tams_analytics.timerange.clocks import from_datetime, leap_seconds
from tests.support.asking import Asked

EPOCH = datetime(1970, 1, 1)


def test_a_wall_clock_time_is_stored_with_the_leap_seconds_until_then(con: Asked) -> None:
    leaps = [EPOCH + timedelta(seconds=second) for second in leap_seconds()]
    around = [leap + timedelta(microseconds=by) for leap in leaps for by in (-1, 0, 1)]
    moments = [*around, datetime(1969, 12, 31, 23, 59, 59, 999999), datetime(2200, 5, 6, 7, 8, 9)]
    rows = ibis.memtable(pa.table({"created": pa.array([*moments, None], pa.timestamp("us"))}))

    found = con.to_pyarrow(rows.select("created", ns=stored_ns(rows.created))).to_pylist()

    expected = {at: from_datetime(at.replace(tzinfo=timezone.utc)) for at in moments}
    assert {**expected, None: None} == {row["created"]: row["ns"] for row in found}
