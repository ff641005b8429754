"""What measures and reports ask VAST of segments: the columns they need, in the time asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics import tr
from tams_analytics.measures import MEASURES
from tams_analytics.reports import REPORTS
from tests.engines.vast.conftest import asked
from tests.support.vast_peer import Entry, VastPeer
from tests.support.vast_stores import VastStores

HOURS = tr.utc("2026-08-31T22:00", "2026-09-01")
BOUNDS = {f"start_ns < {HOURS.end_ns}", f"end_ns > {HOURS.start_ns}"}
SCHEDULE = [{"channel": "S1", "days": "daily", "start": "06:00", "end": "02:00"}]
SPAN = {"flow_id", "start_ns", "end_ns"}
SHOWN = {"flow_id", "object_id"}

OF_MEASURES: dict[str, set[str]] = {
    "segments": set(),
    **{key: {"flow_id"} for key in ("flows", "sources")},
    **{key: {"object_id"} for key in ("objects", "stored_bytes", "objects_of_unknown_size")},
    **{key: {"object_id"} for key in ("instances", "instance_bytes")},
    **dict.fromkeys(("referenced_bytes", "bytes_saved_by_reuse"), SHOWN),
    **{key: {"end_ns", "created"} for key in ("ingest_lag_max_s", "ingest_lag_mean_s")},
    "bit_rate": SPAN | SHOWN,
}
"""Of all others `SPAN`."""

IN_TIME: dict[str, set[str]] = {
    "daily_gaps": SPAN,
    "expected": SPAN,
    "collections": SPAN,
    "sources": SPAN,
    "codecs": SPAN | SHOWN,
}
"""Reports that bound each scan by ``during``, or by what is not on the wall clock."""
WHOLE: dict[str, set[str]] = {
    "ingest_lag": SPAN | SHOWN | {"created"},  # a flow stalls since its last segment, at any time
    "growth": {"start_ns", "end_ns", "created"},  # by when a segment was registered
    "retention": SHOWN | {"end_ns"},
    "delete_preview": SHOWN | {"timerange"},
    "storage": SHOWN,
    "reuse": SPAN | SHOWN | {"created"},
    **{key: set() for key in ("hygiene", "availability")},
}
NOT_ALONE = {"changes", "comparison", "url_health"}
"""Two compare whole tables of two stores, one asks hosts."""


@pytest.fixture(scope="module")
def store(vast_stores: VastStores) -> Iterator[ta.Store]:
    with (
        ta.examples.newsroom(segments=2_000) as duck,
        ta.connect(vast_stores.filled(duck)) as there,
    ):
        yield there


def scans(peer: VastPeer, work: Callable[[], object]) -> list[Entry]:
    entries = asked(peer, work)
    return [each for each in entries if (each.command, each.table) == ("data", "segments")]


def columns(found: list[Entry]) -> set[str]:
    return {name for each in found for name in each.columns or ()}


@pytest.mark.parametrize("name", [each.name for each in MEASURES])
def test_a_measure_reads_what_it_counts_where_it_was_asked_to(
    store: ta.Store, peer: VastPeer, name: str
) -> None:
    (scan,) = scans(peer, lambda: store.measure([name], during=HOURS).to_pyarrow())

    assert OF_MEASURES.get(name, SPAN) == set(scan.columns or ())
    assert set(scan.conjuncts) == BOUNDS


@pytest.mark.parametrize("name", [*IN_TIME, *WHOLE])
def test_a_report_reads_what_it_tells(store: ta.Store, peer: VastPeer, name: str) -> None:
    report = next(each for each in REPORTS if each.name == name)
    given: dict[str, Any] = {"during": HOURS} if "during" in report.takes else {}
    given |= {"expected": {"schedule": SCHEDULE}}.get(name, {})
    if name == "delete_preview":
        given["flow"] = store.flows.order_by("id").limit(1).id.to_pyarrow()[0].as_py()

    found = scans(peer, lambda: store.report(name, **given).looks())

    assert columns(found) == (IN_TIME | WHOLE)[name]
    if name in IN_TIME:
        assert found
        assert all(each.conjuncts for each in found)
        assert any(set(each.conjuncts) >= BOUNDS for each in found)


def test_no_report_is_forgotten() -> None:
    assert {each.name for each in REPORTS} == IN_TIME.keys() | WHOLE.keys() | NOT_ALONE
