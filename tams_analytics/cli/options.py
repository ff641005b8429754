"""What was typed, made strict in one place: which store and flows, when, how."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from tams_analytics import queries, settings
from tams_analytics.cli import times
from tams_analytics.cli.output import Output, refuse_unknown
from tams_analytics.cli.questions import Asked
from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.media.opening import file_to_be
from tams_analytics.store import Store, connect
from tams_analytics.timerange import SECOND, TimeRange, as_ns, tr, typed_timerange

_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?").fullmatch
LONGEST_NUMBER = 100
"""Python reads no endless ones."""


def the_store(params: Mapping[str, Any], *before: str | None) -> str | None:
    """The store that was named, once. ``before``: by words in front of the command."""
    places = (*before, params.get("place"), params.get("store"))
    named = [one for one in places if one is not None]
    if len(named) > 1:
        first, second, *_more = map(settings.redacted, named)
        raise click.UsageError(f"two stores are given, {first} and {second}")
    if not named and not settings.load().store_url:
        raise click.UsageError("no store: name one, or set $TAMS_URL")
    return named[0] if named else None


def new_file(url: str | None) -> Path | None:
    """The file that opening the store would make; None where it is there, or names no file."""
    place = url or settings.load().store_url
    file = file_to_be(place) if place else None
    return None if file is None or file.exists() else file.resolve()


def open_store(url: str | None, *, writable: bool) -> Store:
    """The store, to read or to note something in it. Raises `NotFound` instead of beginning one."""
    if writable and (missing := new_file(url)) is not None:  # mistyped: a timer would begin a store
        raise NotFound("store", str(missing), "tams serve, ingest or schema apply begin one")
    return connect(url, read_only=not writable)


def as_of(store: Store, params: Mapping[str, Any]) -> Store:
    """The store, or the snapshot of it that --at names. Raises `NotFound`, `Unsupported`."""
    return store if params["at"] is None else store.at(params["at"])


def the_output(params: Mapping[str, Any]) -> Output:
    """Where rows go. Raises `BadParameter` for a file name that tells no format."""
    output = Output(params["format"], params["output"], params["limit"])
    refuse_unknown(output)
    return output


def asked(store: Store, params: Mapping[str, Any]) -> Asked:
    """What was asked of this store. Raises `NotFound`, `BadParameter`, `BadTimeRange`."""
    during = window(params["timerange"], params["last"])
    if params.get("missing_flows") and (during is None or not during.is_bounded):
        raise click.UsageError("--all-flows needs a --timerange with both ends, or --last")
    sources = [queries.names.rows_of(store.ask, "source", key) for key in params["source"]]
    source_ids = each_once(rows[0]["id"] for rows in sources)
    return Asked(
        flow_ids=flow_ids(store, params["flow"], source_ids),
        source_ids=source_ids or None,
        window=during,
        is_backwards=params["timerange"] is not None and times.is_backwards(params["timerange"]),
        by=params.get("by", "flow"),
        min_duration=shortest(params.get("min_duration")),
        all_flows=params.get("missing_flows", False) or params.get("all_flows", False),
    )


def shortest(text: str | None) -> int:
    """Nanoseconds: a whole number is itself, a length as of --last.

    Raises `BadParameter`, `BadTimeRange`.
    """
    if text is None:
        return 0
    is_whole = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    if is_whole or ":" in text:
        return as_ns(int(text) if is_whole else text)
    try:
        return -int(tr.last(text, now="0:0").start_ns or 0)
    except BadParameter as error:
        raise times.refused_length(error, "min_duration", ", or nanoseconds") from error


def seconds(typed: str | None, name: str) -> float | None:
    """A length of time: a bare number is seconds, else as of --last.

    Raises `BadParameter`, `BadTimeRange`.
    """
    if typed is None:
        return None
    if _SECONDS(typed):
        return float(typed)
    try:
        return -int(tr.last(typed, now="0:0").start_ns or 0) / SECOND
    except BadParameter as error:
        raise times.refused_length(error, name, ", or seconds") from error


def flow_ids(
    store: Store, flows: Sequence[str], source_ids: Sequence[str]
) -> tuple[str, ...] | None:
    """The flows that are meant, each once; ``None`` for all of them.

    With ``source_ids`` too, the flows have to be theirs: else `NotFound`.
    """
    if not flows and not source_ids:
        return None
    if not flows:
        found = [store.ask(queries.flows.of_source, source_id=each) for each in source_ids]
        return each_once(id for table in found for id in table["id"].to_pylist())
    return each_once(flow_id(store, key, source_ids) for key in flows)


def flow_id(store: Store, key: str, source_ids: Sequence[str]) -> str:
    """The id of the flow, which is of one of these sources if there are any."""
    rows = queries.names.rows_of(store.ask, "flow", key)
    theirs = [row["source_id"] for row in rows]
    if source_ids and not set(theirs) & set(source_ids):
        hint = f"of source {' or '.join(source_ids)}: its source is {theirs[0]}"
        raise NotFound("flow", key, hint)
    return str(rows[0]["id"])


def each_once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


def during(params: Mapping[str, Any]) -> TimeRange | None:
    """What --during or --last says. Raises `BadParameter`, `BadTimeRange`."""
    return window(params["during"], params["last"], "--during")


def window(
    timerange: str | None, last: str | None, option: str = "--timerange"
) -> TimeRange | None:
    """What ``option`` or --last says; None: everything. Raises `BadParameter`, `BadTimeRange`."""
    if timerange is not None and last is not None:
        raise click.UsageError(f"{option} and --last exclude each other")
    if last is not None:
        return times.last(last)
    return None if timerange is None else typed_timerange(timerange)
