"""A dataclass of settings, read: from the environment, else the settings file, else its default."""

from __future__ import annotations

import dataclasses
import difflib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tams_analytics.errors import BadParameter
from tams_analytics.settings.files import TABLE, read_settings, settings_file
from tams_analytics.settings.redaction import redacted
from tams_analytics.settings.values import as_text

PREFIX = "TAMS_"
ALMOST = 0.85
"""So much alike are a name and the one that was meant (`difflib`)."""
S = TypeVar("S")


def setting(
    default: Any,
    names: str,
    read: Callable[[str, str], Any] = as_text,
    *,
    secret: bool = False,
    in_file: bool = False,
) -> Any:
    """A field of `Settings`: default, names (``+`` in front: with the prefix always), reader.

    ``in_file``: ``NAME_FILE`` may name a file whose text is the value, where ``NAME`` is not set.
    One that the settings file names is looked for beside that, wherever the process was started.
    """
    metadata = {"names": names.split(), "read": read, "in_file": in_file}
    return dataclasses.field(default=default, repr=not secret, metadata=metadata)


def read(kind: type[S], environ: Mapping[str, str] | None = None, file: Path | None = None) -> S:
    """A dataclass of fields made by `setting`, as `load` reads `Settings`."""
    environ = os.environ if environ is None else environ
    file = file or settings_file(environ)
    places = ((environ, Path()), (read_settings(file), file.parent))
    found = {}
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]
        written = _written(field.metadata, places)
        if written is not None:
            name, text = written
            found[field.name] = field.metadata["read"](name, text)
    return kind(**found)


def _written(
    metadata: Mapping[str, Any], places: tuple[tuple[Mapping[str, Any], Path], ...]
) -> tuple[str, str] | None:
    """The name that a setting has where it is found first, and its text there.

    A place comes with the folder in which it names files.
    """
    for place, folder in places:
        for name in _accepted(metadata["names"]):
            of_file = f"{name}_FILE"
            if metadata["in_file"] and of_file in place:
                if name in place:
                    problem = f"is set beside {name}"
                    raise BadParameter(of_file, place[of_file], problem, "one of the two")
                return name, _text_of(of_file, folder / str(place[of_file]))
            if name in place:
                return name, _plain(place[name])
    return None


def _accepted(names: list[str]) -> list[str]:
    """The names to look for, the ones that win first."""
    prefixed = [f"{PREFIX}{name.lstrip('+')}" for name in names]
    return prefixed + [name for name in names if not name.startswith("+")]


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text_of(name: str, file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise BadParameter(name, str(file), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:  # not chained: that error holds the text
        problem = "is no text in UTF-8"
    raise BadParameter(name, str(file), problem)


def refuse_unknown(
    kinds: Iterable[type], environ: Mapping[str, str] | None = None, file: Path | None = None
) -> None:
    """Raise `BadParameter` for a name of the settings file that none of these dataclasses has.

    Also for a variable ``TAMS_…`` that is almost one of theirs: ``TAMS_AUTH_TOKEN`` would protect
    nothing. Other programs may have variables that begin alike.
    """
    environ = os.environ if environ is None else environ
    file = file or settings_file(environ)
    known = {TABLE, *(name for kind in kinds for name in _names(kind))}
    for name in environ.keys() - known:
        if name.startswith(PREFIX) and (near := difflib.get_close_matches(name, known, 1, ALMOST)):
            raise BadParameter(name, "***", "is no setting", near[0])
    for name in read_settings(file):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            expected = near[0] if near else "a name in capitals that the README has"
            raise BadParameter(str(file), redacted(name), "is no setting", expected)


def _names(kind: type) -> Iterator[str]:
    """All names by which the fields of a dataclass are read."""
    for field in dataclasses.fields(kind):
        for name in _accepted(field.metadata["names"]):
            yield name
            if field.metadata["in_file"]:
                yield f"{name}_FILE"
