"""Single properties of a flow (mission F15, statements 115 to 118).

Each change moves ``metadata_updated``, ``metadata_version`` and ``updated_by``. All raise
`NotFound` and `ReadOnlyFlow`, what sets a value also `BadParameter`. Deleting what is not set is
no change.
"""

from __future__ import annotations

from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.errors import BadParameter
from tams_analytics.queries.documents import remembering
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies.properties import property_value
from tams_analytics.writes.changing import change_flow
from tams_analytics.writes.guards import existing_flow, refuse_being_deleted, writable_flow


def set_flow_label(
    engine: Engine, flow_id: str, label: Any, *, principal: str | None = None
) -> None:
    """Create or replace a flow's label."""
    _set(engine, flow_id, "label", property_value("label", label), principal)


def delete_flow_label(engine: Engine, flow_id: str, *, principal: str | None = None) -> None:
    """Take a flow's label away."""
    _set(engine, flow_id, "label", None, principal)


def set_flow_description(
    engine: Engine, flow_id: str, description: Any, *, principal: str | None = None
) -> None:
    """Create or replace a flow's description."""
    value = property_value("description", description)
    _set(engine, flow_id, "description", value, principal)


def delete_flow_description(engine: Engine, flow_id: str, *, principal: str | None = None) -> None:
    """Take a flow's description away."""
    _set(engine, flow_id, "description", None, principal)


def set_flow_max_bit_rate(
    engine: Engine, flow_id: str, max_bit_rate: Any, *, principal: str | None = None
) -> None:
    """Create or replace a flow's largest bit rate, in 1000 bits per second."""
    value = property_value("max_bit_rate", max_bit_rate)
    _set(engine, flow_id, "max_bit_rate", value, principal)


def delete_flow_max_bit_rate(engine: Engine, flow_id: str, *, principal: str | None = None) -> None:
    """Take a flow's largest bit rate away."""
    _set(engine, flow_id, "max_bit_rate", None, principal)


def set_flow_avg_bit_rate(
    engine: Engine, flow_id: str, avg_bit_rate: Any, *, principal: str | None = None
) -> None:
    """Create or replace a flow's average bit rate, in 1000 bits per second.

    Refused with `BadParameter` for a flow that takes it from its profile (§77).
    """
    value = property_value("avg_bit_rate", avg_bit_rate)
    _set(engine, flow_id, "avg_bit_rate", value, principal)


def delete_flow_avg_bit_rate(engine: Engine, flow_id: str, *, principal: str | None = None) -> None:
    """Take a flow's average bit rate away; refused where it comes from a profile (§77)."""
    _set(engine, flow_id, "avg_bit_rate", None, principal)


def set_flow_read_only(
    engine: Engine, flow_id: str, read_only: Any, *, principal: str | None = None
) -> None:
    """Make a flow read-only or writable; works on a read-only flow (§117)."""
    value = property_value("read_only", read_only)
    with audited("set read_only of", "flow", flow_id, principal):
        engine.transact(lambda tx: _set_read_only(tx, flow_id, value, principal))


def _set_read_only(tx: Transaction, flow_id: str, value: bool, principal: str | None) -> None:
    row = existing_flow(tx, flow_id)
    refuse_being_deleted(row, "setting its read_only")
    body = remembering(row["body"], said=True)
    change_flow(tx, row, principal, read_only=value, body=body)


def _set(engine: Engine, flow_id: str, name: str, value: Any, principal: str | None) -> None:
    """Set a column that is a property; None takes it away."""
    change = f"{'delete' if value is None else 'set'} {name} of"
    with audited(change, "flow", flow_id, principal):
        engine.transact(lambda tx: _set_in(tx, flow_id, name, value, principal))


def _set_in(tx: Transaction, flow_id: str, name: str, value: Any, principal: str | None) -> None:
    row = writable_flow(tx, flow_id, f"changing its {name}")
    if name == "avg_bit_rate" and row["profile_id"] is not None:
        problem = f"cannot replace what profile {row['profile_id']} says"
        raise BadParameter(name, value, problem, "a PUT of the flow that breaks the link first")
    if value is not None or row[name] is not None:
        change_flow(tx, row, principal, **{name: value})
