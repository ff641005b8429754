"""A real S3 server on loopback, which checks signatures: versitygw, as ``make s3`` builds it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import pytest

from tests.support.processes import Server, free_port, listens

ACCESS, SECRET = "of-tests", "a-secret-of-tests"


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
    place = f"127.0.0.1:{(port := free_port())}"
    kept = ["posix", "--sidecar", str(folder / "meta"), str(folder / "data")]
    keys = {"ROOT_ACCESS_KEY": ACCESS, "ROOT_SECRET_KEY": SECRET}
    server = Server([program, "--port", place, *kept], folder / "log", keys)
    try:
        server.wait_until(lambda: listens(port))
        yield f"http://{place}"
    finally:
        server.stop()
