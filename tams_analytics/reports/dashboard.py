"""What checks found, to go through: each check, its first findings, and where they lie.

Needs the extra ``[notebook]``; without it a run of checks shows itself as a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import ibis.expr.types as ir
import ipywidgets
from ibis import _

from tams_analytics.checks import Checked, all_checks
from tams_analytics.display import text
from tams_analytics.display.tables import one_line
from tams_analytics.errors import BadParameter, TamsError
from tams_analytics.reports.checked_page import STATES, figures_of, labels_of, state, utc_of
from tams_analytics.reports.placed import placed
from tams_analytics.tables import Tables
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets import timeline
from tams_analytics.widgets.live import TimelineWidget

_WIDE = ipywidgets.Layout(width="auto", margin="2px")
_FITTING = ipywidgets.Layout(width="max-content")
ROWS = 10


class Dashboard(ipywidgets.VBox):
    """The findings of a run of checks. ``check`` and ``selected`` can be set, too.

    ``check`` is the id of the check that is looked at; ``expr`` the lazy table of all its failing
    rows; ``selected`` the finding that is looked at, a dict ``entity, id, detail``, or None;
    ``timerange`` when it is, or None; ``timeline`` the `TimelineWidget` of its flow, and of others
    with such findings, on which `show` has shown it, None before. At most 20 findings of a check
    are listed.
    """

    def __init__(self, checked: Checked, tables: Tables) -> None:
        self.checked, self._tables = checked, tables
        self._known = {check.id: check for check in all_checks()}
        self._outcomes = {each["id"]: each for each in checked.checks if each["failures"]}
        self.timeline: TimelineWidget | None = None
        self._flows: list[str] = []
        options = [(self._line(id), id) for id in self._outcomes]
        self._checks = ipywidgets.Select(options=options, rows=_rows(options), layout=_WIDE)
        self._meaning = ipywidgets.HTML()
        self._findings = ipywidgets.Select(rows=ROWS, layout=_WIDE)
        self._button = ipywidgets.Button(
            description="Show on the timeline", icon="search", layout=_FITTING
        )
        self._place = ipywidgets.VBox()
        parts = [self._checks, self._meaning, self._findings, self._button, self._place]
        super().__init__([ipywidgets.HTML(_heading(checked)), *(parts if options else [])])
        self._checks.observe(self._list, names="value")
        self._findings.observe(self._enable, names="value")
        self._button.on_click(lambda _button: self._clicked())
        self._list()

    @property
    def check(self) -> str | None:
        """The check that is looked at; None where none found anything."""
        id: str | None = self._checks.value
        return id

    @check.setter
    def check(self, id: str) -> None:
        if id not in self._outcomes:
            raise BadParameter("check", id, "found nothing", f"one of {', '.join(self._outcomes)}")
        self._checks.value = id

    @property
    def expr(self) -> ir.Table:
        """All failing rows of the check, lazily; where there is none, ``checked.findings``."""
        return self.checked.failures[self.check] if self.check else self.checked.findings

    @property
    def selected(self) -> Mapping[str, str] | None:
        """The finding that is looked at."""
        number = self._findings.value
        return None if number is None else self._outcomes[str(self.check)]["sample"][number]

    @selected.setter
    def selected(self, finding: Mapping[str, str] | None) -> None:
        sample = self._outcomes[str(self.check)]["sample"] if self.check else []
        if finding is not None and finding not in sample:
            raise BadParameter(
                "selected", finding, "is no finding of the check", "one of its sample"
            )
        self._findings.value = None if finding is None else sample.index(dict(finding))

    @property
    def timerange(self) -> TimeRange | None:
        """When the finding is; None for one that has no time."""
        place = None if self.selected is None else placed(self.selected)
        return None if place is None else TimeRange.from_ns(place.start_ns, place.end_ns)

    def show(self) -> TimelineWidget:
        """Draw the flow of the finding, and select where it lies. Raises `BadParameter`."""
        place = None if self.selected is None else placed(self.selected)
        if place is None:
            raise BadParameter("selected", self.selected, "has no place in time", "a segment")
        shown = self._drawn()
        shown.select(place.flow_id, TimeRange.from_ns(place.start_ns, place.end_ns))
        self._place.children = [shown]
        return shown

    def _drawn(self) -> TimelineWidget:
        """The flows that the findings of the check are of; drawn when it is first asked for."""
        places = [placed(each) for each in self._outcomes[str(self.check)]["sample"]]
        flows = sorted({place.flow_id for place in places if place is not None})
        if self.timeline is None or self._flows != flows:
            tables = self._tables
            made = timeline.build(
                tables.segments.filter(_.flow_id.isin(flows)),
                tables.flows.filter(_.id.isin(flows)),
                collections=tables.collections,
            )
            self._flows, self.timeline = flows, TimelineWidget(made)
        return self.timeline

    def _clicked(self) -> None:
        """What fails is told where the picture would be."""
        try:
            self.show()
        except TamsError as error:
            self._place.children = [ipywidgets.HTML(f"<b>{escape(str(error))}</b>")]

    def _list(self, _change: Any = None) -> None:
        if self.check is None:
            return
        outcome, check = self._outcomes[self.check], self._known[self.check]
        labels = labels_of([outcome], self._tables)
        told = [f"{check.meaning}. To mend it: {check.repair}.", f"The rule: {check.source}."]
        self._meaning.value = "".join(f"<div>{escape(one_line(each))}</div>" for each in told)
        listed = [(_said(each, labels), n) for n, each in enumerate(outcome["sample"])]
        self._findings.rows = _rows(listed)
        self._findings.options = listed
        self._findings.value = 0 if listed else None
        self._enable()

    def _enable(self, _change: Any = None) -> None:
        self._button.disabled = self.timerange is None

    def _line(self, id: str) -> str:
        outcome = self._outcomes[id]
        found = text.plural(outcome["failures"] or 0, "finding")
        return f"{STATES[state(outcome)][1]}  ·  {id}  ·  {found}"


def _said(finding: Mapping[str, str], labels: Mapping[str, str]) -> str:
    """A finding in a line: whose, when, and what is wrong."""
    place = placed(finding)
    if place is None:
        id = finding["id"]
        parts = [finding["entity"], labels.get(id, ""), id, finding["detail"]]
    else:
        name = labels.get(place.flow_id) or place.flow_id
        parts = [name, place.timerange, utc_of(place), finding["detail"]]
    return one_line("  ·  ".join(filter(None, parts)))


def _heading(checked: Checked) -> str:
    figures = ", ".join(
        f"<b>{escape(value)}</b> {escape(name)}" for _, value, name in figures_of(checked)
    )
    title = escape(one_line(f"Checks of {checked.store} {checked.status}"))
    return f'<div style="font-size:16px;font-weight:600">{title}</div><div>{figures}</div>'


def _rows(options: list[Any]) -> int:
    return max(2, min(ROWS, len(options)))
