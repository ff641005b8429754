"""``%load_ext tams_analytics``: ibis tables with a timerange show it, all others stay as they are.

IPython asks a table for all its forms at once, so that is where the rows come from. What is shown
is read when it is shown: the first rows, as many as ``ibis.options.repr.interactive.max_rows``
says (10), and no others.
"""

from __future__ import annotations

import shutil
from typing import Any

import ibis
import ibis.expr.types as ir

from tams_analytics.display.ranges import RangeRows
from tams_analytics.display.tables import BOUNDS

Bundle = Any
"""What ``_repr_mimebundle_`` gives: the forms by their types, or these and what is said of them."""


def load(shell: Any) -> None:
    """Let a shell of IPython show timeranges of tables; again is no harm."""
    shell.display_formatter.mimebundle_formatter.for_type(ir.Table, shown)


def unload(shell: Any) -> None:
    """Let tables be shown as before."""
    shell.display_formatter.mimebundle_formatter.pop(ir.Table, None)


def shown(table: ir.Table, **asked: Any) -> Bundle:
    """The forms of a table: of one with ``start_ns, end_ns`` its first rows, else ibis' own."""
    schema = table.schema()
    if not all(name in schema and schema[name].is_integer() for name in BOUNDS):
        return table._repr_mimebundle_(**{"include": (), "exclude": (), **asked})
    most = ibis.options.repr.interactive.max_rows or 10
    found = table.limit(most + 1).to_pyarrow()
    rows = RangeRows(found.slice(0, most), is_all=found.num_rows <= most)
    width = shutil.get_terminal_size((120, 24)).columns
    return {"text/plain": rows.to_text(width), "text/html": rows.to_html()}
