"""`tams objects`: what the buckets and folders of a store hold, into one Parquet file."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from tams_analytics import settings
from tams_analytics.cli import options
from tams_analytics.cli.destination import is_in_place, writable
from tams_analytics.display import text
from tams_analytics.errors import BadParameter, EngineFailed, NotFound, TamsError
from tams_analytics.media.listing import list_into
from tams_analytics.media.listing.parts import SUFFIX
from tams_analytics.media.opening import file_to_be
from tams_analytics.media.storages import Storages
from tams_analytics.store import connect

ENDINGS = (".parquet", ".pq")
WAY_OUT = "S3_BUCKET_NAME, or a [storage_backends.LABEL] of the settings, names what is listed"
log = logging.getLogger("tams_analytics.cli")


def write_listing(output: str, threads: int, storage: tuple[str, ...], **params: Any) -> None:
    """The store is opened only at the end, to compare, so a server may have it."""
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
    unlisted = _unlisted(url, buckets)
    if unlisted and not (storage and unlisted.is_part):
        click.echo(f"tams: {unlisted}", err=True)


@dataclass(frozen=True)
class Unlisted:
    """Buckets that the store's instances name, and that were not listed."""

    buckets: list[str]
    listed: list[str]
    is_part: bool
    """The store has instances in listed ones, too."""

    def __str__(self) -> str:
        said = f"the store has instances in {', '.join(self.buckets)}, not listed"
        only = "" if self.is_part else f", and none in {', '.join(self.listed)}"
        return f"{said}{only}: all of them would count as missing; {WAY_OUT}"


def _unlisted(url: str | None, listed: list[str]) -> Unlisted | None:
    """Nothing where a server has the store, or it cannot be asked."""
    try:
        with connect(url, read_only=True) as store:
            named = store.tables.object_instances.select("bucket").distinct().to_pyarrow()
    except TamsError as error:
        log.debug("the store's buckets are not known", exc_info=error)
        return None
    known = set(named["bucket"].drop_null().to_pylist())
    missing = sorted(known - {*listed})
    return Unlisted(missing, listed, bool(known & {*listed})) if missing else None


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
