"""Sorting keys and projections: what makes a point question fast on VAST, and nothing right."""

from __future__ import annotations

from collections.abc import Iterator

from vastdb.table import TableInTransaction

from tams_analytics.engines.vast.connection import Connection, Place
from tams_analytics.engines.vast.errors import ConnectionLost, translated
from tams_analytics.engines.vast.opened import OpenTransaction, nullable
from tams_analytics.errors import EngineFailed
from tams_analytics.tables import TableDef, arrow_schema


def projection_name(table: TableDef, columns: tuple[str, ...]) -> str:
    """What a projection of ours is called."""
    return f"{table.name}_by_{'_'.join(columns)}"


def create_table(connection: Connection, place: Place, table: TableDef) -> str:
    """Make a table, sorted where the cluster can; how it was made.

    A cluster may refuse a sorting key with the table (500 was seen on 5.4): then the table is made
    without one, and it is added to the empty table. Where that fails too it stays unsorted. An
    answer that is lost is no refusal: `ConnectionLost`, and the next call goes on from there.
    """
    if not table.sort_key:
        _create(connection, place, table, ())
        return f"created table {table.name}"
    try:
        _create(connection, place, table, table.sort_key)
    except ConnectionLost:
        raise
    except EngineFailed:
        _create(connection, place, table, ())
        return f"created table {table.name}, {add_sorting_key(connection, place, table)}"
    return f"created table {table.name}, sorted by {', '.join(table.sort_key)}"


def add_sorting_key(connection: Connection, place: Place, table: TableDef) -> str:
    """Sort a table that has no rows yet; what came of it."""
    try:
        with connection.begin() as transaction, translated(f"sorting {place}"):
            transaction.definition(place).add_sorting_key(_indices(table, table.sort_key))
    except ConnectionLost:
        raise
    except EngineFailed as error:
        return f"unsorted: the cluster refuses its key ({error.reason})"
    finally:
        connection.forget(place)
    return f"then sorted it by {', '.join(table.sort_key)}"


def _create(
    connection: Connection, place: Place, table: TableDef, sort_key: tuple[str, ...]
) -> None:
    with connection.begin() as transaction, translated(f"creating {place}"):
        connection.api.create_table(
            place.bucket,
            place.schema,
            place.table,
            nullable(arrow_schema(table)),
            txid=transaction.number,
            sorting_key=_indices(table, sort_key),
        )


def _indices(table: TableDef, columns: tuple[str, ...]) -> list[int]:
    return [table.names.index(name) for name in columns]


def create_projections(connection: Connection, place: Place, table: TableDef) -> Iterator[str]:
    """Make the projections that are not there yet; what was done."""
    with connection.begin() as transaction:
        there = set(projections(transaction, place))
    for columns in table.projections:
        name = projection_name(table, columns)
        if name not in there:
            yield _created(connection, place, table, columns)


def _created(
    connection: Connection, place: Place, table: TableDef, columns: tuple[str, ...]
) -> str:
    name = projection_name(table, columns)
    others = [column for column in table.names if column not in columns]
    try:
        with connection.begin() as transaction, translated(f"projecting {place}"):
            transaction.definition(place).create_projection(name, list(columns), others)
    except ConnectionLost:
        raise
    except EngineFailed as error:
        return f"no projection {name}: the cluster refuses it ({error})"
    return f"created projection {name}"


def projections(transaction: OpenTransaction, place: Place) -> list[str]:
    """The names of a table's projections."""
    with translated(f"listing the projections of {place}"):
        found = transaction.definition(place).projections()
        return sorted(projection.name for projection in found)


def sorted_by(table: TableInTransaction) -> tuple[str, ...]:
    """The columns that a table is sorted by."""
    found = table._metadata._sorted_columns
    return tuple(field.name for field in found) if found else ()


def drop_projections(connection: Connection, place: Place, table: TableDef) -> Iterator[str]:
    """Drop those of our own."""
    ours = {projection_name(table, columns) for columns in table.projections}
    with connection.begin() as transaction, translated(f"dropping projections of {place}"):
        for projection in transaction.definition(place).projections():
            if projection.name in ours:
                projection.drop()
                yield f"dropped projection {projection.name}"
