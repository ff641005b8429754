"""What a store shows of itself, and what runs where."""

from __future__ import annotations

from tams_analytics.display import StoreCard, explanation_html, explanation_text
from tams_analytics.engines.explanation import Explanation, Refused, Scan
from tams_analytics.timerange import tr

CARD = StoreCard(
    "duckdb",
    "news.duckdb",
    {"flows": 1_000, "objects": None},
    tr("[1788134437:0_1788220837:0)"),
    {"write": True, "read snapshots": False},
    {"duckdb": "1.3.2"},
    name="<b>News</b>\n",
)
SCAN = Scan(
    "segments",
    ("flow_id", "start_ns"),
    ("start_ns < 10", "end_ns > 0"),
    (Refused("label LIKE '<x>'", "VAST takes no LIKE"),),
    rows=12_345,
    bytes=98_765,
    requests=3,
)


def test_a_card_in_a_terminal_says_what_there_is() -> None:
    expected = """\
<b>News</b>\\u000a · duckdb
store     news.duckdb
holds     1\u202f000 flows, ? objects
extent    [1788134437:0_1788220837:0)
in UTC    2026-08-31 00:00:00 UTC to 2026-09-01 00:00:00 UTC
length    1 d 00 h 00 min 00 s
can       write
cannot    read snapshots
versions  duckdb 1.3.2"""
    assert expected == str(CARD)


def test_one_of_a_kind_is_one() -> None:
    told = str(StoreCard("duckdb", ":memory:", {"flows": 1, "object_instances": 1, "tags": 0}))

    assert "holds  1 flow, 1 object_instance, 0 tags" in told


def test_what_is_opened_read_only_is_no_defect() -> None:
    told = str(StoreCard("duckdb", ":memory:", capabilities={"read": True, "write": False}))

    assert "opened  read-only" in told
    assert "cannot" not in told


def test_a_card_in_a_notebook_escapes_what_is_not_ours() -> None:
    html = CARD._repr_html_()

    assert "&lt;b&gt;News&lt;/b&gt;" in html
    assert "<b>News" not in html
    assert "<script" not in html


def test_an_empty_store_has_a_card_too() -> None:
    assert "holds" in str(StoreCard("duckdb", ":memory:", {"flows": 0}, tr("()")))


def test_media_that_is_not_on_the_wall_clock_has_no_utc() -> None:
    assert "UTC" not in str(StoreCard("duckdb", ":memory:", {"flows": 1}, tr("[0:0_60:0)")))


def test_an_explanation_names_what_left_and_what_stayed() -> None:
    explained = Explanation("vast", (SCAN,), ("sort",), "SELECT 1")

    expected = """\
scan of segments
  columns  flow_id, start_ns
  pushed   start_ns < 10 AND end_ns > 0
  refused  label LIKE '<x>' (VAST takes no LIKE)
  reads    rows 12\u202f345, bytes 98.8 kB, requests 3
locally: sort

SELECT 1"""
    assert expected == explanation_text(explained)


def test_an_explanation_without_a_scan_says_why() -> None:
    assert "no scan: nothing can match" in explanation_text(Explanation("vast", (), ()))


def test_an_explanation_in_a_notebook_is_escaped_and_has_no_script() -> None:
    html = explanation_html(Explanation("vast", (SCAN,), (), "SELECT '<x>'"))

    assert "label LIKE &#x27;&lt;x&gt;&#x27;" in html
    assert "<x>" not in html


def test_what_is_done_twice_is_told_once() -> None:
    told = str(Explanation("duckdb", (SCAN, SCAN), ("UNION", "SORT", "UNION"), None))

    assert told.count("scan of segments") == 1
    assert told.startswith("2 \u00d7 scan of segments\n")
    assert told.endswith("locally:\n  2 \u00d7 UNION\n  SORT")
