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
from tams_analytics.engines import open_engine
from tams_analytics.errors import BadParameter, Unsupported


def answer(words: tuple[str, ...], store: str | None, **params: str | int | None) -> None:
    if len(words) > 2:
        raise click.UsageError(f"{len(words)} words are given; put the SQL in quotes")
    if store is None and len(words) == 1 and is_place(words[0]):
        raise click.UsageError('the SQL is missing: tams query STORE "SELECT …"')
    url = options.the_store({"store": store}, words[0] if len(words) == 2 else None)
    output, sql = options.the_output(params), words[-1]
    refuse_several(sql)
    with reading(lambda: open_engine(url, sealed=True)) as engine:
        if not hasattr(engine, "query"):
            raise Unsupported(engine.name, "take SQL", "open the store by its DuckDB file")
        refuse_store(output.path, engine.url)
        show(engine.query(sql), output)


def is_place(word: str) -> bool:
    """Is it a store rather than SQL: a file, or one word as no statement is?"""
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
    left_out = showing.note(shown.num_rows, rows.num_rows, output)
    if output.format == "html":
        write_text(showing.page("query", showing.html(columns, left_out)), output)
    else:
        write_text(showing.plain(columns, shown.num_rows, left_out, output), output)
