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

ROWS_IN_A_TABLE = 50
"""How many rows a table shows on stdout when nobody said how many; all else has them all."""
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
    if output.limit is not None:
        expression = expression.limit(output.limit)
    if output.format not in READABLE:
        return write_rows(expression.to_pyarrow_batches(), output)
    if output.format == "html":
        rows = expression.to_pyarrow()
        write_text(page(title, html(view(rows, labels(store, rows)))), output)
        return int(rows.num_rows)
    rows, total = first_rows(expression, output)
    write_text(plain(view(rows, labels(store, rows)), rows.num_rows, total, output), output)
    return total


def first_rows(expression: ir.Table, output: Output) -> tuple[pa.Table, int]:
    """The rows that a table shows, and how many there are."""
    if output.is_whole:
        rows = expression.to_pyarrow()
        return rows, rows.num_rows
    rows = expression.limit(ROWS_IN_A_TABLE + 1).to_pyarrow()
    if rows.num_rows <= ROWS_IN_A_TABLE:
        return rows, rows.num_rows
    return rows.slice(0, ROWS_IN_A_TABLE), int(expression.count().to_pyarrow().as_py())


def plain(columns: views.Columns, shown: int, total: int, output: Output) -> str:
    """A table of text, and how many of how many rows these are."""
    table = tables.plain(list(columns), _rows(columns), width=width(output))
    if total > shown:
        more = f"the first {text.count(shown)} of {text.count(total)} rows"
        return f"{table}\n{more}; --limit N for more, --format csv for all"
    return f"{table}\n{text.plural(total, 'row')}"


def html(columns: views.Columns) -> str:
    return tables.html(list(columns), _rows(columns))


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
