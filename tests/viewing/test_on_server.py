"""Signed URLs of the server that has the folder: a playlist plays by them alone."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

pytest.importorskip("fastapi", reason="FastAPI is in the extra [server]")

from tams_analytics.store import Store
from tams_server.app import create_app
from tests.server.serving import serving
from tests.viewing.conftest import HOLE, News


@pytest.mark.parametrize(("name", "frames"), [("picture", 100), ("both", 100), ("muxed", 150)])
def test_a_playlist_plays_by_the_urls_of_a_server(
    on_duckdb: tuple[Store, News], tmp_path: Path, name: str, frames: int
) -> None:
    store, news = on_duckdb
    with serving(create_app(store)) as served:
        during = "_" if name == "muxed" else HOLE
        playlist = store.playlist(news.flows[name], during, around="2:0", base_url=served.url)
        path = playlist.to_file(tmp_path / "served.m3u8")
        texts = [*playlist.media.values()] or [str(playlist)]
        with av.open(str(path), options=dict(playlist.options)) as container:
            decoded = sum(1 for _frame in container.decode(video=0))

    assert frames == decoded
    assert not any("file:" in text for text in texts)
    assert "Whoever has it may read by its URLs, for 60 min." == playlist.notes[-1]
