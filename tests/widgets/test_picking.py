"""A picker of flows: what it lists, what it gives, and that it is two-way."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter
from tams_analytics.widgets import picking
from tams_analytics.widgets.lanes import natural
from tams_analytics.widgets.picking import FlowPicker


@pytest.fixture(scope="module")
def newsroom() -> Iterator[ta.Store]:
    with ta.examples.newsroom(segments=1_000, defects=False) as store:
        yield store


@pytest.fixture
def picker(newsroom: ta.Store) -> FlowPicker:
    return newsroom.flow_picker()


def listed(picker: FlowPicker) -> list[str]:
    """What stands in the list, without what describes it."""
    return [shown.split("  ·  ")[0] for shown, _id in picker._list.options]


def labels(table: Any) -> set[str]:
    return {*table.to_pyarrow()["label"].to_pylist()}


def test_all_flows_are_listed_by_name(picker: FlowPicker, newsroom: ta.Store) -> None:
    assert labels(newsroom.flows) == {*listed(picker)}
    assert sorted(listed(picker), key=natural) == listed(picker)
    assert f"{len(listed(picker))} flows" == picker._said.value


def test_words_narrow_the_list_by_label_id_and_codec(
    picker: FlowPicker, newsroom: ta.Store
) -> None:
    picker.words = "S1 VIDEO"
    by_label = {*listed(picker)}
    picker.words = newsroom.flow("S1 video").id[:8]

    assert {"S1 video", "S1 video proxy"} == by_label
    assert "S1 video" in listed(picker)


def test_formats_can_be_left_out(picker: FlowPicker) -> None:
    picker._formats["video"].value = False

    assert listed(picker)
    assert not [name for name in listed(picker) if "video" in name]


def test_choosing_gives_ids_and_a_lazy_table(picker: FlowPicker, newsroom: ta.Store) -> None:
    flow = newsroom.flow("S1 video").id
    told: list[Any] = []
    picker.observe(lambda change: told.append(change.new), names="value")
    picker._list.value = (flow,)

    assert ((flow,), [(flow,)]) == (picker.value, told)
    assert {"S1 video"} == labels(picker.expr)
    assert picker.selected == picker.value


def test_setting_the_value_chooses_in_the_list(picker: FlowPicker, newsroom: ta.Store) -> None:
    flow = newsroom.flow("S1 video").id
    picker.value = (flow,)

    assert ((flow,), (flow,)) == (picker.value, picker._list.value)


def test_without_a_choice_the_table_is_what_the_filter_leaves(picker: FlowPicker) -> None:
    picker.words = "proxy"

    assert labels(picker.expr) == {*listed(picker)}
    assert all("proxy" in label for label in labels(picker.expr))


def test_a_choice_that_the_filter_takes_away_is_let_go(
    picker: FlowPicker, newsroom: ta.Store
) -> None:
    picker.value = (newsroom.flow("S1 video").id,)
    picker.words = "audio"

    assert () == picker.value


def test_more_flows_than_fit_are_counted_and_stay_in_the_table(
    newsroom: ta.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picking, "MOST_LISTED", 3)
    picker = newsroom.flow_picker()
    number = newsroom.flows.count().to_pyarrow().as_py()

    assert f"{number} flows, the first 3 of them listed" == picker._said.value
    assert number == picker.expr.count().to_pyarrow().as_py()


def test_a_flow_beyond_those_that_are_listed_can_be_chosen(
    newsroom: ta.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picking, "MOST_LISTED", 3)
    picker, flow = newsroom.flow_picker(), newsroom.flow("S1 video proxy").id
    was_listed = "S1 video proxy" in listed(picker)
    told: list[Any] = []
    picker.observe(lambda change: told.append(change.new), names="value")
    picker.value = (flow,)

    assert not was_listed
    assert ((flow,), [(flow,)]) == (picker._list.value, told)
    assert {"S1 video proxy"} == labels(picker.expr)
    assert 4 == len(listed(picker))


def test_a_flow_that_was_sought_stays_chosen_where_more_are_left_than_are_listed(
    newsroom: ta.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picking, "MOST_LISTED", 3)
    picker = newsroom.flow_picker()
    picker.words = "S1 video proxy"
    (flow,) = (id for _shown, id in picker._list.options)
    picker._list.value = (flow,)
    told: list[Any] = []
    picker.observe(lambda change: told.append(change.new), names="value")
    picker.words = ""

    assert ((flow,), (flow,), []) == (picker.value, picker._list.value, told)


def test_a_flow_that_the_filter_hides_can_be_chosen(picker: FlowPicker, newsroom: ta.Store) -> None:
    picker.words = "audio"
    picker.value = (newsroom.flow("S1 video").id,)

    assert {"S1 video"} == labels(picker.expr)
    assert "S1 video" in listed(picker)


@pytest.mark.parametrize("nobody", ["nobody", 7, ["a list"]])
def test_what_is_no_flow_is_refused(picker: FlowPicker, nobody: Any) -> None:
    with pytest.raises(BadParameter, match="is no flow of the store"):
        picker.value = (nobody,)
    assert () == picker._list.value


def test_without_widgets_the_picker_says_what_to_install(
    newsroom: ta.Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(BadParameter, match=r"tams-analytics\[notebook\]"):
        newsroom.flow_picker()
    with pytest.raises(BadParameter, match=r"tams-analytics\[notebook\]"):
        newsroom.dashboard()
