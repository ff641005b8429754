"""A real PostgreSQL on loopback: Debian's, the one on the path, or that of ``TAMS_PG_BIN``."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.processes import NotStarted, Server, folder_of, free_port, other_user

USER, PASSWORD, DATABASE = "tams", "a-password-of-tests", "tams"
START_S = 60


def programs() -> Path | None:
    """The folder of initdb and postgres: TAMS_PG_BIN, the newest of Debian, that on the path."""
    asked = os.environ.get("TAMS_PG_BIN")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
    on_path = [Path(found).resolve().parent] if (found := shutil.which("initdb")) else []
    for folder in [Path(asked)] if asked else [*reversed(debian), *on_path]:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    return None


def _version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0


def missing() -> str:
    """Why there is no PostgreSQL, or nothing."""
    if programs() is not None:
        return ""
    asked = os.environ.get("TAMS_PG_BIN")
    named = f"TAMS_PG_BIN={asked} has none" if asked else "Debian: apt install postgresql"
    return f"no PostgreSQL: no initdb and postgres are found ({named})"


def required_or_skip() -> None:
    """Skips with the reason; fails instead where TAMS_REQUIRE_POSTGRES=1."""
    if why := missing():
        if os.environ.get("TAMS_REQUIRE_POSTGRES") == "1":
            pytest.fail(f"TAMS_REQUIRE_POSTGRES=1, but {why}", pytrace=False)
        pytest.skip(why)


@dataclass(frozen=True)
class Postgres:
    """Where it listens; its user, password and database are this module's constants."""

    port: int
    server: Server

    @property
    def jdbc_url(self) -> str:
        return f"jdbc:postgresql://127.0.0.1:{self.port}/{DATABASE}"

    def run(self, statements: str) -> str:
        """What psql prints for them, without headers; the first error ends it."""
        return psql(self.port, DATABASE, statements)


@contextmanager
def serving() -> Iterator[Postgres]:
    """A new server with an empty database, which is gone at the end."""
    folder = programs()
    assert folder is not None, missing()
    user = other_user()
    place = folder_of(user, "tams-postgres-")
    server = None
    try:
        initialise(folder, place, user)
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "32MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = Server(
            [str(folder / "postgres"), "-D", str(place / "data"), "-p", str(port), *options],
            place / "log",
            user=user,
        )
        server.wait_until(lambda: answers(port), START_S)
        psql(port, "postgres", f"CREATE DATABASE {DATABASE}")
        yield Postgres(port, server)
    finally:
        if server is not None:
            server.stop(signal.SIGINT)
        shutil.rmtree(place, ignore_errors=True)


def initialise(folder: Path, place: Path, user: str | None) -> None:
    """As another user where we are root, whom PostgreSQL refuses."""
    kept = place / "password"
    kept.write_text(PASSWORD)
    kept.chmod(0o644)
    said = subprocess.run(
        [
            *(str(folder / "initdb"), "-D", str(place / "data"), "-U", USER, "-E", "UTF8"),
            *("--locale=C", "--auth=scram-sha-256", f"--pwfile={kept}", "--no-sync"),
        ],
        user=user,
        extra_groups=[] if user else None,
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        raise NotStarted(f"PostgreSQL: initdb ended with {said.returncode}:\n{said.stderr}")


def answers(port: int) -> bool:
    try:
        return psql(port, "postgres", "SELECT 1") == "1"
    except NotStarted:
        return False


def psql(port: int, database: str, statements: str) -> str:
    folder = programs()
    assert folder is not None, missing()
    near = folder / "psql"
    program = str(near) if near.is_file() else "psql"
    said = subprocess.run(
        [
            *(program, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align"),
            *("-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(port), "-U", USER, database),
        ],
        input=statements,
        env={**os.environ, "PGPASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        raise NotStarted(f"PostgreSQL: psql ended with {said.returncode}:\n{said.stderr}")
    return said.stdout.strip()
