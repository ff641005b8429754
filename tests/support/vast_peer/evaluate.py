"""A condition on arrays: which rows satisfy it, and how it reads.

Comparisons are pyarrow's: NULL satisfies nothing but ``is_null``; NaN is unequal to all and
neither less nor greater. What VAST does with NaN is not known.
"""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.support.vast_peer.messages import bad_request
from tests.support.vast_peer.relation import Leaf, Node

Columns = Mapping[str, pa.Array]
Mask = Callable[[Columns], pa.Array]

COMPARISONS = {
    "equal": (pc.equal, "="),
    "not_equal": (pc.not_equal, "<>"),
    "less": (pc.less, "<"),
    "less_equal": (pc.less_equal, "<="),
    "greater": (pc.greater, ">"),
    "greater_equal": (pc.greater_equal, ">="),
}
PYTHON_NAMES = {
    "equal": "eq",
    "not_equal": "ne",
    "less": "lt",
    "less_equal": "le",
    "greater": "gt",
    "greater_equal": "ge",
}
Types = Callable[[Leaf], pa.DataType]


def mask_of(node: Node, types: Types) -> Mask | None:
    """The condition as a function of columns, its literals of the columns' types; None = all."""
    if node.function in ("and", "or"):
        return combined(node, types)
    leaf, of_type = node.leaf, types(node.leaf)
    if node.function == "is_null":
        return lambda columns: pc.is_null(values(columns, leaf))
    if node.function == "is_valid":
        return lambda columns: pc.is_valid(values(columns, leaf))
    if node.function == "match_substring":
        pattern = node.literal.decode()
        return lambda columns: pc.match_substring(values(columns, leaf), pattern)
    if node.function not in COMPARISONS:
        raise bad_request(f"function {node.function}")
    if isinstance(node.literal, list):
        return compared_lists(node, of_type)
    literal = scalar(node.literal, of_type)
    compare, _ = COMPARISONS[node.function]
    return lambda columns: compare(comparable(values(columns, leaf)), literal)


def compared_lists(node: Node, of_type: pa.DataType) -> Mask:
    """Lists compare element by element, the first difference decides."""
    literal = [scalar(value, of_type).as_py() for value in node.literal]
    compare = getattr(operator, PYTHON_NAMES[node.function])

    def matches(columns: Columns) -> pa.Array:
        lists = values(columns, node.leaf).to_pylist()
        return pa.array([None if each is None else compare(each, literal) for each in lists])

    return matches


def combined(node: Node, types: Types) -> Mask | None:
    sets, others = equalities(node, types)
    masks = [mask_of(other, types) for other in others]
    masks += [isin(leaf, literals, types(leaf), node.function) for leaf, literals in sets.items()]
    if not masks:
        return None
    join = pc.and_kleene if node.function == "and" else pc.or_kleene

    def both(columns: Columns) -> pa.Array:
        result = masks[0](columns)
        for mask in masks[1:]:
            result = join(result, mask(columns))
        return result

    return both


def equalities(node: Node, types: Types) -> tuple[dict[Leaf, list[Any]], list[Node]]:
    """Many ``=`` under an OR, or ``<>`` under an AND, of one column are looked up as a set."""
    wanted = "equal" if node.function == "or" else "not_equal"
    sets: dict[Leaf, list[Any]] = {}
    others = []
    for part in node.parts:
        if part.function == wanted and is_exact(part, types):
            sets.setdefault(part.leaf, []).append(part.literal)
        else:
            others.append(part)
    return sets, others


def is_exact(node: Node, types: Types) -> bool:
    """Whether equal means the same bits: neither floats (NaN) nor lists."""
    return not isinstance(node.literal, list) and not pa.types.is_floating(types(node.leaf))


def isin(leaf: Leaf, literals: list[Any], of_type: pa.DataType, join: str) -> Mask:
    value_set = pa.array(
        [scalar(literal, of_type).as_py() for literal in literals], as_comparable(of_type)
    )

    def within(columns: Columns) -> pa.Array:
        array = comparable(values(columns, leaf))
        found = pc.is_in(array, value_set=value_set)
        if join == "and":
            found = pc.invert(found)
        return pc.if_else(pc.is_valid(array), found, None) if array.null_count else found

    return within


def values(columns: Columns, leaf: Leaf) -> pa.Array:
    """The scalars of a leaf; below a NULL struct they are NULL."""
    array = columns[leaf.column]
    for number, name in leaf.below:
        if not pa.types.is_struct(array.type):
            return array
        index = array.type.get_field_index(name)
        array = array.flatten()[index if index >= 0 else number]
    return array


def as_comparable(of_type: pa.DataType) -> pa.DataType:
    """Strings compare as bytes: a prefix's upper bound need not be text."""
    if pa.types.is_string(of_type):
        return pa.binary()
    if pa.types.is_large_string(of_type):
        return pa.large_binary()
    return pa.float32() if pa.types.is_float16(of_type) else of_type


def comparable(array: pa.Array) -> pa.Array:
    target = as_comparable(array.type)
    if target == array.type:
        return array
    return array.cast(target) if pa.types.is_floating(target) else array.view(target)


def scalar(literal: Any, of_type: pa.DataType) -> pa.Scalar:
    """The literal of a request as a value that compares with the column."""
    target = as_comparable(of_type)
    if pa.types.is_decimal(of_type):
        unscaled = int.from_bytes(literal, "little", signed=True)
        return pa.scalar(decimal.Decimal(unscaled).scaleb(-of_type.scale, WIDE), of_type)
    if pa.types.is_temporal(of_type):
        of_width = pa.int64() if of_type.bit_width == 64 else pa.int32()
        return pa.scalar(literal, of_width).cast(of_type)
    if pa.types.is_float16(of_type):
        return pa.scalar(float(np.uint16(literal).view(np.float16)), target)
    return pa.scalar(literal, target)


WIDE = decimal.Context(prec=80)


def text_of(node: Node, types: Types) -> str:
    """The condition as text: ``flow_id = 'a' AND (start_ns < 5 OR start_ns IS NULL)``."""
    if node.function in ("and", "or"):
        word = f" {node.function.upper()} "
        return word.join(
            f"({text_of(part, types)})" if part.parts else text_of(part, types)
            for part in node.parts
        )
    name = node.leaf.name
    if node.function in ("is_null", "is_valid"):
        return f"{name} IS {'NOT ' if node.function == 'is_valid' else ''}NULL"
    literal = spelled(node.literal, types(node.leaf))
    if node.function == "match_substring":
        return f"{name} CONTAINS {literal}"
    return f"{name} {COMPARISONS[node.function][1]} {literal}"


def conjuncts_of(node: Node, types: Types) -> tuple[str, ...]:
    """The parts of the condition that must all hold."""
    parts = node.parts if node.function == "and" else (node,)
    return tuple(text_of(part, types) for part in parts)


def spelled(literal: Any, of_type: pa.DataType) -> str:
    if isinstance(literal, bytes) and pa.types.is_string(of_type):
        try:
            return "'" + literal.decode().replace("'", "''") + "'"
        except UnicodeDecodeError:
            return repr(literal)
    if isinstance(literal, bool):
        return str(literal).lower()
    if isinstance(literal, list):
        return f"[{', '.join(spelled(each, of_type) for each in literal)}]"
    if pa.types.is_temporal(of_type) or pa.types.is_decimal(of_type):
        return str(scalar(literal, of_type).as_py())
    return repr(literal)
