"""Rows beside those of `tests.support.federated` that a question is easily wrong about.

Of a source of their own, so that who counts the others need not count these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Literal

Rows = list[dict[str, Any]]
LONG_AGO, LISTED = dt.datetime(2026, 8, 20), dt.datetime(2026, 8, 30)
HOUR = dt.timedelta(hours=1)
DAY = 1787529637
"""As in `tests.support.federated`."""
STANDARD = "STANDARD"


def _object(id: str, size: int | None = 10, **more: Any) -> dict[str, Any]:
    row = {"id": id, "size": size, "storage_path": id, "created": LONG_AGO}
    return {**row, "registered_at": LONG_AGO, **more}


def _instance(object: str, bucket: str, storage: str | None = "main") -> dict[str, Any]:
    place = {"object_id": object, "storage_id": storage, "bucket": bucket, "key": object}
    return {**place, "controlled": True, "created": LONG_AGO}


def _url(object: str, url: str) -> dict[str, Any]:
    return {"object_id": object, "controlled": False, "url": url, "created": LONG_AGO}


def _segment(flow: str, object: str, start: int, end: int) -> dict[str, Any]:
    first, last = DAY + start, DAY + end
    bounds = {"start_ns": first * 10**9, "end_ns": last * 10**9, "ts_offset_ns": 0}
    text = {"timerange": f"[{first}:0_{last}:0)", "body": "{}", "created": LISTED}
    return {"flow_id": flow, "object_id": object, **bounds, **text}


def _flow(id: str) -> dict[str, Any]:
    row = {"id": id, "source_id": "s3", "label": id, "format": "urn:x-nmos:format:video"}
    row |= {"created": LONG_AGO, "metadata_updated": LONG_AGO}
    return {**row, "read_only": False, "body": "{}"}


def _key(bucket: str, key: str, size: int | None = 10, **more: Any) -> dict[str, Any]:
    row = {"bucket": bucket, "key": key, "size": size, "etag": f"of {key}"}
    row |= {"storage_class": STANDARD, "last_modified": LONG_AGO}
    return {**row, "listed_at": LISTED, **more}


TONIGHT = 86390
"""Ten seconds before midnight, in seconds of the day."""
META: Mapping[str, Rows] = {
    "flows": [*map(_flow, ["late", "expired", "ongoing", "two copies"])],
    "segments": [
        _segment("late", "shared", TONIGHT, TONIGHT + 20),  # and of f6, which is about to go
        _segment("f6", "shared", 400, 401),
        _segment("expired", "clip", 86000, 86001),  # needs init
        _segment("ongoing", "init", 86000, 86001),
        _segment("two copies", "two copies", 86000, 86001),
        _segment("f3", "at no time", 22, 22),  # in a gap, and covers nothing
        _segment("f3", "at no time", 25, 20),
    ],
    "objects": [
        _object("elsewhere"),  # its bucket is in no listing
        _object("just now", registered_at=LISTED - HOUR),  # so is its, but it may have come later
        _object("shared"),  # its bytes are gone
        _object("no size", None),  # nor in the listing
        _object("two copies"),
        _object("timeless"),
        _object("of no backend"),
        _object("clip", init_object_id="init"),
        _object("init"),
        _object("linked twice"),
        _object("released there"),
        _object("unknown in both", None),
        _object("without etag"),
    ],
    "object_instances": [
        _instance("elsewhere", "unlisted"),
        _instance("just now", "unlisted"),
        _instance("shared", "media"),
        _instance("no size", "media"),
        _instance("two copies", "media"),
        _instance("two copies", "archive", "deep"),
        _instance("timeless", "timeless"),
        _instance("of no backend", "media", "removed"),
        _instance("clip", "media"),
        _instance("init", "media"),
        _instance("without etag", "media"),
        _url("linked twice", "http://[2001:db8::1]:8080/a"),
        _url("linked twice", "http://[2001:DB8::1]:8080/b"),
    ],
}
ARCHIVE: Mapping[str, Rows] = {
    "objects": [
        _object("released there", released_at=LONG_AGO),
        _object("unknown in both", None),
    ],
    "object_instances": [_instance("without etag too", "archive")],
}
LISTING: Rows = [
    _key("media", "no size", None),
    _key("media", "two copies", 11),
    _key("archive", "two copies", storage_class=STANDARD),
    _key("media", "of no backend"),
    _key("media", "clip"),
    _key("media", "init"),
    _key("media", "without etag", etag=None),
    _key("archive", "without etag too", etag=None),
    _key("timeless", "timeless", listed_at=None),
    _key("timeless", "nobody's", listed_at=None, last_modified=LISTED),
    *(_key("media", "kept twice") for _ in range(2)),
    _key("media", "now and then"),
    _key("media", "now and then", last_modified=LISTED),
    _key("archive", "never", last_modified=None, storage_class=None),
]
RIGHTS: Rows = [
    {"flow_id": "expired", "owner": None, "expires": LONG_AGO},
    {"flow_id": "late", "owner": "Agency", "expires": None},
]
READS: Rows = [
    {
        "bucket": "archive",
        "key": "two copies",
        "operation": "REST.GET.OBJECT",
        "requested_at": LONG_AGO,
        "bytes_sent": 10,
    }
]
SCHEDULE: Rows = [
    {
        "id": 6,
        "channel": "three",
        "flow_id": "late",
        "title": "Midnight",
        "planned_from": dt.datetime(2026, 8, 24, 23, 59, 49, 960000),
        "planned_until": dt.datetime(2026, 8, 25, 0, 0, 10),
        "is_outage": None,
    }
]


Again = Literal["equal", "differing"]
"""How the rows of entities come a second time: no engine behind Trino refuses that."""


def _less(value: Any) -> Any:
    match value:
        case str():
            return ""
        case dt.datetime():
            return value - HOUR
        case None:
            return None
    return value - 1


def _unknown(_value: Any) -> None:
    return None


DIFFER: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "sources": {"label": _less},
    "flows": {"label": _less, "source_id": _less},
    "objects": {
        **dict.fromkeys(("size", "storage_path", "registered_at"), _less),
        **dict.fromkeys(("released_at", "collecting_since", "init_object_id"), _unknown),
    },
    "object_instances": {"created": _less},
    "storage_backends": {"label": _unknown},
    "rights": {"expires": _less},
    "storage_prices": {"per_gb_month": _less},
    "schedule": {"title": _less, "planned_until": _less, "is_outage": _unknown},
}
"""What the second rows say: less, or nothing. Of each column the greatest value counts."""


def twice(table: str, rows: Rows, again: Again | None) -> Rows:
    if again is None or table not in DIFFER:
        return rows
    change = DIFFER[table] if again == "differing" else {}
    others = [{n: change.get(n, lambda v: v)(v) for n, v in row.items()} for row in rows]
    return [*rows, *others]
