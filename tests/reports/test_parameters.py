"""What reports are told is judged before anything is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter


@pytest.fixture(scope="module")
def store() -> Iterator[ta.Store]:
    with ta.connect(":memory:") as made:
        yield made


@pytest.mark.parametrize(
    ("report", "given"),
    [
        ("retention", {"older_than": "-5:0"}),
        ("retention", {"older_than": -5}),
        ("daily_gaps", {"min_duration": "-1:0"}),
        ("ingest_lag", {"late": "-5:0"}),
        ("ingest_lag", {"k": -1}),
        ("ingest_lag", {"k": "nan"}),
        ("codecs", {"off": "inf"}),
        ("codecs", {"off": -0.5}),
        ("growth", {"capacity": 2**63}),
        ("growth", {"capacity": "9223372036854775808"}),
        ("growth", {"capacity": "9" * 5000}),
        ("growth", {"storage_id": " "}),
        ("ingest_lag", {"flows": "ingest"}),
        ("ingest_lag", {"flows": "tag:"}),
        ("url_health", {"instances": ["all"]}),
        ("daily_gaps", {"during": "[0:0_"}),
        ("daily_gaps", {"during": "[0:0_9000000000:0)"}),
        ("daily_gaps", {"day_starts": "6"}),
        ("daily_gaps", {"tz": "localtime"}),
        ("comparison", {"other": 5}),
        ("storage", {"objects": 5}),
    ],
)
def test_what_is_out_of_range_or_no_value_is_refused_by_its_name(
    store: ta.Store, report: str, given: dict[str, Any]
) -> None:
    ((name, _value),) = given.items()

    with pytest.raises(BadParameter, match=name):
        store.report(report, **given)


def test_the_highest_capacity_is_taken_as_a_text_too(store: ta.Store) -> None:
    parts = store.report("growth", capacity="0" * 5000 + str(2**63 - 1)).tables

    assert 2**63 - 1 == parts["full"].to_pyarrow().to_pylist()[0]["capacity_bytes"]


def test_growth_ends_where_int64_does(store: ta.Store) -> None:
    late = datetime(2255, 1, 1, tzinfo=timezone.utc)
    parts = store.report("growth", per="month", ahead=500, now=late).tables

    assert "2262-02" == parts["forecast"].to_pyarrow()["period"].to_pylist()[-1]


def test_a_store_that_is_over_its_capacity_is_full_now(store: ta.Store) -> None:
    (row,) = store.report("growth", capacity=0).tables["full"].to_pyarrow().to_pylist()

    assert (0, 0) == (row["free_bytes"], row["left_ns"])
    assert row["period"] is not None
