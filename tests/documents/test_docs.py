"""Every block of code in `docs/` is executed, in order."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import tams_analytics as ta
from tests.support.documents import Reader, blocks
from tests.support.vast_stores import VastStores

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
READ = [page for page in PAGES if "reference" not in page.parts]
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#([^)]+))?\)")


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader has: a newsroom, and a file of media."""
    folder = tmp_path_factory.mktemp("given")
    with ta.connect(str(folder / "newsroom.duckdb")) as store:
        ta.examples.newsroom(store, segments=20_000)
    from tams_analytics.ingest.sample import Sample, make_mp4  # noqa: PLC0415 - needs PyAV

    make_mp4(folder / "morning.mp4", Sample(seconds=4))
    return folder


@pytest.fixture
def reader(tmp_path: Path, given: Path) -> Iterator[Reader]:
    folder = tmp_path / "reading"
    shutil.copytree(given, folder)
    made = Reader(folder)
    yield made
    made.close()


@pytest.mark.parametrize("page", READ, ids=lambda page: str(page.relative_to(ROOT / "docs")))
def test_a_page_does_what_it_says(
    page: Path, reader: Reader, vast_stores: VastStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAMS_URL", raising=False)
    reader.instead = {"vast://host/bucket/schema": vast_stores.new_url()}
    for block in blocks(page.read_text("utf-8")):
        reader.do(block)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT / "docs")))
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in _LINK.findall(page.read_text("utf-8")):
        if "://" in target:
            continue
        file = (page.parent / target).resolve()
        assert file.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {anchor_of(head) for head in heads}, f"{target}#{anchor}"


def anchor_of(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    others = [page.relative_to(ROOT / "docs").as_posix() for page in PAGES]

    assert [] == [page for page in others if page != "README.md" and f"]({page})" not in index]
