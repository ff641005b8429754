"""The scalars below a column: how the connector numbers them, and what it sees through each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

Cut = Callable[[Any], Any]


@dataclass(frozen=True)
class Leaf:
    """One scalar below a column: its place in the request, its type with a single path, and what
    of a row's value is seen through it."""

    position: int
    type: pa.DataType
    cut: Cut


def seen(rows: pa.Table, columns: Sequence[str] | None = None) -> list[tuple[Any, ...]]:
    """What `connector.Query.rows` gives of these rows."""
    cut = []
    for name in rows.schema.names if columns is None else columns:
        column, _, below = name.partition(".")
        for path, leaf in leaves_of(rows.schema.field(column).type, 0):
            if not below or path == tuple(below.split(".")):
                cut.append([leaf.cut(value) for value in rows.column(column).to_pylist()])
    return list(zip(*cut, strict=True)) if cut else [((),)] * len(rows)


def size_of(of_type: pa.DataType) -> int:
    """How many numbers a column takes: its own and those of all fields within."""
    if pa.types.is_map(of_type):
        return 2 + size_of(of_type.key_type) + size_of(of_type.item_type)
    return 1 + sum(size_of(of_type.field(n).type) for n in range(of_type.num_fields))


def leaves_of(of_type: pa.DataType, position: int) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    """Each scalar, with the names of the fields that lead to it."""
    if pa.types.is_map(of_type):
        entry = pa.struct({"key": of_type.key_type, "value": of_type.item_type})
        for path, leaf in leaves_of(pa.list_(entry), position):
            yield path, Leaf(leaf.position, leaf.type, optional(entries, leaf.cut))
    elif pa.types.is_list(of_type):
        for path, leaf in leaves_of(of_type.value_type, position + 1):
            yield path, Leaf(leaf.position, pa.list_(leaf.type), optional(each_of(leaf.cut)))
    elif pa.types.is_struct(of_type):
        position += 1
        for child in of_type:
            for path, leaf in leaves_of(child.type, position):
                single = pa.struct([child.with_type(leaf.type)])
                cut = optional(one_of(child.name, leaf.cut))
                yield (child.name, *path), Leaf(leaf.position, single, cut)
            position += size_of(child.type)
    else:
        yield (), Leaf(position, of_type, lambda value: value)


def entries(pairs: Any) -> Any:
    """A map's as a list of structs."""
    return [{"key": key, "value": value} for key, value in pairs]


def optional(*steps: Cut) -> Cut:
    def cut(value: Any) -> Any:
        for step in steps if value is not None else ():
            value = step(value)
        return value

    return cut


def each_of(cut: Cut) -> Cut:
    return lambda values: [cut(value) for value in values]


def one_of(name: str, cut: Cut) -> Cut:
    return lambda row: {name: cut(row[name])}
