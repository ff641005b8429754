"""Pictures for the documents: `make screenshots` draws them by Chromium into ``docs/pictures``.

Everything in them is made here: a newsroom with its planted defects, one with a thousand flows, a
server on it, and a notebook in JupyterLab.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tams_analytics as ta
from tams_analytics.timerange import tr
from tams_analytics.widgets import timeline
from tests.notebooks import lab
from tests.support.processes import Server, free_port
from tests.widgets.browser import chromium, missing, opened

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
EVENING = tr.utc("2026-08-31T18:00", "23:00")
CELLS = {
    "notebook": [
        "import tams_analytics as ta\nfrom tams_analytics import _, span, tr\n\n"
        "%load_ext tams_analytics\nstore = ta.connect('newsroom.duckdb')",
        "evening = tr.utc('2026-08-31T21:00', '22:00')\n"
        "store.segments.pipe(ta.gaps, by='flow_id', within=evening, min_duration='1:0')",
        "timeline = store.timeline(during=tr.utc('2026-08-31T16:00', '2026-09-01T00:00'))\n"
        "timeline",
        "timeline.select('S1 video', evening)",
    ],
    "dashboard": [
        "import tams_analytics as ta\nstore = ta.connect('damaged.duckdb')",
        "dashboard = store.dashboard()\ndashboard",
        "dashboard.check = 'segments_overlap'\nshown = dashboard.show()",
    ],
    "picker": [
        "import tams_analytics as ta\nstore = ta.connect('newsroom.duckdb')",
        "picker = store.flow_picker(rows=8)\npicker.words = 'S1'\n"
        "picker.value = (store.flow('S1 video').id,)\npicker",
    ],
}
PAGES = {
    "ui-overview": "/ui",
    "ui-timeline": "/ui/timeline",
    "docs": "/docs",
}


def main() -> None:
    """Draw all of them. Ends with the reason where there is no browser."""
    if reason := missing():
        sys.exit(f"no pictures: {reason}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        work = Path(folder)
        flow_id = make_stores(work)
        exported(browser, work)
        with served(work, "newsroom.duckdb") as url:
            for name, path in {**PAGES, "ui-flow": f"/ui/flows/{flow_id}"}.items():
                look_at_page(browser, f"{url}{path}", name)
        with served(work, "damaged.duckdb") as url:
            look_at_page(browser, f"{url}/ui/integrity", "ui-integrity")
        in_lab(browser, work)


def make_stores(work: Path) -> str:
    """A newsroom, one with defects and a remembered run, one with many flows; a flow's id."""
    with ta.connect(str(work / "newsroom.duckdb")) as store:
        ta.examples.newsroom(store, segments=100_000, defects=False)
        flow_id: str = store.flow("S1 video").id
    with ta.connect(str(work / "damaged.duckdb")) as store:
        ta.examples.newsroom(store, segments=100_000)
        store.remember(store.check())
    with ta.connect(str(work / "many.duckdb")) as store:
        ta.examples.newsroom(store, segments=1_000_000, defects=False)
    return flow_id


def exported(browser: Any, work: Path) -> None:
    """Timelines as files."""
    for name, how in (("newsroom", {"during": EVENING}), ("many", {})):
        file = work / f"{name}.html"
        with ta.connect(str(work / f"{name}.duckdb"), read_only=True) as store:
            timeline.of_tables(store.tables, **how).to_html(file)
        with opened(browser, file) as page:
            page.wait_for_timeout(300)
            keep(page, f"timeline-{name}")


def look_at_page(browser: Any, url: str, name: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.goto(url)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    keep(page, name)
    page.close()


def in_lab(browser: Any, work: Path) -> None:
    """Each of `CELLS` as a notebook that was run."""
    for name, cells in CELLS.items():
        (work / f"{name}.ipynb").write_text(json.dumps(as_notebook(cells)), "utf-8")
        private = work / f"private-{name}"
        private.mkdir()
        with lab.served(work, private) as url:
            page = browser.new_page(viewport={"width": 1280, "height": 1250})
            page.set_default_timeout(90_000)
            lab.run_all(page, url, f"{name}.ipynb")
            page.wait_for_timeout(2_000)
            keep(page, f"lab-{name}")
            page.close()


def as_notebook(cells: list[str]) -> dict[str, Any]:
    code = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {
        "cells": [{**code, "id": f"c{n}", "source": source} for n, source in enumerate(cells)],
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@contextlib.contextmanager
def served(work: Path, store: str) -> Iterator[str]:
    """A server on a store."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    serve = f"cd '{work}' && exec '{sys.executable}' -m tams_command serve {store}"
    server = Server(["sh", "-c", f"{serve} --port {port}"], work / "server.log")
    try:
        server.wait_until(lambda: lab.answers(f"{url}/_mgmt/ping"), 60)
        yield url
    finally:
        server.stop(signal.SIGINT)


def keep(page: Any, name: str) -> None:
    page.screenshot(path=str(FOLDER / f"{name}.png"))
    print(f"  {name}.png", flush=True)  # noqa: T201 - what is done, for who waits


if __name__ == "__main__":
    main()
