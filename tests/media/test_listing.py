"""What threads list of a bucket is whole, each key once, in order, and survives a kill."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tams_analytics.errors import BadParameter
from tams_analytics.media.listing import exporting
from tams_analytics.media.listing.exporting import Exporting
from tams_analytics.media.listing.pages import LISTING, Cut
from tams_analytics.media.listing.parts import Parts
from tams_analytics.media.listing.splitting import cut
from tams_analytics.media.listing.stretches import Stretch, left
from tests.support.listed_keys import KeysInMemory

NOW = dt.datetime(2026, 11, 23, 19)
FLOWS = [f"{number:08x}-0000-4000-8000-000000000000" for number in range(0, 2**32, 2**32 // 40)]
OF_TAMS = [
    f"{flow}/2026/11/{day}/{at:04}" for flow in FLOWS for day in (21, 22) for at in range(50)
]
ONE_FLOW = [f"{FLOWS[7]}/2026/11/22/{at:08x}" for at in range(0, 2**32, 2**32 // 4000)]
WITHOUT_FOLDERS = [f"object {at:04}" for at in range(4000)]
MOST_CUTS = 70
"""An eighth of the requests for them, and a few."""
ODD = ["a", "a-b", "a/b", "a b+c%20", "line\nbreak", "é", "e\u0301", "\U0001f600/x", "z/", "~"]


def listed(lister: KeysInMemory, target: Path, threads: int = 8) -> list[str]:
    with Parts(target, {lister.bucket: lister.place}, NOW) as parts:
        Exporting({lister.bucket: lister}, parts, lambda count: None).run(threads)
        assert len(lister.keys) == parts.finish()
    found: list[str] = pq.read_table(target).column("key").to_pylist()
    return found


@pytest.mark.parametrize("keys", [OF_TAMS, ONE_FLOW, WITHOUT_FOLDERS, ODD, []])
@pytest.mark.parametrize("threads", [1, 8])
def test_each_key_is_listed_once_and_in_order(
    keys: list[str], threads: int, tmp_path: Path
) -> None:
    assert sorted(keys) == listed(KeysInMemory(keys), tmp_path / "x.parquet", threads)


@pytest.mark.parametrize("keys", [OF_TAMS, ONE_FLOW, WITHOUT_FOLDERS])
def test_eight_threads_share_the_work_for_few_requests_more(
    keys: list[str], tmp_path: Path
) -> None:
    """The requests that one thread makes follow one another: they are what a listing waits for."""
    alone, shared = KeysInMemory(keys), KeysInMemory(keys)
    listed(alone, tmp_path / "alone.parquet", threads=1)
    listed(shared, tmp_path / "shared.parquet", threads=8)

    assert alone.asked.total() == pytest.approx(len(keys) / 10, abs=1)
    assert shared.asked.total() <= alone.asked.total() * 1.35
    assert max(shared.asked.values()) <= alone.asked.total() / 2


def test_a_small_bucket_is_not_cut(tmp_path: Path) -> None:
    lister = KeysInMemory(WITHOUT_FOLDERS[:11])
    listed(lister, tmp_path / "x.parquet")

    assert 2 == lister.asked.total()


@given(
    st.lists(st.text(alphabet="ab/\u00e9\n", max_size=6), min_size=2, unique=True),
    st.data(),
)
def test_a_cut_lies_between_and_has_keys_behind_it(keys: list[str], data: st.DataObject) -> None:
    keys = sorted(keys)
    at = data.draw(st.integers(0, len(keys) - 2))
    end = data.draw(st.one_of(st.none(), st.sampled_from(keys[at + 1 :])))
    lister = KeysInMemory(keys)
    found = cut(lister.look, keys[at], end, Cut(None))

    if found.middle is not None:
        assert keys[at] < found.middle
        assert any(key >= found.middle and (end is None or key <= end) for key in keys)


@given(st.sets(st.text(alphabet="abc", min_size=1, max_size=3)), st.randoms())
def test_what_is_left_and_what_is_listed_make_a_whole(
    bounds: set[str], chance: random.Random
) -> None:
    ends: list[str | None] = [*sorted(bounds), None]
    whole = [Stretch(after, end) for after, end in zip(["", *sorted(bounds)], ends, strict=True)]
    done = [each for each in whole if chance.random() < 0.5]

    rest = left(done)
    joined = sorted([*done, *rest])
    assert "" == joined[0].after
    assert [each.end for each in joined[:-1]] == [each.after for each in joined[1:]]
    assert joined[-1].end is None


def assert_goes_on(target: Path) -> None:
    """What is kept is not asked for again, but for what lies on a page with what is not."""
    with Parts(target, {"media": "memory"}, NOW) as parts:
        kept, stretches = parts.rows, len(parts.found)
    assert kept >= 500

    rest = KeysInMemory(OF_TAMS)
    assert sorted(OF_TAMS) == listed(rest, target)
    assert rest.given <= len(OF_TAMS) - kept + rest.page_size * (stretches + MOST_CUTS)
    assert [] == [*target.parent.glob("*.partial")]


def test_what_a_failure_leaves_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_IN_A_PART", 50)
    target = tmp_path / "x.parquet"
    target.write_bytes(b"PAR1 of yesterday")
    with pytest.raises(ConnectionError):
        listed(KeysInMemory(OF_TAMS, fails_after=200), target)
    assert b"PAR1 of yesterday" == target.read_bytes()
    assert_goes_on(target)


def test_what_an_interrupt_leaves_is_kept(tmp_path: Path) -> None:
    """Ctrl-C loses no page that has come."""
    target = tmp_path / "x.parquet"
    lister = KeysInMemory(OF_TAMS)
    main = threading.main_thread().ident
    assert main is not None

    def interrupt_at(count: int) -> None:
        if lister.asked.total() > 150 and not interrupted:
            interrupted.append(count)
            signal.pthread_kill(main, signal.SIGINT)

    interrupted: list[int] = []
    with pytest.raises(KeyboardInterrupt), Parts(target, {"media": "memory"}, NOW) as parts:
        Exporting({"media": lister}, parts, interrupt_at).run(8)
    assert_goes_on(target)


KILLED = """
import os, sys
from pathlib import Path
from tests.media import test_listing as t
t.exporting.ROWS_IN_A_PART = 50
lister = t.KeysInMemory(t.OF_TAMS)
def told(count):
    if lister.asked.total() > 200:
        os.kill(os.getpid(), 9)
