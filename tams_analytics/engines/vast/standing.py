"""What a store's own tables say of it: whether this library may write segments there."""

from __future__ import annotations

import ibis.expr.datatypes as dt

from tams_analytics.engines.migrations import VERSION
from tams_analytics.engines.vast.address import Address
from tams_analytics.engines.vast.connection import OpenTransaction, Place
from tams_analytics.engines.vast.holds import METADATA
from tams_analytics.engines.vast.pushing import Conjunct, Term, predicate
from tams_analytics.engines.vast.scanning import Asked, scan
from tams_analytics.errors import Refused
from tams_analytics.tables import SCHEMA_VERSION, STORE_METADATA

PROBE = "row_conflicts"
"""The fact in ``store_metadata``: what the probe of two transactions found on this cluster."""
PASSED = "passed"
WAY_OUT = "run tams schema apply, or tams doctor, on it"


class Standing:
    """Asked once a store is written to, and believed from then on."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._is_sound = False

    @property
    def place(self) -> Place:
        """The table with the facts."""
        return Place(self._address.bucket, self._address.schema, STORE_METADATA.name)

    def require_row_conflicts(self, transaction: OpenTransaction) -> None:
        """Raise `Refused` where two writers of one flow might both succeed.

        That two transactions conflict which update the same row is what every rule about one flow
        rests on. VAST says so nowhere, so a probe has to have shown it on this very cluster.
        """
        if self._is_sound:
            return
        facts = self._facts(transaction)
        _refuse_other_version(facts.get(VERSION))
        found = facts.get(PROBE)
        if found is None or not found.startswith(PASSED):
            said = f"its probe says: {found}" if found else "it was not probed yet"
            raise Refused(
                "writing segments",
                f"it is not shown that this cluster lets two writers of one row conflict ({said})",
                WAY_OUT,
            )
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
