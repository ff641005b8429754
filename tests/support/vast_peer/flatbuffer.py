"""A small flatbuffer reader: a condition of ten thousand literals takes the generated one seconds.

It shares no code with the classes that the SDK writes requests with.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

INT32 = struct.Struct("<i")
UINT32 = struct.Struct("<I")
UINT16 = struct.Struct("<H")
NUMBERS = {code: struct.Struct(f"<{code}") for code in "?bBhHiIqQfd"}

ZEROS = {code: number.unpack(bytes(number.size))[0] for code, number in NUMBERS.items()}


class Flat:
    """A flatbuffer table: its fields by slot, in the order of the ``.fbs`` file."""

    __slots__ = ("_body", "_fields", "_position", "_tables")

    def __init__(self, body: bytes, position: int, tables: dict[int, tuple[int, ...]]) -> None:
        self._body, self._position, self._tables = body, position, tables
        vtable = position - INT32.unpack_from(body, position)[0]
        fields = tables.get(vtable)
        if fields is None:
            size = UINT16.unpack_from(body, vtable)[0]
            fields = struct.unpack_from(f"<{size // 2 - 2}H", body, vtable + 4)
            tables[vtable] = fields
        self._fields = fields

    @classmethod
    def root(cls, body: bytes) -> Flat:
        return cls(body, UINT32.unpack_from(body)[0], {})

    def number(self, slot: int, code: str = "B") -> bool | int | float:
        """A scalar of the ``struct`` code; absent means zero."""
        where = self._where(slot)
        return NUMBERS[code].unpack_from(self._body, where)[0] if where else ZEROS[code]

    def table(self, slot: int) -> Flat | None:
        where = self._where(slot)
        return Flat(self._body, self._target(where), self._tables) if where else None

    def tables(self, slot: int) -> Iterator[Flat]:
        """A vector of tables."""
        start, length = self._vector(slot)
        for where in range(start, start + 4 * length, 4):
            yield Flat(self._body, self._target(where), self._tables)

    def data(self, slot: int) -> bytes:
        """A string or a vector of bytes."""
        start, length = self._vector(slot)
        return self._body[start : start + length]

    def _where(self, slot: int) -> int:
        offset = self._fields[slot] if slot < len(self._fields) else 0
        return self._position + offset if offset else 0

    def _target(self, where: int) -> int:
        return where + UINT32.unpack_from(self._body, where)[0]

    def _vector(self, slot: int) -> tuple[int, int]:
        where = self._where(slot)
        if not where:
            return 0, 0
        start = self._target(where)
        return start + 4, UINT32.unpack_from(self._body, start)[0]
