"""``GET ?data``: scan a split of a snapshot, filter, answer in frames."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.support.vast_peer import frames
from tests.support.vast_peer.catalog import Table
from tests.support.vast_peer.evaluate import Columns, Mask, conjuncts_of, mask_of, text_of
from tests.support.vast_peer.messages import Request, Response, bad_request
from tests.support.vast_peer.nesting import compact, leaf_array
from tests.support.vast_peer.projections import likely, sorted_rows
from tests.support.vast_peer.relation import ROW_ID, Leaf, Query, decode
from tests.support.vast_peer.rows import ROW_GROUP, Piece, Rows
from tests.support.vast_peer.splits import Found, Split
from tests.support.vast_peer.switches import Switches

ESTIMATE = 0xFFFFFFFC
SORTED_ID = pa.decimal128(38, 0)


class Select:
    """One request, decoded against the table that it asks."""

    def __init__(self, request: Request, table: Table, switches: Switches) -> None:
        if request.number("tabular-schedule-id", 0) < 0:
            raise bad_request("tabular-schedule-id is negative")
        self._table, self._switches = table, switches
        self.split = Split.of(request)
        self.query: Query = decode(request.body)
        self._mask: Mask | None = mask_of(self.query.condition, self.type_of)
        self._needed = self._needed_columns()
        self.named = request.parameters.get("name")
        allowed = request.headers.get("tabular-enable-sorted-projections", "").lower() == "true"
        self.projection = self.named or (
            likely(table, self._needed, self.query) if allowed else None
        )

    def type_of(self, leaf: Leaf) -> pa.DataType:
        """The type of the leaf's scalars. Raises Refused where the table has no such column."""
        if leaf.column == ROW_ID:
            return SORTED_ID if self.query.decimal_ids else pa.uint64()
        index = self._table.schema.get_field_index(leaf.column)
        if index < 0:
            raise bad_request(f"no column {leaf.column}")
        of_type = self._table.schema.field(index).type
        for number, name in leaf.below:
            of_type = child_type(of_type, number, name)
        return of_type

    def answer(self) -> Response:
        if self.split.number == ESTIMATE:
            return self._estimate()
        streams, scanned, returned = [], 0, 0
        for sub_split, start in self.split.starts.items():
            if start == frames.NO_MORE_ROWS:
                continue
            found = self._scan(sub_split)
            scanned, returned = scanned + found.scanned, returned + found.count
            streams.append([frame for page in self._pages(sub_split, found) for frame in page])
        return frames.response(self._ordered(streams), self._facts(scanned, returned))

    def _needed_columns(self) -> set[str]:
        for leaf in self.query.leaves:
            self.type_of(leaf)
        return {leaf.column for leaf in self.query.leaves}

    def _source(self) -> Rows:
        if self.named or (self.projection and self._switches.serve_projections):
            return sorted_rows(self._table, self.projection)
        return self._table.rows

    def _scan(self, sub_split: int) -> Found:
        found, left = Found(), self.split.limit
        for piece in self.split.pieces(self._source(), sub_split):
            found.scanned += len(piece)
            chosen = self._matching(piece)
            if left is not None and len(chosen) >= left:
                found.parts.append(chosen.slice(0, left))
                found.next_row = found.parts[-1].last + 1
                break
            if len(chosen):
                found.parts.append(chosen)
                left = None if left is None else left - len(chosen)
        return found

    def _matching(self, piece: Piece) -> Piece:
        if self._mask is None:
            return piece
        mask = self._mask(self._with_ids(piece))
        positions = np.flatnonzero(pc.fill_null(mask, False).to_numpy(zero_copy_only=False))
        if len(positions) == len(piece):
            return piece
        needed = {name: piece.columns[name] for name in self._stored(piece)}
        return Piece(piece.ids, needed).take(positions)

    def _stored(self, piece: Piece) -> list[str]:
        """What must be read of a piece; its ids may be stored, too, in a projection."""
        return [name for name in (*self._needed, ROW_ID) if name in piece.columns]

    def _with_ids(self, piece: Piece) -> Columns:
        ids = piece.columns.get(ROW_ID, None)
        of_type = SORTED_ID if self.query.decimal_ids else pa.uint64()
        return {
            **piece.columns,
            ROW_ID: (pa.array(piece.ids) if ids is None else ids).cast(of_type),
        }

    def _pages(self, sub_split: int, found: Found) -> Iterator[list[bytes]]:
        """Pages of frames: all rows in one, unless a switch wants small ones."""
        ids = np.concatenate([part.ids for part in found.parts]) if found.parts else np.arange(0)
        columns = {name: self._gathered(name, found.parts) for name in sorted(self._needed)}
        size = self._switches.rows_per_page or max(len(ids), 1)
        for start in range(0, max(len(ids), 1), size):
            stop = min(start + size, len(ids))
            next_row = found.next_row if stop == len(ids) else int(ids[stop - 1]) + 1
            yield list(self._page(sub_split, next_row, columns, start, stop))

    def _gathered(self, name: str, parts: list[Piece]) -> pa.Array:
        arrays = [
            self._with_ids(part)[name] if name == ROW_ID else part.columns[name] for part in parts
        ]
        if not arrays:
            return pa.array([], self.type_of(Leaf(name)))
        return arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays)

    def _page(
        self, sub_split: int, next_row: int, columns: dict[str, pa.Array], start: int, stop: int
    ) -> Iterator[bytes]:
        order = self._order(sub_split, start, stop)
        whole = {name: column.slice(start, stop - start) for name, column in columns.items()}
        if order is not None:
            whole = {name: column.take(order) for name, column in whole.items()}
        whole = {name: compact(column) for name, column in whole.items()}
        leaves = [
            (leaf.column, leaf_array(whole[leaf.column], leaf.below)) for leaf in self.query.leaves
        ]
        return frames.page(
            sub_split, next_row, leaves, stop - start, self._switches.batches_per_column
        )

    def _order(self, sub_split: int, start: int, stop: int) -> pa.Array | None:
        if self._switches.shuffle is None:
            return None
        positions = list(range(stop - start))
        random.Random(f"{self._switches.shuffle} {sub_split} {start}").shuffle(positions)  # noqa: S311
        return pa.array(positions, pa.int64())

    def _ordered(self, streams: list[list[bytes]]) -> Iterator[bytes]:
        if self._switches.shuffle is None:
            inorder = (frame for stream in streams for frame in stream)
        else:
            inorder = frames.interleaved(streams, random.Random(self._switches.shuffle))  # noqa: S311
        for frame in inorder:
            if self._switches.keep_alive_frames:
                yield frames.keep_alive()
            yield frame

    def _estimate(self) -> Response:
        """As many rows as row groups may have to be read."""
        groups = -(-len(self._table.rows) // ROW_GROUP)
        return frames.response(
            frames.page(0, frames.NO_MORE_ROWS, [], groups, 1), self._facts(0, 0)
        )

    def _facts(self, scanned: int, returned: int) -> dict[str, object]:
        condition = self.query.condition
        return {
            "columns": tuple(dict.fromkeys(leaf.column for leaf in self.query.leaves)),
            "leaves": tuple(leaf.name for leaf in self.query.leaves),
            "filter": "" if condition.is_all else text_of(condition, self.type_of),
            "conjuncts": () if condition.is_all else conjuncts_of(condition, self.type_of),
            "limit": self.split.limit,
            "split": (self.split.number, self.split.total, self.split.row_groups),
            "streams": self.split.sub_splits,
            "rows_scanned": scanned,
            "rows_returned": returned,
            "projection": self.projection,
        }


def child_type(of_type: pa.DataType, number: int, name: str) -> pa.DataType:
    if pa.types.is_struct(of_type):
        index = of_type.get_field_index(name)
        return of_type.field(index if index >= 0 else number).type
    if pa.types.is_map(of_type):
        return pa.struct([of_type.key_field, of_type.item_field])
    return of_type.value_type
