"""The canvas module in a real browser: what is drawn, chosen, said, and that nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tams_analytics.timerange import TimeRange, timecode_text
from tams_analytics.timerange.clocks import to_posix
from tams_analytics.widgets.bars import GAP, SEGMENT, bars_of
from tams_analytics.widgets.closer import Closer
from tests.widgets.browser import chromium, opened, required_or_skip
from tests.widgets.pictured import HOSTILE, SECOND, START, at, large, small

MODEL = "document.querySelector('[data-tams-state]').tamsModel"
SHARE_OF_BLUE = """() => {
    const canvas = document.querySelector(".tams-canvas"), { width, height } = canvas;
    const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    let blue = 0;
    for (let i = 0; i < pixels.length; i += 4)
        if (pixels[i] === 63 && pixels[i + 1] === 116 && pixels[i + 2] === 181) blue++;
    return blue / (width * height);
}"""

DARK_BELOW_THE_AXIS = """x => {
    const canvas = document.querySelector(".tams-canvas"), ratio = window.devicePixelRatio || 1;
    const pen = canvas.getContext("2d"), at = Math.round((x - 2) * ratio);
    const row = (y) => Array.from(pen.getImageData(at, y * ratio, 5, 1).data);
    const isInk = (y) => row(y).some((_, i, all) => i % 4 === 0 && all[i] < 60 && all[i + 1] < 60);
    return [47, 48, 49, 50, 51].some(isInk);
}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    required_or_skip()
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def small_page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    file = tmp_path_factory.mktemp("page") / "timeline.html"
    small().to_html(file)
    with opened(browser, file) as found:
        yield found


@pytest.fixture
def page(small_page: Any) -> Iterator[Any]:
    """The small timeline, as it is when it has just been opened."""
    small_page.reload()
    small_page.wait_for_selector("[data-drawn]")
    yield small_page
    assert ([], []) == (small_page.asked, small_page.errors)


def model(page: Any, name: str) -> Any:
    return page.evaluate(f"{MODEL}.get('{name}')")


def point(page: Any, seconds: float, row: int) -> tuple[float, float]:
    """Where on the screen a time of a row is."""
    canvas = page.locator(".tams-canvas")
    box = canvas.bounding_box()
    head, lane, axis = (float(canvas.get_attribute(f"data-{n}")) for n in ("head", "lane", "axis"))
    first, last = model(page, "window")
    part = (seconds - first) / (last - first)
    return box["x"] + head + part * (box["width"] - head), box["y"] + axis + (row + 0.5) * lane


def click(page: Any, seconds: float, row: int) -> None:
    page.mouse.click(*point(page, seconds, row))


def settled_window(page: Any, before: list[float]) -> list[float]:
    page.wait_for_function(f"before => {MODEL}.get('window')[0] !== before", arg=before[0])
    window: list[float] = model(page, "window")
    return window


def blue_share(page: Any) -> float:
    """How much of the canvas is covered in the colour of covered time."""
    share: float = page.evaluate(SHARE_OF_BLUE)
    return share


def test_every_bar_counts_as_drawn(page: Any) -> None:
    assert "5" == page.locator(".tams-timeline").get_attribute("data-drawn")


def test_covered_time_fills_the_canvas(page: Any) -> None:
    assert 0.15 < blue_share(page) < 0.6


def test_the_canvas_says_which_seconds_it_shows(page: Any) -> None:
    canvas = page.locator(".tams-canvas")

    shown = [float(canvas.get_attribute(f"data-{name}")) for name in ("first", "last")]
    assert model(page, "window") == shown


def test_a_click_on_a_segment_says_its_exact_timerange(page: Any) -> None:
    click(page, 20, 0)

    assert "segment [1756000000:1_1756000040:0)" == page.locator(".tams-tip").text_content()
    assert 0 == model(page, "selected")


def test_a_click_on_a_gap_says_its_exact_timerange(page: Any) -> None:
    click(page, 50, 0)

    assert "gap [1756000040:0_1756000060:0)" == page.locator(".tams-tip").text_content()


def test_an_overlap_wins_over_the_segment_under_it(page: Any) -> None:
    click(page, 51, 1)

    assert "overlap [1756000050:0_1756000052:3)" == page.locator(".tams-tip").text_content()


def test_times_are_said_in_utc_by_the_leap_seconds(page: Any) -> None:
    click(page, 50, 0)

    said = page.locator(".tams-more").text_content()
    assert "2025-08-24 01:46:43 \u2013 01:47:03 UTC" in said


def test_a_click_beside_every_bar_selects_nothing(page: Any) -> None:
    click(page, 50, 0)
    click(page, -0.5, 0)

    assert -1 == model(page, "selected")
    assert "" == page.locator(".tams-tip").text_content()


def test_the_wheel_zooms_at_the_pointer(page: Any) -> None:
    before = model(page, "window")
    page.mouse.move(*point(page, 50, 0))
    page.mouse.wheel(0, -300)
    first, last = settled_window(page, before)

    assert last - first < before[1] - before[0]
    assert 0.5 == pytest.approx((50 - first) / (last - first), abs=0.02)


