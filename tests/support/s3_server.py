"""A real S3 server on loopback, which checks signatures: versitygw, as ``make s3`` builds it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import pytest

ACCESS, SECRET = "of-tests", "a-secret-of-tests"
START_S = 30


def executable() -> str:
    """The newest one of the cache folder, else what is on the path; or nothing."""
    cache = Path(os.environ.get("TAMS_CACHE") or platformdirs.user_cache_dir("tams"))
    built = sorted(cache.glob("versitygw-v*/versitygw"))
    return str(built[-1]) if built else shutil.which("versitygw") or ""


def required_or_skip() -> str:
    """Its path. Skips with the reason; fails instead where TAMS_REQUIRE_S3=1."""
    found = executable()
    if not found and os.environ.get("TAMS_REQUIRE_S3") == "1":
        pytest.fail("TAMS_REQUIRE_S3=1, but there is no versitygw (make s3)", pytrace=False)
    if not found:
        pytest.skip("needs an S3 server that checks signatures: make s3 builds versitygw")
    return found


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The endpoint of a server that keeps everything in ``folder``."""
    program = required_or_skip()
    for name in ("data", "meta"):
        (folder / name).mkdir()
    port = free_port()
    place = f"127.0.0.1:{port}"
    kept = ["posix", "--sidecar", str(folder / "meta"), str(folder / "data")]
    keys = {"ROOT_ACCESS_KEY": ACCESS, "ROOT_SECRET_KEY": SECRET}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "--port", place, *kept], env={**os.environ, **keys}, stdout=log, stderr=log
        )
    try:
        wait_for(port, process)
        yield f"http://{place}"
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        found: int = probe.getsockname()[1]
        return found


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    patience = time.monotonic() + START_S
    while time.monotonic() < patience:
        assert process.poll() is None, "versitygw ended at once; its log says why"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("versitygw does not listen")
