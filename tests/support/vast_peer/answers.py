"""Answers as flatbuffers: lists of schemas, tables, projections and views, and statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType

import flatbuffers
from vastdb.vast_flatbuf.tabular import (
    GetProjectionTableStatsResponse,
    GetTableStatsResponse,
    ListProjectionsResponse,
    ListSchemasResponse,
    ListTablesResponse,
    ListViewsResponse,
    ObjectDetails,
    VipRange,
)

from tests.support.vast_peer.catalog import Projection, Table


@dataclass(frozen=True)
class Details:
    """A line of a list."""

    name: str
    properties: str = ""
    handle: int = 0
    rows: int = 0
    size: int = 0
    is_sorted: bool = False


def of_table(name: str, table: Table) -> Details:
    rows = table.rows
    return Details(name, "", table.handle, len(rows), rows.nbytes, bool(table.sort_key))


def of_projection(projection: Projection, table: Table) -> Details:
    size = sum(
        piece.columns[name].nbytes for piece in table.rows.pieces for name in projection.columns
    )
    return Details(projection.name, "", projection.handle, len(table.rows), size)


def list_of_schemas(bucket: str, lines: Iterable[Details]) -> bytes:
    return listing(ListSchemasResponse, ListSchemasResponse.AddSchemas, lines, bucket)


def list_of_tables(bucket: str, schema: str, lines: Iterable[Details]) -> bytes:
    return listing(ListTablesResponse, ListTablesResponse.AddTables, lines, bucket, schema)


def list_of_views(bucket: str, schema: str, lines: Iterable[Details]) -> bytes:
    return listing(ListViewsResponse, ListViewsResponse.AddViews, lines, bucket, schema)


def list_of_projections(bucket: str, schema: str, table: str, lines: Iterable[Details]) -> bytes:
    kind = ListProjectionsResponse
    return listing(kind, kind.AddProjections, lines, bucket, schema, table)


def listing(
    kind: ModuleType, add_lines: Callable[..., None], lines: Iterable[Details], *names: str
) -> bytes:
    """A response of this kind: where (bucket, schema, table) and what."""
    builder = flatbuffers.Builder(1024)
    offsets = [line_of(builder, line) for line in lines]
    vector = vector_of(builder, offsets)
    where = [builder.CreateString(name) for name in names]
    kind.Start(builder)
    for add, name in zip(("AddBucketName", "AddSchemaName", "AddTableName"), where, strict=False):
        getattr(kind, add)(builder, name)
    add_lines(builder, vector)
    return finished(builder, kind)


def line_of(builder: flatbuffers.Builder, line: Details) -> int:
    name = builder.CreateString(line.name)
    properties = builder.CreateString(line.properties)
    handle = builder.CreateString(str(line.handle))
    ObjectDetails.Start(builder)
    ObjectDetails.AddName(builder, name)
    ObjectDetails.AddProperties(builder, properties)
    ObjectDetails.AddHandle(builder, handle)
    ObjectDetails.AddNumRows(builder, line.rows)
    ObjectDetails.AddSizeInBytes(builder, line.size)
    ObjectDetails.AddSortingKeyEnabled(builder, line.is_sorted)
    return ObjectDetails.End(builder)


def stats_of(table: Table, addresses: Sequence[str] = ()) -> bytes:
    """Without addresses the client uses the endpoint that it knows."""
    builder = flatbuffers.Builder(128)
    vips = vector_of(builder, [address_of(builder, address) for address in addresses])
    GetTableStatsResponse.Start(builder)
    GetTableStatsResponse.AddNumRows(builder, len(table.rows))
    GetTableStatsResponse.AddSizeInBytes(builder, table.rows.nbytes)
    GetTableStatsResponse.AddIsExternalRowidAlloc(builder, table.external_ids)
    GetTableStatsResponse.AddSortingKeyEnabled(builder, bool(table.sort_key))
    GetTableStatsResponse.AddVips(builder, vips)
    return finished(builder, GetTableStatsResponse)


def address_of(builder: flatbuffers.Builder, address: str) -> int:
    start = builder.CreateString(address)
    VipRange.Start(builder)
    VipRange.AddStartAddress(builder, start)
    VipRange.AddAddressCount(builder, 1)
    return VipRange.End(builder)


def vector_of(builder: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return builder.EndVector()


def projection_stats_of(line: Details) -> bytes:
    builder = flatbuffers.Builder(128)
    GetProjectionTableStatsResponse.Start(builder)
    GetProjectionTableStatsResponse.AddNumRows(builder, line.rows)
    GetProjectionTableStatsResponse.AddSizeInBytes(builder, line.size)
    GetProjectionTableStatsResponse.AddInitialSyncProgress(builder, 100)
    return finished(builder, GetProjectionTableStatsResponse)


def finished(builder: flatbuffers.Builder, kind: ModuleType) -> bytes:
    builder.Finish(kind.End(builder))
    return bytes(builder.Output())
