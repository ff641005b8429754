"""Every question of the library, with arguments that find something, to ask of two engines."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import ibis.expr.types as ir

import tams_analytics as ta
from tams_analytics import queries

SECOND = 10**9


def questions() -> Iterator[Callable[..., ir.Table]]:
    """All public functions of `queries` that give a table of what is stored."""
    for module in pkgutil.iter_modules(queries.__path__):
        found = importlib.import_module(f"{queries.__name__}.{module.name}")
        for name, function in vars(found).items():
            is_own = inspect.isfunction(function) and function.__module__ == found.__name__
            if is_own and not name.startswith("_") and _is_question(function):
                yield function


def _is_question(function: Callable[..., Any]) -> bool:
    """Takes the tables, and all else by name."""
    signature = inspect.signature(function, eval_str=True)
    first, *others = [*signature.parameters.values()] or [None]
    if first is not None and first.kind is inspect.Parameter.VAR_POSITIONAL:
        return False
    by_name = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    is_named = all(each.kind in by_name for each in others)
    gives_table = isinstance(signature.return_annotation, type) and issubclass(
        signature.return_annotation, ir.Table
    )
    return first is not None and first.name == "tables" and is_named and gives_table


def name_of(function: Callable[..., ir.Table]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def arguments(
    function: Callable[..., ir.Table], values: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """What it needs, and all it takes; each set once."""
    parameters = [*inspect.signature(function).parameters.values()][1:]
    given: dict[str, bool] = {}
    for each in parameters:
        if each.kind is each.VAR_KEYWORD:
            given |= {"flow_ids": True, "timerange": False, "object_id": False}
        else:
            given[each.name] = each.default is each.empty
    needed = {name for name, is_needed in given.items() if is_needed}
    sets = [needed, given.keys() & values.keys() | needed]
    for names in {frozenset(each): None for each in sets}:
        yield {name: values[name] for name in sorted(names)}


def values_of(store: ta.Store) -> dict[str, Any]:
    """For each parameter a value that the rows of ``store`` have."""
    segments = store.segments.order_by("flow_id", "start_ns").limit(40).to_pyarrow().to_pylist()
    flows = {row["id"]: row for row in store.flows.to_pyarrow().to_pylist()}
    some, at = segments[5:9], segments[5]
    flow = flows[at["flow_id"]]
    window = ta.TimeRange.from_ns(at["start_ns"] - SECOND, at["end_ns"] + 30 * SECOND)
    objects = [row["object_id"] for row in some]
    ids = [*flows][:3]
    return {
        "after_end_ns": at["end_ns"],
        "after_flow_id": "",
        "after_id": "",
        "after_is_cut": False,
        "after_key": str(flow["created"]),
        "after_object_id": at["object_id"],
        "after_start_ns": at["start_ns"],
        "backends": True,
        "bounds": True,
        "check": "segments_overlap",
        "checks": ["duplicate_id", "segments_overlap"],
        "codec": flow["codec"],
        "dimension": "tag:channel",
        "entity": "flow",
        "entity_ids": ids,
        "entity_type": "flows",
        "flow_id": at["flow_id"],
        "flow_ids": [at["flow_id"]],
        "format": flow["format"],
        "id": at["flow_id"],
        "ids": objects + ids,
        "init_object_id": objects[0],
        "init_object_ids": objects,
        "key": flow["label"] or "x",
        "kind": "check",
        "label": flow["label"] or "x",
        "limit": 7,
        "measure": "availability",
        "member_ids": ids,
        "min_duration": "0:1",
        "name": "schema_version",
        "object_id": at["object_id"],
        "object_ids": objects,
        "reverse": True,
        "size": 5,
        "source_id": flow["source_id"],
        "source_ids": [flow["source_id"]],
        "starting_after": 0,
        "timerange": str(window),
        "unit": "month",
        "webhook_id": "",
        "with_extent": True,
    }
