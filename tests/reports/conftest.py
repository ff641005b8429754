"""One small newsroom without defects and one with them on each engine, for all of this folder."""

from __future__ import annotations

from tests.examples.conftest import clean, empty, flawed

__all__ = ["clean", "empty", "flawed"]
