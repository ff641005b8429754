"""Which rows a select asks for, and those that were found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.vast_peer.frames import NO_MORE_ROWS
from tests.support.vast_peer.messages import Request
from tests.support.vast_peer.rows import ROW_GROUP, Piece, Rows


@dataclass(frozen=True)
class Split:
    """Which rows are asked: blocks of row groups are dealt to splits, then to sub-splits.

    A sub-split that is not among ``starts`` is not asked for: the Trino connector leaves out those
    that it has read to their ends, the SDK names them with `NO_MORE_ROWS`.
    """

    number: int
    total: int
    row_groups: int
    sub_splits: int
    starts: dict[int, int]
    limit: int | None

    @classmethod
    def of(cls, request: Request) -> Split:
        number, total, groups = map(int, request.headers.get("tabular-split", "0,1,8").split(","))
        count = request.number("tabular-num-of-subsplits", 1)
        given = [
            tuple(map(int, value.split(",")))
            for name, value in request.headers.items()
            if name.startswith("tabular-start-row-id-")
        ]
        starts = dict(given) or dict.fromkeys(range(count), 0)
        return cls(
            number, total, groups, count, starts, request.number("tabular-limit-rows", 0) or None
        )

    def pieces(self, rows: Rows, sub_split: int) -> Iterator[Piece]:
        def is_mine(block: int) -> bool:
            return (
                block % self.total == self.number
                and block // self.total % self.sub_splits == sub_split
            )

        return rows.blocks(is_mine, ROW_GROUP * self.row_groups, self.starts[sub_split])


@dataclass
class Found:
    """The rows of one sub-split that satisfy the condition, up to the limit."""

    parts: list[Piece] = field(default_factory=list)
    next_row: int = NO_MORE_ROWS
    scanned: int = 0

    @property
    def count(self) -> int:
        return sum(map(len, self.parts))
