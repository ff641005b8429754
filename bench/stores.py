"""Newsroom stores of several sizes, made once and kept in the cache folder (``$TAMS_CACHE``)."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

import tams_analytics as ta
from tams_analytics.tables import SCHEMA_VERSION


def cache() -> Path:
    """Where large made things are kept: ``$TAMS_CACHE``, else the user's cache."""
    folder = Path(os.environ.get("TAMS_CACHE") or platformdirs.user_cache_dir("tams")) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kept_newsroom(segments: int) -> ta.Store:
    """A clean newsroom of this size, open for reading; made under another name, then renamed."""
    path = cache() / f"newsroom-{SCHEMA_VERSION}-{segments}.duckdb"
    if not path.exists():
        unfinished = path.with_suffix(".unfinished.duckdb")
        unfinished.unlink(missing_ok=True)
        with ta.connect(str(unfinished)) as store:
            ta.examples.newsroom(store, segments=segments, defects=False)
        unfinished.rename(path)
    return ta.connect(str(path), read_only=True)
