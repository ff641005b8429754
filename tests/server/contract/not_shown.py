"""What the contract does not show yet, with a reason for each: ``not_shown.toml``."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE = Path(__file__).with_name("not_shown.toml")


@functools.cache
def not_shown(part: str) -> Mapping[str, str]:
    """The reasons of a part of the file: ``answers`` (``OPERATION STATUS``) or ``statements``."""
    read: Mapping[str, Mapping[str, str]] = tomllib.loads(FILE.read_text("utf-8"))
    return read.get(part, {})
