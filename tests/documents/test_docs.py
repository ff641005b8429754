"""Every block of code in `docs/` is executed, in order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.documents import Reader, blocks
from tests.support.vast_stores import VastStores

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
READ = [page for page in PAGES if "reference" not in page.parts]
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#([^)]+))?\)")


@pytest.mark.long
@pytest.mark.parametrize("page", READ, ids=lambda page: str(page.relative_to(ROOT / "docs")))
def test_a_page_does_what_it_says(
    page: Path, reader: Reader, own_stores: VastStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAMS_URL", raising=False)
    reader.instead = {"vast://host/bucket/schema": own_stores.new_url()}
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
