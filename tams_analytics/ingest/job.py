"""``tams ingest``: media files, playlists and folders into a store (mission F92)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm.auto import tqdm

from tams_analytics.engines import Engine
from tams_analytics.errors import BadParameter
from tams_analytics.ingest.files import Advance, digest
from tams_analytics.ingest.keeping import Kept, keep
from tams_analytics.ingest.plan import Plan, plan
from tams_analytics.ingest.presentation import Presentation, presentations
from tams_analytics.ingest.probe import probe
from tams_analytics.media.configured import backends_of_file
from tams_analytics.media.opening import media_storage, store_file
from tams_analytics.media.storage import MediaStorage
from tams_analytics.media.storages import Storages
from tams_analytics.timerange import InstantLike, as_instant
from tams_analytics.writes.prepared_backends import prepare_storage_backends
from tams_analytics.writes.storage_backends import ensure_default_backend

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ingested:
    """What one presentation became; ``kept`` is what was new, all zero where it was there."""

    path: Path
    title: str
    flows: tuple[str, ...]
    """Ids, a flow behind those that it collects: the last one is the whole."""
    kept: Kept


def ingest(
    engine: Engine,
    files: Sequence[str | Path],
    *,
    storage: MediaStorage | None = None,
    start: InstantLike | None = None,
    progress: bool | None = None,
    principal: str | None = None,
) -> list[Ingested]:
    """Sources, flows, objects and segments of media files, HLS playlists and folders of them.

    The first sample of each presentation lies at ``start``, else at the date and time of its
    playlist, else at 0:0. The bytes go to ``storage``, by default where the settings want those of
    clients (§67). Every file is read to its end and decoded (a large one in part: `decoding`)
    before anything is written: a broken file raises `BadParameter` with its name and leaves nothing
    behind. What the store has already is left as it is: the same files at the same times are the
    same flows (`plan` says which windows of live streams are not). Of a folder only what is called
    like media or a playlist is taken; the rest is logged (`skipped` names it). An
    ingest that is killed leaves objects that were allocated and never registered
    (`queries.collecting`); the next one goes on with them. A progress bar is drawn on a
    terminal; ``progress`` says otherwise. Raises what `tams_analytics.writes` refuses, too.
    """
    start_ns = None if start is None else as_instant(start)
    shown = presentations([Path(file) for file in files])
    if not shown:
        raise BadParameter("files", list(files), "is empty", "at least one file")
    with _bar(shown, progress) as bar:
        plans = [_planned(one, start_ns, bar.update) for one in shown]
        storage = storage or _default_storage(engine)
        storage.begin()
        done = [
            _ingested(engine, storage, one, planned, bar.update, principal)
            for one, planned in zip(shown, plans, strict=True)
        ]
        bar.update(bar.total - bar.n)  # what the store had already
        return done


def _default_storage(engine: Engine) -> MediaStorage:
    """Where the settings file names storage backends, that of the store's default one (§67)."""
    file = store_file(engine.url)
    if not backends_of_file(engine.settings):
        return media_storage(engine.settings, file)
    prepare_storage_backends(engine)
    known = Storages.configured(engine.settings, file)
    return known.of(ensure_default_backend(engine)["id"])


def _bar(shown: Sequence[Presentation], progress: bool | None) -> tqdm:
    """Each byte counts twice: read, then stored."""
    sizes = [path.stat().st_size for one in shown for path in _paths(one) if path.is_file()]
    hidden = None if progress is None else not progress
    return tqdm(total=2 * sum(sizes), unit="B", unit_scale=True, disable=hidden, desc="ingest")


def _paths(shown: Presentation) -> list[Path]:
    """The files of a presentation, each once."""
    items = [item for track in shown.tracks for item in track.items]
    paths = [path for item in items for path in (item.init, item.path) if path]
    return list(dict.fromkeys(paths))


def _planned(shown: Presentation, start_ns: int | None, advance: Advance) -> Plan:
    digests = {path: digest(path, advance) for path in _paths(shown)}
    reads = [
        [(item, probe(item.path, item.init)) for item in track.items] for track in shown.tracks
    ]
    return plan(shown, reads, digests, start_ns)


def _ingested(
    engine: Engine,
    storage: MediaStorage,
    shown: Presentation,
    planned: Plan,
    advance: Advance,
    principal: str | None,
) -> Ingested:
    kept = keep(engine, storage, planned, advance=advance, principal=principal)
    LOG.info(
        "%s: %d flows, %d segments, %d objects, %d bytes are new",
        shown.path,
        kept.flows,
        kept.segments,
        kept.objects,
        kept.bytes_stored,
    )
    return Ingested(shown.path, shown.title, tuple(flow.id for flow in planned.flows), kept)
