"""Single properties of a source (mission F9, statements 88 and 89).

Each change moves ``updated`` and ``updated_by``. All raise `NotFound`, what sets a value also
`BadParameter`. Deleting what is not set is no change.
"""

from __future__ import annotations

from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.queries import entities
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies.properties import property_value
from tams_analytics.writes.changing import change_source


def set_source_label(
    engine: Engine, source_id: str, label: Any, *, principal: str | None = None
) -> None:
    """Create or replace a source's label."""
    _set(engine, source_id, "label", property_value("label", label), principal)


def delete_source_label(engine: Engine, source_id: str, *, principal: str | None = None) -> None:
    """Take a source's label away."""
    _set(engine, source_id, "label", None, principal)


def set_source_description(
    engine: Engine, source_id: str, description: Any, *, principal: str | None = None
) -> None:
    """Create or replace a source's description."""
    value = property_value("description", description)
    _set(engine, source_id, "description", value, principal)


def delete_source_description(
    engine: Engine, source_id: str, *, principal: str | None = None
) -> None:
    """Take a source's description away."""
    _set(engine, source_id, "description", None, principal)


def _set(engine: Engine, source_id: str, name: str, value: Any, principal: str | None) -> None:
    """Set a column that is a property; None takes it away."""
    change = f"{'delete' if value is None else 'set'} {name} of"
    with audited(change, "source", source_id, principal):
        engine.transact(lambda tx: _set_in(tx, source_id, name, value, principal))


def _set_in(tx: Transaction, source_id: str, name: str, value: Any, principal: str | None) -> None:
    row = entities.row(tx.ask, "source", source_id)
    if value is not None or row[name] is not None:
        change_source(tx, row, principal, **{name: value})
