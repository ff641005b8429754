"""Why an answer has no rows, and where else the media is: one sentence for stderr."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from tams_analytics import queries
from tams_analytics.cli import views
from tams_analytics.cli.questions import Asked, expected, segments_in
from tams_analytics.display import text
from tams_analytics.errors import named
from tams_analytics.store import Store
from tams_analytics.timerange import TimeRange

MOST_FLOWS = 100
"""Of so many flows that were asked it is told where their media lies."""
MOST_TOLD = 5
"""So many flows are named beside each other."""

Pairs = list[tuple[str, str]]


def why_empty(store: Store, asked: Asked, *, can_show_all: bool = False) -> str | None:
    """Why nothing can be found where these flows have no segment; None where they have one.

    ``can_show_all``: the command has ``--all-flows``.
    """
    if asked.window is not None and asked.window.is_empty:
        why = ": its end is before its start" if asked.is_backwards else ""
        return f"the timerange is empty{why}"
    if segments_in(store, asked).limit(1).count().to_pyarrow().as_py():
        return None
    told = [_what_is_missing(store, asked), *elsewhere(store, asked)]
    if can_show_all and would_show_all(store, asked):
        told.append("--all-flows tells of flows without a segment, too")
    return "; ".join(told)


def elsewhere(store: Store, asked: Asked) -> list[str]:
    """Which flows have the segments instead: parts of those that are asked, or what holds them."""
    if not asked.flow_ids:
        return []
    ids = asked.flow_ids[:MOST_FLOWS]
    parts = store.ask(queries.collections.members, flow_ids=ids)
    wholes = store.ask(queries.collections.collectors, member_ids=ids)
    of_parts = _pairs(parts["flow_id"].to_pylist(), parts["member_id"].to_pylist())
    of_wholes = _pairs(wholes["member_id"].to_pylist(), wholes["flow_id"].to_pylist())
    having = with_segments(store, asked, {other for _one, other in of_parts + of_wholes})
    labels = _labels(store, sorted({*ids, *having}))
    return [*_collected(of_parts, having, labels), *_held(of_wholes, having, labels, len(ids))]


def with_segments(store: Store, asked: Asked, flow_ids: Collection[str]) -> set[str]:
    """Those of the flows that have a segment in the window."""
    if not flow_ids:
        return set()
    wanted = dataclasses.replace(asked, flow_ids=tuple(sorted(flow_ids)))
    rows = segments_in(store, wanted).select("flow_id").distinct()
    return set(rows.to_pyarrow()["flow_id"].to_pylist())


def would_show_all(store: Store, asked: Asked) -> bool:
    """Would ``--all-flows`` have rows where now there are none?"""
    if asked.all_flows or asked.by == "all" or asked.window is None:
        return False
    if not asked.window.is_bounded or (asked.window.duration_ns or 0) < asked.min_duration:
        return False
    return bool(expected(store, asked).limit(1).count().to_pyarrow().as_py())


def _what_is_missing(store: Store, asked: Asked) -> str:
    if asked.flow_ids == ():
        return "no flow is registered of what is asked for"
    flows = "" if asked.flow_ids is None else " of these flows"
    if asked.window is None:
        return f"no segments{flows}"
    (found,) = store.ask(queries.overview.extent).to_pylist()
    extent = "none at all" if found["start_ns"] is None else f"some {text.when(TimeRange(**found))}"
    return f"no segments{flows} {text.when(asked.window)}; the store has {extent}"


def _pairs(ones: Iterable[str], others: Iterable[str]) -> Pairs:
    """Each once, in order; what collects itself is left out."""
    pairs = dict.fromkeys(zip(ones, others, strict=True))
    return [(one, other) for one, other in pairs if one != other]


def _labels(store: Store, ids: Sequence[str]) -> dict[str, str | None]:
    rows = store.ask(queries.flows.by_ids, ids=ids).to_pylist()
    return {row["id"]: row["label"] and named(row["label"]) for row in rows}


def _collected(parts: Pairs, having: set[str], labels: views.Labels) -> list[str]:
    """For each flow which of its parts have segments."""
    found: dict[str, list[str]] = defaultdict(list)
    for one, part in parts:
        if part in having:
            found[one].append(part)
    return [
        f"{labels.get(one) or one} collects {_list(each, labels)}, "
        f"which {'have' if len(each) > 1 else 'has'} segments"
        for one, each in found.items()
    ]


def _held(wholes: Pairs, having: set[str], labels: views.Labels, asked: int) -> list[str]:
    """Which flows have the segments of their parts."""
    found = dict.fromkeys(whole for _part, whole in wholes if whole in having)
    whose = "its" if asked == 1 else "their"
    return [f"{whose} media lies in {_list([*found], labels)}"] if found else []


def _list(ids: Sequence[str], labels: views.Labels) -> str:
    """Labels and short ids, beside each other."""
    each = [
        f"{labels[id]} ({cut})" if labels.get(id) else id
        for id, cut in zip(ids, views.shortened(ids), strict=True)
    ]
    more = len(each) - MOST_TOLD
    told = ", ".join(each[:MOST_TOLD])
    return f"{told} and {more} more" if more > 0 else told
