"""A store: one Time-addressable Media Store, opened. The facade over all that stands below."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import importlib.util
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MethodType, SimpleNamespace, TracebackType
from typing import TYPE_CHECKING, Any, TypedDict

import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import BaseBackend
from typing_extensions import NotRequired, Unpack

from tams_analytics import checks, measures, reports, writes
from tams_analytics.display import StoreCard
from tams_analytics.engines import Engine, Question, Results, open_engine
from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.media.listing import THREADS, list_into
from tams_analytics.media.listing import inventory as s3_inventory
from tams_analytics.media.opening import store_file
from tams_analytics.media.ranges import ObjectReader
from tams_analytics.media.storages import Storages
from tams_analytics.queries import flows, inventory, names, overview, vast_catalog
from tams_analytics.settings import Settings, redacted
from tams_analytics.tables import Tables
from tams_analytics.timerange import DurationLike, RateLike, TimeRange, TimeRangeLike
from tams_analytics.viewing import editing, frames, opening, playlist
from tams_analytics.viewing.reaching import Reach
from tams_analytics.watching import Asked, timed
from tams_analytics.widgets import timeline
from tams_analytics.work import collector
from tams_analytics.work.loop import Background

if TYPE_CHECKING:
    from tams_analytics.reports.dashboard import Dashboard
    from tams_analytics.widgets.live import TimelineWidget
    from tams_analytics.widgets.picking import FlowPicker


def connect(url: str | None = None, *, read_only: bool = False) -> Store:
    """The store at ``url``: ``x.duckdb``, ``duckdb:///x.duckdb``, ``:memory:``, or a named store.

    Default: ``$TAMS_URL``, else the schema that ``VAST_ENDPOINT``, ``VAST_BUCKET`` and
    ``VAST_SCHEMA`` name. A path where no file is becomes an empty store, also one that was
    mistyped; with ``read_only`` it is `NotFound`. Stores are named in ``stores.toml`` of the user's
    configuration folder. Raises `BadParameter`, `NotFound`, `Unsupported`, `EngineFailed` (which
    names the process that holds the file).
    """
    return Store(open_engine(url, read_only=read_only))


class Answer(TypedDict):
    """Who answers for findings, and until when."""

    owner: str
    reason: str
    expires: NotRequired[dt.datetime | str | None]
    entity: NotRequired[str | None]


class Writes(SimpleNamespace):
    """What changes a store, by name; shows the names alone."""

    def __repr__(self) -> str:
        return f"writes: {', '.join(vars(self))}"


class Store:
    """An open store. Its entities are plain, lazy ibis tables; use it as a context manager."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_closed = False
        self._own_files = ExitStack()

    @property
    def engine(self) -> str:
        """``duckdb``, ``vast``, ``trino`` or ``rest``."""
        return self._engine.name

    @property
    def url(self) -> str:
        """Where it is, without secrets."""
        return redacted(self._engine.url)

    @property
    def settings(self) -> Settings:
        """What it was opened with."""
        return self._engine.settings

    @property
    def con(self) -> BaseBackend:
        """The ibis connection: ``store.con.sql("SELECT …")``, and tables beside the store's.

        On Trino also those of other catalogs: ``store.con.table("schedule",
        database="rights.public")``. VAST DB reads no SQL.
        """
        return self._engine.backend

    @property
    def tables(self) -> Tables:
        """All entity tables: what questions and verbs are asked of."""
        return self._engine.tables

    @property
    def sources(self) -> ir.Table:
        """What was recorded: ``id, format, label, …``."""
        return self.tables.sources

    @property
    def flows(self) -> ir.Table:
        """Representations of sources: ``id, source_id, format, codec, …``."""
        return self.tables.flows

    @property
    def segments(self) -> ir.Table:
        """Where objects lie on flows: ``flow_id, object_id, start_ns, end_ns, …``."""
        return self.tables.segments

    @property
    def objects(self) -> ir.Table:
        """Media objects: ``id, size, …``."""
        return self.tables.objects

    @property
    def object_instances(self) -> ir.Table:
        """Copies of objects: ``object_id, storage_id, bucket, key, url, …``."""
        return self.tables.object_instances

    @property
    def collections(self) -> ir.Table:
        """Members of flows: ``flow_id, member_id, position, role, …``."""
        return self.tables.collections

    @property
    def tags(self) -> ir.Table:
        """Tags, a row for each value: ``entity_type, entity_id, name, position, value``."""
        return self.tables.tags

    @property
    def profiles(self) -> ir.Table:
        """Shared technical metadata: ``id, format, codec, …``."""
        return self.tables.profiles

    @property
    def storage_backends(self) -> ir.Table:
        """Where bytes are kept: ``id, label, provider, …``."""
        return self.tables.storage_backends

    @property
    def webhooks(self) -> ir.Table:
        """Who hears of changes: ``id, url, status, …``."""
        return self.tables.webhooks

    @property
    def deletion_requests(self) -> ir.Table:
        """Deletes that take their time: ``id, flow_id, status, …``."""
        return self.tables.deletion_requests

    @property
    def runs(self) -> ir.Table:
        """Remembered runs of checks and measures: ``id, kind, started, status, watermark, …``."""
        return self.tables.runs

    @property
    def run_checks(self) -> ir.Table:
        """What became of each check of a run: ``run_id, check_id, failures, new_failures, …``."""
        return self.tables.run_checks

    @property
    def findings(self) -> ir.Table:
        """What is wrong as far as runs have told: ``check_id, entity, id, first_seen, …``."""
        return self.tables.findings

    @property
    def acknowledgements(self) -> ir.Table:
        """Findings that somebody answers for: ``check_id, id, owner, reason, expires, …``."""
        return self.tables.acknowledgements

    @property
    def measurements(self) -> ir.Table:
        """What was measured: ``measure, unit, dimension, member, period, value, measured, …``."""
        return self.tables.measurements

    def flow(self, key: str) -> Any:
        """The flow with this id, unique prefix of an id, or label: one row, columns as attributes.

        Raises `NotFound`, or `BadParameter` that names the candidates.
        """
        return names.find(self.ask, "flow", key)

    def ask(self, question: Question, /, **arguments: Any) -> pa.Table:
        """The answer to one of `tams_analytics.queries`, compiled once per shape."""
        with timed(lambda seconds, result: Asked(self.engine, "ask", seconds, result)):
            return self._engine.ask(question, **arguments)

    def sql(self, asked: Question | ir.Table, /, **arguments: Any) -> str:
        """A question, with these arguments, or an expression as SQL: that of this engine.

        Of a store on VAST DB, which reads no SQL, that of Trino in the schema of the store there.
        """
        is_expression = isinstance(asked, ir.Table)
        expression = asked if is_expression else asked(self.tables, **arguments)
        return self._engine.sql_of(expression)

    @functools.cached_property
    def results(self) -> Results:
        """Answers to questions, kept for ``CACHE_TTL`` seconds while nothing is written (T7).

        ``store.results.ask(…)`` as `ask`; ``.hits`` and ``.misses`` count.
        """
        settings = self._engine.settings
        return Results(self._engine, settings.cache_ttl if settings.cache_enabled else 0, self.ask)

    def look(self) -> None:
        """Whether the engine answers and, where it is open for writing, takes what is written.

        Raises `EngineFailed`.
        """
        self.ask(overview.alive)
        self._engine.refuse_unwritable()

    def s3_objects(self, source: str = "list") -> ir.Table:
        """What buckets hold: ``bucket, key, size, etag, storage_class, last_modified, listed_at``.

        A lazy table that joins with those of this store: see `queries.inventory`. ``source`` is
        ``list``: its storages are listed now (`export_s3_objects` keeps that); ``inventory``: what
        S3 writes itself to where ``TAMS_S3_INVENTORY`` says; ``catalog``: VAST Catalog, by
        ``TAMS_VAST_CATALOG_PATHS``; or else a listing in Parquet: a file, a folder or a pattern;
        on Trino the name of a table, ``objects.s3.objects``.
        Raises `BadParameter`, `NotFound`, `Unsupported`, `EngineFailed`.
        """
        if source == "catalog":
            paths = self._engine.settings.vast_catalog_paths
            return vast_catalog.listing(self._engine.big_catalog(), paths)
        if source in ("list", "inventory") and not self._engine.reads_files:
            raise self._engine.cannot_read_files()  # before a million keys are listed in vain
        if source == "list":
            file = self._own_folder() / "list.parquet"
            self.export_s3_objects(file)
            return inventory.as_listing(self._engine.read_parquet([str(file)]))
        if source == "inventory":
            files = s3_inventory.bring(self.storages, self._own_folder())
            return inventory.as_listing(self._engine.read_parquet(files))
        return inventory.as_listing(self._engine.listing(source))

    def check(
        self,
        during: TimeRangeLike | None = None,
        only: Collection[str] | None = None,
        objects: ir.Table | str | None = None,
        *,
        since_last: bool = False,
        max_runtime: float | checks.Deadline | None = None,
        progress: bool = False,
    ) -> checks.Checked:
        """Whether it is sound: all checks, or ``only`` these (`checks.CHECKS` has their names).

        ``during``: of segments only those that overlap it. ``objects``: a listing of the buckets,
        a table or a source of `s3_objects`, without which checks of bytes do not run.
        ``since_last``: only segments of flows that changed since the runs that `remember` was given
        (what that can miss: `checks.check`). Shows itself; ``.passed``, ``.checks``,
        ``.failures[check]`` and ``.findings`` (lazy tables), ``.raise_for_errors()``; what somebody
        acknowledged is apart, in ``.acknowledged``. Changes nothing in the store. After
        ``max_runtime`` seconds, or when a `checks.Deadline` is over, it ends: checks without an
        outcome say so, as `checks.Checked.is_complete` does (in another thread than the main one
        what runs then is not interrupted). ``progress`` shows a bar. Raises `BadParameter`,
        `BadTimeRange`, `EngineFailed`.
        """
        deadline = checks.Deadline.of(max_runtime)
        given: list[ir.Table | None] = []
        if isinstance(objects, str):
            deadline.run(lambda: given.append(self._listing(objects)), self._engine.interrupter())
        else:
            given.append(self._listing(objects))
        listing = given[0] if given else None  # the time may be over
        return checks.check(
            self._engine,
            during=during,
            only=only,
            objects=listing,
            since_last=since_last,
            deadline=deadline,
            progress=progress,
        )

    def remember(self, run: checks.Checked) -> str:
        """Keep what `check` gave, in the tables of runs; the id of the run.

        The next check then knows which failures are new, and how far this one has looked; see
        `writes.remember_checks`. A second time changes nothing.
        """
        id: str = self.writes.remember_checks(run)
        return id

    def remember_measures(
        self,
        names: str | Sequence[str],
        *,
        by: str | Sequence[str] = (),
        during: TimeRangeLike | None = None,
        tz: str = "UTC",
        day_starts: str = "00:00",
        run_id: str | None = None,
    ) -> str:
        """Ask measures, and keep each number in ``measurements``; the id of the run.

        ``ask(ta.queries.runs.availability)`` then tells the last of each group and month. See
        `measures.remember`. Raises `BadParameter`, `BadTimeRange`.
        """
        return measures.remember(
            self._engine,
            names,
            by=by,
            during=during,
            tz=tz,
            day_starts=day_starts,
            run_id=run_id,
        )

    def acknowledge(
        self, check: str, ids: Collection[str] | None = None, **answer: Unpack[Answer]
    ) -> int:
        """Somebody answers for findings of a check: `writes.acknowledge`, with its arguments.

        Raises `BadParameter` also for a check that there is not.
        """
        number: int = self.writes.acknowledge(checks.named(check).id, ids, **answer)
        return number

    def report(
        self,
        name: str,
        *,
        during: TimeRangeLike | None = None,
        objects: ir.Table | str | None = None,
        other: Store | None = None,
        **asked: Any,
    ) -> reports.Reported:
        """A saved question: `reports.REPORTS` has their names, `reports.report` what they take.

        ``objects``: a listing of the buckets, or a source of `s3_objects`. ``other``: a store to
        compare with, or an earlier state of this one (`at`). ``tz`` and ``day_starts``: where and
        when a day begins; ``now``: as if it were then; all else are parameters of that report.
        Shows itself; ``.tables`` are lazy. Raises `NotFound`, `BadParameter`, `BadTimeRange`.
        """
        listing = self._listing(objects)
        tables = None if other is None else getattr(other, "tables", other)
        _refuse_other("other", tables, Tables, "a store: ta.connect(…) or store.at(snapshot)")
        asked |= {"during": during, "objects": listing, "other": tables}
        return reports.report(self._engine, name, asked, lambda: self.storages)

    def measure(
        self,
        names: str | Sequence[str],
        *,
        by: str | Sequence[str] = (),
        during: TimeRangeLike | None = None,
        tz: str = "UTC",
        day_starts: str = "00:00",
    ) -> ir.Table:
        """Numbers such as ``hours_covered`` by ``source``, ``tag:channel`` or ``day``, lazily.

        `measures.described` tells which there are, and what each may be asked by. What it means is
        in `measures.measure`. Raises `BadParameter`, `BadTimeRange`.
        """
        return measures.measure(
            self.tables, names, by=by, during=during, tz=tz, day_starts=day_starts
        )

    def export_s3_objects(
        self,
        file: str | Path,
        *,
        labels: Collection[str] = (),
        threads: int = THREADS,
        progress: bool | None = False,
    ) -> int:
        """List the buckets and folders of its storages into ``file``, Parquet; how many keys.

        Of all storage backends, or of those with these ``labels``.
        An interrupt, or a kill, leaves what is listed in ``file.partial``, with which the next call
        goes on; ``file`` itself is always whole. ``progress`` shows a bar; ``None``: on a terminal.
        Raises `BadParameter` where two storages have one name, `NotFound`, `Unsupported`,
        `EngineFailed`.
        """
        backends = self.storages.backends
        return list_into(Path(file), backends, labels=labels, threads=threads, progress=progress)

    def _listing(self, objects: ir.Table | str | None) -> ir.Table | None:
        """With all columns of a listing; those that a table of the caller lacks are NULL."""
        _refuse_other("objects", objects, ir.Table | str, "a table, or a source of s3_objects")
        if isinstance(objects, str):
            return self.s3_objects(objects)
        return None if objects is None else inventory.as_listing(objects)

    def _own_folder(self) -> Path:
        """A new one, that goes with the store."""
        return Path(self._own_files.enter_context(TemporaryDirectory(prefix="tams-objects-")))

    def stamp(self, flow_id: str) -> Hashable | None:
        """What changes whenever what GET shows of a flow's segments does (`engines.stamps`).

        An answer that is kept holds while the stamp is the one read before it; ``None`` for a flow
        of which nothing can be kept.
        """
        return self._engine.stamp(flow_id)

    @property
    def stamps_are_local(self) -> bool:
        """`stamp` is known in this process, without asking anybody."""
        return self._engine.stamps_are_local

    def version(self, tables: Collection[str]) -> Hashable | None:
        """What changes with every write to any of these tables, whoever writes.

        ``None``: nobody can tell, so nothing that was made of them may be kept.
        """
        return self._engine.version(tables)

    def interrupter(self) -> Callable[[], None]:
        """What ends, called by another thread, the question that this one asks."""
        return self._engine.interrupter()

    def threads_per_question(self, number: int) -> AbstractContextManager[None]:
        """As long as the context is open, DuckDB works with so many threads on each question.

        One is best where many small questions come at once: threads that wait for parts of them
        take half of the time. Other engines work elsewhere; on them this does nothing.
        """
        return self._engine.threads_per_question(number)

    @functools.cached_property
    def writes(self) -> Writes:
        """The functions of `tams_analytics.writes` on this store."""
        return Writes(
            **{
                function.__name__: MethodType(function, self._engine)  # keeps what `help` says
                for function in writes.WRITES
            }
        )

    @functools.cached_property
    def storages(self) -> Storages:
        """Where the bytes of its objects are, and their URLs, as the settings say."""
        return Storages.configured(self._engine.settings, store_file(self._engine.url))

    def background(self, public_url: str | None = None) -> Background:
        """What runs beside the requests: large deletes, the collector, deliveries to webhooks.

        ``with store.background():`` runs it in threads of this process. ``public_url`` is where
        clients find the server, for the URLs in deliveries; by default as the settings say.
        """
        settings = self._engine.settings
        said = dataclasses.replace(settings, public_url=public_url or settings.public_url)
        return Background(self._engine, Storages(said, self.storages.backends))

    def give_back(self, object_id: str, *, principal: str | None = None) -> None:
        """Delete an object without references, and its bytes: see `work.collector.give_back`."""
        collector.give_back(self._engine, self.storages, object_id, principal=principal)

    def snapshots(self) -> list[str]:
        """The names of the snapshots that `at` takes, in order; VAST tells no times of them.

        Raises `Unsupported` on an engine that keeps none.
        """
        return self._engine.snapshots()

    def at(self, snapshot: str) -> Store:
        """The store as it was when ``snapshot`` was taken: read-only, all questions as of then.

        It uses the connection of this one, so that tables of both can be joined in one expression.
        Closing it leaves this one open; closing this one ends it too. Raises `NotFound`, which
        names the snapshots that are there, and `Unsupported`.
        """
        return Store(self._engine.at(snapshot))

    def timeline(
        self,
        by: str = "flow",
        *,
        during: TimeRangeLike | None = None,
        show: Iterable[str] = timeline.SHOWN[:3],
        rate: RateLike | None = None,
        flow_id: str | None = None,
        source_id: str | None = None,
        **unknown: Any,
    ) -> timeline.Timeline | TimelineWidget:
        """A picture of what is covered, missing and doubled: see `widgets.timeline.build`.

        With the extra ``[notebook]`` it is a widget, which asks for more where one looks closer;
        without, a value that shows the same picture. ``flow_id``, ``source_id``: of this flow
        alone, of the flows of this source.
        """
        how = {"by": by, "during": during, "show": show, "rate": rate}
        narrowed = flows.narrowed(self.tables, flow_id=flow_id, source_id=source_id)
        return timeline.of_tables(narrowed, **how, **unknown).live()

    def flow_picker(self, *, rows: int = 10) -> FlowPicker:
        """Flows to choose from, in a notebook: see `widgets.picking.FlowPicker`.

        Raises `BadParameter` where the extra ``[notebook]`` is not installed.
        """
        _need_widgets("flow_picker")
        from tams_analytics.widgets.picking import FlowPicker  # noqa: PLC0415 - optional

        return FlowPicker(self.flows, rows=rows)

    def dashboard(self, run: checks.Checked | None = None) -> Dashboard:
        """What `check` found, to go through in a notebook: see `reports.dashboard.Dashboard`.

        Of ``run``, or of a run made for it. Raises `BadParameter` without ``[notebook]``.
        """
        _need_widgets("dashboard")
        from tams_analytics.reports.dashboard import Dashboard  # noqa: PLC0415 - optional

        return Dashboard(run or self.check(progress=True), self.tables)

    def playlist(
        self,
        flow: str,
        during: TimeRangeLike,
        *,
        around: DurationLike = 0,
        base_url: str | None = None,
    ) -> playlist.Playlist:
        """An HLS playlist of what a flow shows in ``during``, to be played.

        ``flow``: an id, the beginning of one, or a label. ``around`` (nanoseconds, or a timestamp
        such as ``"4:0"``) widens the timerange at both sides, which a gap needs. Whole segments are
        played; ``.notes`` say where that is more than was asked for. URLs are presigned, or name
        files of this machine; with ``base_url`` those of a folder are that server's. A flow that
        collects picture and sound gives a master playlist; one that describes a stream of a
        container gives that container's. ``str()`` is the text; ``.to_file("gap.m3u8")``. Raises
        `NotFound` where no media is, which says how far it is; `BadParameter` for a container that
        HLS does not take; `BadTimeRange`, `EngineFailed`.
        """
        reach = Reach(self.storages, base_url)
        return playlist.build(self.ask, reach, flow, during, around=around)

    def frames(self, flow: str, during: TimeRangeLike) -> frames.Frames:
        """The pictures at both sides of ``during``, each with its exact time: a look at a finding.

        ``flow`` as in `playlist`; of one that collects others, its picture. ``.before`` and
        ``.after`` are ``None`` where no media is; ``.at`` are those shown as it begins, two of them
        where segments overlap. ``.png`` and ``.jpeg`` are a picture's bytes. Of objects only the
        parts needed are read. Raises `Unsupported` without PyAV (extra ``[media]``), `NotFound`,
        `BadParameter` for a flow without pictures, `BadTimeRange`, `EngineFailed`.
        """
        return frames.build(self.ask, Reach(self.storages), flow, during)

    def open_object(self, object_id: str, *, initialised: bool = False) -> ObjectReader:
        """The bytes of an object as a binary file that reads, by ranges, only what is asked for.

        ``initialised`` puts the bytes of its initialisation object in front, if it has one:
        ``av.open`` takes that. ``.requests`` and ``.bytes_read`` count. Raises `NotFound`,
        `EngineFailed`.
        """
        return opening.open_object(
            self.ask, Reach(self.storages), object_id, initialised=initialised
        )

    def to_otio(self, flow: str, during: TimeRangeLike, *, around: DurationLike = 0) -> Any:
        """What a flow shows in ``during`` as an OpenTimelineIO ``Timeline``, for editing programs.

        Clips for its objects, cut to the timerange, gaps for what is missing; a second track where
        segments overlap, one for each flow that a collection plays. Time is counted in the flow's
        frames, else in nanoseconds from the start; the exact timeranges are in the metadata
        ``tams``. ``flow`` and ``around`` as in `playlist`; so are URLs, which expire where they are
        presigned. ``opentimelineio.adapters.write_to_file(timeline, "cut.otio")`` writes it. Raises
        `Unsupported` without OpenTimelineIO (extra ``[editing]``), `NotFound`, `BadParameter`,
        `BadTimeRange`, `EngineFailed`.
        """
        return editing.build(self.ask, Reach(self.storages), flow, during, around=around)

    def card(self, *, kept: bool = False) -> StoreCard:
        """What the store says of itself: engine, counts, extent, capabilities, versions.

        Where its tables are missing, what makes them. ``kept``: by answers that are still true, as
        `results` keeps them. Raises `EngineFailed`.
        """
        ask = self.results.ask if kept else self.ask
        card = StoreCard(
            engine=self.engine,
            url=self.url,
            capabilities=self._engine.capabilities,
            versions=self._engine.versions,
        )
        try:
            counted = ask(overview.counts).to_pylist()
            (extent,) = ask(overview.extent).to_pylist()
        except NotFound as error:
            return dataclasses.replace(card, lacks=f"nothing yet: {error}")
        rows = {row["entity"]: row["rows"] for row in counted}
        return dataclasses.replace(
            card,
            counts={entity: rows[entity] for entity in overview.COUNTED},
            extent=TimeRange.from_ns(**extent) if extent["start_ns"] is not None else None,
        )

    def __repr__(self) -> str:
        return self._closed() or str(self.card())

    def _repr_html_(self) -> str:
        return self._closed() or self.card().to_html()

    def _closed(self) -> str:
        """What is shown of a store that nothing can be asked any more."""
        return f"a store that was closed ({self.engine})" if self._is_closed else ""

    def close(self) -> None:
        """Let go of the store; a second call does nothing."""
        self._is_closed = True
        self._own_files.close()
        self._engine.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _need_widgets(name: str) -> None:
    """Raise `BadParameter` where a notebook's widgets are not installed."""
    if importlib.util.find_spec("anywidget") is None:
        needed = 'pip install "tams-analytics[notebook]"'
        raise BadParameter(name, None, "needs the widgets of a notebook", needed)


def _refuse_other(name: str, given: object, kinds: Any, expected: str) -> None:
    """Raise `BadParameter` for what is given and is none of these."""
    if given is not None and not isinstance(given, kinds):
        raise BadParameter(name, given, f"is a {type(given).__name__}", expected)
