"""Small stores with all that makes counting hard, as rows that an oracle can read too.

Flows and objects that are there twice; objects that several flows share, that were allocated only
or are released, of no known size, with no copy or several, that initialise others; segments of
unknown objects and flows; flows that refuse changes; tags of every form.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import tams_analytics as ta
from tests.reports.remembered_rows import remembered

Row = dict[str, Any]
Rows = dict[str, list[Row]]

NOW = dt.datetime(2026, 11, 20, 12, 0, 0, 250_000)  # UTC without a zone, as in the tables
NOW_TAI_S = int(NOW.replace(tzinfo=dt.timezone.utc).timestamp()) + 37
"""Whole seconds; TAI is 37 s ahead of UTC."""
DAY_S = 86_400
FLOWS = [f"f{n}" for n in range(9)]
STORES = ("one", "two", "three")
ODD_URLS = (
    "HTTP://CDN0.example.org",
    "https://a:b@c@cdn1.example.org/at@home:80?x=http://other/",
    "s3://bucket?versionId=1",
    "http://[2001:DB8::1]:8080/x",
    "http://cdn0.example.org:/a b\nhttp://other/",
    "file:///srv/media/x.mxf",
    "//cdn0.example.org/x",
    "see https://cdn0.example.org/x",
    "https://cdn0.example.org:port/x",
    "https://cdn0.example.org#x@other",
    "",
)
"""Of some of them nobody can say the host."""
VIDEO, AUDIO, MULTI = (f"urn:x-nmos:format:{each}" for each in ("video", "audio", "multi"))


def world(seed: int) -> Rows:
    """The rows of each table."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    objects = list(_objects(chance))
    segments = list(_segments(chance, [row["id"] for row in objects]))
    return {
        "sources": [_source(n) for n in range(4)],
        "flows": [*map(_flow, range(len(FLOWS))), _flow(3)],
        "objects": [*objects, objects[2], objects[7]],
        "segments": [*segments, *segments[:2], {**segments[3], "flow_id": "no flow"}],
        "object_instances": list(_instances(chance, objects)),
        "storage_backends": [_backend(n, name) for n, name in enumerate((*STORES, "one"))],
        "collections": [
            {"flow_id": "f8", "member_id": "f0", "position": 0, "role": "video"},
            {"flow_id": "f8", "member_id": "f1", "position": 1, "role": None},
            {"flow_id": "f5", "member_id": "f0", "position": 0, "role": "x"},
        ],
        "tags": list(_tags()),
        "deletion_requests": [_request("f6", "started"), _request("f2", "done")],
        **remembered(seed, NOW),
    }


def fill(store: ta.Store, rows: Rows) -> None:
    """Put them into an empty store, behind the rules' back."""

    def insert(tx: Any) -> None:
        for name, each in rows.items():
            if each:
                tx.insert(name, each)

    store._engine.transact(insert)


def _ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def _source(n: int) -> Row:
    moments = {"created": _ago(90), "updated": _ago(90)}
    return {"id": f"s{n}", "format": VIDEO, "label": None, "explicit": n == 1, **moments}


def _flow(n: int) -> Row:
    return {
        "id": FLOWS[n],
        "source_id": f"s{n % 3}" if n != 7 else "no source",
        "format": (VIDEO, AUDIO, MULTI)[2 if n == 8 else n % 2],
        "codec": None if n == 4 else ("video/h264", "audio/aac")[n % 2],
        "label": None if n == 5 else f"Flow {n}",
        "read_only": n in (3, 8),
        "created": _ago(80),
        "metadata_updated": _ago(70 - 5 * n),
        "segments_updated": None if n % 4 == 0 else _ago(30 - 3 * n),
    }


def _objects(chance: random.Random) -> Iterator[Row]:
    for n in range(26):
        is_init = n < 3
        yield {
            "id": f"o{n}",
            "storage_path": f"p/o{n}",
            "size": None if n % 7 == 5 else chance.choice([0, 1, 10**3 * n, 2**40 + n]),
            "init_object_id": f"o{chance.randrange(3)}"
            if chance.random() < 0.4 > is_init
            else None,
            "first_flow_id": None if n == 9 else chance.choice(FLOWS),
            "created": _ago(60 - 2 * n),
            "registered_at": None if n % 11 == 4 else _ago(59 - 2 * n),
            "released_at": _ago(1) if n in (13, 20) else None,
        }


