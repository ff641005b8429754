"""``%load_ext tams_analytics`` in a real IPython: tables with a timerange, and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import ibis
import pyarrow as pa
import pytest

import tams_analytics as ta
from tams_analytics.display.extension import shown
from tams_analytics.display.text import DASH

interactiveshell = pytest.importorskip("IPython.core.interactiveshell")

SECOND = 10**9
HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """In a terminal of 120 columns, whatever runs the tests."""
    monkeypatch.setenv("COLUMNS", "120")
    made = interactiveshell.InteractiveShell()
    made.run_line_magic("load_ext", "tams_analytics")
    yield made
    made.history_manager.end_session()


@pytest.fixture(scope="module")
def store() -> Iterator[ta.Store]:
    with ta.examples.newsroom(segments=1_000, defects=False) as made:
        yield made


def forms(shell: Any, value: Any) -> dict[str, str]:
    data, _metadata = shell.display_formatter.format(value)
    return {str(kind): str(form) for kind, form in data.items()}


def ranges(*bounds: tuple[int | None, int | None], **columns: list[Any]) -> Any:
    made = {
        **columns,
        "start_ns": pa.array([start for start, _ in bounds], pa.int64()),
        "end_ns": pa.array([end for _, end in bounds], pa.int64()),
    }
    return ibis.memtable(pa.table(made))


def test_a_table_of_segments_shows_timeranges_times_lengths_and_bars(
    shell: Any, store: ta.Store
) -> None:
    hits = store.segments.order_by("start_ns", "flow_id").select("flow_id", "start_ns", "end_ns")
    told = forms(shell, hits)["text/plain"].splitlines()

    assert ["flow_id", "timerange", "start", "UTC", "length", "where"] == told[0].split()
    (first,) = hits.limit(1).to_pyarrow().to_pylist()
    assert str(ta.TimeRange.from_ns(first["start_ns"], first["end_ns"])) in told[2]
    assert "2026-08-31 " in told[2]
    assert re.search(r"\d s  ·*█+·*$", told[2])


def test_only_the_first_rows_are_shown_and_said_to_be(shell: Any, store: ta.Store) -> None:
    told = forms(shell, store.segments.select("flow_id", "start_ns", "end_ns"))
    expected = "the first 10 rows; bars: ["

    assert 10 + 3 == len(told["text/plain"].splitlines())
    assert expected in told["text/plain"]
    assert expected in told["text/html"]


def test_all_rows_are_not_said_to_be_the_first(shell: Any) -> None:
    told = forms(shell, ranges((0, SECOND), (SECOND, 2 * SECOND)))["text/plain"]

    assert "first" not in told
    assert "bars: [0:0_2:0)" in told


def test_bars_stand_where_the_row_lies(shell: Any) -> None:
    told = forms(shell, ranges((0, SECOND), (SECOND, 2 * SECOND)))["text/plain"].splitlines()

    assert "█" * 12 + "·" * 12 == told[2].split()[-1]
    assert "·" * 12 + "█" * 12 == told[3].split()[-1]


def test_a_nanosecond_in_a_day_has_a_bar(shell: Any) -> None:
    day = 86_400 * SECOND
    told = forms(shell, ranges((0, 1), (0, day), (day - 1, day)))

    rows = told["text/plain"].splitlines()[2:5]
    assert ["█" + "·" * 23, "█" * 24, "·" * 23 + "█"] == [row.split()[-1] for row in rows]
    assert "max(2px,0.00%)" in told["text/html"]


def test_every_nanosecond_is_shown(shell: Any) -> None:
    odd = 1_756_000_000_000_000_001
    told = forms(shell, ranges((odd, odd + 3 * SECOND + 7)))["text/plain"]

    assert "[1756000000:1_1756000003:8)" in told
    assert "3.000000007 s" in told


def test_missing_and_empty_ranges_are_shown_as_such(shell: Any) -> None:
    told = forms(shell, ranges((None, None), (5, 5), (0, 10)))["text/plain"].splitlines()

    assert [DASH, DASH] == told[2].split()
    assert ["()", "0", "s"] == told[3].split()


def test_of_a_range_with_one_bound_that_bound_is_shown(shell: Any) -> None:
    told = forms(shell, ranges((None, 4), (5, None)))["text/plain"].splitlines()

    assert [f"[{DASH}_0:4)", DASH] == told[2].split()
    assert [f"[0:5_{DASH})", DASH] == told[3].split()


def test_a_timerange_that_is_there_is_replaced_where_it_stands(shell: Any) -> None:
    table = ranges((0, SECOND), timerange=["[0:0_0:999999999]"], flow_id=["f"])
    heads = forms(shell, table)["text/plain"].splitlines()[0].split()

    assert ["timerange", "length", "flow_id", "where"] == heads


def test_columns_of_the_caller_with_our_names_stay_theirs(shell: Any) -> None:
    own = {"length_ns": [111], "where": ["HERE"], "start UTC": ["THEN"], "label": ["a"]}
    told = forms(shell, ranges((0, SECOND), **own))

    for kind in ("text/plain", "text/html"):
        assert all(word in told[kind] for word in ("111", "HERE", "THEN", "1 s"))
        assert all(f"{name} of timerange" in told[kind] for name in ("length", "where"))


def test_nothing_in_a_cell_becomes_markup(shell: Any) -> None:
    told = forms(shell, ranges((0, 1), label=[HOSTILE]))

    assert "&lt;script&gt;" in told["text/html"]
    assert "<script" not in told["text/html"]
    assert "\u202e" not in told["text/html"] + told["text/plain"]


def test_a_terminal_shows_timeranges_whole_and_names_what_does_not_fit(
    shell: Any, store: ta.Store
) -> None:
    lines = forms(shell, store.segments)["text/plain"].splitlines()

    assert max(map(len, lines[:12])) <= 120
    assert all(re.search(r"\[\d+:\d+_\d+:\d+\)", line) for line in lines[2:12])
    assert lines[-1].startswith("not shown: object_id, ts_offset")


def test_ids_are_whole_in_a_notebook_and_short_in_a_terminal(shell: Any, store: ta.Store) -> None:
    flow = store.flow("S1 video").id
    told = forms(
        shell, store.segments.filter(ta._.flow_id == flow).select("flow_id", "start_ns", "end_ns")
    )

    assert flow in told["text/html"]
    assert flow not in told["text/plain"]
    assert flow[:8] in told["text/plain"]


@pytest.mark.parametrize("is_interactive", [True, False])
def test_other_tables_are_shown_by_ibis(
    shell: Any, store: ta.Store, is_interactive: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ibis.options, "interactive", is_interactive)
    flows = store.flows.select("id", "label")
    told = forms(shell, flows)
    ta.unload_ipython_extension(shell)

    assert told == forms(shell, flows)


def test_text_columns_of_that_name_are_no_timerange(shell: Any) -> None:
    table = ibis.memtable(pa.table({"start_ns": ["a"], "end_ns": ["b"]}))

    assert "bars:" not in forms(shell, table)["text/plain"]


def test_an_error_of_the_engine_is_an_error_and_no_empty_table(shell: Any) -> None:
    rows = ranges((0, 1)).mutate(start_ns=ibis.literal("x").cast("int64"))

    with pytest.raises(Exception, match="Could not convert string 'x'"):
        shown(rows)


def test_unloading_takes_it_back(shell: Any) -> None:
    ta.unload_ipython_extension(shell)

    assert "bars:" not in forms(shell, ranges((0, 1)))["text/plain"]
    ta.unload_ipython_extension(shell)
