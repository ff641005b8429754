"""The commands that look: info, flows, segments, gaps, coverage, overlaps, depth."""

from __future__ import annotations

import dataclasses
import functools
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
    """A command that looks: its question, how its rows are shown, its own options."""

    name: str
    does: str
    ask: questions.Builder
    view: views.View
    special: tuple[str, ...] = ()

    @property
    def has_all_flows(self) -> bool:
        return bool({"all_flows", "missing_flows"} & {*self.special})


LOOKS = (
    Look("info", "What a store holds, and from when to when.", questions.info, views.as_is),
    Look("flows", "The flows and what they carry.", questions.flows, views.flows),
    Look("segments", "Which objects lie where on flows.", questions.segments, views.segments),
    Look(
        "gaps",
        "What no segment covers.",
        questions.gaps,
        views.gaps,
        ("min_duration", "by", "missing_flows"),
    ),
    Look(
        "coverage",
        "How much of its time each flow covers.",
        questions.coverage,
        views.coverage,
        ("by", "all_flows"),
    ),
    Look("overlaps", "Segments that share time.", questions.overlaps, views.overlaps, ("by",)),
    Look(
        "depth", "How many segments there are at each time.", questions.depth, views.depth, ("by",)
    ),
)


def answer(look: Look, **params: Any) -> None:
    """Open the store, ask, show."""
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
            title = f"{look.name} of {store.url}"
            if not showing.show(store, expression, look.view, title, output):
                tell_why_empty(store, asked, can_show_all=look.has_all_flows)


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


def command(look: Look) -> click.Command:
    """The click command of one."""
    return click.Command(
        look.name,
        callback=functools.partial(answer, look),
        params=[
            *options.store(),
            *options.selection(),
            *(options.SPECIAL[name] for name in look.special),
            *options.output(),
        ],
        help=look.does,
    )


COMMANDS = tuple(command(look) for look in LOOKS)
