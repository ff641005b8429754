"""``?projection``: create, rename and drop sorted copies of a table."""

from __future__ import annotations

from dataclasses import replace

from vastdb.vast_flatbuf.tabular.AlterProjectionTableRequest import AlterProjectionTableRequest
from vastdb.vast_flatbuf.tabular.ColumnType import ColumnType
from vastdb.vast_flatbuf.tabular.CreateProjectionRequest import CreateProjectionRequest

from tests.support.vast_peer.catalog import Projection, Table
from tests.support.vast_peer.database import Database
from tests.support.vast_peer.defining import change_table, column_index
from tests.support.vast_peer.messages import Request, Response, conflict


def create_projection(database: Database, request: Request) -> Response:
    name, handle = request.parameters["name"], database.transactions.new_handle()
    asked = CreateProjectionRequest.GetRootAs(request.body)
    lines = [asked.Columns(i) for i in range(asked.ColumnsLength())]
    kinds = [(line.Name().decode(), line.Type() == ColumnType.Sorted) for line in lines]
    projection = Projection(
        name,
        handle,
        tuple(column for column, is_sorted in kinds if is_sorted),
        tuple(column for column, is_sorted in kinds if not is_sorted),
    )

    def change(table: Table) -> Table:
        for column in projection.columns:
            column_index(table, column)
        if any(other.name == name for other in table.projections):
            raise conflict(f"projection {name} exists")
        return replace(table, projections=(*table.projections, projection))

    return change_table(database, request, change)


def rename_projection(database: Database, request: Request) -> Response:
    name = request.parameters["name"]
    asked = AlterProjectionTableRequest.GetRootAs(request.body)
    new = (asked.NewName() or name.encode()).decode()

    def change(table: Table) -> Table:
        renamed = replace(table.projection(name), name=new)
        others = tuple(other for other in table.projections if other.name != name)
        return replace(table, projections=(*others, renamed))

    return change_table(database, request, change)


def drop_projection(database: Database, request: Request) -> Response:
    name = request.parameters["name"]

    def change(table: Table) -> Table:
        dropped = table.projection(name)
        return replace(table, projections=tuple(p for p in table.projections if p != dropped))

    return change_table(database, request, change)
