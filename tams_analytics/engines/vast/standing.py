"""What a store's own tables say of it: whether this library may write segments there."""

from __future__ import annotations

from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.connection import Place
from tams_analytics.engines.vast.holds import (
    FACTS,
    named_rows,
    refuse_later_version,
    refuse_unless_passed,
)
from tams_analytics.engines.vast.opened import OpenTransaction
from tams_analytics.tables import STORE_METADATA


class Standing:
    """Asked once a store is written to; each commit asks again (`holds`)."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._is_sound = False

    @property
    def place(self) -> Place:
        """The table with the facts."""
        return Place(self._address.bucket, self._address.schema, STORE_METADATA.name)

    def require_row_conflicts(self, transaction: OpenTransaction) -> None:
        """Raise `Refused` before work is done for nothing (`holds.refuse_unless_passed`)."""
        if self._is_sound:
            return
        rows = named_rows(transaction, self.place, FACTS).to_pylist()
        facts = {row["name"]: row["value"] for row in rows}
        refuse_later_version(facts)
        refuse_unless_passed(facts)
        self._is_sound = True
