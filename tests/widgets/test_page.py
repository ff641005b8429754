"""The exported page, its state and the pictures without a script, read as text."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from tams_analytics.display import StoreCard
from tams_analytics.timerange import TimeRange
from tams_analytics.widgets import page
from tams_analytics.widgets.bars import COVERED, GAP, SEGMENT, Lane, bars_of, buffers, leap_table
from tams_analytics.widgets.timeline import Timeline
from tests.widgets.pictured import HOSTILE, SECOND, START, large, small

SCRIPT = re.compile(r"<script[^>]*>(.*?)</script>", re.DOTALL)


def state_of(html: str) -> Any:
    """The inlined state, as a browser finds it."""
    found = re.search(r'id="tams-state-0">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def test_a_page_refers_to_nothing_outside_itself() -> None:
    html = small().to_html().replace('xmlns="http://www.w3.org/2000/svg"', "")

    assert [] == re.findall(r"https?:|//cdn|@import|url\((?!#)|\ssrc=|\shref=", html)


def test_a_page_holds_three_data_blocks_and_scripts_whatever_its_labels_say() -> None:
    assert 3 == len(SCRIPT.findall(small().to_html(title=HOSTILE)))


def test_a_hostile_label_comes_back_from_the_state_as_it_was() -> None:
    assert HOSTILE == state_of(small().to_html())["lanes"][1]


def test_inlined_json_can_end_no_script() -> None:
    assert '"<\\/script>\\u003c!--\\u003cscript>"' == page.inlined("</script><!--<script>")


def test_a_hostile_label_is_escaped_in_tables_and_pictures() -> None:
    html = small().to_html(title=HOSTILE, next_steps=[(HOSTILE, HOSTILE)])

    assert "<script>alert" not in html
    assert "<script>alert" not in small()._repr_html_()


def test_the_origin_is_sent_as_text() -> None:
    assert str(START) == state_of(small().to_html())["t0_ns"]


def test_bars_are_sent_as_four_buffers() -> None:
    bars = state_of(small().to_html())["bars"]
    read = {name: base64.b64decode(text) for name, text in bars.items()}

    assert [1e-9, 60.0, 0.0, 40.0, 50.0] == np.frombuffer(read["start"], "<f8").tolist()
    assert [0, 0, 1, 0, 1] == np.frombuffer(read["lane"], "<i4").tolist()
    assert [0, 0, 0, 2, 3] == list(read["kind"])
    assert {"start", "end", "lane", "kind"} == set(read)


def test_offsets_too_long_for_a_float_are_sent_as_integers_too() -> None:
    far = 400 * 86_400 * SECOND + 1
    made = buffers(bars_of(COVERED, [0], [START], [START + far]), START)

    assert [0, far] == np.frombuffer(made["exact"], "<i8").tolist()


def test_float_seconds_give_back_every_nanosecond_below_that_length() -> None:
    rng = np.random.default_rng(1)
    offsets = rng.integers(0, 2**50, 100_000)
    made = buffers(bars_of(COVERED, [0] * 100_000, START + offsets, START + offsets + 1), START)
    seconds = np.frombuffer(made["start"], "<f8")
    whole = np.floor(seconds)

    assert "exact" not in made
    assert (
        whole.astype("i8") * SECOND + np.round((seconds - whole) * 1e9).astype("i8") == offsets
    ).all()


def test_the_leap_second_table_ends_at_37_seconds() -> None:
    assert [1_483_228_837, 37] == leap_table()[-1]


def test_a_page_of_twenty_thousand_bars_stays_small() -> None:
    assert len(large().to_html()) < 1_500_000


def test_a_page_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "timeline.html"
    html = small().to_html(file)

    assert html == file.read_text(encoding="utf-8")


def test_two_timelines_stand_on_one_page_with_the_card_of_the_store() -> None:
    card = StoreCard("duckdb", HOSTILE, {"flows": 2})
    html = page.page([("Media", small()), ("Day", small())], title="Newsroom", card=card)

    assert ["tams-state-0", "tams-state-1"] == re.findall(r'data-tams-state="([^"]+)"', html)
    assert card.to_html() in html
    assert 4 == len(SCRIPT.findall(html))


def test_the_tables_of_a_page_have_exact_timeranges() -> None:
    html = small().to_html()

    assert "[1756000040:0_1756000060:0)" in html
    assert "[1756000050:0_1756000052:3)" in html


def test_the_picture_needs_no_script_and_has_a_text_alternative() -> None:
    svg = small()._repr_html_()

    assert "<script" not in svg
    assert 'role="img" aria-label="2 flows in [1756000000:0_1756000100:0)' in svg


def test_the_picture_of_a_big_timeline_is_bounded_and_says_how_much_more_there_is() -> None:
    svg = large()._repr_html_()

    assert len(svg) < 500_000
    assert "970 flows more." in svg


def test_a_terminal_sees_a_line_for_each_lane() -> None:
    lines = str(small()).splitlines()

    assert "Camera 1" == lines[1][:8]
    assert "█" * 24 + "·" * 12 + "█" * 24 in lines[1]
    assert " 80.0 %" in lines[1]


def test_media_off_the_wall_clock_is_told_in_tams_seconds_alone() -> None:
    bars = bars_of(GAP, [0], [0], [SECOND])
    lane = Lane("f", "Tone", gaps=1, gap_ns=SECOND)
    shown = Timeline("flow", ("gaps",), (lane,), bars, TimeRange.from_ns(0, 2 * SECOND))

    assert "tams" == shown.state()["scale"]
    assert "UTC" not in shown.to_html().split('id="tams-module"')[0]


def test_the_picture_joins_touching_segments_and_leaves_no_false_hole() -> None:
    step = SECOND // 100
    starts = [START + n * step for n in range(5_000)]
    bars = bars_of(SEGMENT, [0] * 5_000, starts, [start + step for start in starts])
    window = TimeRange.from_ns(START, START + 50 * SECOND)
    svg = Timeline("flow", ("segments",), (Lane("f", "Camera"),), bars, window)._repr_html_()

    assert 1 == svg.count("<title>covered [1756000000:0_1756000050:0)</title>")
    assert 0 == svg.count("<title>segment")
