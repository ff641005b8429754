"""What a store's own tables say of it: whether this library may write segments there."""

from __future__ import annotations

import ibis.expr.datatypes as dt

from tams_analytics.engines.migrations import VERSION
from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.connection import OpenTransaction, Place
from tams_analytics.engines.vast.holds import METADATA, PROBE, refuse_unless_passed
from tams_analytics.engines.vast.pushing import Conjunct, Term, predicate
from tams_analytics.engines.vast.scanning import Asked, scan
from tams_analytics.errors import Refused
from tams_analytics.tables import SCHEMA_VERSION, STORE_METADATA


class Standing:
    """Asked once a store is written to; each commit asks about the probe again (`holds`)."""

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
        facts = self._facts(transaction)
        _refuse_other_version(facts.get(VERSION))
        refuse_unless_passed([facts.get(PROBE)])
        self._is_sound = True

    def _facts(self, transaction: OpenTransaction) -> dict[str, str]:
        wanted = Conjunct("name", (Term("isin", (VERSION, PROBE)),), dt.string)
        condition = predicate([wanted], METADATA)
        asked = Asked(self.place, ("name", "value"), condition, is_narrow=True)
        rows = scan(transaction, asked).rows.to_pylist()
        return {row["name"]: row["value"] for row in rows}


def _refuse_other_version(version: str | None) -> None:
    if version is not None and int(version) > SCHEMA_VERSION:
        raise Refused(
            "writing",
            f"the store has version {version} of the tables, this library knows {SCHEMA_VERSION}",
            "use a later tams-analytics",
        )
