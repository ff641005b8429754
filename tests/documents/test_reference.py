"""The reference is what the docstrings say now."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

import tams_analytics as ta

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = spec_from_file_location("reference", ROOT / "tools" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_current(reference: ModuleType) -> None:
    """`make docs` writes it again."""
    written = {file.name: file.read_text("utf-8") for file in reference.FOLDER.glob("*.md")}

    assert reference.pages() == written


def test_every_public_name_is_in_it(reference: ModuleType) -> None:
    """With a heading of its own; `_` is ibis', and the store has a page."""
    text = reference.pages()["python.md"]
    missing = [
        name for name in ta.__all__ if not re.search(rf"^## `(ta\.)?{name}[(`]", text, re.MULTILINE)
    ]

    assert ["Store", "_"] == sorted(missing)
    assert reference.pages()["store.md"].startswith("# ", len(reference.NOTE))


def test_nothing_of_one_machine_is_in_it(reference: ModuleType) -> None:
    for text in reference.pages().values():
        assert "0x" not in text
        assert str(ROOT) not in text
