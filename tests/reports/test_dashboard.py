"""The dashboard of a run of checks: what it lists, and that a finding is shown where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tams_analytics.reports.dashboard import Dashboard


@pytest.fixture(scope="module")
def newsroom() -> Iterator[ta.Store]:
    with ta.examples.newsroom(segments=2_000) as store:
        yield store


@pytest.fixture(scope="module")
def run(newsroom: ta.Store) -> Any:
    return newsroom.check()


@pytest.fixture
def dashboard(newsroom: ta.Store, run: Any) -> Dashboard:
    return newsroom.dashboard(run)


def test_every_check_that_found_something_is_listed(dashboard: Dashboard, run: Any) -> None:
    found = [each["id"] for each in run.checks if each["failures"]]

    assert found == [id for _line, id in dashboard._checks.options]
    lines = {id: line for line, id in dashboard._checks.options}
    assert "failed  ·  segments_overlap  ·  3 findings" == lines["segments_overlap"]


def test_the_findings_of_a_check_are_listed_with_its_meaning(dashboard: Dashboard) -> None:
    dashboard.check = "segments_overlap"

    assert 3 == len(dashboard._findings.options)
    assert "To mend it" in dashboard._meaning.value
    assert all("  ·  [178" in line for line, _ in dashboard._findings.options)


def test_the_expression_is_all_failing_rows(dashboard: Dashboard) -> None:
    dashboard.check = "segments_overlap"

    assert 3 == dashboard.expr.count().to_pyarrow().as_py()


def test_a_finding_is_shown_where_it_lies(dashboard: Dashboard) -> None:
    dashboard.check = "segments_overlap"
    dashboard._findings.value = 1
    dashboard._button.click()

    shown = dashboard.timeline
    assert shown is not None
    assert (shown,) == dashboard._place.children
    assert shown.selected.timerange.overlaps(dashboard.timerange)
    assert shown.selected.key == dashboard.selected["id"].rpartition("@")[0]
    assert shown.timerange.overlaps(dashboard.timerange)


def test_the_timeline_has_the_flows_of_these_findings_alone(dashboard: Dashboard) -> None:
    dashboard.check = "segments_overlap"
    first = dashboard.show()
    dashboard.check = "segment_without_flow"
    other = dashboard.show()

    assert ["S1 audio"] == [lane.label for lane in first.lanes]
    assert ["not registered"] == [lane.sub for lane in other.lanes]
    assert (other,) == dashboard._place.children


def test_a_finding_without_a_time_has_nothing_to_show(dashboard: Dashboard) -> None:
    dashboard.check = "flow_without_source"

    assert dashboard.timerange is None
    assert dashboard._button.disabled
    with pytest.raises(BadParameter, match="has no place in time"):
        dashboard.show()


def test_what_cannot_be_shown_is_told_in_place_of_the_picture(
    dashboard: Dashboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    dashboard.check = "flow_without_source"
    dashboard._clicked()

    assert "has no place in time" in dashboard._place.children[0].value


def test_check_and_finding_can_be_set(dashboard: Dashboard, run: Any) -> None:
    dashboard.check = "segments_overlap"
    sample = next(each["sample"] for each in run.checks if each["id"] == "segments_overlap")
    dashboard.selected = sample[2]

    assert (2, sample[2]) == (dashboard._findings.value, dashboard.selected)


def test_what_is_not_there_is_refused(dashboard: Dashboard) -> None:
    with pytest.raises(BadParameter, match="found nothing; expected one of"):
        dashboard.check = "bytes_unknown"
    with pytest.raises(BadParameter, match="is no finding of the check"):
        dashboard.selected = {"entity": "segments", "id": "x", "detail": ""}


def test_texts_of_the_store_are_no_markup(dashboard: Dashboard) -> None:
    assert all("<script" not in each.value for each in (dashboard.children[0], dashboard._meaning))


def test_a_sound_store_has_a_heading_alone() -> None:
    with ta.examples.newsroom(segments=1_000, defects=False) as sound:
        dashboard = sound.dashboard()

        assert 1 == len(dashboard.children)
        assert "passed" in dashboard.children[0].value
        assert (None, None, None) == (dashboard.check, dashboard.selected, dashboard.timerange)
