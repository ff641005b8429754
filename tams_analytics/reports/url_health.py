"""Whether the URLs of media objects give their bytes: a sample of them, asked from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from tams_analytics.engines.promised import promised
from tams_analytics.errors import BadParameter, EngineFailed
from tams_analytics.media.asking import UNKNOWN, Answer, ask_all, place_of
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.storages import Storages
from tams_analytics.queries import urls
from tams_analytics.reports.report import Parameter, Part, Report, Scope, number, whole_number

MOST = 10_000
LONGEST_S = 300.0
KINDS = {"all": None, "controlled": True, "uncontrolled": False}
SCHEMA = pa.schema(
    {
        "object_id": pa.string(),
        "storage_id": pa.string(),
        "label": pa.string(),
        "host": pa.string(),
        "path": pa.string(),
        "is_presigned": pa.bool_(),
        "is_good": pa.bool_(),
        "health": pa.string(),
        "status": pa.int64(),
        "delay_ms": pa.int64(),
        "size": pa.int64(),
        "found_size": pa.int64(),
        "problem": pa.string(),
    }
)
"""What is told of each URL that was asked."""


def parts(scope: Scope, *, sample: int, timeout: float, instances: str) -> Iterator[Part]:
    """The tables."""
    chosen = urls.sampled(scope.tables, size=sample, controlled=KINDS[instances])
    answers = promised(SCHEMA, lambda: _asked(chosen, scope, timeout))
    yield Part("health", "how many URLs are well, and what ails others", urls.by_health(answers))
    yield Part("hosts", "how a host answers, the worst first", urls.by_host(answers))
    yield Part("urls", "a URL that was asked, first what is not well", urls.by_answer(answers))


def _asked(chosen: ir.Table, scope: Scope, timeout_s: float) -> pa.Table:
    """What came of each URL."""
    rows = chosen.to_pyarrow().to_pylist()
    made = _Urls(scope)
    found = [(row, *made.of(row)) for row in rows]
    known = [(url, row["size"]) for row, url, _problem in found if url is not None]
    answers = iter(ask_all(known, timeout_s=timeout_s))
    told = [
        _told(row, url, Answer(UNKNOWN, problem=problem) if url is None else next(answers))
        for row, url, problem in found
    ]
    return pa.Table.from_pylist(told, SCHEMA)


def _told(row: Mapping[str, Any], url: str | None, answer: Answer) -> dict[str, Any]:
    host, path = (None, None) if url is None else place_of(url)
    return {
        **{name: row[name] for name in ("object_id", "storage_id", "label", "size")},
        "host": host,
        "path": path,
        "is_presigned": row["controlled"] and url is not None,
        "is_good": answer.is_good,
        "health": answer.health,
        "status": answer.status,
        "delay_ms": answer.delay_ms,
        "found_size": answer.found_size,
        "problem": answer.problem,
    }


class _Urls:
    """Makes the URL of an instance, as a GET of the API gives it."""

    def __init__(self, scope: Scope) -> None:
        self._base = scope.settings.public_url
        self._storages = scope.storages
        self._made: Storages | None = None

    def of(self, row: Mapping[str, Any]) -> tuple[str | None, str]:
        """The URL, or why there is none."""
        if not row["controlled"]:
            return row["url"], "the client gave no URL"
        if row["key"] is None:
            return None, "no key is on record"
        storages = self._known()
        storage = None if storages is None else storages.known.get(row["storage_id"] or "")
        if storages is None or storage is None:
            return None, "the settings of this process do not name its storage"
        if isinstance(storage, DirectoryStorage) and not storage.key_file.exists():
            return None, "its folder is not on this machine"
        try:
            return storages.reading(row["storage_id"], self._base)(row["key"]), ""
        except EngineFailed as error:  # one storage of several; its URLs say why they are not good
            return None, f"no URL can be made: {error.reason}"

    def _known(self) -> Storages | None:
        if self._made is None and self._storages is not None:
            self._made = self._storages()
        return self._made


def as_sample(value: Any) -> int:
    """How many URLs are asked. Raises `BadParameter`."""
    found = whole_number(value)
    if not 1 <= found <= MOST:
        raise BadParameter("value", value, "is out of range", f"1 to {MOST}")
    return found


def as_patience(value: Any) -> float:
    """Seconds. Raises `BadParameter`."""
    found = number(value)
    if not 0 < found <= LONGEST_S:
        raise BadParameter("value", value, "is out of range", f"seconds, up to {LONGEST_S:g}")
    return found


def as_kind(value: Any) -> str:
    """Whose URLs. Raises `BadParameter`."""
    if not isinstance(value, str) or value not in KINDS:
        raise BadParameter("value", value, "is unknown", f"one of {', '.join(KINDS)}")
    return str(value)


REPORT = Report(
    name="url_health",
    title="The health of URLs",
    look=(
        "Each URL is asked for one byte from this machine, when the report is first shown, with "
        "redirects and without proxies: hosts that clients named are asked too, unless instances "
        "is controlled. Presigned are URLs of storages that the settings of this process name; "
        "those of a folder go to the server at public_url, which has to run. missing: the bytes "
        "are not there; forbidden: keys, clock or policy; other_size: other bytes than on record; "
        "unknown: no URL could be made. The sample is the same each time."
    ),
    source="Q22",
    parts=parts,
    parameters=(
        Parameter("sample", "so many URLs, evenly from each storage", 50, as_sample),
        Parameter("timeout", "seconds to wait for an answer", 5, as_patience),
        Parameter("instances", "all, controlled or uncontrolled", "all", as_kind),
    ),
    takes=frozenset(),
)
