"""URLs are asked, of a small server of HTTP, and told without what opens them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import ibis
import pytest

from tams_analytics.errors import BadParameter
from tams_analytics.media.asking import MOST_HOPS
from tams_analytics.media.configured import ConfiguredBackend
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.s3 import S3Storage
from tams_analytics.media.s3_config import S3Config
from tams_analytics.media.storages import Storages
from tams_analytics.queries import urls
from tams_analytics.store import Store
from tests.examples.conftest import Empty
from tests.reports.worlds import Row, Rows, fill

SIZE = 1234
SECRET = "geheim"  # noqa: S105 - of nothing
SLOW_S = 2.5

Said = tuple[int, dict[str, str]]
SAID: dict[str, Said] = {
    "good": (206, {"Content-Range": f"bytes 0-0/{SIZE}", "Content-Length": "1"}),
    "whole": (200, {"Content-Length": str(SIZE)}),
    "unsized": (206, {"Content-Range": "bytes 0-0/*", "Content-Length": "1"}),
    "other": (206, {"Content-Range": "bytes 0-0/7", "Content-Length": "1"}),
    "empty": (416, {"Content-Range": "bytes */0"}),
    "beyond": (416, {"Content-Range": "bytes */9"}),
    "missing": (404, {}),
    "gone": (410, {}),
    "forbidden": (403, {}),
    "broken": (500, {}),
    "moved": (302, {"Location": "/good/moved"}),
    "to_file": (302, {"Location": "file:///etc/passwd"}),
    "round": (307, {"Location": "/round/again"}),
    "slow": (206, {"Content-Range": f"bytes 0-0/{SIZE}"}),
}
EXPECTED: dict[str, tuple[str, int | None, int | None]] = {
    "good": ("good", 206, SIZE),
    "whole": ("good", 200, SIZE),
    "unsized": ("good", 206, None),
    "other": ("other_size", 206, 7),
    "empty": ("good", 416, 0),
    "beyond": ("failed", 416, 9),
    "missing": ("missing", 404, None),
    "gone": ("missing", 410, None),
    "forbidden": ("forbidden", 403, None),
    "broken": ("failed", 500, None),
    "moved": ("good", 206, SIZE),
    "to_file": ("failed", 302, None),
    "round": ("failed", 307, None),
    "slow": ("timeout", None, None),
}
"""Health, status and size that is found, by the first word of the path."""


class Server:
    """Answers by `SAID`, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.command, self.path, dict(self.headers)))
                words = self.path.partition("?")[0].strip("/").split("/")
                known = [word for word in words if word in SAID]
                status, headers = SAID[known[0] if known else "good"]
                if known == ["slow"]:
                    time.sleep(SLOW_S)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_said: Any) -> None:
                """Not into the output of tests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def refused_host() -> str:
    """Where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{one.getsockname()[1]}"


def instance(object_id: str, **more: Any) -> Row:
    nothing = {"storage_id": None, "label": None, "bucket": None, "key": None, "url": None}
    return {"object_id": object_id, "controlled": False, **nothing, **more}


def an_object(id: str, size: int | None = SIZE, **more: Any) -> Row:
    times = {"created": NOW, "registered_at": NOW, "released_at": None}
    return {"id": id, "storage_path": id, "size": size, **times, **more}


NOW = dt.datetime(2026, 11, 20)


def asked_rows(host: str) -> Rows:
    """An object for each answer, with a URL of a client that has secrets in it."""
    sizes = {"empty": 0}
    objects = [an_object(name, sizes.get(name, SIZE)) for name in SAID]
    others = {
        "refused": f"http://{refused_host()}/x",
        "ftp": "ftp://127.0.0.1/x",
        "nonsense": "http://[::1/",
        "odd port": "http://127.0.0.1:x/",
        "no host": "nothing of the kind",
        "no url": None,
    }
    objects += [an_object(name) for name in others]
    objects += [an_object("unknown size", None), an_object("released", released_at=NOW)]
    objects += [an_object("allocated", registered_at=None), an_object("good")]
    place = f"http://ann:{SECRET}@{host}"
    given = [instance(name, url=f"{place}/{name}/ä b?token={SECRET}#{SECRET}") for name in SAID]
    given += [instance(name, url=url) for name, url in others.items()]
    given.append(instance("unknown size", url=f"{place}/other/1"))
    given += [instance(name, url=f"{place}/{name}") for name in ("released", "allocated")]
    return {"objects": objects, "object_instances": [*given, given[0]]}


@pytest.fixture(scope="module")
def asked(empty: Empty, server: Server) -> Iterator[Store]:
    with empty() as store:
        fill(store, asked_rows(server.host))
        yield store


