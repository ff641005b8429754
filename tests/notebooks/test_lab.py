"""The first notebook in a real JupyterLab: the picture and Python see and move each other."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tams_analytics.timerange import TimeRange, tr
from tams_command.commands import main
from tests.notebooks import lab
from tests.widgets.browser import chromium, required_or_skip

pytestmark = [pytest.mark.browser, pytest.mark.long]

NAME = "01-first-look.ipynb"
PATIENCE_MS = 60_000
EVENING = ("2026-08-31T20:00", "21:00")
MIDDLE = tr.utc("2026-08-31T20:29:50", "20:30:10")  # a pixel is five seconds
CONTROLS = f"""\
import ipywidgets

told = ipywidgets.Label("nothing yet")
tell = lambda change: told.set_trait("value", f"Python sees {{change['new']}}")
timeline.observe(tell, "selected")
move = ipywidgets.Button(description="The evening")
move.on_click(lambda _: setattr(timeline, "timerange", tr.utc{EVENING}))
ipywidgets.HBox([move, told])"""
TOLD = re.compile(r"Python sees (\w+) (\S+) of S1 video")
CANVAS, TIP, ROOT = ".tams-canvas", ".tams-tip", ".tams-timeline"
AN_HOUR = f"""() => {{
    const {{ first, last }} = document.querySelector('{CANVAS}').dataset;
    return Math.abs(last - first - 3600) < 1;
}}"""
LABEL = ".widget-label"
IS_TOLD = f"text => document.querySelector('{LABEL}')?.textContent.includes(text)"
CLOSER = f"() => Number(document.querySelector('{ROOT}').dataset.closer) > 0"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """All cells have run, and one of the test's own that listens to the timeline."""
    required_or_skip()
    pytest.importorskip("jupyterlab", reason="needs JupyterLab (make set-up installs it)")
    folder, private = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("lab")
    CliRunner().invoke(main, ["notebook", str(folder), "--copy-only"], catch_exceptions=False)
    add_controls(folder / NAME)
    with lab.served(folder, private) as url, chromium() as browser, opened(browser) as found:
        lab.run_all(found, url, NAME)
        found.wait_for_selector("[data-drawn]")
        found.get_by_label("Filter flows").fill("S1 video")
        yield found
        keep_picture(found)


def add_controls(file: Path) -> None:
    """A cell under the one that selects from Python, as an analyst would write it."""
    notebook = json.loads(file.read_text("utf-8"))
    cells = notebook["cells"]
    place = next(n for n, cell in enumerate(cells) if "timeline.select(" in "".join(cell["source"]))
    cells.insert(place + 1, {**cells[place], "id": "controls", "source": CONTROLS})
    file.write_text(json.dumps(notebook), "utf-8")


@contextmanager
def opened(browser: Any) -> Iterator[Any]:
    """A page; ``asked`` are the hosts that it asked, ``errors`` what it threw."""
    page = browser.new_page(viewport={"width": 1280, "height": 1400})
    page.set_default_timeout(PATIENCE_MS)
    page.asked, page.errors = set(), []
    for event in ("request", "websocket"):
        page.on(
            event, lambda one: page.asked.update(re.findall(r"^(?:http|ws)s?://([^/:]+)", one.url))
        )
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    page.close()


def keep_picture(page: Any) -> None:
    folder = os.environ.get("TAMS_PICTURES")
    if folder:
        page.screenshot(path=str(Path(folder) / "lab.png"))


def click(page: Any, part: float = 0.5) -> str:
    """Click what is at this part of the first lane; what the page says of it."""
    canvas = page.locator(CANVAS)
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    head, lane, axis = (float(canvas.get_attribute(f"data-{n}")) for n in ("head", "lane", "axis"))
    across = head + part * (box["width"] - head)
    page.mouse.click(box["x"] + across, box["y"] + axis + lane / 2)
    said: str = page.locator(TIP).text_content()
    return said


def told(page: Any, timerange: str) -> re.Match[str]:
    """What the cell below shows, once Python has heard of this timerange."""
    page.wait_for_function(IS_TOLD, arg=f" {timerange} of ")
    found = TOLD.fullmatch(page.locator(LABEL).text_content())
    assert found
    return found


def test_picture_and_python_see_and_move_each_other(page: Any) -> None:
    """One test, so that there is one Lab, also where tests are shared among processes."""
    assert sees_what_is_clicked(page)
    assert tr.utc(*EVENING).contains(seen := moved_by_a_cell(page))
    assert seen.overlaps(MIDDLE)
    assert zoomed(page).startswith("segment ")
    assert ({"127.0.0.1"}, []) == (page.asked, page.errors)
    assert 0 == page.locator(".Toastify__toast").count()  # no question about news in the way


def sees_what_is_clicked(page: Any) -> bool:
    _kind, _, timerange = click(page, 0.1).partition(" ")  # in the middle is what 01 selects
    return timerange == told(page, timerange)[2]


def moved_by_a_cell(page: Any) -> TimeRange:
    """What Python sees clicked in the middle, after a cell's button has set another timerange."""
    page.get_by_role("button", name="The evening").click()
    page.wait_for_function(AN_HOUR)
    return tr(told(page, click(page).partition(" ")[2])[2])


def zoomed(page: Any) -> str:
    """What is in the middle, once a closer look has come: the whole leaves single segments out.

    A look is asked for at each step of the zoom, and an earlier one shows what it has till then.
    """
    page.locator(CANVAS).focus()
    for _ in range(4):
        page.keyboard.press("+")
    page.wait_for_function(CLOSER)
    for _ in range(PATIENCE_MS // 500):
        if (said := click(page)).startswith("segment "):
            return said
        page.wait_for_timeout(500)
    return said
