"""Answers on their way out: for people with a view and a few rows, for machines as they are."""

from __future__ import annotations

import os
import shutil
from html import escape

import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from tams_analytics.cli import views
from tams_analytics.cli.output import READABLE, Output, write_rows, write_text
from tams_analytics.display import tables, text
from tams_analytics.store import Store

WAYS = "--limit N for more, --format csv for all"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 14px/1.5 system-ui, sans-serif; margin: 2rem; color-scheme: light dark }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums }}
th, td {{ padding: 2px 14px 2px 0; border-bottom: 1px solid #8884 }}
</style></head><body><h1>{title}</h1>
{body}
</body></html>"""


def show(store: Store, expression: ir.Table, view: views.View, title: str, output: Output) -> int:
    """Write the rows in the format and number that were asked for; gives how many there are."""
    if output.format not in READABLE:
        limited = expression if output.limit is None else expression.limit(output.limit)
        return write_rows(limited.to_pyarrow_batches(), output)
    rows, total = first_rows(expression, output)
    columns, left_out = view(rows, labels(store, rows)), note(rows.num_rows, total, output)
    if output.format == "html":
        write_text(page(title, html(columns, left_out)), output)
    else:
        write_text(plain(columns, rows.num_rows, left_out, output), output)
    return int(rows.num_rows)


def first_rows(expression: ir.Table, output: Output) -> tuple[pa.Table, int | None]:
    """The rows that are shown, and how many there are; None: more, which nobody counted.

    A limit is there to have rows soon: counting would ask the whole question again.
    """
    most = output.most
    if most is None:
        rows = expression.to_pyarrow()
        return rows, rows.num_rows
    rows = expression.limit(most + 1).to_pyarrow()
    if rows.num_rows <= most:
        return rows, rows.num_rows
    is_counted = output.limit is None
    total = int(expression.count().to_pyarrow().as_py()) if is_counted else None
    return rows.slice(0, most), total


def note(shown: int, total: int | None, output: Output) -> str | None:
    """What an answer leaves out, or nothing."""
    if shown == total:
        return None
    if total is None:
        more = "" if output.limit is not None else f": {WAYS}"
        return f"the first {text.plural(shown, 'row')}; there are more{more}"
    first = f"the first {text.count(shown)} of {text.count(total)} rows"
    return first if output.limit is not None else f"{first}; {WAYS}"


def plain(columns: views.Columns, shown: int, left_out: str | None, output: Output) -> str:
    """A table of text, and how many of how many rows these are."""
    table = tables.plain(list(columns), _rows(columns), width=width(output))
    return f"{table}\n{left_out or text.plural(shown, 'row')}"


def html(columns: views.Columns, left_out: str | None = None) -> str:
    """The same as HTML, without a number where all rows are there."""
    table = tables.html(list(columns), _rows(columns))
    return f"{table}<p>{escape(left_out)}</p>" if left_out else table


def page(title: str, body: str) -> str:
    """One HTML document without a script."""
    return PAGE.format(title=escape(title), body=body)


def width(output: Output) -> int | None:
    """How wide a line may be: as the terminal is; a file or a pipe takes any width."""
    if output.is_terminal or (output.is_stdout and os.environ.get("COLUMNS")):
        return shutil.get_terminal_size().columns
    return None


def labels(store: Store, rows: pa.Table) -> dict[str, str | None]:
    """The labels of the flows or sources that ``rows`` name."""
    found: dict[str, str | None] = {}
    for column, entities in (("flow_id", store.flows), ("source_id", store.sources)):
        if column in rows.column_names:
            ids = rows[column].drop_null().unique().to_pylist()
            named = entities.filter(_.id.isin(ids)).select("id", "label").to_pyarrow()
            found |= dict(zip(named["id"].to_pylist(), named["label"].to_pylist(), strict=True))
    return found


def _rows(columns: views.Columns) -> list[tuple[object, ...]]:
    return list(zip(*columns.values(), strict=True))
