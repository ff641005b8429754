"""What the command tells beside its answer: log records and colours, as the environment wants them.

The library configures no logging (mission L2); here is where a process does.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping

import click

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
PRODUCTION = "%(asctime)s %(levelname)s %(name)s: %(message)s"
DEVELOPMENT = "%(asctime)s %(levelname)s %(name)s:%(lineno)d %(funcName)s: %(message)s"


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        shown = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            shown["error"] = self.formatException(record.exc_info)
        return json.dumps(shown, ensure_ascii=False)


def configure(environ: Mapping[str, str] | None = None) -> None:
    """Send this library's records to stderr, from ``LOG_LEVEL`` (default WARNING) upwards.

    ``TAMS_DEBUG=1`` is the level DEBUG. ``ENVIRONMENT=development`` adds line numbers,
    ``LOG_FORMAT=json`` writes JSON (mission F51).
    Loggers of other libraries stay as they are: they may tell secrets (L3). Raises click's
    `UsageError`.
    """
    environ = os.environ if environ is None else environ
    is_debug = _is_yes("TAMS_DEBUG", environ)
    level = "DEBUG" if is_debug else _read(environ, "LOG_LEVEL", "WARNING").upper()
    if level not in LEVELS:
        raise click.UsageError(f"LOG_LEVEL: {level!r} is no level; expected {', '.join(LEVELS)}")
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter(environ))
    handler.set_name("tams")
    ours = logging.getLogger("tams_analytics")
    ours.handlers = [one for one in ours.handlers if one.get_name() != "tams"]
    ours.addHandler(handler)
    ours.setLevel(level)


def choose_colours(context: click.Context, environ: Mapping[str, str] | None = None) -> None:
    """No colours where ``NO_COLOR`` is set, whatever the terminal; else click decides."""
    environ = os.environ if environ is None else environ
    if environ.get("NO_COLOR"):
        context.color = False


def _formatter(environ: Mapping[str, str]) -> logging.Formatter:
    if _read(environ, "LOG_FORMAT", "text") == "json":
        return JsonFormatter()
    is_development = _read(environ, "ENVIRONMENT", "production") == "development"
    return logging.Formatter(DEVELOPMENT if is_development else PRODUCTION)


def _is_yes(name: str, environ: Mapping[str, str]) -> bool:
    text = environ.get(name, "").strip()
    try:
        return bool(text and click.BOOL.convert(text, None, None))
    except click.BadParameter as error:
        raise click.UsageError(f"{name}: {error.message} Expected 1 or 0.") from error


def _read(environ: Mapping[str, str], name: str, default: str) -> str:
    """A setting with the prefix, else without."""
    return environ.get(f"TAMS_{name}") or environ.get(name) or default
