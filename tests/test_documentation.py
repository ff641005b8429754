"""The README runs, and names what there is."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import tams_analytics as ta
from tams_analytics import cli, intervals


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text("utf-8")


def test_the_examples_of_the_readme_run(root: Path) -> None:
    failed, tried = doctest.testfile(
        str(root / "README.md"), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )

    assert 0 == failed
    assert tried > 5


@pytest.mark.parametrize("verb", intervals.__all__)
def test_the_readme_names_every_verb(verb: str, readme: str) -> None:
    assert f"ta.{verb}(" in readme


@pytest.mark.parametrize("command", sorted(cli.main.commands))
def test_the_readme_names_every_command(command: str, readme: str) -> None:
    table = readme.partition("## On the command line")[2].partition("## ")[0]

    assert f"`tams {command}" in table or f"`{command}`" in table


def test_the_readme_names_every_target_of_make(root: Path, readme: str) -> None:
    targets = re.findall(r"^([a-z-]+):.*## ", (root / "Makefile").read_text("utf-8"), re.M)

    assert [] == [target for target in targets if f"make {target}" not in readme]


def test_every_public_name_has_a_docstring() -> None:
    public = [getattr(ta, name) for name in ta.__all__ if name not in {"_", "span", "tr"}]

    assert [] == [each for each in public if not each.__doc__]
