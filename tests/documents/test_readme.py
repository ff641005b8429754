"""Every block of the project's README is executed, in order."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.documents import Block, Reader, blocks
from tests.support.federated_trino import OnTrino
from tests.support.trino_server import Trino
from tests.support.vast_stores import BUCKET, VastStores

ROOT = Path(__file__).resolve().parents[2]
README = blocks((ROOT / "README.md").read_text("utf-8"))
ON_TRINO = "trino://me@trino:8080/vast/tams/meta"


def asks_trino(block: Block) -> bool:
    return ON_TRINO in block.text


@pytest.mark.long
def test_the_readme_does_what_it_says(
    reader: Reader, own_stores: VastStores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAMS_URL", raising=False)
    made = reader.folder / "demo-out"
    made.mkdir()
    shutil.copy(reader.folder / "newsroom.duckdb", made / "media.duckdb")
    url = own_stores.new_url()
    own_stores.peer.snapshot(BUCKET, "monday")
    reader.instead = {"vast://host/bucket/schema": url}

    for block in README:
        if not asks_trino(block):
            reader.do(block)


@pytest.mark.trino
def test_what_it_says_of_trino_is_so(reader: Reader, trino_server: Trino) -> None:
    there = OnTrino(trino_server)
    reader.instead = {
        ON_TRINO: trino_server.url("vast", f"tams/{there.own}_meta"),
        "objects.s3.": f"objects.{there.own}.",
        '"rights.public"': f'"rights.{there.own}"',
    }
    first, *_others = (block for block in README if block.language == "python")
    asked = [block for block in README if asks_trino(block)]

    assert asked
    for block in [first, *asked]:
        reader.do(block)
