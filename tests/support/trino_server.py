"""A real Trino 476 on loopback, as ``make trino`` brings it: with the catalogs of the tests.

    python -m tests.support.trino_server        one until Ctrl-C, for trying things, with a newsroom

Found in this order: TAMS_TRINO_HOME (unpacked), the cache folder. `trino_shared` runs one for all
tests of a run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs
import pytest
import trino.dbapi

import tams_analytics as ta
from tams_analytics.tables import TABLES
from tests.support import postgres_server, s3_server, trino_catalogs
from tests.support.processes import NotStarted, Server, free_port
from tests.support.vast_peer import VastPeer

VERSION = "476"
START_S = 240
USER = "tests"
FIND_JAVA = Path(__file__).resolve().parents[2] / "tools" / "find-java"

JVM = [
    "-server",
    "-XX:+UseG1GC",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:ReservedCodeCacheSize=256M",
    "-Djdk.attach.allowAttachSelf=true",
    "-Djdk.nio.maxCachedBufferSize=2000000",
    "-Dfile.encoding=UTF-8",
    "-Duser.timezone=UTC",
    "-XX:+EnableDynamicAgentLoading",
    "--sun-misc-unsafe-memory-access=allow",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",  # Arrow, in VAST's connector
]
QUICK = (
    "-XX:TieredStopAtLevel=1",
    "-XX:InitiatingHeapOccupancyPercent=75",
    "-XX:-G1UseAdaptiveIHOP",
)
"""Half the CPU of a start, and less for short queries; not where millions of rows are timed.

What a run of tests keeps is half of the heap: without the second the collector never rests.
"""
VECTORS = "jdk.incubator.vector"
TRIED, SEGMENTS = ("vast", "tams/meta"), 20_000
"""The store that is there to try, where README.md and sql/ have theirs."""
TOLD = """\
Trino with the catalogs of the tests (nothing is kept), until Ctrl-C. A newsroom is in
  {url}
  catalogs: {catalogs}
  log: {server.log}
  local:/// of the catalog files: {server.files}
"""


def home() -> Path | None:
    """The unpacked server, or nothing."""
    cache = Path(os.environ.get("TAMS_CACHE") or platformdirs.user_cache_dir("tams"))
    found = Path(os.environ.get("TAMS_TRINO_HOME") or cache / f"trino-server-{VERSION}")
    return found.resolve() if (found / "lib").is_dir() else None


def java() -> str:
    """Of 24 or later; NotStarted says why there is none."""
    said = subprocess.run([str(FIND_JAVA)], capture_output=True, text=True, check=False)
    if said.returncode:
        raise NotStarted(said.stderr.strip())
    return said.stdout.strip()


def missing() -> str:
    """Why no Trino can be started, or nothing."""
    if home() is None:
        named = os.environ.get("TAMS_TRINO_HOME")
        where = f"TAMS_TRINO_HOME={named} has none" if named else "make trino brings it"
        return f"no Trino {VERSION}: {where}"
    try:
        java()
    except NotStarted as reason:
        return str(reason)
    return ""


def required_or_skip() -> None:
    """Skips with the reason; fails instead where TAMS_REQUIRE_TRINO=1."""
    if why := missing():
        if os.environ.get("TAMS_REQUIRE_TRINO") == "1":
            pytest.fail(f"TAMS_REQUIRE_TRINO=1, but there is {why}", pytrace=False)
        pytest.skip(why)


@contextmanager
def private_trino(
    more: Mapping[str, Mapping[str, str]] | None = None, **options: Any
) -> Iterator[Trino]:
    """A Trino of one's own, with ``vast`` and ``scratch`` in memory: to be killed, or a second one.

    ``more`` are catalogs beside them, ``options`` those of `running`.
    """
    required_or_skip()
    memory = {name: trino_catalogs.memory(64) for name in ("vast", "scratch")}
    with running({**memory, **(more or {})}, **{"heap": "1G", **options}) as server:
        yield server


@dataclass(frozen=True)
class Trino:
    """One that runs. ``files`` is the folder that its catalog ``files`` knows as ``local:///``."""

    host: str
    port: int
    catalogs: Sequence[str]
    log: Path | None = None
    files: Path | None = None
    s3: str | None = None
    postgres_port: int | None = None
    vast_endpoint: str | None = None
    user: str = USER
    server: Server | None = field(default=None, compare=False)

    def url(self, catalog: str, schema: str) -> str:
        return f"trino://{self.user}@{self.host}:{self.port}/{catalog}/{schema}"

    def connect(self, **options: Any) -> Any:
        """A DB-API connection."""
        return trino.dbapi.connect(host=self.host, port=self.port, user=self.user, **options)

    def execute(self, sql: str, **options: Any) -> list[list[Any]]:
        """Its rows, by a connection of its own."""
        with self.connect(**options) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            rows: list[list[Any]] = cursor.fetchall()
            return rows

    def log_end(self, lines: int = 40) -> str:
        if self.log is None:
            return "its log is not here: another started it"
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def kill(self) -> None:
        """At once, as a machine that dies; only for a server of one's own."""
        assert self.server is not None, "this server belongs to all tests of the run"
        self.server.stop()

    def answers(self) -> bool:
        """It has started, and knows itself as a worker of its catalogs: scans fail before."""
        place = f"http://{self.host}:{self.port}/v1/info"
        try:
            with urllib.request.urlopen(place, timeout=5) as said:
                if json.load(said)["starting"]:
                    return False
            return self.execute("SELECT count(*) FROM tpch.tiny.region") == [[5]]
        except (OSError, ValueError, KeyError, trino.exceptions.Error):
            return False


