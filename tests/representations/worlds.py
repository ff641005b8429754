"""A store whose objects have every kind of instance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tams_analytics as ta
from tams_analytics.media.configured import ConfiguredBackend
from tams_analytics.media.directory import DirectoryStorage
from tams_analytics.media.storages import Storages
from tams_analytics.settings import Settings

F1 = "11111111-1111-4111-8111-111111111111"
F2 = "22222222-2222-4222-8222-222222222222"
S = "99999999-9999-4999-8999-999999999999"
HOT = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
COLD = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
AWKWARD = 'd/"ü"\\\n☃'
"""An id that JSON has to escape."""
BASE = "http://here"


def fill(store: ta.Store) -> None:
    """F1 shows a (hot and cold), b (a client's URL), c (no instance), and an awkward one (hot).

    F2 needs initialisation: it shows e and f, which i (hot, and a client's URL) initialises.
    """
    writes = store.writes
    for id, label, tags in (
        (HOT, "hot", {"tier": "fast", "site": ["n", "s"]}),
        (COLD, "cold", {"tier": "slow"}),
    ):
        body = {"id": id, "label": label, "provider": "own", "store_product": "x", "tags": tags}
        writes.put_storage_backend({**body, "default_storage": id == HOT, "region": "eu"})
    for id, more in ((F1, {}), (F2, {"init_segments": True})):
        video = {"frame_width": 10, "frame_height": 10, "frame_rate": {"numerator": 25}}
        flow = {"id": id, "source_id": S, "format": "urn:x-nmos:format:video"}
        named = {"codec": "video/h264", "container": "video/mp4"}
        writes.put_flow({**flow, **named, "essence_parameters": video | more})
    writes.allocate_storage(F1, {"object_ids": ["a", AWKWARD]})
    writes.allocate_storage(F2, {"object_ids": ["e", "f", "i"]})
    writes.create_segments(F1, [segment("a", 0, key_frame_count=3, last_duration="0:5"), outer()])
    writes.create_segments(F1, segment("c", 2, ts_offset="2:0", sample_offset=1, sample_count=0))
    writes.create_segments(F1, segment(AWKWARD, 3, note={"x": 1}))
    init = {"init_object_id": "i"}
    writes.create_segments(F2, [segment("e", 0, **init), segment("f", 1, **init)])
    writes.add_instance("a", {"storage_id": COLD})
    writes.add_instance("i", {"url": "http://else/i", "label": "theirs"})


def segment(object_id: str, at: int, **more: Any) -> dict[str, Any]:
    """A second of an object."""
    return {"object_id": object_id, "timerange": f"[{at}:0_{at + 1}:0)", **more}


def outer() -> dict[str, Any]:
    """An object that the store does not keep."""
    return segment("b", 1, get_urls=[{"url": "http://else/b?x=1&y=2", "label": "theirs"}])


def storages(folder: Path, **settings: Any) -> Storages:
    """A folder for each storage backend of `fill`."""
    configured = Settings(**settings)
    kept = known(folder).items()
    return Storages(configured, [backend(id, each) for id, each in kept])


def known(folder: Path) -> dict[str, DirectoryStorage]:
    return {id: DirectoryStorage(folder / id) for id in (HOT, COLD)}


def backend(id: str, storage: DirectoryStorage) -> ConfiguredBackend:
    return ConfiguredBackend(id, id, "own", "x", storage)
