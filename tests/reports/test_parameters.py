"""What reports are told is judged before anything is read."""

from __future__ import annotations

from collections.abc import Iterator
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
    ],
)
def test_what_is_negative_or_no_number_is_refused(
    store: ta.Store, report: str, given: dict[str, Any]
) -> None:
    ((name, _value),) = given.items()

    with pytest.raises(BadParameter, match=name):
        store.report(report, **given)


def test_a_store_that_is_over_its_capacity_is_full_now(store: ta.Store) -> None:
    (row,) = store.report("growth", capacity=0).tables["full"].to_pyarrow().to_pylist()

    assert (0, 0) == (row["free_bytes"], row["left_ns"])
    assert row["period"] is not None
