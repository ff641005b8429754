"""The rows of a table as an immutable value: sorted pieces of at most one row group each.

Every change gives a new value that shares the untouched pieces with the old one, so that a
snapshot of a million rows costs nothing and a change of one row costs one piece.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

ROW_GROUP = 65_536


@dataclass(frozen=True, eq=False)
class Piece:
    """Some rows of one row group: ascending row ids and the columns beside them."""

    ids: np.ndarray
    columns: dict[str, pa.Array]

    @property
    def first(self) -> int:
        return int(self.ids[0])

    @property
    def last(self) -> int:
        return int(self.ids[-1])

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, positions: np.ndarray) -> Piece:
        chosen = pa.array(positions)
        columns = {name: column.take(chosen) for name, column in self.columns.items()}
        return Piece(self.ids[positions], columns)

    def slice(self, start: int, stop: int) -> Piece:
        if start == 0 and stop == len(self):
            return self
        columns = {name: column.slice(start, stop - start) for name, column in self.columns.items()}
        return Piece(self.ids[start:stop], columns)

    def without(self, ids: np.ndarray) -> Piece:
        return self.take(np.flatnonzero(~np.isin(self.ids, ids)))

    def changed(self, ids: np.ndarray, values: dict[str, pa.Array]) -> Piece:
        """These columns of these rows replaced; ids of other pieces are passed over."""
        here = np.isin(ids, self.ids)
        if not here.any():
            return self
        chosen = np.arange(len(self))
        chosen[np.searchsorted(self.ids, ids[here])] = len(self) + np.flatnonzero(here)
        positions = pa.array(chosen)
        new = {
            name: pa.concat_arrays([self.columns[name], column]).take(positions)
            for name, column in values.items()
        }
        return replace(self, columns={**self.columns, **new})


@dataclass(frozen=True, eq=False)
class Rows:
    """All rows of a table, as pieces in the order of their first ids."""

    pieces: tuple[Piece, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.pieces))

    @property
    def nbytes(self) -> int:
        return sum(column.nbytes for piece in self.pieces for column in piece.columns.values())

    def inserted(self, ids: np.ndarray, columns: dict[str, pa.Array]) -> Rows:
        """More rows; their ids must be new."""
        pieces = list(self.pieces)
        for piece in cut(Piece(ids, columns)):
            pieces.append(piece)
            merge_tail(pieces)
        if len(pieces) > 1 and pieces[-1].first < pieces[-2].first:
            pieces.sort(key=lambda piece: piece.first)
        return Rows(tuple(pieces))

    def deleted(self, ids: np.ndarray) -> Rows:
        low, high = bounds(ids)
        kept = [
            piece if piece.last < low or piece.first > high else piece.without(ids)
            for piece in self.pieces
        ]
        return Rows(tuple(piece for piece in kept if len(piece)))

    def updated(self, ids: np.ndarray, values: dict[str, pa.Array]) -> Rows:
        low, high = bounds(ids)
        return Rows(
            tuple(
                piece if piece.last < low or piece.first > high else piece.changed(ids, values)
                for piece in self.pieces
            )
        )

    def with_column(self, name: str, of_type: pa.DataType) -> Rows:
        """A further column, NULL in each row."""
        return self._each(lambda piece: {**piece.columns, name: pa.nulls(len(piece), of_type)})

    def without_column(self, name: str) -> Rows:
        return self._each(
            lambda piece: {key: column for key, column in piece.columns.items() if key != name}
        )

    def renamed_column(self, old: str, new: str) -> Rows:
        return self._each(
            lambda piece: {new if key == old else key: col for key, col in piece.columns.items()}
        )

    def _each(self, columns) -> Rows:
        return Rows(tuple(Piece(piece.ids, columns(piece)) for piece in self.pieces))

    def blocks(self, wanted, block_rows: int, start: int) -> Iterator[Piece]:
        """The rows from id ``start`` on whose block (id // block_rows) is ``wanted(block)``."""
        for piece in self.pieces:
            if piece.last < start:
                continue
            for part in cut(piece, min(block_rows, ROW_GROUP)):
                if part.last >= start and wanted(part.first // block_rows):
                    yield part.slice(int(np.searchsorted(part.ids, start)), len(part))


def bounds(ids: np.ndarray) -> tuple[int, int]:
    return (int(ids.min()), int(ids.max())) if len(ids) else (0, -1)


def cut(piece: Piece, size: int = ROW_GROUP) -> Iterator[Piece]:
    """The piece in parts that do not reach over a border of row groups."""
    if not len(piece):
        return
    if piece.first // size == piece.last // size:
        yield piece
        return
    groups = piece.ids // size
    borders = [0, *(np.flatnonzero(np.diff(groups)) + 1).tolist(), len(piece)]
    for start, stop in itertools.pairwise(borders):
        yield piece.slice(start, stop)


def merge_tail(pieces: list[Piece]) -> None:
    """Joins the last two while they are of one row group and of similar size."""
    while len(pieces) > 1 and may_merge(pieces[-2], pieces[-1]):
        newer, older = pieces.pop(), pieces.pop()
        pieces.append(merged(older, newer))


def may_merge(older: Piece, newer: Piece) -> bool:
    same_group = older.first // ROW_GROUP == newer.first // ROW_GROUP
    return same_group and len(older) < 2 * len(newer)


def merged(older: Piece, newer: Piece) -> Piece:
    ids = np.concatenate([older.ids, newer.ids])
    columns = {
        name: pa.concat_arrays([column, newer.columns[name]])
        for name, column in older.columns.items()
    }
    piece = Piece(ids, columns)
    return piece if older.last < newer.first else piece.take(np.argsort(ids))
