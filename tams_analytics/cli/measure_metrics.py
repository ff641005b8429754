"""Measures as numbers of Prometheus: ``tams_measure_<name>`` by store and group."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from prometheus_client.core import Metric

from tams_analytics.cli.exposition import gauge
from tams_analytics.errors import BadParameter
from tams_analytics.measures import MEASURES

STORE = "store"
BY_NAME = {each.name: each for each in MEASURES}


def families(store: str, rows: pa.Table) -> list[Metric]:
    """One of each measure. A group that is NULL has the label empty, a NULL has no sample.

    Raises `BadParameter` where Prometheus could not tell groups apart.
    """
    groups = [name for name in rows.column_names if name not in BY_NAME]
    labels = dict(zip(groups, _names(groups), strict=True))
    told = [({STORE: store} | _labels(row, labels), row) for row in rows.to_pylist()]
    if len({tuple(each.values()) for each, _row in told}) < len(told):
        problem = "takes an empty text and none for the same"
        raise BadParameter("format", "prometheus", problem, "another format, or another --by")
    return [
        gauge(
            f"tams_measure_{name}",
            f"{BY_NAME[name].meaning} ({BY_NAME[name].unit})",
            [(each, row[name]) for each, row in told if row[name] is not None],
        )
        for name in rows.column_names
        if name in BY_NAME
    ]


def _labels(row: Mapping[str, Any], labels: Mapping[str, str]) -> dict[str, str]:
    return {label: row[name] or "" for name, label in labels.items()}


def _names(columns: Sequence[str]) -> list[str]:
    """Of letters, digits and ``_``, each once; a tag may be called anything."""
    names: list[str] = []
    for column in columns:
        name = re.sub("[^a-zA-Z0-9_]", "_", column)
        name = f"tag_{name}" if not name[:1].isalpha() or name == STORE else name
        while name in names:
            name += "_"
        names.append(name)
    return names
