"""`tams objects`: what the buckets and folders of a store hold, into one Parquet file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tams_analytics import settings
from tams_analytics.cli import options
from tams_analytics.cli.destination import is_in_place, writable
from tams_analytics.display import text
from tams_analytics.errors import BadParameter, EngineFailed, NotFound
from tams_analytics.media.listing import list_into
from tams_analytics.media.listing.parts import SUFFIX
from tams_analytics.media.opening import file_to_be
from tams_analytics.media.storages import Storages

ENDINGS = (".parquet", ".pq")


def write_listing(output: str, threads: int, storage: tuple[str, ...], **params: Any) -> None:
    """The store itself is not opened, so a server may have it."""
    url = options.the_store(params)
    if (missing := options.new_file(url)) is not None:
        raise NotFound("store", str(missing), "its name is that of the folder to list")
    target = _target(output)
    loaded = settings.load()
    storages = Storages.configured(loaded, file_to_be(url or str(loaded.store_url)))
    backends = [each for each in storages.backends if not storage or each.label in storage]
    try:
        keys = list_into(target, storages.backends, labels=storage, threads=threads, progress=None)
    except (KeyboardInterrupt, EngineFailed):
        _tell_what_is_kept(target)
        raise
    buckets = sorted(each.storage.bucket for each in backends)
    click.echo(f"{text.plural(keys, 'key')} of {', '.join(buckets)} in {output}")


def _target(output: str) -> Path:
    if is_in_place(output) or Path(output).suffix.lower() not in ENDINGS:
        problem = "cannot be gone on with, or is no Parquet file"
        raise BadParameter("output", output, problem, "a file, listing.parquet")
    return writable(output)


def _tell_what_is_kept(target: Path) -> None:
    kept = target.with_name(target.name + SUFFIX)
    if kept.exists():
        click.echo(
            f"tams: {kept} keeps what is listed; the same command goes on from there", err=True
        )
