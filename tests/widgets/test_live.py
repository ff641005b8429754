"""The widget in a session: what the page sends, what it is told, and what Python sees of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

import pytest

import tams_analytics as ta
from tams_analytics.errors import BadParameter, NotFound
from tams_analytics.timerange import TimeRange, tr
from tams_analytics.widgets import asking, marks
from tams_analytics.widgets.live import TimelineWidget
from tams_analytics.widgets.timeline import Timeline
from tests.widgets.test_timeline import SECOND, built, made

GAP_A = tr("[20:0_25:0)")


@pytest.fixture
def widget() -> Iterator[TimelineWidget]:
    made = built().live()
    assert isinstance(made, TimelineWidget)
    yield made
    made.close()


@pytest.fixture
def newsroom(monkeypatch: pytest.MonkeyPatch) -> Iterator[ta.Store]:
    """A store of which the whole timeline shows little."""
    monkeypatch.setattr(asking, "WHOLE", marks.Budget(bars=100, overlaps=1, segments=2))
    with ta.examples.newsroom(segments=5_000) as store:
        yield store


def sent(widget: TimelineWidget, name: str) -> Any:
    """What the page is told of a trait."""
    return widget.get_state(key=name)[name]


def page_sends(widget: TimelineWidget, **state: Any) -> None:
    widget.set_state(state)


def index(widget: TimelineWidget, kind: str) -> int:
    return sent(widget, "notes").index("o1 and o4") if kind == "overlap" else -1


def test_the_page_is_told_what_an_exported_page_holds(widget: TimelineWidget) -> None:
    state = widget.shown.state()

    assert {name: state[name] for name in state} == widget.get_state(key=[*state])


def test_an_index_from_the_page_is_an_exact_bar(widget: TimelineWidget) -> None:
    told: list[Any] = []
    widget.observe(lambda change: told.append(change.new), names="selected")
    page_sends(widget, selected=index(widget, "overlap"))

    expected = ("overlap", "cam-b", "Camera 2", tr("[9:0_10:0)"), "o1 and o4")
    bar = widget.selected
    assert expected == (bar.kind, bar.key, bar.label, bar.timerange, bar.note)
    assert [bar] == told


def test_the_expression_is_of_the_segments_of_the_selected_bar(widget: TimelineWidget) -> None:
    page_sends(widget, selected=index(widget, "overlap"))

    assert {"o1", "o4"} == {*widget.expr.to_pyarrow()["object_id"].to_pylist()}
    assert {"cam-b"} == {*widget.expr.to_pyarrow()["lane"].to_pylist()}


def test_the_expression_is_of_the_segments_round_a_selected_gap(widget: TimelineWidget) -> None:
    widget.select("cam-a", GAP_A)

    assert ["o2", "o3"] == sorted(widget.expr.to_pyarrow()["object_id"].to_pylist())


def test_of_bars_at_one_time_the_page_selects_the_one_that_it_names() -> None:
    rows = [("cam-a", "a1", 0, 10 * SECOND), ("cam-b", "b1", 0, 10 * SECOND)]
    shown = made(rows, by="source").live()
    for index in (0, 1):
        page_sends(shown, selected=index)
        assert index == sent(shown, "selected")
        assert shown.bars["note"][index].as_py() == shown.selected.note


def test_an_observer_that_fails_leaves_the_timeline_two_way(widget: TimelineWidget) -> None:
    def fail(_change: Any) -> None:
        raise RuntimeError

    widget.observe(fail, names="timerange")
    with pytest.raises(RuntimeError):
        page_sends(widget, window=[1.0, 2.0])
    widget.unobserve(fail, names="timerange")
    widget.timerange = "[20:0_25:0)"

    assert [20.0, 25.0] == sent(widget, "window")


def test_an_index_that_no_bar_has_selects_nothing(widget: TimelineWidget) -> None:
    page_sends(widget, selected=10**6)

    assert widget.selected is None


NAN, INFINITE = float("nan"), float("inf")


@pytest.mark.parametrize(
    "said",
    [
        *({"window": at} for at in ([NAN, 1.0], [0, INFINITE], [0, 1e300], [1.0], ["0", "1"], 7)),
        *({"window": at} for at in (None, [None, 1.0], [True, 2.0], [0, 10**400])),
        *({"seen": lanes} for lanes in (["0"], [0.5], [None], 3, "01", [[0]])),
        *({"selected": index} for index in ("0", NAN, [0], None, True, 1.5)),
        {"lanes": ["mine"], "summary": 7, "detail": {}, "shown": None, "nobody": 1},
    ],
)
def test_what_a_page_cannot_say_changes_nothing(
    widget: TimelineWidget, said: dict[str, Any]
) -> None:
    page_sends(widget, window=[5.0, 12.5], seen=[0], selected=0)
    before = widget.get_state()
    page_sends(widget, **said)

    assert before == widget.get_state()


def test_a_bar_that_is_selected_here_is_selected_on_the_page(widget: TimelineWidget) -> None:
    bar = widget.select("Camera 10", "22:0")

    assert ("gap", GAP_A) == (bar.kind, bar.timerange)
    row = widget.bars.slice(sent(widget, "selected"), 1).to_pylist()[0]
    assert (20 * SECOND, 25 * SECOND) == (row["start_ns"], row["end_ns"])
    assert widget.timerange.contains(GAP_A)


def test_an_unknown_lane_is_told_with_those_that_are_like_it(widget: TimelineWidget) -> None:
    with pytest.raises(NotFound, match=r"there is no flow camera 3; labels like it: Camera 2,"):
        widget.select("camera 3", GAP_A)


def test_a_time_outside_of_the_timeline_is_refused_as_it_was_asked(widget: TimelineWidget) -> None:
    with pytest.raises(BadParameter, match=r"at: '\[50:0_60:0\)' is not in it; expected a part of"):
        widget.select("cam-a", "[50:0_60:0)")


def test_of_all_time_the_bar_that_tells_most_is_selected(widget: TimelineWidget) -> None:
    assert GAP_A == widget.select("cam-a", "_").timerange


def test_a_bar_can_be_set_and_let_go(widget: TimelineWidget) -> None:
    bar = widget.select("cam-a", GAP_A)
    widget.selected = None
    assert -1 == sent(widget, "selected")
    widget.selected = bar

    assert bar == widget.selected


def test_the_page_moves_the_timerange(widget: TimelineWidget) -> None:
    told: list[Any] = []
    widget.observe(lambda change: told.append(change.new), names="timerange")
    page_sends(widget, window=[5.0, 12.5])

    assert tr("[5:0_12:500000000)") == widget.timerange
    assert [widget.timerange] == told


def test_the_timerange_moves_the_page(widget: TimelineWidget) -> None:
    widget.timerange = "[5:0_12:500000000)"

    assert [5.0, 12.5] == sent(widget, "window")
    assert tr("[5:0_12:500000000)") == widget.timerange


def test_an_open_side_of_the_timerange_is_the_end_of_the_timeline(widget: TimelineWidget) -> None:
    widget.timerange = "[5:0_"

    assert tr("[5:0_30:0)") == widget.timerange


def test_a_view_that_leaves_int64_is_what_of_it_there_is() -> None:
    lowest, highest = -(2**63), 2**63 - 1
    shown = made(
        [("cam-a", "o1", lowest, lowest + 1), ("cam-a", "o2", highest - 1, highest)]
    ).live()
    page_sends(shown, window=[-2e10, 2e10])
    bar = shown.select("cam-a", f"[0:0_{2**63 // SECOND}:0)")

    assert shown.shown.timerange == TimeRange.from_ns(lowest, highest)
    assert ("gap", lowest + 1, highest - 1) == (bar.kind, bar.start_ns, bar.end_ns)
    assert 2 == shown.expr.count().to_pyarrow().as_py()


def test_a_view_of_all_is_all_with_a_margin(widget: TimelineWidget) -> None:
    page_sends(widget, window=[5.0, 6.0])
    page_sends(widget, window=widget.shown.first_view)

    assert widget.shown.timerange == widget.timerange


def test_the_expression_is_of_the_segments_in_view(widget: TimelineWidget) -> None:
    widget.timerange = "[26:0_28:0)"

    assert ["o3"] == widget.expr.to_pyarrow()["object_id"].to_pylist()


def test_segments_that_are_set_are_drawn_instead(widget: TimelineWidget) -> None:
    segments = widget.shown.asked.segments  # type: ignore[union-attr]
    widget.expr = segments.filter(segments.flow_id == "cam-a")

    drawn = {widget.lanes[bar["lane"]].label for bar in widget.bars.to_pylist()}
    assert {"Camera 10"} == drawn
    assert sent(widget, "summary") == widget.shown.summary


def test_what_cannot_be_drawn_is_refused(widget: TimelineWidget) -> None:
    with pytest.raises(BadParameter, match="cannot be drawn; expected a table of segments"):
        widget.expr = "SELECT 1"  # type: ignore[assignment]
    with pytest.raises(BadParameter, match="is no bar"):
        widget.selected = 3
    with pytest.raises(BadParameter, match="is not in it; expected a part of"):
        widget.timerange = "[99:0_100:0)"
    with pytest.raises(NotFound, match="Camera 3"):
        widget.select("Camera 3", "5:0")
    with pytest.raises(NotFound, match="40:0"):
        widget.select("Camera 2", "[29:0_40:0)")


def test_a_host_without_widgets_is_given_a_picture_and_a_text(widget: TimelineWidget) -> None:
    data, _metadata = widget._repr_mimebundle_()

    assert "application/vnd.jupyter.widget-view+json" in data
    assert widget.picture() == data["text/html"]
    assert "Camera 10" in data["text/plain"]
    assert "<script" not in data["text/html"]


def test_a_part_that_is_looked_at_comes_closer(newsroom: ta.Store) -> None:
    shown = newsroom.timeline()
    page_sends(shown, seen=[0, 1, 2, 3], window=[1_000.0, 1_100.0])
    detail = sent(shown, "detail")

    assert shown.bars.num_rows == detail["first"]
    assert {0, 1, 2, 3} >= {*shown.detail.closer.bars["lane"].to_pylist()}
    assert [950.0, 1_150.0] == detail["window"]
    assert len(detail["notes"]) == shown.detail.closer.bars.num_rows > 0


def test_bars_of_a_closer_look_are_found_while_the_next_one_is_made(newsroom: ta.Store) -> None:
    shown = newsroom.timeline()
    everything = [*range(len(shown.lanes))]
    page_sends(shown, seen=everything, window=[1_000.0, 1_100.0])
    first = shown.detail
    page_sends(shown, window=[2_000.0, 2_100.0])
    page_sends(shown, selected=first.first)

    row = first.closer.bars.slice(0, 1).to_pylist()[0]
    assert (row["start_ns"], row["end_ns"]) == (shown.selected.start_ns, shown.selected.end_ns)
    assert shown.detail.first > first.first


def test_a_bar_of_a_look_that_is_gone_is_looked_at_again(newsroom: ta.Store) -> None:
    shown = newsroom.timeline()
    bar = shown.select("S1 video", tr.utc("2026-08-31T23:00", "23:00:07"))
    shown.timerange = shown.shown.timerange
    assert sent(shown, "detail") is None
    shown.selected = bar

    assert shown.timerange.overlaps(bar.timerange)
    assert shown.detail.first <= sent(shown, "selected")
    assert bar == shown.selected


def test_the_whole_view_is_not_asked_for_twice(newsroom: ta.Store) -> None:
    shown = newsroom.timeline()
    page_sends(shown, seen=[0, 1], window=[1_000.0, 1_100.0])
    page_sends(shown, window=shown.shown.first_view)

    assert sent(shown, "detail") is None


def test_refreshing_keeps_view_and_selection(newsroom: ta.Store) -> None:
    shown = newsroom.timeline()
    at = tr.utc("2026-08-31T23:00", "23:01")
    bar = shown.select("S1 video", at)
    view = shown.timerange
    shown.refresh()

    assert (bar, view) == (shown.selected, shown.timerange)
    assert sent(shown, "selected") >= 0


def test_refreshing_follows_the_live_edge() -> None:
    with ta.examples.newsroom(segments=2_000, defects=False) as store:
        shown, flow = store.timeline(), store.flow("S1 video")
        end_ns = shown.timerange.end_ns
        shown.timerange = f"[{end_ns // SECOND - 60}:0_"
        last = store.segments.filter(ta._.flow_id == flow.id).order_by(ta._.end_ns.desc()).limit(1)
        row = last.to_pyarrow().to_pylist()[0]
        new = TimeRange.from_ns(row["start_ns"], row["end_ns"]).shift("7:0")
        again = {"object_id": row["object_id"], "timerange": str(new), "ts_offset": "7:0"}
        assert [] == store.writes.create_segments(flow.id, [again]).failed
        shown.refresh()

        assert new.end_ns == shown.timerange.end_ns == shown.shown.timerange.end_ns
        assert 60 * SECOND == shown.timerange.duration_ns


def test_what_fails_while_one_looks_is_told_on_the_page(newsroom: ta.Store) -> None:
    shown = newsroom.timeline()
    newsroom.con.raw_sql("ALTER TABLE segments RENAME TO elsewhere")
    page_sends(shown, seen=[0], window=[1_000.0, 1_100.0])

    assert "segments" in sent(shown, "problem")


def test_without_anywidget_a_timeline_is_a_value_that_shows_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    shown = built().live()

    assert isinstance(shown, Timeline)
    assert shown.picture() == shown._repr_html_()
    assert shown.selected is None