def test_dragging_moves_the_window_and_selects_nothing(page: Any) -> None:
    before = model(page, "window")
    x, y = point(page, 50, 0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y, steps=4)
    page.mouse.up()
    after = settled_window(page, before)

    assert after[0] > before[0]
    assert before[1] - before[0] == pytest.approx(after[1] - after[0])
    assert -1 == model(page, "selected")


def test_the_keyboard_zooms_pans_and_comes_home(page: Any) -> None:
    before = model(page, "window")
    page.locator(".tams-canvas").focus()
    page.keyboard.press("+")
    zoomed = settled_window(page, before)
    page.keyboard.press("ArrowRight")
    panned = settled_window(page, zoomed)
    page.keyboard.press("Home")
    home = settled_window(page, panned)

    assert zoomed[1] - zoomed[0] < before[1] - before[0]
    assert panned[0] > zoomed[0]
    assert before == pytest.approx(home)


def test_tab_goes_from_bar_to_bar_and_leaves_after_the_last(page: Any) -> None:
    page.locator(".tams-canvas").focus()
    chosen = []
    for _ in range(5):
        page.keyboard.press("Tab")
        chosen.append(model(page, "selected"))
    page.keyboard.press("Tab")

    assert [0, 3, 1, 2, 4] == chosen
    assert "CANVAS" != page.evaluate("document.activeElement.tagName")


def test_n_goes_to_the_next_finding(page: Any) -> None:
    page.locator(".tams-canvas").focus()
    page.keyboard.press("n")
    first = page.locator(".tams-tip").text_content()
    page.keyboard.press("n")
    second = page.locator(".tams-tip").text_content()

    assert ("gap", "overlap") == (first.split()[0], second.split()[0])


def test_escape_lets_go_of_the_selection_and_of_tab(page: Any) -> None:
    page.locator(".tams-canvas").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")

    assert -1 == model(page, "selected")
    assert "CANVAS" != page.evaluate("document.activeElement.tagName")


def test_a_row_of_the_table_of_gaps_selects_its_bar(page: Any) -> None:
    page.get_by_role("button", name="Show this gap").click()

    assert 3 == model(page, "selected")


def test_the_whole_row_of_that_table_can_be_clicked(page: Any) -> None:
    page.locator("td.name").first.click()

    assert 3 == model(page, "selected")


def test_the_filter_keeps_the_lanes_that_hold_its_words(page: Any) -> None:
    page.locator(".tams-timeline input[type=search]").fill("camera")
    click(page, 51, 1)

    assert -1 == model(page, "selected")


def test_a_hostile_label_is_text_and_nothing_else(page: Any) -> None:
    click(page, 10, 1)

    assert HOSTILE in page.locator(".tams-more").text_content()
    assert 0 == page.locator(".tams-timeline script").count()


def test_the_canvas_has_a_role_a_name_and_a_text_alternative(page: Any) -> None:
    canvas = page.locator(".tams-canvas")

    assert "application" == canvas.get_attribute("role")
    assert small().summary == canvas.get_attribute("aria-label") == canvas.text_content()


def test_a_script_that_is_not_ours_is_refused_by_the_pages_policy(
    browser: Any, tmp_path: Path
) -> None:
    file = tmp_path / "injected.html"
    made = small().to_html().replace("</main>", "<script>window.injected = 1</script></main>")
    file.write_text(made, encoding="utf-8")
    with opened(browser, file) as page:
        assert page.evaluate("window.injected") is None
        assert any("Content Security Policy" in error for error in page.errors)


