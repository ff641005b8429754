"""What is installed is whole, and what is pinned names no place."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PACKAGES = {
    "tams_analytics": "tams_analytics",
    "tams_command": "tams_command",
    "tams_server": "server/tams_server",
}
CONSTRAINTS = ["constraints.txt", "constraints-tools.txt"]


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel unpacked by pip; the checkout stays as it is."""
    work = tmp_path_factory.mktemp("packaging")
    source, wheels, site = work / "source", work / "wheels", work / "site"
    copy_sources(root, source)
    offline = ["--quiet", "--no-index", "--no-deps"]
    pip("wheel", *offline, "--no-build-isolation", "--wheel-dir", wheels, source)
    pip("install", *offline, "--target", site, next(wheels.glob("*.whl")))
    return site


def copy_sources(root: Path, source: Path) -> None:
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source)
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in ("tams_analytics", "tams_command", "server", "sql", "notebooks"):
        shutil.copytree(root / name, source / name, ignore=unwanted, symlinks=True)
    (source / "sql" / "etc" / "tams.env").write_text("S3_SECRET_ACCESS_KEY=stays-here")


def pip(*options: str | Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def metadata(installed: Path) -> Message:
    """What the wheel says of itself."""
    return Parser().parsestr(next(installed.glob("*.dist-info/METADATA")).read_text("utf-8"))


def test_the_wheel_is_imported_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = (
        "import tams_analytics as a, tams_command as c, tams_server as s; "
        "print(a.__file__, c.__file__, s.__file__)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )

    files = [str(installed / name / "__init__.py") for name in PACKAGES]
    assert ran.stdout.split() == files, ran.stderr


def test_the_wheel_has_every_file_of_its_packages(installed: Path, root: Path) -> None:
    for package, folder in PACKAGES.items():
        installed_files = files(installed / package)
        linked = {name for name in installed_files if name.startswith(("sql/", "notebooks/"))}
        assert files(root / folder) == installed_files - linked


def test_the_wheel_has_the_sql_of_the_checkout(installed: Path, root: Path) -> None:
    """There `tams_analytics/sql` is a link to the folder ``sql``; installed it is one of files."""
    carried = installed / "tams_analytics" / "sql"

    assert not carried.is_symlink()
    assert files(root / "sql") == files(carried)
    for name in files(carried):
        assert (root / "sql" / name).read_bytes() == (carried / name).read_bytes()


def test_the_wheel_has_the_notebooks_of_the_checkout(installed: Path, root: Path) -> None:
    carried = installed / "tams_analytics" / "notebooks"
    notebooks = {file.name for file in (root / "notebooks").glob("*.ipynb")}

    assert notebooks == files(carried)


def files(package: Path) -> set[str]:
    found = (path for path in package.rglob("*") if path.is_file())
    return {path.relative_to(package).as_posix() for path in found if path.suffix != ".pyc"}


def test_the_wheel_has_the_command_and_its_extras(installed: Path, metadata: Message) -> None:
    commands = next(installed.glob("*.dist-info/entry_points.txt")).read_text("utf-8")

    extras = {"vast", "trino", "media", "editing", "notebook", "lab", "server", "tracing"}
    assert "tams = tams_command:run" in commands
    assert extras == set(metadata.get_all("Provides-Extra", []))


def test_the_wheel_states_its_licence_and_its_pythons(metadata: Message) -> None:
    stated = {name: metadata[name] for name in ("License-Expression", "License-File")}

    assert {"License-Expression": "Apache-2.0", "License-File": "LICENSE"} == stated
    assert {">=3.10", "<3.14"} == set(metadata["Requires-Python"].split(","))


def test_no_dependency_brings_adbc_into_vast(metadata: Message) -> None:
    required = [line for line in metadata.get_all("Requires-Dist", []) if "vastdb" in line]

    assert ['vastdb==2.1.0; extra == "vast"'] == required


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_the_pins_name_no_place(name: str, root: Path) -> None:
    lines = (root / name).read_text("utf-8").splitlines()

    places = [line for line in lines if "/" in line or "@" in line or line.startswith("-")]
    assert [] == places


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_every_pin_has_a_hash(name: str, root: Path) -> None:
    lines = (root / name).read_text("utf-8").splitlines()

    unhashed = [line for line in lines if "==" in line and not line.endswith("\\")]
    assert [] == unhashed


def test_the_tools_are_a_superset_of_the_library(root: Path) -> None:
    library, tools = (pins(root / name) for name in CONSTRAINTS)

    assert {} == {name: pin for name, pin in library.items() if tools.get(name) != pin}


def test_the_pins_are_what_the_project_asks_for(root: Path) -> None:
    """If not: ``make constraints``."""
    pinned = pins(root / "constraints-tools.txt")

    unmet = [str(asked) for asked in requirements(root) if not is_met(asked, pinned)]
    assert [] == unmet


def requirements(root: Path) -> list[Requirement]:
    """What pyproject.toml names anywhere."""
    document = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    project, groups = document["project"], document["dependency-groups"]
    extras = project["optional-dependencies"].values()
    lines = itertools.chain(project["dependencies"], *extras, *groups.values())
    return [Requirement(line) for line in lines if isinstance(line, str)]


def is_met(asked: Requirement, pinned: Mapping[str, set[str]]) -> bool:
    return any(version in asked.specifier for version in pinned.get(asked.name, ()))


def pins(constraints: Path) -> Mapping[str, set[str]]:
    """The versions of each distribution, by name; which Python takes which is left out."""
    found: dict[str, set[str]] = {}
    for line in constraints.read_text("utf-8").splitlines():
        requirement = line.split(";")[0].strip(" \\")
        if "==" in requirement and not requirement.startswith("--"):
            name, version = requirement.split("==")
            found.setdefault(name, set()).add(version)
    return found
