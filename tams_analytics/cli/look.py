"""The commands that look: info, flows, segments, gaps, coverage, overlaps, depth."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import click

from tams_analytics.cli import options, questions, showing, views
from tams_analytics.cli.interrupts import reading
from tams_analytics.cli.output import READABLE, Output, write_rows, write_text
from tams_analytics.display.card import StoreCard
from tams_analytics.store import connect


@dataclass(frozen=True)
class Look:
    """A command that looks: its question, how its rows are shown, its own options."""

    name: str
    does: str
    ask: questions.Builder
    view: views.View
    special: tuple[str, ...] = ()


LOOKS = (
    Look("info", "What a store holds, and from when to when.", questions.info, views.as_is),
    Look("flows", "The flows and what they carry.", questions.flows, views.flows),
    Look("segments", "Which objects lie where on flows.", questions.segments, views.segments),
    Look(
        "gaps",
        "What no segment covers.",
        questions.gaps,
        views.gaps,
        ("min_duration", "by", "all_flows"),
    ),
    Look(
        "coverage",
        "How much of its time each flow covers.",
        questions.coverage,
        views.coverage,
        ("by",),
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
    with reading(lambda: connect(url, read_only=True)) as store:
        expression = look.ask(store, options.asked(store, params))
        if look.ask is questions.info:
            show_info(expression.to_pyarrow(), output)
        else:
            showing.show(store, expression, look.view, f"{look.name} of {store.url}", output)


def show_info(found: Any, output: Output) -> None:
    """The one row of info: a card for people."""
    if output.format not in READABLE:
        write_rows(found.to_reader(), output)
        return
    shown = card(found.to_pylist()[0])
    is_page = output.format == "html"
    write_text(showing.page("info", shown.to_html()) if is_page else shown.to_text(), output)


def card(row: Mapping[str, Any]) -> StoreCard:
    """The card of a store from its row of info."""
    counts = {name: row[name] for name in ("sources", "flows", "segments", "objects")}
    versions = {name: version(name) for name in (row["engine"], "ibis-framework")}
    return StoreCard(row["engine"], row["store"], counts, views.extent(row), versions=versions)


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
