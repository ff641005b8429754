"""Which flows should have media of their own."""

from __future__ import annotations

import ibis
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.queries import flows
from tests.support import sql_lint

FORMATS = {
    "video": "video",
    "empty": "audio",
    "unlabelled": None,
    "programme": "multi",
    "mp4": "multi",
    "essence": "video",
    "part": "data",
    "own": "audio",
}
WITH_SEGMENTS = ("video", "mp4", "own", "nobody")
COLLECTED = (("programme", "video"), ("programme", "part"), ("mp4", "essence"), ("mp4", "own"))


def urn(name: str | None) -> str:
    return "" if name is None else f"urn:x-nmos:format:{name}"


@pytest.fixture
def muxed(store: ta.Store) -> ta.Store:
    """Single essences, a programme that only collects, and a file that holds what it collects."""
    twice = [*FORMATS, "video"]
    rows = {
        "flows": {
            "id": twice,
            "source_id": [f"of {each}" for each in twice],
            "format": [urn(FORMATS[each]) for each in twice],
        },
        "sources": {
            "id": [*(f"of {each}" for each in FORMATS), "without flows"],
            "format": [*map(urn, FORMATS.values()), urn("video")],
        },
        "segments": {
            "flow_id": [*WITH_SEGMENTS, "video"],
            "object_id": [f"o{number}" for number in range(5)],
            "start_ns": [0, 0, 0, 0, 10],
            "end_ns": [10, 10, 10, 10, 20],
            "timerange": ["x"] * 5,
        },
        "collections": {
            "flow_id": [one for one, _member in COLLECTED],
            "member_id": [member for _one, member in COLLECTED],
            "position": list(range(4)),
        },
    }
    for table, columns in rows.items():
        store._engine.transact(
            lambda tx, table=table, columns=columns: tx.insert(table, pa.table(columns))
        )
    return store


def test_flows_that_should_have_media_are_each_told_once(muxed: ta.Store) -> None:
    found = muxed.ask(flows.expected)["flow_id"].to_pylist()

    assert ["empty", "mp4", "own", "part", "unlabelled", "video"] == sorted(found)


def test_what_should_have_media_are_the_groups_of_gaps(muxed: ta.Store) -> None:
    groups = flows.expected(muxed.tables)

    found = muxed.segments.pipe(ta.gaps, by="flow_id", within="[0:0_0:10)", groups=groups)

    assert ["empty", "part", "unlabelled"] == sorted(found.flow_id.to_pyarrow().to_pylist())


def test_a_timeline_has_lanes_for_them(muxed: ta.Store) -> None:
    lanes = [lane.key for lane in muxed.timeline(during="[0:0_0:10)").lanes]

    assert ["empty", "mp4", "nobody", "own", "part", "unlabelled", "video"] == sorted(lanes)


def test_a_timeline_of_sources_has_lanes_for_theirs(muxed: ta.Store) -> None:
    lanes = {lane.key for lane in muxed.timeline(by="source", during="[0:0_0:10)").lanes}

    wanted = {f"of {each}" for each in ("empty", "mp4", "own", "part", "unlabelled", "video")}
    assert {*wanted, "without flows", None} == lanes


def test_trino_can_be_asked_for_them(muxed: ta.Store) -> None:
    assert [] == sql_lint.complaints(ibis.to_sql(flows.expected(muxed.tables), dialect="trino"))
