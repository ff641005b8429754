"""A newsroom to try things on: live studios, programmes, clips that reuse objects; no bytes."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from tams_analytics.engines import Engine, Transaction
from tams_analytics.errors import AlreadyExists, BadParameter
from tams_analytics.examples import catalogue, listing
from tams_analytics.examples.catalogue import Life
from tams_analytics.examples.clock import END_UTC
from tams_analytics.examples.media import Place, instance_rows, object_rows, segment_rows
from tams_analytics.examples.plan import Flow, Plan, identifier, plan
from tams_analytics.examples.planted import Rows, planted_in, table_of
from tams_analytics.examples.planting import PLANTED_SEGMENTS, plant
from tams_analytics.examples.timelines import track
from tams_analytics.store import Store, connect
from tams_analytics.tables.formats import MULTI
from tams_analytics.writes.storage_backends import chosen_backend, embedded_backend

FEWEST_SEGMENTS = 1_000
MOST_SEGMENTS = 100_000_000
MADE_TOGETHER = 122_880
"""About how many segments are made at once: one of DuckDB's row groups."""
WRITTEN_TOGETHER = 2 * MADE_TOGETHER
"""Rows are written in multiples of this. DuckDB writes a row group that comes alone twice."""
AHEAD = 8
"""How many batches are made ahead."""
TOGETHER = 4
"""How many batches are written in one transaction. With `AHEAD` it bounds the memory."""
STANDS_BACK = 10
"""How much nicer the thread that makes rows is. More would starve beside other programs."""
BUCKET = "newsroom-media"
EMPTIED = ", or empty this one: tams schema drop --yes, then tams schema apply"
FACT = "newsroom"
"""The row of ``store_metadata`` that says which newsroom is in a store."""


def newsroom(
    store: Store | None = None, *, segments: int = 100_000, seed: int = 1, defects: bool = True
) -> Store:
    """The store (default: a new one in memory), filled with a newsroom of so many segments.

    About 10,000 segments in a flow: live ones of 2 to 10 s that end at 2026-09-01T00:00:00Z with
    3 % of their time missing, programmes, clips that reuse live objects, collections of all these.
    A live segment is registered seconds after its end, the last ones therefore after midnight.
    The same seed gives the same rows on any day. With ``defects`` a handful of rows break one rule
    each (see `defects`); without, the store is clean by every rule. Goes past
    `tams_analytics.writes`, as that refuses the defects, and, to bound the memory, in a transaction
    for every few million rows: a store whose filling was broken off is best thrown away. Raises
    `BadParameter`, `AlreadyExists` for a store that has a newsroom or a part of one.
    """
    _refuse_wrong(segments, seed, defects)
    if not isinstance(store, Store | None):
        raise BadParameter("store", store, "is no store", "one that is open: ta.connect(…)")
    store = connect(":memory:") if store is None else store
    what = {"segments": segments, "seed": seed, "defects": defects}
    planned = plan(segments - PLANTED_SEGMENTS * defects, seed)
    engine: Engine = store._engine
    place = engine.transact(functools.partial(_begin, what=what, engine=engine))
    lives = _write_media(engine, planned, place)
    engine.transact(functools.partial(_write_catalogue, planned=planned, lives=lives))
    if defects:
        engine.transact(functools.partial(_insert, rows=plant(planned, place).rows))
    return store


def _refuse_wrong(segments: Any, seed: Any, defects: Any) -> None:
    if not _is_whole(segments) or not FEWEST_SEGMENTS <= segments <= MOST_SEGMENTS:
        range_ = "a whole number from 1,000 to 100,000,000"
        raise BadParameter("segments", segments, "is out of range", range_)
    if not _is_whole(seed) or seed < 0:
        raise BadParameter("seed", seed, "seeds nothing", "a whole number from 0 on")
    if not isinstance(defects, bool):
        raise BadParameter("defects", defects, "is neither", "True or False")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def defects(store: Store, *, objects: bool = False) -> ir.Table:
    """What was planted in a newsroom, as a table ``check, entity, id`` of that store.

    With ``objects`` what is wrong with the listing `s3_objects`, for the checks of bytes, instead.

    A check as `tams check` names it, an entity as its table; a segment's id is
    ``flow_id@timerange``, a collection's is that of the collecting flow. Of two segments that
    overlap it is the one that was planted, inside the other; an object that was never registered
    has what an allocation gives it, so no size. Empty for a clean store.
    """
    return listing.planted(store.tables) if objects else planted_in(store.tables)


def s3_objects(store: Store) -> ir.Table:
    """A listing of the buckets that a newsroom would have, had its objects bytes.

    ``store.check(objects=ta.examples.s3_objects(store))`` runs the checks of bytes on it. With
    defects a handful of objects have no bytes there, others have one more than on record, and some
    keys are of no object: ``defects(store, objects=True)`` names them.
    """
    return listing.listed(store.tables)


def _begin(tx: Transaction, what: dict[str, int], engine: Engine) -> Place:
    """Say that there is a newsroom; where its bytes would be."""
    if tx.rows(tx.tables.store_metadata.filter(_.name == FACT)).num_rows:
        raise AlreadyExists("example", FACT, instead=_way_out(engine))
    fact = {"name": FACT, "value": json.dumps(what), "updated": END_UTC}
    tx.insert("store_metadata", table_of("store_metadata", [fact]))
    return _place(tx, engine)


