"""What tests of routes begin with."""

from __future__ import annotations

from typing import Any

import tams_analytics as ta

F1 = "11111111-1111-4111-8111-111111111111"
F2 = "22222222-2222-4222-8222-222222222222"
S = "99999999-9999-4999-8999-999999999999"
UNKNOWN = "77777777-7777-4777-8777-777777777777"


def make_flow(store: ta.Store, id: str, **more: Any) -> None:
    """A video flow of the source S, with a container."""
    flat = {"codec": "video/h264", "frame_width": 1920, "frame_height": 1080, "frame_rate": "25/1"}
    store.writes.create_flow({"id": id, "source_id": S, **flat, **more})