def test_twenty_thousand_bars_are_drawn_and_zoomed(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "large.html"
    large().to_html(file)
    with opened(browser, file) as page:
        assert "20000" == page.locator(".tams-timeline").get_attribute("data-drawn")
        before = model(page, "window")
        page.mouse.move(*point(page, 40_000, 3))
        page.mouse.wheel(0, -600)
        assert settled_window(page, before) != before
        assert ([], []) == (page.asked, page.errors)


def test_what_was_selected_before_there_was_a_page_is_scrolled_to(
    browser: Any, tmp_path: Path
) -> None:
    file = tmp_path / "chosen.html"
    page = large().to_html()
    file.write_text(page.replace('"selected":-1', '"selected":19999'), encoding="utf-8")
    with opened(browser, file) as found:
        top = found.evaluate("document.querySelector('.tams-scroll').scrollTop")

        assert 15_000 < top
        assert "Flow 999" in found.locator(".tams-more").text_content()


def test_the_page_tells_which_lanes_are_in_view(page: Any) -> None:
    page.wait_for_function(f"() => {MODEL}.get('seen')")

    assert [0, 1] == model(page, "seen")


def seen_closer(page: Any, window: list[float]) -> None:
    """What a session would send: the gap of the first lane is two, with a segment between."""
    bars = pa.concat_tables(
        [
            bars_of(SEGMENT, [0], [at(49)], [at(51) + 1], ["tiny"]),
            bars_of(GAP, [0, 0], [at(40), at(51) + 1], [at(49), at(60)]),
        ]
    )
    closer = Closer(bars, TimeRange.from_ns(at(window[0]), at(window[1])), (0,), 0)
    state = closer.state(START, 1_000)
    state["bars"] = {name: list(values) for name, values in state["bars"].items()}
    page.evaluate(
        f"""detail => {{
            for (const name in detail.bars) detail.bars[name] = new Uint8Array(detail.bars[name]);
            {MODEL}.set("detail", detail);
        }}""",
        state,
    )
    page.wait_for_selector("[data-closer='3']")


def test_a_closer_look_stands_for_the_bars_of_its_lanes(page: Any) -> None:
    page.evaluate(f"{MODEL}.set('window', [35, 65])")
    seen_closer(page, [20, 80])
    click(page, 50, 0)
    tiny = page.locator(".tams-tip").text_content(), model(page, "selected")
    click(page, 45, 0)
    first = page.locator(".tams-tip").text_content(), model(page, "selected")

    assert ("segment [1756000049:0_1756000051:1)", 1_000) == tiny
    assert ("gap [1756000040:0_1756000049:0)", 1_001) == first


def test_out_of_the_closer_look_the_whole_is_drawn_again(page: Any) -> None:
    page.evaluate(f"{MODEL}.set('window', [35, 65])")
    seen_closer(page, [30, 70])
    page.evaluate(f"{MODEL}.set('window', [10, 90])")
    click(page, 50, 0)

    assert "gap [1756000040:0_1756000060:0)" == page.locator(".tams-tip").text_content()
    assert 3 == model(page, "selected")


def test_what_is_selected_stays_so_when_one_looks_closer_and_away(page: Any) -> None:
    page.evaluate(f"{MODEL}.set('window', [35, 65])")
    seen_closer(page, [20, 80])
    click(page, 50, 0)
    page.evaluate(f"{MODEL}.set('detail', null)")

    assert "segment [1756000049:0_1756000051:1)" == page.locator(".tams-tip").text_content()


def test_timecode_is_that_of_the_library(page: Any) -> None:
    page.get_by_role("button", name="TC", exact=True).click()
    click(page, 50, 0)
    said = page.locator(".tams-more").text_content()

    expected = []
    for seconds in (40, 60):
        ns = to_posix(at(seconds))[0] % (86_400 * SECOND)
        expected.append(timecode_text(ns, "30000/1001", drop_frame=True))
    assert " \u2013 ".join(expected) in said
    assert "true" == page.get_by_role("button", name="TC", exact=True).get_attribute("aria-pressed")


def test_what_went_wrong_is_said_under_the_picture(page: Any) -> None:
    page.evaluate(f"{MODEL}.set('problem', 'the store does not answer')")

    assert "the store does not answer" == page.get_by_role("alert").text_content()


def test_months_of_nanoseconds_stay_exact(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "long.html"
    shown = small()
    far = 300 * 86_400 * SECOND + 1
    bars = shown.bars.set_column(2, "start_ns", [[START + far] + [START] * 4])
    bars = bars.set_column(3, "end_ns", [[START + 2 * far] + [START + 1] * 4])
    extent = type(shown.timerange).from_ns(START, START + 2 * far)
    type(shown)("flow", shown.show, shown.lanes, bars.cast(shown.bars.schema), extent).to_html(file)
    with opened(browser, file) as page:
        page.evaluate(f"{MODEL}.set('selected', 0)")

        assert "segment [1781920000:1_1807840000:2)" == page.locator(".tams-tip").text_content()


def test_the_dark_scheme_has_a_dark_canvas(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "dark.html"
    small().to_html(file)
    with opened(browser, file, dark=True) as page:
        corner = page.evaluate(
            "Array.from(document.querySelector('.tams-canvas').getContext('2d')"
            ".getImageData(3, 3, 1, 1).data)"
        )

        assert [20, 24, 30, 255] == corner


def test_a_phone_shows_names_over_their_bars_and_nothing_beside_the_screen(
    browser: Any, tmp_path: Path
) -> None:
    file = tmp_path / "phone.html"
    small().to_html(file, next_steps=[("tams gaps a-rather-long-name.duckdb --limit 5", "gaps")])
    with opened(browser, file, width=400) as page:
        click(page, 50, 0)
        canvas = page.locator(".tams-canvas")
        overhang = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

        assert "gap [1756000040:0_1756000060:0)" == page.locator(".tams-tip").text_content()
        assert "0" == canvas.get_attribute("data-head")
        assert 0 >= overhang


def test_the_live_edge_is_marked_where_it_is_in_view(browser: Any, tmp_path: Path) -> None:
    marked = []
    for name, now_ns in (("with", at(70)), ("far", at(10_000))):
        file = tmp_path / f"{name}.html"
        made = small().to_html().replace('"noun":', f'"now_ns":"{now_ns}","noun":')
        file.write_text(made, encoding="utf-8")
        with opened(browser, file) as page:
            x, _y = point(page, 70, 0)
            left = page.locator(".tams-canvas").bounding_box()["x"]
            marked.append(page.evaluate(DARK_BELOW_THE_AXIS, x - left))

    assert [True, False] == marked
