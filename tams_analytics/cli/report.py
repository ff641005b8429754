"""`tams report`: a saved question of a store, or which there are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import click
import pyarrow as pa

from tams_analytics import reports
from tams_analytics.cli import options
from tams_analytics.cli.destination import destination, refuse_store
from tams_analytics.cli.interrupts import reading
from tams_analytics.cli.output import READABLE, Output, batches_as_json, write_rows, write_text
from tams_analytics.cli.runtime import Runtime, or_failed
from tams_analytics.cli.showing import width
from tams_analytics.reports import Part, Report, Reported
from tams_analytics.reports.reported import ROWS
from tams_analytics.store import connect
from tams_analytics.timerange import as_timerange, to_utc, typed_instant, typed_timerange


@or_failed()
def report(words: tuple[str, ...], **params: Any) -> None:
    """Open the store, ask, show; without a name, list."""
    output, runtime = options.the_output(params), Runtime(params["max_runtime"])
    if not words:
        tell_all(output)
        return
    place, name = _given(words)
    chosen = reports.named(name)  # before a store is opened for nothing
    asked = _asked(params, chosen)
    url = options.the_store(params, place)
    with ExitStack() as stack:
        live = stack.enter_context(reading(lambda: connect(url, read_only=True)))
        store = options.as_of(live, params)
        refuse_store(output.path, store.url)
        if params["other"] is not None:
            asked["other"] = stack.enter_context(connect(params["other"], read_only=True))
        runtime.run(
            lambda: show(store.report(chosen.name, **asked), params["tables"], output), store
        )


def _given(words: Sequence[str]) -> tuple[str | None, str]:
    """The store if it is a word, and the name of the report."""
    if len(words) > 2:
        raise click.UsageError(f"{len(words)} words are given; expected [STORE] NAME")
    return (words[0] if len(words) == 2 else None), words[-1]


def _asked(params: Mapping[str, Any], chosen: Report) -> dict[str, Any]:
    """What `Store.report` is told; a parameter's text is judged there, but for how time is typed.

    Raises `BadParameter`, `BadTimeRange`.
    """
    spans = {each.name for each in chosen.parameters if each.read is as_timerange}
    asked: dict[str, Any] = {
        "during": options.during(params),
        "now": None if params["now"] is None else to_utc(typed_instant(params["now"])),
        **{name: params[name] for name in ("tz", "day_starts", "objects")},
    }
    for given in params["parameters"]:
        name, equals, value = given.partition("=")
        if not equals or name in asked:
            raise click.UsageError(f"-p {given}: expected NAME=VALUE, each name once")
        asked[name] = typed_timerange(value) if name in spans else value
    return asked


def show(reported: Reported, tables: Sequence[str], output: Output) -> None:
    """Write the tables, or only these, in the format and number that were asked for."""
    if output.format in READABLE:
        looks = reported.looks(ROWS if output.limit is None else output.limit, tables)
        is_page = output.format == "html"
        told = reported.to_html(looks=looks) if is_page else reported.to_text(looks, width(output))
        write_text(told.removesuffix("\n"), output)
    else:
        with reported.opened(tables) as parts:
            if reported.hint is not None:  # a format for programs has no place for it
                click.echo(f"tams: {reported.hint}", err=True)
            write = write_json if output.format == "json" else write_one
            write(reported, parts, output)


def write_one(reported: Reported, parts: Sequence[Part], output: Output) -> None:
    """The rows of one table, as `tams query` writes them."""
    if len(parts) > 1:
        names = ", ".join(part.name for part in parts)
        raise click.UsageError(f"{output.format} holds one table; --table names one of {names}")
    write_rows(_rows(parts[0], output), output)


def write_json(reported: Reported, parts: Sequence[Part], output: Output) -> None:
    """``report, store, engine, during, parameters, tables``, table by table as rows come."""
    head = {
        "report": reported.name,
        "store": reported.store,
        "engine": reported.engine,
        "during": None if reported.during is None else str(reported.during),
        "parameters": reported.parameters,
    }
    said = json.dumps(head, indent=1, ensure_ascii=False, default=str)
    with destination(output.path) as stream:
        stream.write(said.removesuffix("\n}").encode() + b',\n "tables": {')
        for number, part in enumerate(parts):
            stream.write(f"{',' if number else ''}\n {json.dumps(part.name)}: ".encode())
            rows = _rows(part, output)
            batches_as_json(rows.schema, (each.cast(rows.schema) for each in rows), stream)
        stream.write(b"}}\n")


def _rows(part: Part, output: Output) -> pa.RecordBatchReader:
    rows = part.rows if output.limit is None else part.rows.limit(output.limit)
    return rows.to_pyarrow_batches()


def tell_all(output: Output) -> None:
    """The reports that there are, and what each can be told."""
    known = reports.all_reports()
    if output.format == "json":
        write_text(json.dumps([*map(_described, known)], indent=1, ensure_ascii=False), output)
    elif output.format in READABLE[:1]:
        write_text("\n\n".join("\n".join(_lines(each)) for each in known), output)
    else:
        raise click.UsageError("the list of reports is written as table or json")


def _described(report: Report) -> dict[str, Any]:
    parameters = [
        {"name": each.name, "meaning": each.meaning, "default": each.default}
        for each in report.parameters
    ]
    said = {"name": report.name, "title": report.title, "source": report.source}
    told = {"takes": sorted(report.takes), "usual": report.usual, "parameters": parameters}
    return {**said, **told, "look": report.look}


def _lines(report: Report) -> Iterator[str]:
    """The title of a report, what of the command's options it takes, and its parameters."""
    takes = [f"--{name}" for name in sorted(report.takes)]
    yield " ".join([f"{report.name}: {report.title}.", *takes])
    if "during" in report.takes:
        usual = "all of it" if report.usual is None else f"the last {report.usual} up to now"
        yield f"  --during=…  the time that is looked at (default: {usual})"
    for each in report.parameters:
        default = "" if each.default is None else f" (default: {each.default})"
        yield f"  -p {each.name}=…  {each.meaning}{default}"
