"""What is well with a store, and what is not: a line each for the one who runs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``way_out`` says what to do where it is not well."""

    what: str
    is_well: bool
    said: str
    way_out: str = ""

    def __str__(self) -> str:
        way_out = f"; {self.way_out}" if self.way_out else ""
        return f"{'ok ' if self.is_well else 'BAD'} {self.what}: {self.said}{way_out}"