def found(store: Store, name: str = "urls", **parameters: Any) -> list[Row]:
    rows = store.report("url_health", **parameters).tables[name]
    told: list[Row] = rows.to_pyarrow().to_pylist()
    return told


def test_q22_each_url_is_told_as_it_answers(asked: Store, server: Server) -> None:
    server.asked.clear()
    reported = asked.report("url_health", timeout=1.5)
    assert [] == server.asked  # nothing is asked before it is shown

    rows = reported.tables["urls"].to_pyarrow().to_pylist()
    by_id = {row["object_id"]: row for row in rows}
    assert EXPECTED == {
        name: (by_id[name]["health"], by_id[name]["status"], by_id[name]["found_size"])
        for name in SAID
    }
    for name in ("ftp", "nonsense", "odd port", "no host", "no url"):
        assert ("unknown", None) == (by_id[name]["health"], by_id[name]["status"]), name
    assert ("unreachable", "connection refused") == (
        by_id["refused"]["health"],
        by_id["refused"]["problem"],
    )
    assert ("good", 7) == (by_id["unknown size"]["health"], by_id["unknown size"]["found_size"])
    assert "no answer in 1.5 s" == by_id["slow"]["problem"]
    assert f"7 bytes, on record are {SIZE}" == by_id["other"]["problem"]
    assert {*SAID, "refused", "ftp", "nonsense", "odd port", "no host", "no url"} == (
        {*by_id} - {"unknown size"}
    )
    assert len(rows) == len(by_id)
    is_good = [row["health"] == "good" for row in rows]
    assert sorted(is_good) == is_good
    assert all((row["delay_ms"] is None) == (row["status"] is None) for row in rows)

    assert {("GET", "bytes=0-0")} == {(how, said.get("Range")) for how, _path, said in server.asked}
    assert 1 == sum(path.startswith("/good/%C3%A4%20b") for _how, path, _said in server.asked)


def test_urls_are_asked_once_for_all_tables_and_told_without_secrets(
    asked: Store, server: Server
) -> None:
    server.asked.clear()
    reported = asked.report("url_health", timeout=1.5)

    shown = repr(reported) + reported._repr_html_()
    rows = {name: reported.tables[name].to_pyarrow().to_pylist() for name in reported.tables}
    assert len(SAID) + 2 + MOST_HOPS == len(server.asked)  # of no known size, moved, and round
    assert SECRET not in shown + str(rows)
    assert "token" not in shown + str(rows)
    assert "ann" not in str(rows)
    (good,) = (row for row in rows["urls"] if row["object_id"] == "good")
    assert (server.host, "/good/ä b") == (good["host"], good["path"])

    health = Counter((row["health"], row["status"]) for row in rows["urls"])
    assert health == {(row["health"], row["status"]): row["urls"] for row in rows["health"]}
    (host,) = (row for row in rows["hosts"] if row["host"] == server.host)
    mine = [row for row in rows["urls"] if row["host"] == server.host]
    well = sum(row["health"] == "good" for row in mine)
    assert (len(mine), well, well / len(mine)) == (host["urls"], host["good"], host["good_ratio"])


def test_the_user_of_a_url_is_told_to_its_host_alone(asked: Store, server: Server) -> None:
    server.asked.clear()
    found(asked, timeout=1.5)

    said = {path.partition("?")[0]: headers for _how, path, headers in server.asked}
    assert "Basic" in said["/moved/%C3%A4%20b"]["Authorization"]
    assert "Authorization" not in said["/good/moved"]


