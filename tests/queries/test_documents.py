"""Rows as documents and back, and the places that the tables name in the specification."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tams_analytics.queries import documents
from tams_analytics.tables import FLOWS, PROFILES, SOURCES, TableDef

MOMENT = dt.datetime(2026, 9, 1, 12, 30, 59, 999999)
"""The last microsecond of a second."""


def test_10_a_date_is_cut_to_seconds_and_ends_in_z() -> None:
    assert documents.date_text(MOMENT) == "2026-09-01T12:30:59Z"


def test_a_row_written_in_bulk_shows_its_columns_at_their_places() -> None:
    row = {column.name: None for column in FLOWS.columns} | {
        "id": "f",
        "frame_rate_num": 25,
        "frame_rate_den": 1,
        "read_only": False,
        "created": MOMENT,
        "body": '{"essence_parameters":{"bit_depth":8}}',
    }

    assert documents.flow_document(row) == {
        "id": "f",
        "essence_parameters": {"frame_rate": {"numerator": 25, "denominator": 1}, "bit_depth": 8},
        "created": "2026-09-01T12:30:59Z",
    }


def test_what_the_client_gave_empty_comes_back_empty() -> None:
    given: dict[str, Any] = {"essence_parameters": {}, "container_mapping": {"audio_track": {}}}

    row = documents.flow_row(given)
    assert json.loads(row["body"]) == given


def test_a_document_is_not_changed_by_making_a_row_of_it() -> None:
    given = {"essence_parameters": {"frame_rate": {"numerator": 25}}}
    documents.flow_row(given)

    assert given == {"essence_parameters": {"frame_rate": {"numerator": 25}}}


@pytest.mark.parametrize(
    ("table", "files"),
    [
        (SOURCES, ["source"]),
        (PROFILES, ["profile", "flow-technical", "flow-video"]),
        (
            FLOWS,
            ["flow-common", "flow-technical", "flow-put", "flow-video", "flow-audio", "flow-image"],
        ),
    ],
)
def test_each_place_that_a_column_names_is_in_the_specification(
    shared: Path, table: TableDef, files: list[str]
) -> None:
    schemas = [
        json.loads((shared / "schemas" / f"{file}.json").read_text("utf-8")) for file in files
    ]
    known = {path for schema in schemas for path in paths(schema)}
    metadata = {f"flow_metadata.{path}" for path in known}

    assert {column.spec for column in table.columns if column.spec} <= known | metadata


def paths(schema: Any, at: str = "") -> set[str]:
    """The dotted paths of all properties of a schema, through its parts."""
    found: set[str] = set()
    for part in [*schema.get("allOf", []), *schema.get("oneOf", [])]:
        found |= paths(part, at)
    for name, inner in schema.get("properties", {}).items():
        path = f"{at}.{name}".lstrip(".")
        found |= {path} | paths(inner, path)
    return found
