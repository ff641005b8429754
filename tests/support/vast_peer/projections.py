"""Sorted copies: which one a cluster may choose, and its rows in their order."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from tests.support.vast_peer.catalog import Table
from tests.support.vast_peer.relation import ROW_ID, Node, Query
from tests.support.vast_peer.rows import ROW_GROUP, Rows


def likely(table: Table, needed: set[str], query: Query) -> str | None:
    """The first projection that covers the request and is sorted by a column of the condition.

    A cluster considers none for tables of less than some 64k rows, and decides by rules of its
    own; this is a guess that the log shows.
    """
    conditioned = columns_of(query.condition)
    for projection in table.projections if len(table.rows) >= ROW_GROUP else ():
        covers = (needed | conditioned) - {ROW_ID} <= set(projection.columns)
        if covers and projection.sorted_columns[:1] and projection.sorted_columns[0] in conditioned:
            return projection.name
    return None


def columns_of(node: Node) -> set[str]:
    if node.leaf is not None:
        return {node.leaf.column}
    return {name for part in node.parts for name in columns_of(part)}


def sorted_rows(table: Table, name: str) -> Rows:
    """The table's rows in the projection's order, their positions as ids, ``$row_id`` beside."""
    return sorted_copy(table.rows, table.projection(name).sorted_columns)


@lru_cache(maxsize=8)
def sorted_copy(rows: Rows, by: tuple[str, ...]) -> Rows:
    if not rows.pieces:
        return rows
    names = list(rows.pieces[0].columns)
    whole = pa.table(
        {
            **{name: pa.chunked_array([p.columns[name] for p in rows.pieces]) for name in names},
            ROW_ID: pa.chunked_array([pa.array(piece.ids) for piece in rows.pieces]),
        }
    )
    ordered = whole.sort_by([(name, "ascending") for name in by]).combine_chunks()
    columns = {name: flat(ordered[name]) for name in ordered.column_names}
    return Rows().inserted(np.arange(len(ordered)), columns)


def flat(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
