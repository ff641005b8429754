"""The layers hold, the face is exactly what it says, and importing does nothing else."""

from __future__ import annotations
import __future__

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import tams_analytics

EXTRAS = {
    "vast": ["vastdb"],
    "trino": ["trino"],
    "media": ["av", "boto3", "botocore"],
    "editing": ["opentimelineio"],
    "notebook": ["anywidget", "ipywidgets", "IPython", "ipykernel"],
    "server": ["fastapi", "httpx2", "starlette", "uvicorn", "multipart", "python_multipart"],
}


def run(code: str, root: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(root), str(root / "server")])
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )


def test_every_import_goes_downwards(root: Path) -> None:
    lint = "import sys; from importlinter import cli; sys.exit(cli.lint_imports(no_logo=True))"

    linted = run(lint, root)

    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_library_and_the_command_start_without_the_extra(extra: str, root: Path) -> None:
    blocked = dict.fromkeys(EXTRAS[extra])
    code = f"import sys; sys.modules.update({blocked}); import tams_analytics, tams_analytics.cli"

    started = run(code, root)

    assert started.returncode == 0, started.stderr


def test_importing_does_not_import_pandas(root: Path) -> None:
    """It takes half a second; the first rows that are read need it, an error or --help do not."""
    code = "import sys, tams_analytics.cli; assert 'pandas' not in sys.modules"

    imported = run(code, root)

    assert imported.returncode == 0, imported.stderr


def test_importing_prints_nothing_and_configures_no_logging(root: Path) -> None:
    """L2."""
    code = """
import logging
import tams_analytics
ours = logging.getLogger("tams_analytics")
handlers = [handler for handler in ours.handlers if not isinstance(handler, logging.NullHandler)]
assert handlers == [], handlers
assert ours.level == logging.NOTSET, ours.level
assert logging.getLogger().handlers == [], logging.getLogger().handlers
"""

    imported = run(code, root)

    assert (imported.returncode, imported.stdout, imported.stderr) == (0, "", "")


def test_a_logger_without_configuration_stays_silent(root: Path) -> None:
    code = "import logging, tams_analytics; logging.getLogger('tams_analytics').warning('unheard')"

    logged = run(code, root)

    assert (logged.returncode, logged.stderr) == (0, "")


def test_all_is_sorted_and_exactly_what_the_package_exports() -> None:
    promised = vars(tams_analytics)["__all__"]
    exported = {
        name
        for name, value in vars(tams_analytics).items()
        if name == "_" or not name.startswith("_")
        if name in promised or not is_incidental(value)
    }

    assert sorted(exported) == list(promised)


def is_incidental(value: object) -> bool:
    """A submodule that an import made an attribute, or ``annotations`` of the future."""
    return isinstance(value, (ModuleType, __future__._Feature))
