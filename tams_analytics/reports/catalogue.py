"""The reports of the library, in the order in which they are listed."""

from __future__ import annotations

from tams_analytics.reports import (
    availability,
    changes,
    codecs,
    collections,
    comparison,
    daily_gaps,
    delete_preview,
    expected,
    growth,
    hygiene,
    ingest_lag,
    retention,
    reuse,
    sources,
    storage,
    url_health,
)
from tams_analytics.reports.report import Report

REPORTS: tuple[Report, ...] = (
    daily_gaps.REPORT,
    expected.REPORT,
    collections.REPORT,
    ingest_lag.REPORT,
    codecs.REPORT,
    sources.REPORT,
    retention.REPORT,
    delete_preview.REPORT,
    storage.REPORT,
    reuse.REPORT,
    growth.REPORT,
    hygiene.REPORT,
    availability.REPORT,
    changes.REPORT,
    comparison.REPORT,
    url_health.REPORT,
)
