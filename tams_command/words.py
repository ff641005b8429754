"""The words that are typed, and that the library's part of the command understands."""

from __future__ import annotations

FORMATS = ("table", "json", "csv", "parquet", "html")
FORMATS_OF_FINDINGS = ("table", "json")
FORMATS_OF_CHECKS = ("table", "json", "junit", "html", "prometheus")
FORMATS_OF_MEASURES = (*FORMATS, "prometheus")
FORMATS_OF_EXPLANATIONS = ("table", "json", "html")

GROUPS: dict[str, str | None] = {"flow": "flow_id", "source": "source_id", "all": None}
"""What rows are taken together by, and the column that says so."""

SPELLINGS = "[0:0_10:0) in seconds:nanoseconds, or 2026-08-31T20:00/21:00 in UTC"
INSTANTS = "0:0 in seconds:nanoseconds, or 2026-08-31T20:00 in UTC"
