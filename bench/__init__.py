"""Ratios side by side in one run: `make bench`, or `make bench ONLY=window` for one of them."""

from __future__ import annotations

BENCHMARKS = (
    "timerange",
    "window",
    "verbs",
    "joins",
    "newsroom",
    "checks",
    "timeline",
    "writes",
    "server",
    "server_naive",
    "server_writes",
    "server_deletes",
    "server_operations",
    "server_vast",
    "listing",
    "vast",
    "checks_vast",
    "trino",
)
"""Each is a module beside this file, measured in this order."""
