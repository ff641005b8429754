"""`tams notebook`: the notebooks that the package carries, opened in JupyterLab.

They are copied to a folder of the caller's, where they can be changed; what is there already stays.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from importlib import resources
from pathlib import Path

import click

from tams_analytics.display import text
from tams_analytics.errors import BadParameter

SHIPPED = resources.files("tams_analytics").joinpath("notebooks")
SUFFIX = ".ipynb"
INSTALL = 'pip install "tams-analytics[lab]"'
OPTIONS = (
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
)
"""Lab asks nobody outside for news of itself."""
NO_NEWS = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
"""Nor anybody here whether they want some: no option keeps Lab from that at its first start."""
CONFIG = "JUPYTER_CONFIG_PATH"


def notebook(
    folder: str, port: int | None, browser: bool, allow_root: bool, copy_only: bool
) -> None:
    """Copy the notebooks, and open them until Ctrl-C."""
    target = Path(folder)
    made, kept = copied(target)
    click.echo(f"{text.plural(len(made), 'notebook')} copied to {target}/{_kept(kept)}")
    if copy_only:
        return
    if importlib.util.find_spec("jupyterlab") is None:
        raise BadParameter("notebook", str(target), "cannot be opened without JupyterLab", INSTALL)
    asked = [*OPTIONS, *(["--allow-root"] * allow_root), *(["--no-browser"] * (not browser))]
    raise SystemExit(opened(target, [*asked, *([] if port is None else [f"--port={port}"])]))


def names() -> list[str]:
    """The notebooks that the package carries, in the order in which they are to be read."""
    return sorted(file.name for file in SHIPPED.iterdir() if file.name.endswith(SUFFIX))


def copied(target: Path) -> tuple[list[str], list[str]]:
    """The names that were copied, and those that were there. Raises `BadParameter` for a file."""
    try:
        target.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise BadParameter("folder", str(target), "is a file", "a folder, or a new name") from None
    kept = [name for name in names() if (target / name).exists()]
    made = [name for name in names() if name not in kept]
    for name in made:
        (target / name).write_bytes(SHIPPED.joinpath(name).read_bytes())
    return made, kept


def opened(target: Path, asked: list[str]) -> int:
    """JupyterLab on that folder, with this Python; how it ended. Ctrl-C is for it alone."""
    command = [sys.executable, "-m", "jupyterlab", str(target), *asked]
    with tempfile.TemporaryDirectory(prefix="tams-lab-") as config:
        lab = subprocess.Popen(command, env=os.environ | quiet(Path(config)))  # noqa: S603
        while True:
            try:
                return lab.wait()
            except KeyboardInterrupt:  # it has heard it too, and asks whether that was meant
                continue


def quiet(folder: Path) -> dict[str, str]:
    """What is to stand in the environment of a Lab without news, whose settings go to ``folder``.

    Those of the user hold beside them.
    """
    place = folder / "labconfig"
    place.mkdir(parents=True)
    (place / "page_config.json").write_text(json.dumps(NO_NEWS), "utf-8")
    before = os.environ.get(CONFIG)
    return {CONFIG: os.pathsep.join([str(folder), *([before] if before else [])])}


def _kept(kept: list[str]) -> str:
    return (
        f"; {text.plural(len(kept), 'notebook')} there already stayed as they are" if kept else ""
    )
