"""Flows of one source beside its first, against sets of ticks, on every engine."""

from __future__ import annotations

import tams_analytics as ta
from tams_analytics.queries import agreement
from tests.reports import oracle
from tests.reports.broadcast import AUDIO, MULTI, TICK, VIDEO, Rows
from tests.reports.told import told


def test_q34_flows_are_set_beside_the_first_of_their_source(
    three_days: ta.Store, rows: Rows
) -> None:
    media = oracle.media(rows)
    a, b, union = media["a"], media["b"], media["a"] | media["b"]
    starts = {
        flow: {row["start_ns"] for row in rows["segments"] if row["flow_id"] == flow}
        for flow in "ab"
    }
    video = ("s1", "S1", "b", None, "a", "A")
    audio = ("s2", "S2", "d", "D", "c", "C")

    found = told(agreement.of_sources(three_days.tables))

    assert {
        (
            *video,
            *((min(b) - min(a)) * TICK, (max(b) - max(a)) * TICK),
            *(len(b) / len(union), len(a) / len(union)),
            len(starts["a"] & starts["b"]) / len(starts["b"]),
            *(VIDEO, VIDEO, "video/h264", "video/h264", "b", "a"),
        ),
        (
            *audio,
            *(None, None, None, 1.0, None),
            *(AUDIO, AUDIO, "audio/aac", "audio/aac", None, "c and 2 more"),
        ),
        (
            *("s4", None, "x", "X", "m", "M"),
            *(None, None, None, 1.0, None),
            *(VIDEO, MULTI, "video/h264", None, None, "m"),
        ),
    } == {*found}
    assert "x" == found[0][2]  # another format is told first
