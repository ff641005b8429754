"""`tams query`: SQL of the user on a sealed store, read only."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import click
import pyarrow as pa
import sqlglot
from sqlglot.errors import TokenError
from sqlglot.tokens import TokenType

from tams_analytics.cli import options, showing, views
from tams_analytics.cli.destination import refuse_store
from tams_analytics.cli.interrupts import reading
from tams_analytics.cli.output import READABLE, Output, write_rows, write_text
from tams_analytics.display import tables, text
from tams_analytics.engines import open_engine
from tams_analytics.errors import BadParameter, Unsupported


def answer(
    words: tuple[str, ...], store: str | None, file: str | None, **params: str | int | None
) -> None:
    place, sql, name = _given(words, store, file)
    url = options.the_store({"store": store}, place)
    output = options.the_output(params)
    with named(sql, name):
        refuse_several(sql)
        with reading(lambda: open_engine(url, sealed=True)) as engine:
            if not hasattr(engine, "query"):
                raise Unsupported(engine.name, "take SQL", "open the store by its DuckDB file")
            refuse_store(output.path, engine.url)
            show(engine.query(sql, most=wanted(output)), output)


def _given(
    words: tuple[str, ...], store: str | None, file: str | None
) -> tuple[str | None, str, str]:
    """The store if it is a word, the SQL, and how messages show it."""
    if file is not None:
        if len(words) > 1 or (words and store is not None):
            raise click.UsageError("SQL is given beside --file")
        return (words[0] if words else None), _read(file), file
    if not words:
        raise click.UsageError('the SQL is missing: tams query STORE "SELECT …", or --file FILE')
    if len(words) > 2:
        raise click.UsageError(f"{len(words)} words are given; put the SQL in quotes")
    if store is None and len(words) == 1 and is_place(words[0]):
        raise click.UsageError('the SQL is missing: tams query STORE "SELECT …"')
    return (words[0] if len(words) == 2 else None), words[-1], words[-1]


def _read(file: str) -> str:
    """SQL from a file, or from stdin: ``-``."""
    try:
        with click.open_file(file, encoding="utf-8-sig") as text:
            return str(text.read())
    except UnicodeDecodeError as error:
        raise BadParameter("file", file, "is no text in UTF-8", "SQL") from error


def wanted(output: Output) -> int | None:
    """So many rows have to be read: to people one more, which says that there are more."""
    if output.format not in READABLE:
        return output.limit
    return None if output.most is None else output.most + 1


def is_place(word: str) -> bool:
    """Is it a store rather than SQL: a file, or one word as no statement is?"""
    if word.upper() in ("COMMIT", "ROLLBACK"):
        return os.path.exists(word)
    return os.path.exists(word) or (len(word.split()) == 1 and not set(word) & set("('\"*;"))


def refuse_several(sql: str) -> None:
    """Raises `BadParameter` for more than one statement, or none."""
    try:
        tokens = [token.token_type for token in sqlglot.tokenize(sql, read="duckdb")]
    except TokenError:
        return  # the engine says what is wrong with it
    while tokens and tokens[-1] == TokenType.SEMICOLON:
        tokens.pop()
    if not tokens:
        raise BadParameter("sql", sql, "says nothing", "one statement, as SELECT …")
    if TokenType.SEMICOLON in tokens:
        raise BadParameter("sql", sql, "is more than one statement", "one at a time")


@contextlib.contextmanager
def named(sql: str, name: str) -> Iterator[None]:
    """A message names what the SQL is of, instead of quoting it."""
    try:
        yield
    except BadParameter as error:
        if error.value != sql:
            raise
        raise BadParameter(error.name, name, error.problem, error.expected) from error


def refuse_same_names(names: list[str]) -> None:
    """Raises `BadParameter`: an object has one value of a name, and a table of people too."""
    for name in names:
        if names.count(name) > 1:
            raise BadParameter("sql", name, "is the name of several columns", "AS, to tell them")


def show(rows: pa.Table, output: Output) -> None:
    """The rows of an answer, named and written as they are."""
    refuse_same_names(rows.column_names)
    if output.format not in READABLE:
        limited = rows if output.limit is None else rows.slice(0, output.limit)
        write_rows(limited.to_reader(), output)
        return
    shown = rows if output.most is None else rows.slice(0, output.most)
    columns = views.texts(shown)
    total = shown.num_rows if shown.num_rows == rows.num_rows else None
    left_out = showing.note(shown.num_rows, total, output)
    if output.format == "html":
        write_text(showing.page("query", showing.html(columns, left_out)), output)
    elif (lines := lines_of(columns)) is not None:
        write_text("\n".join([*lines, left_out or text.plural(1, "row")]), output)
    else:
        write_text(showing.plain(columns, shown.num_rows, left_out, output), output)


def lines_of(columns: views.Columns) -> list[str] | None:
    """Those of a text that is all of an answer, as a plan is or what SHOW CREATE says."""
    cells = [cell for column in columns.values() for cell in column]
    if len(cells) == 2 and "explain_key" in columns:  # of DuckDB's; the key says nothing
        cells = cells[1:]
    if len(cells) != 1 or "\n" not in str(cells[0]):
        return None
    return [tables.one_line(line).rstrip() for line in str(cells[0]).strip("\n").split("\n")]