def _way_out(engine: Engine) -> str:
    another = "another file" if engine.name == "duckdb" else "another schema"
    emptied = "" if engine.name == "duckdb" else EMPTIED
    return f"if its filling was broken off, a part of it is here: fill {another}{emptied}"


def _insert(tx: Transaction, rows: Rows) -> None:
    for name, tables in rows.items():
        for each in tables:
            tx.insert(name, each)


def _place(tx: Transaction, engine: Engine) -> Place:
    """The default storage backend, as for any writer; made where there is none at all."""
    backend = chosen_backend(tx, engine, None, _dated_backend)
    return Place(backend["id"], backend["bucket"] or BUCKET)


def _dated_backend(engine: Engine) -> catalogue.Row:
    """The backend that a store begins with, of no day; in memory its bucket is made up."""
    row = embedded_backend(engine)
    return row | {"created": END_UTC, "bucket": row["bucket"] or BUCKET}


def _write_media(engine: Engine, planned: Plan, place: Place) -> dict[str, Life]:
    """Segments, objects and instances, flow by flow in the order of ids; how each flow lived."""
    lives: dict[str, Life] = {}
    waiting: Rows = {}
    for batches in _made_ahead(planned, place):
        for batch in batches:
            lives |= batch.lives
            for name, tables in batch.rows.items():
                waiting[name] = [*waiting.get(name, []), *tables]
        whole = {name: _whole(waiting, name) for name in waiting}
        engine.transact(functools.partial(_insert, rows=whole))
    engine.transact(functools.partial(_insert, rows=waiting))
    return lives


def _whole(waiting: Rows, name: str) -> list[pa.Table]:
    """Take from what waits what fills `WRITTEN_TOGETHER`: engines like their inserts even."""
    rows = pa.concat_tables(waiting[name], promote_options="default")
    whole = rows.num_rows // WRITTEN_TOGETHER * WRITTEN_TOGETHER
    waiting[name] = [rows.slice(whole)]
    return [rows.slice(0, whole)] if whole else []


@dataclass(frozen=True)
class Batch:
    """The media of a few flows: rows by table, and how each flow lived."""

    rows: Rows = field(default_factory=lambda: defaultdict(list))
    lives: dict[str, Life] = field(default_factory=dict)


def _made_ahead(planned: Plan, place: Place) -> Iterator[list[Batch]]:
    """The batches in order, as many at once as were made while the ones before were written.

    Small ones, so that the first is soon there to be written; several, so that a transaction is
    worth its cost and each processor has a row group to write.
    """
    with ThreadPoolExecutor(1, initializer=_stand_back) as maker:
        ahead: deque[Future[Batch]] = deque()
        for flows in _batches(planned):
            ahead.append(maker.submit(_media, flows, place))
            if len(ahead) >= AHEAD:
                yield _ready(ahead)
        while ahead:
            yield _ready(ahead)


def _stand_back() -> None:
    """Let this thread run when others do not: DuckDB's write on all processors, but commit on one.

    A tenth of the time, on two processors with nothing else to do; beside other programs it gains
    nothing. Only Linux has priorities of threads.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a sandbox's refusal: it is a hint, not a need
            thread = threading.get_native_id()
            nice = os.getpriority(os.PRIO_PROCESS, thread) + STANDS_BACK
            os.setpriority(os.PRIO_PROCESS, thread, min(nice, 19))


def _ready(ahead: deque[Future[Batch]]) -> list[Batch]:
    """Take the first, waiting for it, and those after it that are there already."""
    ready = [ahead.popleft().result()]
    while ahead and len(ready) < TOGETHER and ahead[0].done():
        ready.append(ahead.popleft().result())
    return ready


def _batches(planned: Plan) -> Iterator[list[Flow]]:
    """The flows that have segments, by id, a few at a time."""
    batch: list[Flow] = []
    for flow in sorted(planned.flows, key=lambda flow: flow.id):
        if flow.is_collecting:
            continue
        batch.append(flow)
        if sum(each.segments for each in batch) >= MADE_TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch


def _media(flows: list[Flow], place: Place) -> Batch:
    batch = Batch()
    for flow in flows:
        there = track(flow)
        batch.lives[flow.id] = catalogue.life(there)
        segments = segment_rows(flow, there)
        batch.rows["segments"].append(segments)
        if flow.makes_objects:
            objects = object_rows(flow, there, segments)
            batch.rows["objects"].append(objects)
            batch.rows["object_instances"].append(instance_rows(flow, objects, place))
    return batch


def _write_catalogue(tx: Transaction, planned: Plan, lives: dict[str, Life]) -> None:
    """All that is not media. A collecting flow is as old as the oldest of its members."""
    for first, members in planned.collections():
        lives[first.id] = Life(min(lives[flow.id].created for flow in members), None, 0, 0)
    flows = [(flow, lives[flow.id]) for flow in planned.flows]
    rows = {
        "sources": [*catalogue.source_rows(flows), _planned_source(planned)],
        "flows": [catalogue.flow_row(flow, life) for flow, life in flows],
        "collections": catalogue.collection_rows(planned),
        "tags": catalogue.tag_rows(planned),
        "flow_fences": [catalogue.fence_row(flow.id, life) for flow, life in flows],
    }
    for name, found in rows.items():
        tx.insert(name, table_of(name, found))


def _planned_source(planned: Plan) -> catalogue.Row:
    id = identifier(np.random.default_rng([planned.seed, 7]))
    row = catalogue.source_row(id, MULTI, catalogue.PLANNED, END_UTC)
    return row | {"explicit": True, "description": "to come; made before there is a flow"}
