"""The first page: what there is, from when to when, what came last, and whether it was sound."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from tams_analytics.display import StoreCard, text
from tams_analytics.queries import overview as questions
from tams_analytics.queries.documents import date_text
from tams_analytics.store import Store
from tams_analytics.timerange import TimeRange
from tams_analytics.timerange.clocks import from_posix
from tams_server.ui.integrity import last_run
from tams_server.ui.visit import Page, Visit

WRITTEN_LAST = 10


def overview(visit: Visit) -> Page:
    """Counts and extent are what `Store.card` asks, and kept while nothing is written."""
    card = visit.store.card(kept=True)
    data = _of_card(card) | (NOTHING if card.lacks else _of_flows(visit.store))
    copies = (
        visit.copied("How much there is", questions.counts, {}),
        visit.copied("From when to when", questions.extent, {}),
        visit.copied("Written last", questions.written_last, {"limit": WRITTEN_LAST}),
    )
    return Page("overview", "Overview", data, copies)


NOTHING: dict[str, Any] = {"formats": [], "written_last": [], "last_run": None}
"""Of a store without tables."""


def _of_card(card: StoreCard) -> dict[str, Any]:
    able = card.capabilities if isinstance(card.capabilities, Mapping) else {}
    return {
        "store": {
            "engine": card.engine,
            "url": card.url,
            "lacks": card.lacks,
            "capabilities": dict(able),
            "versions": dict(card.versions),
        },
        "counts": dict(card.counts),
        "extent": None if card.extent is None else _extent(card.extent),
    }


def _extent(found: TimeRange) -> dict[str, Any]:
    """From first to last; ``age_ns`` is how long ago the newest media was, on the wall clock."""
    start, end = found.start_ns or 0, found.end_ns or 0
    age = from_posix(time.time_ns()) - end if text.is_wall_clock(start) else None
    return {"timerange": str(found), "start_ns": start, "end_ns": end, "age_ns": age}


def _of_flows(store: Store) -> dict[str, Any]:
    written = store.results.ask(questions.written_last, limit=WRITTEN_LAST).to_pylist()
    return {
        "formats": store.results.ask(questions.formats).to_pylist(),
        "written_last": [
            {**row, "segments_updated": date_text(row["segments_updated"])} for row in written
        ],
        "last_run": last_run(store),
    }
