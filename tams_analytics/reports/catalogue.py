"""The reports of the library, in the order in which they are listed."""

from __future__ import annotations

from tams_analytics.reports import delete_preview, hygiene, retention
from tams_analytics.reports.report import Report

REPORTS: tuple[Report, ...] = (hygiene.REPORT, retention.REPORT, delete_preview.REPORT)