parts = t.Parts(Path(sys.argv[1]), {"media": "memory"}, t.NOW)
t.Exporting({"media": lister}, parts, told).run(4)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_what_a_kill_leaves_is_gone_on_with(tmp_path: Path, root: Path) -> None:
    target = tmp_path / "x.parquet"
    command = [sys.executable, "-c", KILLED, str(target)]
    environ = {**os.environ, "PYTHONPATH": str(root)}
    ended = subprocess.run(command, cwd=root, env=environ, check=False)
    assert -signal.SIGKILL == ended.returncode
    assert not target.exists()

    (tmp_path / "x.parquet.partial" / "000099.parquet").write_bytes(b"")  # as a power cut does
    assert_goes_on(target)


def begun(target: Path, places: dict[str, str], now: dt.datetime) -> tuple[dt.datetime, int]:
    with Parts(target, places, now) as parts:
        return parts.listed_at, parts.rows


def test_a_listing_that_goes_on_keeps_its_moment_until_it_is_too_old(tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    places = {"media": "memory"}
    with pytest.raises(ConnectionError):
        listed(KeysInMemory(OF_TAMS, fails_after=20), target)

    later = NOW + dt.timedelta(hours=23)
    moment, kept = begun(target, places, later)
    assert (moment, kept > 0) == (NOW, True)
    much_later = NOW + dt.timedelta(hours=25)
    assert (much_later, 0) == begun(target, places, much_later)


def test_a_listing_of_other_buckets_begins_anew(tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    with pytest.raises(ConnectionError):
        listed(KeysInMemory(OF_TAMS, fails_after=20), target)

    later = NOW + dt.timedelta(hours=1)
    assert (later, 0) == begun(target, {"media": "elsewhere"}, later)


def test_two_do_not_list_into_one_file(tmp_path: Path) -> None:
    again = pytest.raises(BadParameter, match=r"x\.parquet' is being written by another")
    with Parts(tmp_path / "x.parquet", {"media": "memory"}, NOW), again:
        Parts(tmp_path / "x.parquet", {"media": "memory"}, NOW)


@pytest.mark.parametrize("there", [[], [Stretch("", "m")], [Stretch("", "a"), Stretch("b", None)]])
def test_a_bucket_of_which_a_stretch_lacks_is_never_taken_for_whole(
    there: list[Stretch], tmp_path: Path
) -> None:
    target = tmp_path / "x.parquet"
    with Parts(target, {"media": "memory"}, NOW) as parts:
        for stretch in there:
            parts.write("media", stretch, [])
        with pytest.raises(AssertionError, match="media is not listed whole"):
            parts.finish()
    assert not target.exists()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match="is a folder; expected a file in it"):
        Parts(tmp_path, {"media": "memory"}, NOW)


def test_several_buckets_are_one_table(tmp_path: Path) -> None:
    target = tmp_path / "x.parquet"
    listers = {name: KeysInMemory(ODD, name) for name in ("north", "south")}
    with Parts(target, dict.fromkeys(listers, "memory"), NOW) as parts:
        Exporting(listers, parts, lambda count: None).run(4)
        assert 2 * len(ODD) == parts.finish()

    table = pq.read_table(target)
    assert table.schema.equals(LISTING)
    assert [(name, key) for name in listers for key in sorted(ODD)] == [
        *zip(table["bucket"].to_pylist(), table["key"].to_pylist(), strict=True)
    ]
    assert {NOW} == set(table["listed_at"].to_pylist())


def test_row_groups_are_large_however_small_the_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_IN_A_PART", 10)
    target = tmp_path / "x.parquet"
    listed(KeysInMemory(OF_TAMS), target)

    assert 1 == pq.read_metadata(target).num_row_groups
