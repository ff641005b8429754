"""A real S3 server: playlists play by presigned URLs alone, pictures come by Range requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import av
import pytest

pytest.importorskip("boto3", reason="boto3 is in the extra [media]")

from tams_analytics.engines import open_engine
from tams_analytics.ingest import ingest
from tams_analytics.ingest.sample import make_hls
from tams_analytics.media.opening import media_storage
from tams_analytics.media.s3 import S3Storage
from tams_analytics.settings import Settings
from tams_analytics.store import Store
from tams_analytics.timerange import SECOND
from tams_analytics.watching import Event, Stored, watched_by
from tests.support.s3_server import ACCESS, SECRET, serving
from tests.viewing.conftest import SMALL

pytestmark = pytest.mark.s3
MINUTE_S = 60


@pytest.fixture(scope="module")
def on_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, tuple[str, ...]]]:
    with serving(tmp_path_factory.mktemp("s3")) as endpoint:
        settings = Settings(
            media="s3",
            s3_bucket_name="media",
            s3_endpoint_url=endpoint,
            s3_access_key_id=ACCESS,
            s3_secret_access_key=SECRET,
            s3_presigned_url_download_timeout=MINUTE_S,
        )
        storage = media_storage(settings)
        assert isinstance(storage, S3Storage)
        storage.client.create_bucket(Bucket="media")
        with Store(open_engine(":memory:", settings=settings)) as store:
            made = make_hls(tmp_path_factory.mktemp("made"), SMALL)
            yield store, ingest(store._engine, [made], storage=storage)[0].flows


@pytest.mark.parametrize(("kind", "frames"), [("video", (150, 151)), ("audio", (281, 284))])
def test_picture_and_sound_play_by_presigned_urls(
    on_s3: tuple[Store, tuple[str, ...]], tmp_path: Path, kind: str, frames: tuple[int, int]
) -> None:
    store, flows = on_s3
    playlist = store.playlist(flows[-1], "[0:0_6:0)")

    path = playlist.to_file(tmp_path / "s3.m3u8")
    with av.open(str(path), options=dict(playlist.options)) as container:
        decoded = sum(1 for _frame in container.decode(**{kind: 0}))

    assert decoded in range(*frames)


def test_a_url_says_how_long_it_reads(on_s3: tuple[Store, tuple[str, ...]]) -> None:
    store, flows = on_s3
    playlist = store.playlist(flows[0], "[0:0_1:0)")
    url = str(playlist).splitlines()[-2]

    assert [str(MINUTE_S)] == parse_qs(urlsplit(url).query)["X-Amz-Expires"]
    assert "Whoever has it may read by its URLs, for 60 s." == playlist.notes[-1]


def test_pictures_are_read_by_range_requests_that_are_counted(
    on_s3: tuple[Store, tuple[str, ...]],
) -> None:
    store, flows = on_s3
    told: list[Event] = []
    with watched_by(told.append):
        frames = store.frames(flows[0], "[2:0_4:0)")

    assert [1_960_000_000, 2 * SECOND, 4 * SECOND] == [each.start_ns for each in frames]
    gets = [event for event in told if isinstance(event, Stored) and event.operation == "get"]
    assert len(gets) == frames.requests
    assert 0 < frames.bytes_read < 200_000
