"""``sql/federation`` and ``queries.inventory``: one definition, so the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest

from tams_analytics.queries import inventory
from tams_analytics.tables import TABLES, Tables
from tests.support import federated, shipped_sql

Rows = set[tuple[Any, ...]]
LISTING, REQUESTS = "objects.s3.objects", 'vast."tams/meta".deletion_requests'
WORLDS = {
    "all": "SELECT 1",
    "one bucket is listed": f"DELETE FROM {LISTING} WHERE bucket <> 'archive'",
    "nothing is listed": f"DELETE FROM {LISTING}",
    "nobody knows when": f"UPDATE {LISTING} SET listed_at = NULL",
    "nothing is known": 'DELETE FROM vast."tams/meta".object_instances',
    "no request to delete": f"DELETE FROM {REQUESTS}",
    "a request for a part": f"UPDATE {REQUESTS} SET end_ns = 1787529937000000000",
}
"""What the planted rows become before both are asked."""


@pytest.fixture(params=[*WORLDS, "equal", "differing"])
def duck(request: pytest.FixtureRequest) -> Iterator[federated.OnDuckDB]:
    """In the last two the rows of entities are there twice."""
    change = WORLDS.get(request.param)
    with federated.on_duckdb(None if change else request.param) as planted:
        planted.connection.execute(change or "SELECT 1")
        yield planted


def library(duck: federated.OnDuckDB) -> tuple[Tables, ir.Table]:
    tables = {
        table.name: ibis.memtable(duck.connection.table(f'vast."tams/meta".{table.name}').arrow())
        for table in TABLES
    }
    return Tables(**tables), ibis.memtable(duck.connection.table(LISTING).arrow())


def of_file(duck: federated.OnDuckDB, name: str, *columns: str) -> Rows:
    """Its rows; each is there once."""
    rows = duck.rows(shipped_sql.text(f"federation/{name}.sql"))
    names = [each[0] for each in duck.connection.description]
    assert len(rows) == len({*rows})
    return {tuple(row[names.index(column)] for column in columns) for row in rows}


def of_library(found: ir.Table, *columns: str) -> Rows:
    rows = [tuple(row[name] for name in columns) for row in found.to_pyarrow().to_pylist()]
    assert len(rows) == len({*rows})
    return {*rows}


PLACE = ("bucket", "key")
COPY = (*PLACE, "object_id", "storage_id")


def unknown(duck: federated.OnDuckDB) -> tuple[Rows, Rows]:
    columns = (*PLACE, "size", "storage_class", "last_modified")
    found = of_library(inventory.unknown(*library(duck)), *columns)
    return of_file(duck, "bytes_nobody_knows", *columns), found


def missing(duck: federated.OnDuckDB) -> tuple[Rows, Rows]:
    said = of_file(duck, "bytes_missing_or_different", *COPY, "size_in_store", "problem")
    lost = {row[:-1] for row in said if row[-1].startswith("missing")}
    return lost, of_library(inventory.missing(*library(duck)), *COPY, "size")


def of_other_size(duck: federated.OnDuckDB) -> tuple[Rows, Rows]:
    sizes = ("size_in_store", "size_in_s3", "problem")
    said = of_file(duck, "bytes_missing_or_different", *COPY, *sizes)
    other = {row[:-1] for row in said if not row[-1].startswith("missing")}
    found = inventory.of_other_size(*library(duck), or_unknown=True)
    return other, of_library(found, *COPY, "size", "stored_size")


def usage(duck: federated.OnDuckDB) -> tuple[Rows, Rows]:
    said = of_file(
        duck, "bytes_by_backend", "storage", "bucket", "storage_class", "objects", "bytes"
    )
    sums: dict[tuple[Any, ...], list[int]] = {}
    for storage, *where, objects, size in said:
        total = sums.setdefault(tuple(where), [0, 0, 0, 0])
        unknown = (objects, size) if storage is None else (0, 0)
        sums[tuple(where)] = [
            a + int(b) for a, b in zip(total, (objects, size, *unknown), strict=True)
        ]
    columns = ("bucket", "storage_class", "keys", "size", "unknown_keys", "unknown_size")
    found = of_library(inventory.usage(*library(duck)), *columns)
    return {(*where, *total) for where, total in sums.items()}, found


def growth(duck: federated.OnDuckDB) -> tuple[Rows, Rows]:
    alike = ("bucket", "storage_class", "day")
    found = inventory.growth(library(duck)[1], by=("bucket", "storage_class"))
    said = of_file(duck, "growth_by_day", *alike, "objects", "bytes", "bytes_by_then")
    return said, of_library(found, *alike, "keys", "size", "size_so_far")


QUESTIONS: list[Callable[[federated.OnDuckDB], tuple[Rows, Rows]]] = [
    *(unknown, missing, of_other_size, usage, growth)
]


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda each: str(each.__name__))
def test_a_file_and_the_library_find_the_same(
    asked: Callable[[federated.OnDuckDB], tuple[Rows, Rows]], duck: federated.OnDuckDB
) -> None:
    of_the_file, of_the_library = asked(duck)

    assert of_the_library == of_the_file


def test_every_question_of_the_library_is_asked_here() -> None:
    questions = {name for name in dir(inventory) if is_question(name)}

    assert questions - {"as_listing", "newest", "known_places"} == {
        each.__name__ for each in QUESTIONS
    }


def is_question(name: str) -> bool:
    found = getattr(inventory, name)
    is_own = getattr(found, "__module__", "") == inventory.__name__
    return is_own and callable(found) and not name.startswith("_")
