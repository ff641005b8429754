"""A headless Chromium that opens pages of ours and writes down what they asked for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = [
    "--no-sandbox",  # root, as in CI, is refused otherwise
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@cache
def executable() -> str:
    """The first Chromium on the path that runs, or nothing.

    It is run, not believed: Ubuntu has a chromium-browser that only tells to install another one.
    """
    for name in NAMES:
        path = shutil.which(name)
        if path and runs(path):
            return path
    return ""


def runs(path: str) -> bool:
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60)
    except OSError:
        return False
    return asked.returncode == 0


def missing() -> str:
    """Why no browser can be driven here, or nothing."""
    try:
        import playwright.sync_api  # noqa: F401, PLC0415 - its absence is what is asked
    except ImportError:
        return "playwright is not installed (make set-up does it)"
    return "" if executable() else f"none of {', '.join(NAMES)} is on the path and runs"


def required_or_skip() -> None:
    """Skips with the reason; fails instead where TAMS_REQUIRE_BROWSER=1."""
    reason = missing()
    if reason and os.environ.get("TAMS_REQUIRE_BROWSER") == "1":
        pytest.fail(f"TAMS_REQUIRE_BROWSER=1, but {reason}", pytrace=False)
    if reason:
        pytest.skip(f"needs a browser: {reason}")


@contextmanager
def chromium() -> Iterator[Any]:
    """One browser for a module's tests, with a profile of its own that goes with it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - optional

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, path: Path, *, dark: bool = False, width: int = 1280) -> Iterator[Any]:
    """The page of a file; ``asked`` are the requests to the outside, ``errors`` what it threw."""
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light"
    )
    page.asked, page.errors = [], []
    outside = re.compile(r"^(https?|wss?):")
    page.route(outside, lambda route: (page.asked.append(route.request.url), route.abort()))
    page.on(
        "request", lambda request: outside.match(request.url) and page.asked.append(request.url)
    )
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
    page.goto(path.as_uri())
    page.wait_for_selector("[data-drawn]")
    yield page
    page.close()
