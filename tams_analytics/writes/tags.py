"""Tags of flows and sources, one by one and all at once (statements 55 to 60)."""

from __future__ import annotations

from typing import Any

from tams_analytics.engines import Engine, Transaction
from tams_analytics.errors import NotFound
from tams_analytics.queries import entities
from tams_analytics.writes.audit import audited
from tams_analytics.writes.bodies.properties import property_value, tag_value
from tams_analytics.writes.changing import change_flow, change_source
from tams_analytics.writes.guards import writable_flow
from tams_analytics.writes.ids import refuse_unless_str
from tams_analytics.writes.tag_rows import insert_tags, replace_tags


def set_flow_tag(
    engine: Engine, flow_id: str, name: str, value: Any, *, principal: str | None = None
) -> None:
    """Create or replace one tag of a flow; the value is a text or an array of texts.

    Raises `BadParameter`, `NotFound`, `ReadOnlyFlow`.
    """
    tag = tag_value(name, value)
    with audited("set tag of", "flow", flow_id, principal):
        engine.transact(lambda tx: _set_flow_tag(tx, flow_id, name, tag, principal))


def delete_flow_tag(
    engine: Engine, flow_id: str, name: str, *, principal: str | None = None
) -> None:
    """Take one tag of a flow away; one that it has not is no change (§58).

    Raises `NotFound` for the flow, `ReadOnlyFlow`.
    """
    refuse_unless_str("name", name)
    with audited("delete tag of", "flow", flow_id, principal):
        engine.transact(lambda tx: _delete_flow_tag(tx, flow_id, name, principal))


def set_flow_tags(engine: Engine, flow_id: str, tags: Any, *, principal: str | None = None) -> None:
    """Make these the only tags of a flow; ``{}`` takes all away.

    Raises `BadParameter`, `NotFound`, `ReadOnlyFlow`.
    """
    checked = property_value("tags", tags)
    with audited("replace tags of", "flow", flow_id, principal):
        engine.transact(lambda tx: _set_flow_tags(tx, flow_id, checked, principal))


def set_source_tag(
    engine: Engine, source_id: str, name: str, value: Any, *, principal: str | None = None
) -> None:
    """Create or replace one tag of a source; the value is a text or an array of texts.

    Raises `BadParameter`, `NotFound`.
    """
    tag = tag_value(name, value)
    with audited("set tag of", "source", source_id, principal):
        engine.transact(lambda tx: _set_source_tag(tx, source_id, name, tag, principal))


def delete_source_tag(
    engine: Engine, source_id: str, name: str, *, principal: str | None = None
) -> None:
    """Take one tag of a source away. Raises `NotFound` for the source and for the tag (§58)."""
    refuse_unless_str("name", name)
    with audited("delete tag of", "source", source_id, principal):
        engine.transact(lambda tx: _delete_source_tag(tx, source_id, name, principal))


def set_source_tags(
    engine: Engine, source_id: str, tags: Any, *, principal: str | None = None
) -> None:
    """Make these the only tags of a source; ``{}`` takes all away.

    Raises `BadParameter`, `NotFound`.
    """
    checked = property_value("tags", tags)
    with audited("replace tags of", "source", source_id, principal):
        engine.transact(lambda tx: _set_source_tags(tx, source_id, checked, principal))


CHANGE = "changing its tags"


def _set_flow_tag(
    tx: Transaction, flow_id: str, name: str, value: Any, principal: str | None
) -> None:
    row = writable_flow(tx, flow_id, CHANGE)
    _replace_tag(tx, "flows", flow_id, name, value)
    change_flow(tx, row, principal)


def _delete_flow_tag(tx: Transaction, flow_id: str, name: str, principal: str | None) -> None:
    row = writable_flow(tx, flow_id, CHANGE)
    if _delete_tag(tx, "flows", flow_id, name):
        change_flow(tx, row, principal)


def _set_flow_tags(tx: Transaction, flow_id: str, tags: Any, principal: str | None) -> None:
    row = writable_flow(tx, flow_id, CHANGE)
    replace_tags(tx, "flows", flow_id, tags)
    change_flow(tx, row, principal)


def _set_source_tag(
    tx: Transaction, source_id: str, name: str, value: Any, principal: str | None
) -> None:
    row = entities.row(tx.ask, "source", source_id)
    _replace_tag(tx, "sources", source_id, name, value)
    change_source(tx, row, principal)


def _delete_source_tag(tx: Transaction, source_id: str, name: str, principal: str | None) -> None:
    row = entities.row(tx.ask, "source", source_id)
    if not _delete_tag(tx, "sources", source_id, name):
        raise NotFound("tag", name, f"source {source_id} has no such tag")
    change_source(tx, row, principal)


def _set_source_tags(tx: Transaction, source_id: str, tags: Any, principal: str | None) -> None:
    row = entities.row(tx.ask, "source", source_id)
    replace_tags(tx, "sources", source_id, tags)
    change_source(tx, row, principal)


def _replace_tag(tx: Transaction, entity_type: str, id: str, name: str, value: Any) -> None:
    _delete_tag(tx, entity_type, id, name)
    insert_tags(tx, entity_type, {id: {name: value}})


def _delete_tag(tx: Transaction, entity_type: str, id: str, name: str) -> int:
    if not entities.is_askable(name):
        return 0
    return tx.delete("tags", {"entity_type": entity_type, "entity_id": id, "name": name})
