"""What checks found as a page that is one file: figures, every check, samples, and pictures.

A finding of a segment is shown where it lies: its flow, some time before and after it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from ibis import _

from tams_analytics.checks import CHECKS, Checked, Outcome, all_checks
from tams_analytics.checks.check import Check
from tams_analytics.checks.checked import told_beside
from tams_analytics.checks.deadline import Deadline
from tams_analytics.display import text
from tams_analytics.display.tables import one_line
from tams_analytics.reports.placed import Placed, picture, placed
from tams_analytics.tables import FLOWS, SOURCES, Tables
from tams_analytics.widgets import frame

MOST_PICTURES = 12
MOST_ANSWERED = 50
NOT_READ = "Not read: the time was over."
WRONG = "What is wrong"
NO_PICTURE = "No picture: the time was over."
STATES = {
    "failed": ("bad", "failed"),
    "warned": ("warn", "warning"),
    "not_run": ("soft", "not run"),
    "passed": ("good", "passed"),
}
"""What a check can come to: a class of the style, and a word; in the order of the table."""


@dataclass(frozen=True)
class About:
    """What a page tells beside the checks."""

    started: dt.datetime
    took_s: float
    rows_in: Mapping[str, str]
    """By check: where its failing rows are kept, in words."""
    deadline: Deadline
    """Pictures for which no time is left are not made."""


def page(checked: Checked, tables: Tables, about: About) -> str:
    """One HTML document that asks for nothing else; every text in it is escaped."""
    known = {check.id: check for check in all_checks()}
    ran = sorted(checked.checks, key=lambda each: list(STATES).index(state(each)))
    found = [each for each in ran if each["failures"]]
    labels = labels_of(found, tables)
    pictures = _pictures(found, tables, about.deadline)
    sections = [_found(each, known[each["id"]], labels, pictures, about) for each in found]
    sections.append(_answered(checked, about.deadline))
    return frame.framed(
        [frame.figures(_figures(checked, about)), _overview(ran, known), *sections, _next(found)],
        title=one_line(f"Checks of {checked.store} {checked.status}"),
        lines=[_about(checked, about)],
    )


def state(outcome: Outcome) -> str:
    """One of `STATES`."""
    if outcome["failures"] is None:
        return "not_run"
    if not outcome["failures"]:
        return "passed"
    return "failed" if outcome["severity"] == "error" else "warned"


def _about(checked: Checked, about: About) -> str:
    when = f"{about.started:%Y-%m-%d %H:%M:%S} UTC"
    return f"Asked of the {checked.engine} engine at {when}, of {checked.looked_at_what}."


def _figures(checked: Checked, about: About) -> list[frame.Figure]:
    took = text.roughly(round(about.took_s * 1e9))
    return [*figures_of(checked), ("", took, "for all checks")]


def figures_of(checked: Checked) -> list[frame.Figure]:
    """How many checks came to what, and how many findings there are."""
    states = [state(each) for each in checked.checks]
    rows = sum(each["failures"] or 0 for each in checked.checks)
    failed, warned, idle, passed = (states.count(name) for name in STATES)
    return [
        ("bad" if failed else "", text.count(failed), "checks failed"),
        ("gap" if warned else "", text.count(warned), "warnings"),
        ("good" if passed else "", text.count(passed), "passed"),
        ("", text.count(idle), "did not run"),
        ("", text.count(rows), "findings"),
        *_counted(checked, "new"),
        *_counted(checked, "acknowledged"),
    ]


def _counted(checked: Checked, what: Literal["new", "acknowledged"]) -> list[frame.Figure]:
    """How many findings are of this kind; nothing where none is, or nobody knows."""
    number = sum(each[what] or 0 for each in checked.checks)
    return [("", text.count(number), what)] if number else []


def _overview(ran: Sequence[Outcome], known: Mapping[str, Check]) -> str:
    rows = "".join(_line(each, known[each["id"]]) for each in ran)
    return (
        '<section><h2>Every check</h2><div class="wide whole"><table><thead><tr><th></th>'
        '<th>Check</th><th class="number">Findings</th><th>What a finding means</th>'
        '<th>What would mend it</th><th class="number">Took</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _line(outcome: Outcome, check: Check) -> str:
    kind, word = STATES[state(outcome)]
    id = escape(outcome["id"])
    name = f'<a href="#{id}">{id}</a>' if outcome["failures"] else id
    number = "" if outcome["failures"] is None else text.count(outcome["failures"])
    apart = ", ".join(told_beside(outcome))
    does = outcome["reason"] or (check.repair if outcome["failures"] else apart)
    return (
        f'<tr><td class="{kind}">{word}</td><td>{name}</td><td class="number">{number}</td>'
        f'<td class="text">{escape(one_line(check.meaning))}</td>'
        f'<td class="text soft">{escape(one_line(does))}</td>'
        f'<td class="number">{outcome["took_s"]:.2f} s</td></tr>'
    )


def _found(
    outcome: Outcome,
    check: Check,
    labels: Mapping[str, str],
    pictures: Mapping[str, str],
    about: About,
) -> str:
    kind, word = STATES[state(outcome)]
    shown, total = len(outcome["sample"]), outcome["failures"] or 0
    kept = about.rows_in.get(outcome["id"], "")
    note = text.plural(total, "finding") if shown == total else f"the first {shown} of {total}"
    note = ", ".join([note, *told_beside(outcome)])
    return (
        f'<section id="{escape(outcome["id"])}"><h2>{escape(outcome["id"])} '
        f'<span class="{kind}">{word}</span></h2>'
        f"<p>{escape(_sentence(check.meaning))}: {note}"
        f"{f'; {escape(kept)}' if kept else ''}.</p>"
        f"{frame.paragraph(f'To mend it: {check.repair}. The rule: {check.source}.')}"
        f"{pictures.get(outcome['id'], '')}{_sample(outcome, labels)}</section>"
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _sample(outcome: Outcome, labels: Mapping[str, str]) -> str:
    """The first findings: of segments their flow, when in UTC, and the timerange."""
    places = [(placed(each), each["detail"]) for each in outcome["sample"]]
    there = [(place, detail) for place, detail in places if place is not None]
    if len(there) == len(places):
        rows = [
            (labels.get(place.flow_id) or place.flow_id, place.timerange, utc_of(place), detail)
            for place, detail in there
        ]
        return frame.table(("Flow", "Timerange", "From, UTC", WRONG), rows, wraps=True)
    told = [
        (each["entity"], each["id"], labels.get(each["id"], ""), each["detail"])
        for each in outcome["sample"]
    ]
    return frame.table(("Of", "Id", "Label", WRONG), told, wraps=True)


def utc_of(place: Placed) -> str:
    """When it starts, or nothing where the media is not on the wall clock."""
    start = place.start_ns
    return text.utc(start).removesuffix(" UTC") if text.is_wall_clock(start) else ""


def labels_of(found: Sequence[Outcome], tables: Tables) -> dict[str, str]:
    """The labels of the flows and sources that are shown, and of those whose segments are."""
    sample = [each for outcome in found for each in outcome["sample"]]
    places = [placed(each) for each in sample]
    ids = {place.flow_id for place in places if place is not None}
    ids |= {each["id"] for each in sample if each["entity"] in (FLOWS.name, SOURCES.name)}
    labels: dict[str, str] = {}
    for entities in (tables.sources, tables.flows) if ids else ():
        named = entities.filter(_.id.isin(sorted(ids))).select("id", "label").to_pyarrow()
        labels |= {row["id"]: row["label"] for row in named.to_pylist() if row["label"]}
    return labels


def _pictures(found: Sequence[Outcome], tables: Tables, deadline: Deadline) -> dict[str, str]:
    """By check, where its first findings of segments lie; of the first checks that have any."""
    where = {each["id"]: [placed(one) for one in each["sample"]] for each in found}
    shown = {id: [one for one in places if one is not None] for id, places in where.items()}
    wanted = [id for id, places in shown.items() if places][:MOST_PICTURES]
    made: dict[str, str] = {}

    def draw() -> None:
        for id in wanted:
            made[id] = picture(shown[id], tables)

    deadline.run(draw)
    return {id: made.get(id) or frame.paragraph(NO_PICTURE) for id in wanted}


def _answered(checked: Checked, deadline: Deadline) -> str:
    """What somebody answers for, the first of it: who, why, and until when."""
    if not any(each["acknowledged"] for each in checked.checks):
        return ""
    rows: list[tuple[str, ...]] = []

    def read() -> None:
        first = checked.acknowledged.order_by("check", "entity", "id").limit(MOST_ANSWERED)
        rows.extend(
            (each["check"], each["id"], each["owner"], _until(each["expires"]), each["reason"])
            for each in first.to_pyarrow().to_pylist()
        )

    deadline.run(read)
    table = frame.table(("Check", "Id", "Owner", "Until", "Reason"), rows, wraps=True)
    shown = table if rows else frame.paragraph(NOT_READ)
    return f"<section><h2>Acknowledged</h2>{shown}</section>"


def _until(expires: dt.datetime | None) -> str:
    return "" if expires is None else f"{expires:%Y-%m-%d %H:%M} UTC"


def _next(found: Sequence[Outcome]) -> str:
    if not found:
        return ""
    id = found[0]["id"]
    steps = [
        (f"tams check STORE --only {id}", "this check alone, after a repair"),
        (f'store.check(only=["{id}"]).failures["{id}"]', "all its rows, in Python"),
    ]
    if id in {check.id for check in CHECKS}:  # of others there is no statement
        steps.append((f"tams sql check_{id}", "the check as SQL"))
    return frame.next_steps(steps)