@contextmanager
def running(
    catalogs: Mapping[str, Mapping[str, str]],
    *,
    heap: str = "2G",
    quick: bool = True,
    config: Mapping[str, str] | None = None,
    port: int | None = None,
    **known: Any,
) -> Iterator[Trino]:
    """A Trino with these catalogs only; ``config`` overrides lines of config.properties."""
    installed = home()
    assert installed is not None, missing()
    folder = Path(tempfile.mkdtemp(prefix="tams-trino-"))
    server = None
    try:
        port = port or free_port()
        catalogs = {"tpch": {"connector.name": "tpch"}, **catalogs}  # by which it says it is ready
        trino_catalogs.written(folder / "etc" / "catalog", catalogs)
        lines = {**config_of(port, heap), **(config or {})}
        levels = {"io.trino": "WARN", "com.vastdata": "WARN"}  # the latter tells keys
        trino_catalogs.written(folder / "etc", {"config": lines, "log": levels})
        plugins = plugin_folder(installed, folder)
        (folder / "tmp").mkdir()
        command = [*launch(heap, quick), *places(folder, plugins)]
        command += ["-cp", f"{installed}/lib/*", "io.trino.server.TrinoServer"]
        server = Server(command, folder / "log", trino_catalogs.SECRETS)
        found = Trino("127.0.0.1", port, tuple(catalogs), log=server.log, server=server, **known)
        try:
            server.wait_until(found.answers, START_S)
        except NotStarted as error:
            raise NotStarted(f"Trino {VERSION} did not start: {error}") from None
        yield found
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def config_of(port: int, heap: str) -> dict[str, str]:
    megabytes = int(heap.removesuffix("G")) * 1024
    return {
        "coordinator": "true",
        "node-scheduler.include-coordinator": "true",
        "node.bind-ip": "127.0.0.1",
        "node.internal-address": "127.0.0.1",
        "http-server.http.port": str(port),
        "discovery.uri": f"http://127.0.0.1:{port}",
        "query.max-memory": f"{megabytes // 4}MB",
        "query.max-memory-per-node": f"{megabytes // 4}MB",
        "memory.heap-headroom-per-node": f"{megabytes // 5}MB",
        # a small INSERT takes 130 ms instead of 400
        "scale-writers": "false",
        "task.scale-writers.enabled": "false",
        "redistribute-writes": "false",
    }


def launch(heap: str, quick: bool) -> list[str]:
    program = java()
    listing = [program, "--list-modules"]
    modules = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    more = [f"--add-modules={VECTORS}"] if VECTORS in modules else []
    more += QUICK if quick else []
    return [program, *JVM, f"-Xmx{heap}", *more]


