"""Media files into a store: read what they are, keep their bytes, register their segments."""

from __future__ import annotations

from tams_analytics.ingest.job import Ingested, ingest
from tams_analytics.ingest.keeping import Kept
from tams_analytics.ingest.presentation import skipped

__all__ = ["Ingested", "Kept", "ingest", "skipped"]
