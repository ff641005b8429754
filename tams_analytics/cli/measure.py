"""`tams measure`: numbers by group, and which there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import ibis.expr.types as ir

from tams_analytics.cli import exposition, measure_metrics, options, showing, views
from tams_analytics.cli.destination import refuse_store
from tams_analytics.cli.interrupts import reading
from tams_analytics.cli.measure_views import of_groups
from tams_analytics.cli.output import READABLE, Output, write_rows, write_text
from tams_analytics.cli.runtime import Runtime, or_failed
from tams_analytics.measures import MEASURES, described
from tams_analytics.store import Store

NAMES = frozenset(each.name for each in MEASURES)


@or_failed()
def measure(
    words: Sequence[str],
    store: str | None,
    by: Sequence[str],
    tz: str,
    day_starts: str,
    remember: bool,
    **params: Any,
) -> None:
    """Open the store, measure, tell."""
    output, runtime = options.the_output(params), Runtime(params["max_runtime"])
    place, names = divided(words, store)
    if not names:
        tell_names(output)
        return
    during = options.during(params)
    url = options.the_store({"store": store}, place)
    if remember and params["at"] is not None:
        raise click.UsageError("a snapshot cannot remember a run: --at without --remember")
    asked: dict[str, Any] = {"by": by, "during": during, "tz": tz, "day_starts": day_starts}
    with reading(lambda: options.open_store(url, writable=remember)) as live:
        opened = options.as_of(live, params)
        refuse_store(output.path, opened.url)

        def answer() -> None:
            found = opened.measure(names, **asked)
            if remember:
                opened.remember_measures(names, **asked)
            tell(opened, found.order_by(found.columns[: len(by)]) if by else found, output)

        runtime.run(answer, opened)


def divided(words: Sequence[str], store: str | None) -> tuple[str | None, Sequence[str]]:
    """The store, if the first word is no measure and ``-s`` names none; the measures."""
    if not words or store is not None or words[0] in NAMES:
        return None, words
    if len(words) == 1:
        raise click.UsageError(f"no measure is named beside {words[0]}; tams measure lists them")
    return words[0], words[1:]


def tell(store: Store, found: ir.Table, output: Output) -> None:
    if output.format == "prometheus":
        rows = found if output.limit is None else found.limit(output.limit)
        families = measure_metrics.families(store.url, rows.to_pyarrow())
        write_text(exposition.text(families).rstrip("\n"), output)
    else:
        showing.show(store, found, of_groups, f"measures of {store.url}", output)


def tell_names(output: Output) -> None:
    """Which measures there are; to people without what each may be asked by."""
    if output.format == "prometheus":
        raise click.UsageError("no measure is named; tams measure lists them")
    rows = described().to_pyarrow()
    if output.format not in READABLE:
        write_rows(rows.to_reader(), output)
        return
    columns = views.as_is(rows.select(["name", "unit", "meaning"]), {})
    is_page = output.format == "html"
    shown = showing.html(columns) if is_page else showing.plain(columns, len(rows), None, output)
    write_text(showing.page("measures", shown) if is_page else shown, output)
