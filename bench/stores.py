"""Newsroom stores of several sizes, made once and kept in the cache folder (``$TAMS_CACHE``)."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

import tams_analytics as ta
from tams_analytics.tables import SCHEMA_VERSION

USUAL = (1_000_000, 10_000_000)
LARGE = 100_000_000
"""Takes many minutes and about 19 GB to make, so only who asks for it makes it."""
ASKED = "TAMS_BENCH_SEGMENTS"
"""The environment variable that asks for `LARGE`, or for other sizes, with commas between."""


def asked_sizes() -> list[int]:
    """The sizes that ``$TAMS_BENCH_SEGMENTS`` names; none where it is not set."""
    return [int(size) for size in os.environ.get(ASKED, "").split(",") if size]


def kept_sizes() -> list[int]:
    """The newsrooms to read: those asked for, else `USUAL` and, where it is kept, `LARGE`."""
    if asked := asked_sizes():
        return asked
    if newsroom_file(LARGE).exists():
        return [*USUAL, LARGE]
    way_in = f"{ASKED}={LARGE} makes and keeps one"
    print(f"  skipped: {LARGE:,} segments, since no such store is kept; {way_in}", flush=True)
    return [*USUAL]


def cache() -> Path:
    """Where large made things are kept: ``$TAMS_CACHE``, else the user's cache."""
    folder = Path(os.environ.get("TAMS_CACHE") or platformdirs.user_cache_dir("tams")) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def newsroom_file(segments: int) -> Path:
    """Where the newsroom of this size is kept, or would be."""
    return cache() / f"newsroom-{SCHEMA_VERSION}-{segments}.duckdb"


def kept_newsroom(segments: int) -> ta.Store:
    """A clean newsroom of this size, open for reading; made under another name, then renamed."""
    path = newsroom_file(segments)
    if not path.exists():
        unfinished = path.with_suffix(".unfinished.duckdb")
        unfinished.unlink(missing_ok=True)
        with ta.connect(str(unfinished)) as store:
            ta.examples.newsroom(store, segments=segments, defects=False)
        unfinished.rename(path)
    return ta.connect(str(path), read_only=True)