def _segments(chance: random.Random, objects: list[str]) -> Iterator[Row]:
    known = [id for id in objects if id not in ("o0", "o1")]
    for n, flow in enumerate(FLOWS[:8]):
        at = NOW_TAI_S - DAY_S * chance.randrange(10, 40)
        for _ in range({0: 7, 1: 7, 4: 0}.get(n, chance.choice([0, 1, 4, 9]))):
            at += chance.randrange(1, 3 * DAY_S)
            start, end = at, at + chance.choice([1, 600, 4 * DAY_S])
            yield {
                "flow_id": flow,
                "object_id": chance.choice([*known[: 4 + 3 * n], "unknown"]),
                "start_ns": start * 10**9,
                "end_ns": end * 10**9 + chance.choice([0, 0, 1]),
                "timerange": f"[{start}:0_{end}:0)",
                "created": _ago(chance.randrange(40)),
            }


def _instances(chance: random.Random, objects: list[Row]) -> Iterator[Row]:
    for n, row in enumerate(objects):
        for place in chance.sample(STORES, chance.choice([0, 1, 1, 2, 3])):
            yield _kept(row["id"], place, 58 - 2 * n + STORES.index(place))
        if n % 5 == 0:
            yield _given(row["id"], f"https://user@cdn{n % 2}.Example.org:8443/{n}?token=x")
    yield from [_kept("o6", "one", 40), _kept("o6", "one", 20), _kept("nobody's", "two", 30)]
    yield _given("o6", "no url at all")
    yield from (_given("o8", url) for url in ODD_URLS)
    yield from [_given("o8", ODD_URLS[0]), _given("o9", ODD_URLS[0]), _given("no object", "x:y")]


def _kept(id: str, place: str, days: int) -> Row:
    where = {"storage_id": place, "bucket": f"b-{place}", "key": f"p/{id}", "created": _ago(days)}
    return {"object_id": id, "controlled": True, "label": None, "url": None, **where}


def _given(id: str, url: str) -> Row:
    nowhere = {"storage_id": None, "bucket": None, "key": None, "created": _ago(5)}
    return {"object_id": id, "controlled": False, "label": "theirs", "url": url, **nowhere}


def _backend(n: int, name: str) -> Row:
    return {
        "id": name,
        "label": None if name == "three" else name.title(),
        "provider": ("aws", "local")[n % 2],
        "store_product": "S3",
        "region": None if n % 2 else "eu-west-1",
        "bucket": f"b-{name}",
    }


def _tags() -> Iterator[Row]:
    for flow, value in [("f0", "432000:0"), ("f1", "0:1"), ("f2", "-864000:0"), ("f3", "1:0")]:
        yield tag(flow, "segment_retention_offset", value)
    yield tag("f0", "segment_retention_offset", "777600:5")
    yield tag("f4", "segment_retention_offset", "7 days")
    yield tag("f5", "segment_retention_offset", "1:0", 0)
    yield tag("f5", "segment_retention_offset", "1:0")
    for flow, value in [("f1", "2592000:0"), ("f4", "864000:250000000"), ("f6", "1:0")]:
        yield tag(flow, "flow_retention_offset", value)
    yield tag("f7", "flow_retention_offset", "99999999999999:0")
    yield tag("gone", "flow_retention_offset", "1:0")
    yield {**tag("s1", "flow_retention_offset", "1:0"), "entity_type": "sources"}
    for flow, value in [("f0", "news"), ("f1", "news"), ("f7", "sport"), ("f3", "news")]:
        yield tag(flow, "genre", value)
    yield tag("f7", "genre", "news", 1)


def tag(flow: str, name: str, value: str, position: int | None = None) -> Row:
    of = {"entity_type": "flows", "entity_id": flow, "name": name}
    return {**of, "position": position, "value": value}


def _request(flow: str, status: str) -> Row:
    return {
        "id": f"delete {flow}",
        "flow_id": flow,
        "timerange_to_delete": "_",
        "timerange_remaining": "_",
        "delete_flow": True,
        "status": status,
    }
