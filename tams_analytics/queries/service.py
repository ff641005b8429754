"""The service as it tells of itself (statements 61 to 65, F2)."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterable, Mapping
from typing import Any

import ibis.expr.types as ir
from ibis import _

from tams_analytics.queries.documents import Document
from tams_analytics.tables import SPECIFICATION, Tables

TYPE = "urn:x-tams:service.tams_analytics"
PREFIX = "service "
SAID = ("name", "description")
"""What clients may say of it."""
WEBHOOKS = {
    "name": "webhooks",
    "docs": "https://bbc.github.io/tams/8.2/index.html#/operations/POST_webhooks",
}


def said(tables: Tables) -> ir.Table:
    """What clients said of the service: ``name, value`` of the facts called `PREFIX` and so on."""
    names = [PREFIX + name for name in SAID]
    return tables.store_metadata.filter(_.name.isin(names)).select("name", "value")


def document(rows: Iterable[Mapping[str, Any]], timeouts: Mapping[str, str]) -> Document:
    """The service as GET gives it: from the rows of `said`, and both timeouts of the settings."""
    told = {row["name"].removeprefix(PREFIX): row["value"] for row in rows}
    return {
        **told,
        "type": TYPE,
        "api_version": SPECIFICATION,
        "service_version": f"tams-analytics.{importlib.metadata.version('tams-analytics')}",
        "event_stream_mechanisms": [WEBHOOKS],
        **timeouts,
    }
