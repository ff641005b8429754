"""`tams doctor` and `tams schema` of a store on Trino, on a peer that has what it is told to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from tams_analytics.engines.administration import administration
from tams_analytics.engines.health import Finding
from tams_analytics.engines.trino.administration import READ, of_clock
from tams_analytics.errors import Unsupported
from tests.support import trino_peer
from tests.support.trino_peer import Answer

COLUMNS = [[table.name, column.name] for table in READ for column in table.columns]
WELL: dict[str, Any] = {
    "catalogs": ["iceberg", "vast"],
    "schemas": ["default", "tams/meta"],
    "columns": COLUMNS,
    "views": [],
}


def column(name: str, values: Sequence[str]) -> Answer:
    return Answer(columns=[(name, "varchar")], pages=[[[each] for each in values]])


def diagnosed(**differs: Any) -> dict[str, Finding]:
    """What the doctor of ``vast."tams/meta"`` says where the server differs from a well one."""
    has = {**WELL, **differs}
    now = Answer(
        columns=[("version", "varchar"), ("who", "varchar"), ("now", "double")],
        pages=[[["476", "analyst", time.time() + has.get("skew", 0)]]],
    )
    named = [("table_name", "varchar"), ("column_name", "varchar")]
    with ExitStack() as stack:
        peer = stack.enter_context(
            trino_peer.serving(
                now,
                column("Catalog", has["catalogs"]),
                column("Schema", has["schemas"]),
                Answer(columns=named, pages=[has["columns"]]),
                column("table_name", has["views"]),
            )
        )
        if has.get("is_away"):
            stack.close()
        store = administration(f"trino://analyst@{peer.place}/vast/tams/meta")
        return {finding.what: finding for finding in store.diagnose()}


def test_all_is_well() -> None:
    found = diagnosed(views=["flows", "of_others"])

    assert ["server", "clock", "catalog", "schema", "tables", "writable"] == [*found]
    assert all(finding.is_well for finding in found.values())
    assert found["server"].said.startswith("Trino 476 answers analyst, by 127.0.0.1:")
    assert "the 18 that are read here" in found["tables"].said
    assert "1 view among them" in found["tables"].said


def test_views_without_the_secret_of_webhooks_are_well() -> None:
    columns = [each for each in COLUMNS if each != ["webhooks", "api_key_value"]]

    assert len(COLUMNS) - 1 == len(columns)
    assert diagnosed(columns=columns)["tables"].is_well


@pytest.mark.parametrize(
    ("differs", "last", "says"),
    [
        ({"is_away": True}, "server", "does not answer: Connection refused"),
        ({"catalogs": ["tpch"]}, "catalog", "there is no vast, or not for this user"),
        ({"catalogs": ["tpch"]}, "catalog", "there are: tpch"),
        ({"schemas": ["a", "b"]}, "schema", "there are: a, b"),
        ({"columns": COLUMNS[1:]}, "writable", ""),
    ],
)
def test_what_depends_on_a_fault_is_left_out(differs: dict[str, Any], last: str, says: str) -> None:
    found = diagnosed(**differs)

    assert last == [*found][-1]
    assert says in str(found[last])
    assert not all(finding.is_well for finding in found.values())


def test_a_table_or_a_column_that_is_missing_is_named() -> None:
    name = READ[-1].name
    columns = [each for each in COLUMNS[1:] if each[0] != name]

    said = diagnosed(columns=columns)["tables"]

    assert f"{COLUMNS[0][0]} lacks {COLUMNS[0][1]}; {name} is missing" in said.said
    assert "tams sql --install" in said.way_out


@pytest.mark.parametrize(
    ("now", "is_well", "says"),
    [
        (100.0, True, "as here"),
        (70.0, True, "30 s behind ours"),
        (38.9, False, "61 s behind ours; set one of the two by NTP"),
        (162.0, False, "60 s ahead of ours"),
    ],
)
def test_a_clock_is_compared_with_the_time_that_asking_took(
    now: float, is_well: bool, says: str
) -> None:
    finding = of_clock(now, 100.0, 101.5)

    assert is_well == finding.is_well
    assert says in str(finding)


def test_the_status_tells_of_each_table() -> None:
    named = [("table_name", "varchar"), ("column_name", "varchar")]
    with trino_peer.serving(Answer(columns=named, pages=[COLUMNS[1:]])) as peer:
        found = [*administration(f"trino://me@{peer.place}/vast/tams/meta").status()]

    assert [table.name for table in READ] == [finding.what for finding in found]
    assert [READ[0].name] == [finding.what for finding in found if not finding.is_well]


@pytest.mark.parametrize("what", ["apply", "drop", "droppable"])
def test_nothing_is_changed(what: str) -> None:
    with pytest.raises(Unsupported, match="Trino is read only here"):
        getattr(administration("trino://me@127.0.0.1:1/vast/tams/meta"), what)()
