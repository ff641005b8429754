"""What a run of deliveries did."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Told:
    """What was done: events that were delivered, and deliveries that failed."""

    events: int = 0
    failures: int = 0

    def __add__(self, other: Told) -> Told:
        return Told(self.events + other.events, self.failures + other.failures)
