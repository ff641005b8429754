"""Reports of others: a package with an entry point, found where packages are found."""

from __future__ import annotations

from pathlib import Path

import pytest

import tams_analytics as ta
from tams_analytics import reports
from tams_analytics.errors import BadParameter, NotFound

REPORT = """
from ibis import _
from tams_analytics.reports import Parameter, Part, Report
from tams_analytics.reports.report import whole_number

def parts(scope, at_least):
    found = scope.tables.segments.group_by("flow_id").agg(segments=_.count())
    yield Part("flows", "a flow with many segments", found.filter(_.segments >= at_least))

BUSY = Report(
    "busy", "Busy flows", "They may be cut too short.", "our newsroom", parts,
    parameters=(Parameter("at_least", "so many segments", 100, whole_number),),
)
"""


@pytest.fixture
def _house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "house_reports.py").write_text(REPORT)
    about = tmp_path / "house_reports-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: house-reports\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[tams.reports]\nbusy = house_reports:BUSY\n")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("_house")
def test_a_report_of_others_is_asked_by_name_with_its_parameters() -> None:
    with ta.examples.newsroom(segments=1000, defects=False) as store:
        counted = store.segments.group_by("flow_id").agg(segments=ta._.count())
        expected = [n for n in counted.segments.to_pyarrow().to_pylist() if n >= 50]
        made = store.report("busy", at_least="50")

        found = made.tables["flows"].segments.to_pyarrow().to_pylist()
        shown = repr(made)

    assert expected
    assert sorted(expected) == sorted(found)
    assert "busy" == reports.all_reports()[-1].name
    assert "flows: a flow with many segments" in shown
    assert "They may be cut too short." in shown


@pytest.mark.usefixtures("_house")
def test_what_a_report_does_not_take_is_refused_with_what_it_does() -> None:
    with ta.connect(":memory:") as store:
        with pytest.raises(BadParameter, match="at_least: 'many' is no number; expected a whole"):
            store.report("busy", at_least="many")
        with pytest.raises(BadParameter, match="no parameter of the report busy; expected at_lea"):
            store.report("busy", most=3)
        with pytest.raises(BadParameter, match="tz: 'UTC' is nothing that the report busy takes"):
            store.report("busy", tz="UTC")


def test_an_unknown_report_names_those_that_there_are() -> None:
    with (
        ta.connect(":memory:") as store,
        pytest.raises(NotFound, match=r"one of hygiene, daily_gaps, "),
    ):
        store.report("hygene")