def places(folder: Path, plugins: Path) -> list[str]:
    return [
        "-Dnode.environment=tests",
        "-Dnode.id=tests",
        f"-Dnode.data-dir={folder / 'data'}",
        f"-Djava.io.tmpdir={folder / 'tmp'}",  # it leaves a library or two there at each start
        f"-Dplugin.dir={plugins}",
        f"-Dconfig={folder / 'etc' / 'config.properties'}",
        f"-Dcatalog.config-dir={folder / 'etc' / 'catalog'}",
        f"-Dlog.levels-file={folder / 'etc' / 'log.properties'}",
    ]


def plugin_folder(installed: Path, folder: Path) -> Path:
    """Trino's own; with VAST's connector, a folder of links to those and to it."""
    ours = trino_catalogs.vast_plugin()
    if ours is None:
        return installed / "plugin"
    linked = folder / "plugin"
    linked.mkdir()
    for plugin in (installed / "plugin").iterdir():
        (linked / plugin.name).symlink_to(plugin)
    (linked / "vast").symlink_to(with_jars(ours.resolve()))
    return linked


def with_jars(folder: Path) -> Path:
    """The folder, or the one in it: a plugin's archive has its jars in a folder of their own."""
    within = [each for each in folder.iterdir() if each.is_dir()]
    return folder if any(folder.glob("*.jar")) or len(within) != 1 else within[0]


@contextmanager
def with_catalogs_of_tests(
    heap: str = "2G", port: int | None = None, *, quick: bool = True, vast_mb: int = 512
) -> Iterator[Trino]:
    """A Trino with every catalog that can be had here, and the servers that these need.

    ``vast_mb`` is what ``vast`` may hold in memory: a million segments are 200 MB.
    """
    with ExitStack() as started:
        folder = Path(tempfile.mkdtemp(prefix="tams-trino-files-"))
        started.callback(shutil.rmtree, folder, ignore_errors=True)
        catalogs = {"scratch": trino_catalogs.memory(128)}
        known: dict[str, Any] = {}
        catalogs["vast"] = vast_catalog(started, known, vast_mb)
        postgres = endpoint = None
        if not postgres_server.missing():
            postgres = started.enter_context(postgres_server.serving())
            known["postgres_port"] = postgres.port
            catalogs["rights"] = trino_catalogs.rights(postgres)
        if s3_server.executable():
            (folder / "s3").mkdir()
            endpoint = started.enter_context(s3_server.serving(folder / "s3"))
            known["s3"] = endpoint
        if postgres is not None and endpoint is not None:
            postgres.run(trino_catalogs.ICEBERG_TABLES)
            for name, bucket in trino_catalogs.WAREHOUSES.items():
                (folder / "s3" / "data" / bucket).mkdir()
                catalogs[name] = trino_catalogs.iceberg(name, postgres, endpoint)
        known["files"] = folder / "local"
        known["files"].mkdir()
        catalogs["files"] = trino_catalogs.files(known["files"], endpoint)
        yield started.enter_context(running(catalogs, heap=heap, quick=quick, port=port, **known))


def vast_catalog(started: ExitStack, known: dict[str, Any], megabytes: int) -> dict[str, str]:
    if trino_catalogs.vast_plugin() is None:
        return trino_catalogs.memory(megabytes)
    peer = started.enter_context(VastPeer(buckets=["tams"]))
    known["vast_endpoint"] = peer.url
    return trino_catalogs.vast(peer.url)


def _with_newsroom(server: Trino) -> None:
    from tests.support.trino_load import load  # noqa: PLC0415 - it imports this module

    with ta.examples.newsroom(segments=SEGMENTS) as store:
        rows = {each.name: getattr(store.tables, each.name).to_pyarrow() for each in TABLES}
    load(server, *TRIED, rows)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="trino_server", description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--heap", default="2G", help="whole gigabytes")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if why := missing():
        raise SystemExit(why)
    with (
        contextlib.suppress(KeyboardInterrupt),
        with_catalogs_of_tests(asked.heap, asked.port) as server,
    ):
        _with_newsroom(server)
        url, catalogs = server.url(*TRIED), ", ".join(server.catalogs)
        sys.stdout.write(TOLD.format(server=server, url=url, catalogs=catalogs))
        sys.stdout.flush()
        while True:
            time.sleep(1)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
