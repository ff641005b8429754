"""What is refused and why, what is read, what numbers of any size come to, and the facade."""

from __future__ import annotations

from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.measures import DIMENSIONS, MEASURES, described
from tams_analytics.timerange import TimeRange
from tests.measures import world
from tests.measures.world import fill
from tests.support.vast_stores import VastStores

PART = TimeRange.from_ns(world.at(1), world.at(26.5))
MOST = 2**63 - 1


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"names": []}, r"names: \[\] names no measure; expected one of hours_covered, "),
        ({"names": "hours"}, "names: .hours. is no measure; expected one of gap_hours, hours_c"),
        (
            {"by": "channel"},
            "by: 'channel' is no dimension; expected .*tag:NAME.*for a tag tag:channel",
        ),
        ({"by": "tag"}, "by: 'tag' is no dimension"),
        ({"by": "tag:"}, "by: 'tag:' is no dimension"),
        ({"by": "label:x"}, "by: 'label:x' is no dimension"),
        ({"by": ["tag:day", "tag:Day"]}, "'tag:Day' would be a second column tag:Day"),
        ({"by": ["tag:channel", "source_tag:channel"]}, "would be a second column channel"),
        ({"by": ["source", "source"]}, "by: 'source' would be a second column source_id"),
        ({"by": "tag:Segments"}, "by: 'tag:Segments' would be a second column Segments"),
        ({"by": ["day", "month"]}, "by: 'day and month' are several measures of time; expected"),
        (
            {"by": "storage_backend"},
            "by: 'storage_backend' does not divide segments, but objects, instances and their "
            "bytes; expected one of source, flow, ",
        ),
        ({"names": "availability"}, "during is not given; expected both a start and an end, of"),
        ({"names": "availability", "during": "[0:0_"}, "during: '.*' has no length; expected"),
        ({"names": "availability", "during": "()"}, "during: '.*' has no length"),
        ({"by": "day", "tz": "Europe/Londn"}, "tz: 'Europe/Londn' is no time zone"),
        ({"by": "day", "day_starts": "6"}, "day_starts: '6' is no time of day"),
        (
            {"by": "hour", "during": "[0:0_99999999:0)"},
            "during: '.*' has more than 20000 hours; expected less time, or a longer unit",
        ),
    ],
)
def test_what_would_be_wrong_or_means_nothing_is_refused(
    here: ta.Store, said: dict[str, Any], message: str
) -> None:
    asked = {"names": "segments", **said}

    with pytest.raises(BadParameter, match=message):
        here.measure(asked.pop("names"), **asked)


def test_a_range_that_is_none_is_refused(here: ta.Store) -> None:
    with pytest.raises(BadTimeRange):
        here.measure("segments", during="yesterday")


def test_nothing_is_there_in_never(here: ta.Store) -> None:
    """Groups that are known are there all the same; days are not."""
    names = ["hours_covered", "gaps", "segments", "first_ns", "stored_bytes"]

    (found,) = here.measure(names, during="()").to_pyarrow().to_pylist()

    assert [0.0, 0, 0, None, 0] == list(found.values())
    assert 0 == here.measure("flows", by="day", during="()").to_pyarrow().num_rows
    assert ["s", "t", "lonely", "gone"] == sorted(
        here.measure("flows", by="source", during="()").to_pyarrow()["source_id"].to_pylist(),
        key=["s", "t", "lonely", "gone"].index,
    )


def test_an_empty_store_has_no_day_and_one_row_of_everything() -> None:
    with ta.connect(":memory:") as store:
        every = store.measure(["segments", "bit_rate", "last_ns"]).to_pyarrow().to_pylist()
        by_day = store.measure("segments", by="day").to_pyarrow().num_rows

    assert ([{"segments": 0, "bit_rate": None, "last_ns": None}], 0) == (every, by_day)


def test_columns_are_named_by_dimension_and_measure_in_the_order_asked(here: ta.Store) -> None:
    by = ["tag:Ton & Bild", "tag:format", "flow", "source", "collection", "day"]
    asked = here.measure(["segments", "flow_hours", "segments"], by=by, during=PART)

    assert (
        "Ton & Bild", "tag:format", "flow_id", "source_id", "collection_id", "day", "segments",
        "flow_hours",
    ) == asked.columns  # fmt: skip
    assert 18 == asked.to_pyarrow().num_rows


def test_numbers_beyond_int64_are_the_largest_and_shares_are_exact() -> None:
    """Ten objects of 2**62 bytes, over all of time."""
    far = 2**62
    spans = [(f"o{n}", -far, far) for n in range(10)]
    segments = [
        {"flow_id": "f", "object_id": o, "start_ns": a, "end_ns": b, "timerange": "x"}
        for o, a, b in spans
    ]
    objects = [{"id": o, "storage_path": o, "size": far} for o, _a, _b in spans]
    names = ["stored_bytes", "referenced_bytes", "hours_covered", "overlap_hours", "bit_rate"]
    with ta.connect(":memory:") as store:
        fill(store, {"segments": segments, "objects": objects})

        (found,) = store.measure(names).to_pyarrow().to_pylist()

    assert {
        "stored_bytes": MOST,
        "referenced_bytes": MOST,
        "hours_covered": 2 * far / 3600e9,
        "overlap_hours": 9 * 2 * far / 3600e9,
        "bit_rate": 4e9,
    } == found


def test_each_is_described() -> None:
    told = described().to_pyarrow().to_pylist()

    assert [each.name for each in MEASURES] == [row["name"] for row in told]
    assert all(row["unit"] and row["meaning"] and row["by"] for row in told)
    assert {each.name for each in DIMENSIONS} >= {
        name for each in MEASURES for name in (*each.dimensions, *each.adds_up)
    }


SPANS, OF_FLOW = ["flow_id", "start_ns", "end_ns"], ["id", "source_id"]
LAG, OF_OBJECT = "ingest_lag_max_s", ["id", "init_object_id", "size"]


@pytest.mark.parametrize(
    ("names", "by", "read"),
    [
        ("segments", (), {"segments": []}),
        ("hours_covered", "source", {"segments": SPANS, "flows": OF_FLOW, "sources": ["id"]}),
        ("stored_bytes", (), {"segments": ["object_id"], "objects": OF_OBJECT}),
        (
            ["gaps", "overlap_hours", "sources", "bytes_saved_by_reuse", "instances", LAG],
            ["source", "day"],
            {
                "segments": [*SPANS, "object_id", "created"],
                "flows": [*OF_FLOW, "format"],
                "sources": ["id"],
                "collections": ["flow_id", "member_id"],
                "objects": OF_OBJECT,
                "object_instances": ["object_id", "storage_id"],
            },
        ),
    ],
)
def test_on_vast_only_what_is_needed_is_read_and_segments_in_the_window_once(
    vast_stores: VastStores, names: Any, by: Any, read: dict[str, list[str]]
) -> None:
    with ta.connect(vast_stores.new_url()) as store:
        scans = ta.explain(store.measure(names, by=by, during=PART)).scans

    found: dict[str, set[str]] = {}
    for scan in scans:
        found.setdefault(scan.table, set()).update(scan.columns)
    segments = [scan for scan in scans if scan.table == "segments"]
    # beside it, which flows have media at any time, for what is expected of the others
    (within,) = [scan for scan in segments if {*scan.columns} != {"flow_id"}]
    assert {table: set(columns) for table, columns in read.items()} == found
    assert [f"end_ns > {PART.start_ns}", f"start_ns < {PART.end_ns}"] == sorted(within.pushed)
