"""What people see instead of ids and nanoseconds, and when it has colours."""

from __future__ import annotations

import click
import pyarrow as pa
import pytest

from tams_analytics.cli import findings, main, views
from tams_command import logs

ONE = "79b9823c-5333-42bb-873b-c09e48637e04"
ALIKE = "79b9823c-5444-42bb-873b-c09e48637e04"


@pytest.mark.parametrize(
    ("ids", "shown"),
    [
        ([ONE, None, ONE], ["79b9823c", None, "79b9823c"]),
        ([ONE, ALIKE], ["79b9823c-53", "79b9823c-54"]),
        (["flow-1", ONE], ["flow-1", "79b9823c"]),
    ],
)
def test_ids_are_as_short_as_tells_them_apart(
    ids: list[str | None], shown: list[str | None]
) -> None:
    assert shown == views.shortened(ids)


def test_an_essence_is_told_in_a_few_words() -> None:
    nothing = dict.fromkeys(
        ["frame_width", "frame_height", "frame_rate_num", "frame_rate_den", "sample_rate"]
    )
    picture = {
        "frame_width": 640,
        "frame_height": 360,
        "frame_rate_num": 30_000,
        "frame_rate_den": 1001,
    }

    assert "640\u00d7360, 29.97 fps" == views.essence({**nothing, "channels": None, **picture})
    assert "48 kHz, 2 channels" == views.essence({**nothing, "sample_rate": 48_000, "channels": 2})
    assert "" == views.essence({**nothing, "channels": None})


def test_numbers_of_a_column_end_below_each_other() -> None:
    assert {"length": ["  1 ns", "      ", "100 ns"]} == findings.right(
        "length", pa.array([1, None, 100]), lambda ns: f"{ns} ns"
    )


def test_no_color_wins_over_the_terminal() -> None:
    context = click.Context(main)

    logs.choose_colours(context, {})
    left_to_click = context.color
    logs.choose_colours(context, {"NO_COLOR": "1"})

    assert (None, False) == (left_to_click, context.color)
