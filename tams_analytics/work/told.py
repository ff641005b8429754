"""What a run of deliveries did."""

from __future__ import annotations

from dataclasses import dataclass

from tams_analytics.display.text import count, plural


@dataclass(frozen=True)
class Told:
    """What was done: events that were delivered, and deliveries that failed."""

    events: int = 0
    failures: int = 0

    def __str__(self) -> str:
        failed = f", {count(self.failures)} failed" if self.failures else ""
        return f"{plural(self.events, 'event')} delivered{failed}"

    def __add__(self, other: Told) -> Told:
        return Told(self.events + other.events, self.failures + other.failures)
