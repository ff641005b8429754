"""TAMS texts beside integers, and plain tables that no cell can break."""

from __future__ import annotations

import pyarrow as pa

from tams_analytics.display import tables, timeranges

SECOND = 10**9


def test_a_table_gets_the_texts_of_its_timeranges_in_front_of_its_bounds() -> None:
    table = pa.table({"flow_id": ["f"], "start_ns": [0], "end_ns": [10 * SECOND + 1]})

    expected = [
        {"flow_id": "f", "timerange": "[0:0_10:1)", "start_ns": 0, "end_ns": 10 * SECOND + 1}
    ]
    assert expected == timeranges(table).to_pylist()


def test_a_timerange_that_is_there_is_replaced_in_its_place() -> None:
    table = pa.table({"timerange": ["0:0_1:0"], "start_ns": [0], "end_ns": [SECOND]})

    assert ["[0:0_1:0)"] == timeranges(table)["timerange"].to_pylist()
    assert ["timerange", "start_ns", "end_ns"] == timeranges(table).column_names


def test_unknown_bounds_have_no_text() -> None:
    table = pa.table({"start_ns": pa.array([None], pa.int64()), "end_ns": [1]})

    assert [None] == timeranges(table)["timerange"].to_pylist()


def test_a_table_without_bounds_stays_as_it_is() -> None:
    table = pa.table({"id": ["x"]})

    assert table is timeranges(table)


def test_numbers_stand_to_the_right_and_null_is_nothing() -> None:
    expected = "name  count\n────  ─────\na         1\nb        10\nc"
    assert expected == tables.plain(["name", "count"], [("a", 1), ("b", 10), ("c", None)])


def test_the_widest_column_is_cut_to_the_width() -> None:
    lines = tables.plain(["id", "label"], [("f1", "x" * 80)], width=30).splitlines()

    assert "f1  xxxxxxxxxxxxxxxxxxxxxxxxx…" == lines[2]


def test_wide_letters_take_two_cells() -> None:
    assert ["名  x", "──  ─", "a   1"] == tables.plain(["名", "x"], [("a", 1)]).splitlines()


def test_a_cell_can_neither_move_the_cursor_nor_turn_the_line() -> None:
    shown = tables.plain(["label"], [("\x1b[2J\n\u202eabc",)])

    assert "\\u001b[2J\\u000a\\u202eabc" == shown.splitlines()[2]


def test_an_html_table_escapes_its_cells() -> None:
    assert "&lt;img&gt;" in tables.html(["label"], [("<img>",)])


def test_a_table_without_rows_is_its_heading() -> None:
    assert ["id", "──"] == tables.plain(["id"], []).splitlines()
