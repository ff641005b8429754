"""What a command does, imported when it is to be done."""

from __future__ import annotations

import gc
import pkgutil
import sys
from collections.abc import Callable
from typing import Any

from tams_command import interrupts


def later(place: str, *before: str) -> Callable[..., None]:
    """Does what ``place`` of `tams_analytics.cli` does, imported when it is called."""

    def do(**params: Any) -> None:
        does = _imported(f"tams_analytics.cli.{place}")
        interrupts.raise_again()
        does(*before, **params)

    return do


def _imported(name: str) -> Any:
    """By its dotted name. The library stays: looking for garbage in it was an eighth of a start."""
    if "tams_analytics" in sys.modules:
        return pkgutil.resolve_name(name)
    gc.disable()
    try:
        return pkgutil.resolve_name(name)
    finally:
        gc.freeze()
        gc.enable()
