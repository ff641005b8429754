"""The only code that changes a store: the specification's rules, each change one transaction.

Every public function takes an engine first; ``store.writes.NAME(…)`` is the same function with the
engine of that store. Bodies are the specification's documents as dicts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CATALOGUE: tuple[Callable[..., Any], ...] = ()
"""Sources, flows, collections, tags and profiles."""

MEDIA: tuple[Callable[..., Any], ...] = ()
"""Segments, objects, instances, storage, deletes and bulk loads."""

WRITES: tuple[Callable[..., Any], ...] = (*CATALOGUE, *MEDIA)
"""What `tams_analytics.store.Store` offers as ``store.writes``."""
