"""Stores to try things on. Above the store: everything here can be said with the library itself."""

from __future__ import annotations

from tams_analytics.examples.filling import defects, newsroom, s3_objects

__all__ = ["defects", "newsroom", "s3_objects"]
