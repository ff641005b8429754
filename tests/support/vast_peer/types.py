"""Which column types are refused: by VAST, and by our own rule."""

from __future__ import annotations

import pyarrow as pa

from tests.support.vast_peer.messages import Refused
from tests.support.vast_peer.switches import Switches

REFUSED_BY_VAST = (pa.types.is_null, pa.types.is_dictionary, pa.types.is_union)
LIST_ELEMENTS = (
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_date,
    pa.types.is_timestamp,
    pa.types.is_time,
)
"""What a list of fixed size may hold, never NULL."""
MAX_LIST_SIZE = 2**16
BEYOND_TRINO = (
    pa.types.is_large_string,
    pa.types.is_large_binary,
    pa.types.is_large_list,
    pa.types.is_string_view,
    pa.types.is_binary_view,
    pa.types.is_unsigned_integer,
)


def require_supported(schema: pa.Schema, switches: Switches) -> None:
    """Raises Refused, which the SDK turns into ``NotSupportedSchema``."""
    rules = REFUSED_BY_VAST if switches.refuse_types else ()
    rules += BEYOND_TRINO if switches.refuse_types_beyond_trino else ()
    for field in schema:
        for of_type in (field.type, *levels(field.type)):
            if any(rule(of_type) for rule in rules):
                raise unsupported(field.name, of_type)
            if switches.refuse_types and pa.types.is_fixed_size_list(of_type):
                require_fixed_list(field.name, of_type)


def require_fixed_list(name: str, of_type: pa.FixedSizeListType) -> None:
    if of_type.list_size == 0:
        raise Refused(400, "TabularInvalidColumnTypeParam", f"column {name} holds empty lists")
    element = of_type.value_field
    is_supported = any(rule(element.type) for rule in LIST_ELEMENTS) and not element.nullable
    if not is_supported or of_type.list_size > MAX_LIST_SIZE:
        raise unsupported(name, of_type)


def unsupported(name: str, of_type: pa.DataType) -> Refused:
    message = f"column {name} has the unsupported type {of_type}"
    return Refused(400, "TabularUnsupportedColumnType", message)


def levels(of_type: pa.DataType) -> list[pa.DataType]:
    """The types within a nested one."""
    if not pa.types.is_nested(of_type):
        return []
    children = [of_type.field(i).type for i in range(of_type.num_fields)]
    return children + [inner for child in children for inner in levels(child)]
