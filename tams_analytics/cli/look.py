"""The commands that look: info, flows, segments, gaps, coverage, overlaps, depth."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click
import pyarrow as pa

from tams_analytics.cli import emptiness, options, questions, showing, views
from tams_analytics.cli.destination import refuse_store
from tams_analytics.cli.interrupts import reading
from tams_analytics.cli.output import READABLE, Output, write_rows, write_text
from tams_analytics.display.card import StoreCard
from tams_analytics.store import Store, connect


@dataclass(frozen=True)
class Look:
    """What a command that looks asks, and how its rows are shown."""

    ask: questions.Builder
    view: views.View


LOOKS = {
    "info": Look(questions.info, views.as_is),
    "flows": Look(questions.flows, views.flows),
    "segments": Look(questions.segments, views.segments),
    "gaps": Look(questions.gaps, views.gaps),
    "coverage": Look(questions.coverage, views.coverage),
    "overlaps": Look(questions.overlaps, views.overlaps),
    "depth": Look(questions.depth, views.depth),
}


def answer(name: str, /, **params: Any) -> None:
    """Open the store, ask, show."""
    look = LOOKS[name]
    output = options.the_output(params)
    url = options.the_store(params)
    with reading(lambda: connect(url, read_only=True)) as live:
        store = options.as_of(live, params)
        refuse_store(output.path, store.url)
        asked = options.asked(store, params)
        expression = look.ask(store, asked)
        if look.ask is questions.info:
            show_info(store, expression.to_pyarrow(), output)
        else:
            title = f"{name} of {store.url}"
            can_show_all = bool({"all_flows", "missing_flows"} & {*params})
            if not showing.show(store, expression, look.view, title, output):
                tell_why_empty(store, asked, can_show_all=can_show_all)


def tell_why_empty(store: Store, asked: questions.Asked, *, can_show_all: bool) -> None:
    """On stderr, where an answer without rows says nothing of the flows: no media is no gap."""
    note = emptiness.why_empty(store, asked, can_show_all=can_show_all)
    if note:
        click.echo(f"tams: {note}", err=True)


def show_info(store: Store, found: pa.Table, output: Output) -> None:
    """The one row of info: a card for people."""
    if output.format not in READABLE:
        write_rows(found.to_reader(), output)
        return
    shown = card(store, found.to_pylist()[0])
    is_page = output.format == "html"
    write_text(showing.page("info", shown.to_html()) if is_page else shown.to_text(), output)


def card(store: Store, row: Mapping[str, Any]) -> StoreCard:
    """The store's card, with what was counted instead of all that it holds."""
    counts = {name: row[name] for name in ("sources", "flows", "segments", "objects")}
    return dataclasses.replace(store.card(), counts=counts, extent=views.extent(row))
