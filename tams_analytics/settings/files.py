"""The files of settings and stores: where they are, and what is written there."""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import platformdirs

from tams_analytics.errors import BadParameter
from tams_analytics.settings.redaction import redacted

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE = "storage_backends"
"""The only table of the settings file; what it holds is read by `tams_analytics.media`."""
LINE = re.compile(r"line (\d+)")


def file_table(name: str, environ: Mapping[str, str] | None = None) -> Mapping[str, Any]:
    """The table ``[name]`` of the settings file; empty where it has none. Raises `BadParameter`."""
    file = settings_file(os.environ if environ is None else environ)
    found = read_settings(file).get(name, {})
    if not isinstance(found, dict):
        raise BadParameter(name, type(found).__name__, "is no table", f"[{name}.NAME]")
    return found


def settings_file(environ: Mapping[str, str]) -> Path:
    """Whether it is there or not; one that is named has to be. Raises `BadParameter`."""
    named = environ.get("TAMS_SETTINGS")
    if not named:
        return config_folder(environ) / "settings.toml"
    if not Path(named).exists() or Path(named).is_dir():
        raise BadParameter("TAMS_SETTINGS", named, "is no file", "one, or nothing")
    return Path(named)


def config_folder(environ: Mapping[str, str]) -> Path:
    """The folder of ``settings.toml`` and ``stores.toml``."""
    home = environ.get("XDG_CONFIG_HOME")
    return Path(home) / "tams" if home else Path(platformdirs.user_config_dir("tams"))


def read_settings(file: Path) -> dict[str, Any]:
    """Without what no setting can be. Names may be other readers': `refuse_unknown`."""
    found = read_toml(file)
    for name, value in found.items():
        if name != TABLE and (not name.isupper() or isinstance(value, (dict, list))):
            shown = (
                f"a name in capitals (as {name.upper()}) with its value (commas between several)"
            )
            expected = f"{shown}, or [{TABLE}.NAME]"
            raise BadParameter(str(file), redacted(name), "is no setting", expected)
    return found


def read_toml(file: Path) -> dict[str, Any]:
    try:
        stamp = file.stat().st_mtime_ns
        return _parsed(file, stamp)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise BadParameter(file.name, str(file), problem) from error


@functools.lru_cache(maxsize=8)
def _parsed(file: Path, stamp: int) -> dict[str, Any]:
    """``stamp`` is the file's time of change: a changed file is read again."""
    written = file.read_bytes()
    try:
        return tomllib.loads(written.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        said = "a byte that is not UTF-8"
    except tomllib.TOMLDecodeError as error:
        said, _, place = str(error).partition(" (at ")
        found = LINE.match(place)
        line = int(found[1]) if found else written.rstrip().count(b"\n") + 1
    # Not chained: those errors hold the whole file, with what is secret in it.
    raise BadParameter(f"{file}, line {line}", said, "is no valid TOML")
