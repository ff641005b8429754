"""A Trino that runs with the files of ``sql/etc``, beside servers that stand for the cluster's.

Exchanged are ports, folders and sizes. VAST's connector is not on Maven Central: a memory catalog
stands in its place, under its name, unless TAMS_TRINO_VAST_PLUGIN names the connector. Then the
shipped file is its catalog, on a peer.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import trino.exceptions

from tests.support import postgres_server, s3_server, trino_catalogs, trino_server
from tests.support.processes import Server, free_port
from tests.support.trino_server import Trino
from tests.support.vast_peer import VastPeer

ETC = Path(__file__).resolve().parents[2] / "sql" / "etc"
HEAP = "1G"
WAREHOUSE = "warehouse"
VAST_KEYS = ("VAST_ACCESS_KEY", "VAST_SECRET_KEY")


def properties(file: Path) -> dict[str, str]:
    """What a file of properties sets; a comment stands on a line of its own."""
    lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    pairs = [line.partition("=") for line in lines if line and not line.startswith("#")]
    assert len(pairs) == len({key for key, _, _ in pairs}), f"{file} sets something twice"
    return {key: value for key, _, value in pairs}


def jvm_options(file: Path = ETC / "jvm.config") -> list[str]:
    lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def required_or_skip() -> None:
    trino_server.required_or_skip()
    postgres_server.required_or_skip()
    s3_server.required_or_skip()


@contextmanager
def running() -> Iterator[Trino]:
    with ExitStack() as started:
        folder = Path(tempfile.mkdtemp(prefix="tams-etc-"))
        started.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = started.enter_context(postgres_server.serving())
        postgres.run(trino_catalogs.ICEBERG_TABLES)
        (folder / "s3").mkdir()
        endpoint = started.enter_context(s3_server.serving(folder / "s3"))
        (folder / "s3" / "data" / WAREHOUSE).mkdir()
        known = secrets(postgres.jdbc_url, endpoint)
        if trino_catalogs.vast_plugin() is not None:
            peer = started.enter_context(VastPeer(buckets=["tams"]))
            keys = {name: trino_catalogs.SECRETS[name] for name in VAST_KEYS}
            known |= {"VAST_ENDPOINT": peer.url, **keys}
        yield started.enter_context(_trino(folder, known))


def secrets(jdbc_url: str, s3: str) -> dict[str, str]:
    """What the catalogs read from the environment."""
    database = {"JDBC_URL": jdbc_url, "USER": postgres_server.USER}
    database["PASSWORD"] = postgres_server.PASSWORD
    named = {
        f"{of}_{name}": value for of in ("RIGHTS", "ICEBERG") for name, value in database.items()
    }
    keys = {"S3_ACCESS_KEY_ID": s3_server.ACCESS, "S3_SECRET_ACCESS_KEY": s3_server.SECRET}
    return {**named, **keys, "S3_ENDPOINT_URL": s3, "ICEBERG_WAREHOUSE": f"s3://{WAREHOUSE}"}


@contextmanager
def _trino(folder: Path, environment: Mapping[str, str]) -> Iterator[Trino]:
    installed = trino_server.home()
    assert installed is not None
    shutil.copytree(ETC, folder / "etc")
    port = free_port()
    peer = environment.get("VAST_ENDPOINT")
    if peer is None:
        trino_catalogs.written(folder / "etc" / "catalog", {"vast": trino_catalogs.memory(64)})
    config = properties(ETC / "config.properties") | trino_server.config_of(port, HEAP)
    trino_catalogs.written(folder / "etc", {"config": config})
    places = trino_server.places(folder, trino_server.plugin_folder(installed, folder))
    command = [trino_server.java(), *smaller(jvm_options()), *places]
    command += ["-cp", f"{installed}/lib/*", "io.trino.server.TrinoServer"]
    server = Server(command, folder / "log", environment)
    catalogs = tuple(file.stem for file in (folder / "etc" / "catalog").iterdir())
    known: dict[str, Any] = {"log": server.log, "vast_endpoint": peer, "server": server}
    known["s3"] = environment["S3_ENDPOINT_URL"]
    found = Trino("127.0.0.1", port, catalogs, user="admin", **known)
    try:
        server.wait_until(lambda: answers(found), trino_server.START_S)
        yield found
    finally:
        server.stop()


def answers(found: Trino) -> bool:
    """It knows itself as a worker of its catalogs: writes fail before."""
    try:
        found.execute("CREATE TABLE IF NOT EXISTS scratch.default.ready AS SELECT 1 AS x")
        return found.execute("SELECT x FROM scratch.default.ready") == [[1]]
    except (OSError, trino.exceptions.Error):
        return False


def smaller(options: list[str]) -> list[str]:
    """With a heap for tests, quickly started, without a module that this Java may not have."""
    heap = [option for option in options if not option.startswith(("-Xmx", "--add-modules"))]
    return [*heap, f"-Xmx{HEAP}", *trino_server.QUICK]
