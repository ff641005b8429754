"""Rows as the specification's documents, and documents as rows.

A column whose definition names a place in the specification (``Column.spec``) holds what stands
there; all else of a document is JSON text in ``body``. What is absent is left out, never null.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from tams_analytics.tables import FLOWS, PROFILES, SOURCES, TableDef

Row = Mapping[str, Any]
Document = dict[str, Any]


def source_document(
    row: Row,
    tags: Mapping[str, Any] | None = None,
    collection: Iterable[Document] = (),
    collected_by: Iterable[str] = (),
) -> Document:
    """A source as GET gives it, from its row of ``sources`` and what other tables say of it."""
    derived = {"source_collection": list(collection), "collected_by": list(collected_by)}
    return with_present(to_document(SOURCES, row), {"tags": tags, **derived})


def flow_document(
    row: Row,
    tags: Mapping[str, Any] | None = None,
    collection: Iterable[Document] = (),
    collected_by: Iterable[str] = (),
) -> Document:
    """A flow as GET gives it, from its row of ``flows`` and what other tables say of it.

    ``read_only`` that is false is shown to whom ever set it.
    """
    document = to_document(FLOWS, row)
    if not row["read_only"] and "read_only" not in json.loads(row["body"]):
        del document["read_only"]
    derived = {"flow_collection": list(collection), "collected_by": list(collected_by)}
    return with_present(document, {"tags": tags, **derived})


def profile_document(row: Row, tags: Mapping[str, Any] | None = None) -> Document:
    """A profile as GET gives it."""
    return with_present(to_document(PROFILES, row), {"tags": tags})


def with_present(document: Document, others: Mapping[str, Any]) -> Document:
    """``document`` with those of ``others`` that are not empty."""
    return {**document, **{name: value for name, value in others.items() if value}}


def member_document(row: Row) -> Document:
    """An item of a ``flow_collection``, from its row of ``collections``."""
    item = {"id": row["member_id"], "role": row["role"]}
    mapping = row["container_mapping"]
    item["container_mapping"] = None if mapping is None else json.loads(mapping)
    present = {name: value for name, value in item.items() if value is not None}
    return {**present, **json.loads(row["body"])}


def member_row(item: Document) -> dict[str, Any]:
    """An item of a ``flow_collection`` as columns of ``collections``."""
    rest = dict(item)
    row = {"member_id": rest.pop("id"), "role": rest.pop("role", None)}
    mapping = rest.pop("container_mapping", None)
    row["container_mapping"] = None if mapping is None else json_text(mapping)
    return {**row, "body": json_text(rest)}


def tags_document(rows: Iterable[Row]) -> dict[str, str | list[str]]:
    """Tags as an object, from one entity's rows of ``tags`` in order of ``position`` (F36)."""
    tags: dict[str, Any] = {}
    for row in rows:
        if row["position"] is None:
            tags[row["name"]] = row["value"]
        else:
            values = tags.setdefault(row["name"], [])
            values.extend([] if row["value"] is None else [row["value"]])
    return tags


def tag_rows(tags: Mapping[str, str | list[str]]) -> list[dict[str, Any]]:
    """Tags as columns ``name, position, value`` of ``tags``, one row for each value."""
    return [
        {"name": name, "position": position, "value": value}
        for name, tag in tags.items()
        for position, value in _positions(tag)
    ]


def _positions(tag: str | list[str]) -> list[tuple[int | None, str | None]]:
    if isinstance(tag, str):
        return [(None, tag)]
    return list(enumerate(tag)) or [(0, None)]


def to_document(table: TableDef, row: Row) -> Document:
    """What ``row`` itself says: its columns at their places, and its ``body``."""
    document: Document = {}
    for name, path in PLACES[table.name].items():
        value = row[name]
        if value is not None:
            _put(document, path, date_text(value) if isinstance(value, dt.datetime) else value)
    _merge(document, json.loads(row["body"]))
    return document


def to_row(table: TableDef, document: Document) -> dict[str, Any]:
    """The columns that have a place in the document (None: nothing there), and ``body``."""
    rest = copy.deepcopy(document)
    row = {name: _take(rest, path) for name, path in PLACES[table.name].items()}
    return {**row, "body": json_text(rest)}


def flow_row(document: Document) -> dict[str, Any]:
    """A flow's document without tags and collection as columns of ``flows``.

    A denominator is 1 by default (statement 101). ``body`` remembers what the client did not say,
    so that it gets back what it gave, and whether it said ``read_only``.
    """
    row = to_row(FLOWS, document)
    body = json.loads(row["body"])
    for ratio in ("frame_rate", "segment_duration"):
        if row[f"{ratio}_num"] is not None and row[f"{ratio}_den"] is None:
            row[f"{ratio}_den"] = 1
            _put(body, PLACES["flows"][f"{ratio}_den"], UNSAID)
    row["body"] = remembering(json_text(body), said="read_only" in document)
    return {**row, "read_only": bool(row["read_only"])}


UNSAID = None
"""In ``body``, at the place of a column: the column has its default, the client did not say it."""


def remembering(body: str, said: bool) -> str:
    """A flow's ``body`` that knows whether ``read_only`` was ever set."""
    return json_text({**json.loads(body), "read_only": False}) if said else body


def date_text(moment: dt.datetime) -> str:
    """``YYYY-MM-DDTHH:MM:SSZ`` of a wall-clock column (statement 10)."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


PLACES = {
    table.name: {
        column.name: tuple(column.spec.split(".")) for column in table.columns if column.spec
    }
    for table in (SOURCES, FLOWS, PROFILES)
}
"""Of each column: the keys that lead to it in the document."""


def _put(document: Document, path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        document = document.setdefault(key, {})
    document[path[-1]] = value


def _take(document: Document, path: tuple[str, ...]) -> Any:
    """The value at ``path`` or None; it is removed, and objects that it leaves empty with it."""
    key, *rest = path
    inner = document.get(key)
    if not rest:
        return document.pop(key, None)
    if not isinstance(inner, dict) or not inner:
        return None
    value = _take(inner, tuple(rest))
    if not inner:
        del document[key]
    return value


def _merge(document: Document, rest: Mapping[str, Any]) -> None:
    """Add ``rest``; what a column says wins."""
    for key, value in rest.items():
        if isinstance(value, dict) and isinstance(document.get(key), dict):
            _merge(document[key], value)
        elif value is UNSAID and key in document:
            del document[key]
        else:
            document.setdefault(key, value)