def test_delays_of_a_host_are_those_that_so_many_do_not_exceed() -> None:
    chance = random.Random(5)  # noqa: S311 - no secret
    rows = [
        {
            "host": chance.choice(["a", "b", None]),
            "storage_id": chance.choice(["s", None]),
            "is_good": chance.random() < 0.7,
            "delay_ms": chance.choice([None, *range(30)]),
        }
        for _number in range(200)
    ]
    twenty = {"host": "of twenty", "storage_id": "s", "is_good": True}  # 19 of them are 95 %
    rows += [twenty | {"delay_ms": delay} for delay in range(20)]
    told = urls.by_host(ibis.memtable(rows)).to_pyarrow().to_pylist()

    assert 7 == len(told)
    for row in told:
        mine = [r for r in rows if all(r[name] == row[name] for name in ("host", "storage_id"))]
        delays = sorted(r["delay_ms"] for r in mine if r["delay_ms"] is not None)
        assert row["urls"] == len(mine)
        assert row["good"] == sum(r["is_good"] for r in mine)
        assert row["median_ms"] == delays[(len(delays) - 1) // 2]
        assert row["p95_ms"] == delays[-(-len(delays) * 95 // 100) - 1]
        assert row["max_ms"] == delays[-1]


@pytest.mark.parametrize("size", [1, 4, 50])
@pytest.mark.parametrize("controlled", [None, True, False])
def test_the_sample_is_spread_evenly_and_the_same_each_time(
    size: int, controlled: bool | None, small: Store, rows: Rows
) -> None:
    names = ("controlled", "storage_id", "object_id", "label", "key", "url")
    known = {
        row["id"] for row in rows["objects"] if row["registered_at"] and not row["released_at"]
    }
    every = {
        tuple(row[name] for name in names)
        for row in rows["object_instances"]
        if row["object_id"] in known and controlled in (None, row["controlled"])
    }
    ordered = sorted(every, key=lambda row: [(value is None, str(value)) for value in row])
    parts = min(size, len(ordered))
    longer, least = len(ordered) % parts, len(ordered) // parts
    wanted = [ordered[n * least + min(n, longer)] for n in range(parts)]
    told = small.ask(urls.sampled, size=size, controlled=controlled).to_pylist()

    assert wanted == [tuple(row[name] for name in names) for row in told]
    sizes = {row["id"]: row["size"] for row in rows["objects"]}
    assert [sizes[row["object_id"]] for row in told] == [row["size"] for row in told]


@pytest.fixture
def kept(empty: Empty, server: Server, tmp_path: Path) -> Iterator[Store]:
    """Copies in a bucket, a folder, one that nobody knows, and one whose folder is elsewhere."""
    with empty() as store:
        folder = DirectoryStorage(tmp_path / "media")
        folder.begin()
        bucket = S3Storage(S3Config("media", f"http://{server.host}", "the-key", SECRET))
        storages = {"s3": bucket, "here": folder, "there": DirectoryStorage(tmp_path / "no")}
        ids = (*storages, "unknown")
        objects = [an_object(f"good/{id}") for id in ids]
        copies = [
            instance(f"good/{id}", controlled=True, storage_id=id, bucket="b", key=f"good/{id}")
            for id in ids
        ]
        lost = instance("good/s3", controlled=True, storage_id="s3", bucket="b", key=None)
        given = instance("good/s3", url=f"http://{server.host}/whole/1", label="theirs")
        fill(store, {"objects": objects, "object_instances": [*copies, lost, given]})
        store._engine.settings = dataclasses.replace(
            store.settings, public_url=f"http://{server.host}/api"
        )
        store.__dict__["storages"] = Storages(
            store.settings,
            [ConfiguredBackend(id, id, "p", "x", each) for id, each in storages.items()],
        )
        yield store


def test_urls_of_storages_are_presigned(kept: Store, server: Server, tmp_path: Path) -> None:
    server.asked.clear()
    rows = found(kept, instances="controlled")

    told = {(row["storage_id"], row["path"]): row for row in rows}
    s3, here = told["s3", "/media/good/s3"], told["here", "/api/media/here/good/here"]
    for row in (s3, here):
        assert ("good", True, server.host) == (row["health"], row["is_presigned"], row["host"])
    problems = {row["storage_id"]: row["problem"] for row in rows if row["health"] == "unknown"}
    assert {
        "s3": "no key is on record",
        "there": "its folder is not on this machine",
        "unknown": "the settings of this process do not name its storage",
    } == problems
    assert [False] * 3 == [row["is_presigned"] for row in rows if row["path"] is None]
    paths = [path for _how, path, _said in server.asked]
    assert 1 == sum("X-Amz-Signature=" in path for path in paths)
    assert 1 == sum("expires=" in path and "signature=" in path for path in paths)
    assert 2 == len(paths)
    assert "ignature" not in str(rows)
    assert not DirectoryStorage(tmp_path / "no").key_file.exists()


def test_only_urls_of_clients_are_asked_where_that_is_wanted(kept: Store, server: Server) -> None:
    server.asked.clear()
    (row,) = found(kept, instances="uncontrolled")

    assert ("theirs", "good", 200, False) == tuple(
        row[name] for name in ("label", "health", "status", "is_presigned")
    )
    assert ["/whole/1"] == [path for _how, path, _said in server.asked]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sample": 0}, "sample: 0 is out of range; expected 1 to 10000"),
        ({"sample": "many"}, "sample: 'many' is no number"),
        ({"timeout": 0}, "timeout: 0 is out of range; expected seconds, up to 300"),
        ({"timeout": "nan"}, "timeout: 'nan' is out of range"),
        ({"instances": "mine"}, "instances: 'mine' is unknown; expected one of all, controlled"),
    ],
)
def test_what_cannot_be_asked_is_refused(small: Store, given: Row, said: str) -> None:
    with pytest.raises(BadParameter, match=said):
        small.report("url_health", **given)
