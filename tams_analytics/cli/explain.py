"""`tams explain`: what of another command's question is pushed into scans, and what is not."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence

import click

from tams_analytics.cli import look, options, showing
from tams_analytics.cli.destination import refuse_store
from tams_analytics.cli.interrupts import reading
from tams_analytics.cli.output import Output, write_text
from tams_analytics.engines import Explanation
from tams_analytics.engines import explain as explained
from tams_analytics.store import connect
from tams_command.commands import LOOKS
from tams_command.words import FORMATS_OF_EXPLANATIONS

BY_NAME = {str(command.name): command for command in LOOKS}
OF_SQL = 'tams query STORE "EXPLAIN SELECT …"'


def answer(
    words: tuple[str, ...], store: str | None, no_run: bool, sql: bool, format: str | None
) -> None:
    before, name, rest = divided(words)
    with BY_NAME[name].make_context(name, list(rest), parent=click.get_current_context()) as inner:
        named = format or inner.params["format"]
        output = options.the_output({**inner.params, "format": named})
        url = options.the_store(inner.params, before, store)
        with reading(lambda: connect(url, read_only=True)) as live:
            opened = options.as_of(live, inner.params)
            refuse_store(output.path, opened.url)
            expression = look.LOOKS[name].ask(opened, options.asked(opened, inner.params))
            if output.limit is not None:
                expression = expression.limit(output.limit)
            explanation = explained(expression, run=not no_run)
            write_text(told(explanation, output, with_sql=sql), output)


def divided(words: Sequence[str]) -> tuple[str | None, str, Sequence[str]]:
    """The store, the command and its arguments. Raises click's `UsageError`."""
    for place in (0, 1):
        if len(words) > place and words[place] in BY_NAME:
            return (words[0] if place else None), words[place], words[place + 1 :]
    known = f"explain needs a command that looks, one of {', '.join(BY_NAME)}"
    if "query" in words[:2]:
        raise click.UsageError(f"{known}; for SQL: {OF_SQL}")
    raise click.UsageError(known)


def told(explanation: Explanation, output: Output, *, with_sql: bool) -> str:
    if output.format == "json":
        return json.dumps(dataclasses.asdict(explanation), indent=2, ensure_ascii=False)
    if output.format == "html":
        return showing.page("explain", explanation._repr_html_())
    if output.format == "table":
        return str(explanation if with_sql else dataclasses.replace(explanation, sql=None))
    raise click.UsageError(
        f"an explanation has no rows; --format is {' or '.join(FORMATS_OF_EXPLANATIONS)}"
    )
