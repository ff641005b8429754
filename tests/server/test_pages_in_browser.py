"""``/ui`` and ``/docs`` in a real browser, on a real socket: nothing outside is asked for."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import tams_analytics as ta
from tams_server.app import create_app
from tams_server.credentials import as_tokens
from tams_server.settings import ServerSettings
from tests.server.serving import serving
from tests.widgets.browser import chromium, required_or_skip

pytestmark = pytest.mark.browser

MODEL = "document.querySelector('[data-tams-state]').tamsModel"
PAGES = ("/ui", "/ui/sources", "/ui/flows/{flow}", "/ui/timeline", "/ui/integrity", "/ui/nothing")
STYLED = "1480px"
"""Of the style sheet."""
TOKEN = "to+ken/="  # noqa: S105 - of these tests


@dataclasses.dataclass(frozen=True)
class Site:
    """A newsroom that is served, and a browser to look at it."""

    browser: Any
    url: str
    flow: str

    @contextlib.contextmanager
    def opened(self, path: str, *, width: int = 1280) -> Iterator[Any]:
        """A page, drawn; it may ask for nothing outside and has nothing to complain of."""
        page = self.browser.new_page(viewport={"width": width, "height": 900})
        page.outside, page.errors = [], []
        page.on("request", lambda asked: self._note(page, asked.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
        page.goto(self.url + path.format(flow=self.flow))
        if page.locator("[data-tams-state]").count():
            page.wait_for_selector("[data-drawn]")
        yield page
        assert [] == page.outside
        assert [] == [each for each in page.errors if "404 (Not Found)" not in each]
        page.close()

    def _note(self, page: Any, url: str) -> None:
        if not url.startswith((self.url, "data:", "blob:")):
            page.outside.append(url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    required_or_skip()
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def newsroom() -> Iterator[ta.Store]:
    with ta.connect(":memory:") as store:
        ta.examples.newsroom(store, segments=20_000)
        store.remember(store.check(only=["segments_overlap", "flow_without_source"]))
        yield store


@pytest.fixture(scope="module")
def site(browser: Any, newsroom: ta.Store) -> Iterator[Site]:
    with serving(create_app(newsroom)) as served:
        yield Site(browser, served.url, newsroom.flow("S1 video").id)


@pytest.fixture(scope="module")
def closed_site(browser: Any, newsroom: ta.Store) -> Iterator[Site]:
    """The same for who has a token."""
    settings = ServerSettings(auth_tokens=as_tokens("TAMS_AUTH_TOKENS", f"{TOKEN}=read"))
    with serving(create_app(newsroom, settings)) as served:
        yield Site(browser, served.url, newsroom.flow("S1 video").id)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [1280, 400])
def test_a_page_fits_and_breaks_no_policy(site: Site, path: str, width: int) -> None:
    with site.opened(path, width=width) as page:
        assert width == page.evaluate("document.documentElement.scrollWidth")
        cut = "[...document.querySelectorAll('.narrow')].map(e => e.scrollWidth - e.clientWidth)"
        assert {0} >= {*page.evaluate(cut)}
        assert 1 == page.locator("h1").count()
        assert STYLED == page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth")


def test_the_documentation_of_the_api_is_drawn_without_anybody_else(site: Site) -> None:
    with site.opened("/docs") as page:
        page.wait_for_selector(".opblock")
        assert page.locator(".opblock").count() > 50


def test_a_browser_that_comes_to_the_root_sees_the_overview(site: Site) -> None:
    with site.opened("/") as page:
        assert "/ui" == urlsplit(page.url).path
        assert "Overview · TAMS" == page.title()


def test_the_timeline_has_its_style_by_the_nonce(site: Site) -> None:
    with site.opened("/ui/timeline") as page:
        style = "getComputedStyle(document.querySelector('.tams-timeline')).borderRadius"
        assert "8px" == page.evaluate(style)


def test_a_view_is_kept_in_the_address_so_that_it_can_be_sent(site: Site) -> None:
    with site.opened("/ui/timeline") as page:
        assert "" == urlsplit(page.url).query
        before = window(page)
        zoom(page)
        seen = window(page)
        assert seen[1] - seen[0] < before[1] - before[0]
        until(page, "location.search.includes('view=')")
        address = page.url
    (view,) = parse_qs(urlsplit(address).query)["view"]
    assert ta.tr(view).duration_ns == pytest.approx((seen[1] - seen[0]) * 1e9, abs=2)
    with site.opened(address.removeprefix(site.url)) as page:
        assert pytest.approx(seen, abs=1e-6) == window(page)


def test_where_one_looks_the_page_asks_for_what_the_whole_leaves_out(site: Site) -> None:
    with site.opened("/ui/timeline") as page:
        assert page.evaluate(f"{MODEL}.get('detail') === undefined")
        zoom(page, times=12)
        until(page, f"{MODEL}.get('detail')?.bars.lane.length > 0")
        assert page.evaluate(f"{MODEL}.get('detail').notes.some((note) => note.includes('-'))")
        assert page.locator("[data-problem]").is_hidden()


def test_a_row_of_a_gap_shows_it_and_leads_to_its_flow(site: Site) -> None:
    with site.opened("/ui/timeline") as page:
        row = page.locator("tr:has([data-tams-bar])").first
        timerange = row.locator("button").text_content()
        row.click()
        assert f"gap {timerange}" == page.locator(".tams-tip").text_content()
        page.locator("[data-open]").click()
        page.wait_for_url("**/ui/flows/**")
        (at,) = parse_qs(urlsplit(page.url).query)["at"]
        assert at == timerange[1:].partition("_")[0]


def test_what_is_chosen_of_a_flow_leads_to_its_segments_there(site: Site) -> None:
    with site.opened("/ui/flows/{flow}") as page:
        page.get_by_role("button", name="Next gap or overlap").click()
        said = page.locator(".tams-tip").text_content()
        page.locator("[data-open]").click()
        page.wait_for_url("**at=**")
        (at,) = parse_qs(urlsplit(page.url).query)["at"]
        assert said.startswith(f"gap [{at}_")
        assert page.locator("tr.gap").count() >= 1


def test_who_came_with_a_token_goes_on_with_it(closed_site: Site) -> None:
    with closed_site.opened("/ui?access_token=to%2Bken/%3D") as page:
        for words, title in (("Sources", "Sources"), ("Timeline", "Timeline by flow")):
            page.get_by_role("navigation").get_by_role("link", name=words).click()
            until(page, f"document.title.startsWith('{title}')")
        page.wait_for_selector("[data-drawn]")
        zoom(page, times=12)
        until(page, f"{MODEL}.get('detail')?.bars.lane.length > 0")
        page.get_by_role("search").get_by_role("searchbox").fill("S1 video proxy")
        page.get_by_role("button", name="Open").click()
        until(page, "document.title.startsWith('Flow S1 video proxy')")
        page.wait_for_selector("[data-drawn]")


def test_pages_can_be_walked_by_keyboard(site: Site) -> None:
    with site.opened("/ui") as page:
        page.keyboard.press("Tab")
        assert "To the content" == page.evaluate("document.activeElement.textContent")
        names = []
        for _ in range(5):
            page.keyboard.press("Tab")
            names.append(page.evaluate("document.activeElement.textContent"))
        assert ["Overview", "Sources", "Timeline", "Integrity", "API"] == names


def window(page: Any) -> list[float]:
    found: list[float] = page.evaluate(f"{MODEL}.get('window')")
    return found


def until(page: Any, expression: str) -> None:
    """Asked from outside: playwright's own waiting evaluates texts, which the policy refuses."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {expression}")


def zoom(page: Any, *, times: int = 2) -> None:
    """Closer, by the button, until the model has heard of it."""
    before = window(page)
    for _ in range(times):
        page.get_by_role("button", name="Zoom in").click()
    until(page, f"{MODEL}.get('window')[0] !== {before[0]!r}")
