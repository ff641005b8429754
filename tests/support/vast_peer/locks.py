"""Who may write what: the first writer of a row or an object wins, at once and not at commit.

That two transactions conflict which update the same row is this peer's rule; nothing that VAST
published says it of rows (``facts/vast.md``, open point 1). Its own tests show it for objects.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import numpy as np

from tests.support.vast_peer.messages import conflict


@dataclass
class Writes:
    """What one transaction wrote. A shared use conflicts with an exclusive one only."""

    exclusive: set[Hashable] = field(default_factory=set)
    shared: set[Hashable] = field(default_factory=set)
    rows: dict[int, list[np.ndarray]] = field(default_factory=dict)
    """To each table's handle the row ids, without those that the transaction itself inserted."""

    def clashes(self, other: Writes) -> bool:
        return bool(
            self.exclusive & other.exclusive
            or self.exclusive & other.shared
            or self.shared & other.exclusive
        )

    def clash_of_rows(self, handle: int, ids: np.ndarray) -> bool:
        return any(np.isin(ids, mine).any() for mine in self.rows.get(handle, ()))

    def take(self, wanted: Writes) -> None:
        self.exclusive |= wanted.exclusive
        self.shared |= wanted.shared
        for handle, arrays in wanted.rows.items():
            self.rows.setdefault(handle, []).extend(arrays)


def require_free(wanted: Writes, others: list[Writes], *, rows_conflict: bool) -> None:
    """Refuses what an open, or a meanwhile committed, transaction wrote. Raises Refused (409)."""
    for other in others:
        if wanted.clashes(other):
            raise conflict("the object was written by another transaction")
        if not rows_conflict:
            continue
        for handle, arrays in wanted.rows.items():
            if any(other.clash_of_rows(handle, ids) for ids in arrays):
                raise conflict("the row was written by another transaction")
