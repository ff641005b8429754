"""`tams ingest`: media files, playlists and folders into a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import click

from tams_analytics import ingest as media
from tams_analytics.cli import options
from tams_analytics.display import tables, text
from tams_analytics.engines import Engine, open_engine
from tams_analytics.errors import named
from tams_analytics.timerange import typed_instant

FEW_NAMES = 3
"""So many of a folder's names that are not those of media are told."""


def take_in(files: tuple[str, ...], store: str | None, start: str | None) -> None:
    start_ns = None if start is None else typed_instant(start)
    left_out = media.skipped([Path(file) for file in files])
    with opened(options.the_store({"store": store})) as engine:
        click.echo(told(media.ingest(engine, files, start=start_ns)))
    if left_out:
        click.echo(f"tams: {not_taken(left_out)}", err=True)


@contextmanager
def opened(url: str | None) -> Iterator[Engine]:
    """The engine, for writing. A file that it made does not stay when what follows fails."""
    made = options.new_file(url)
    try:
        with closing(open_engine(url)) as engine:
            yield engine
    except BaseException:
        if made:
            made.unlink(missing_ok=True)
            made.with_name(f"{made.name}.wal").unlink(missing_ok=True)
        raise


def told(done: Sequence[media.Ingested]) -> str:
    """A line for each presentation: what of it is new."""
    rows = [
        (
            one.path.name,
            one.title,
            len(one.flows),
            one.kept.flows,
            one.kept.segments,
            one.kept.objects,
            text.size(one.kept.bytes_stored),
        )
        for one in done
    ]
    columns = ("file", "title", "flows", "new flows", "new segments", "new objects", "new bytes")
    return tables.plain(columns, rows)


def not_taken(left_out: Sequence[Path]) -> str:
    """How many names in folders were left out, and the first of them."""
    first = [named(path.name) for path in left_out[:FEW_NAMES]]
    names = ", ".join([*first, "…"] if len(left_out) > FEW_NAMES else first)
    count = "1 name is" if len(left_out) == 1 else f"{len(left_out)} names are"
    kind = "it is not that" if len(left_out) == 1 else "they are not those"
    return f"{count} skipped, as {kind} of media: {names}"
