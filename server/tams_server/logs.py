"""Where the server's records go: to stderr, as text or JSON, with the request's id (L1 to L4).

Only the loggers of this project, and warnings of uvicorn's and OpenTelemetry's, are heard; those of
other libraries may tell secrets.
"""

from __future__ import annotations

import logging
import re
from typing import Any

from pythonjsonlogger.core import BaseJsonFormatter
from pythonjsonlogger.json import JsonFormatter

from tams_analytics.settings import redacted_within
from tams_command.logs import DEVELOPMENT, PRODUCTION
from tams_server.current import current
from tams_server.settings import ServerSettings

OURS = ("tams_server", "tams_analytics")
OF_OTHERS = ("uvicorn.error", "opentelemetry")
AUDIT = "tams_analytics.audit"
ERRORS = "tams_server.errors"
NEVER = logging.CRITICAL + 1
SECRET = re.compile(
    r"(?i)((?:access_token|signature|x-amz-[a-z-]+)=)[^&\s\"']+|(bearer|basic) [^\s\"']+"
)
SIGNS = ("=", "://", "earer ", "asic ", "EARER ", "ASIC ")
"""Nothing that `without_secrets` looks for is in a line without one of these."""
NAMES = {"asctime": "time", "levelname": "level", "name": "logger"}
JSON = "%(asctime)s %(levelname)s %(name)s %(message)s"


class Correlated(logging.Filter):
    """Gives each record the id of the request that it is about; ``-`` outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.correlation_id = current().correlation_id or "-"
        return True


class SecretFree(logging.Formatter):
    """Text, with what could be a secret left out."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class SecretFreeJson(JsonFormatter):
    """One object a line, with what could be a secret left out."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Before it is written as JSON, which must not be cut."""
        return {
            name: without_secrets(value) if isinstance(value, str) else value
            for name, value in super().process_log_record(log_data).items()
        }


def without_secrets(line: str) -> str:
    """``line`` without options of URLs, tokens and signatures (L3)."""
    if not any(sign in line for sign in SIGNS):  # as in most lines; looking closer takes longer
        return line
    return SECRET.sub(lambda found: f"{found[1] or found[2] + ' '}***", redacted_within(line))


def configure(settings: ServerSettings) -> None:
    """Send what happens here to stderr, from ``LOG_LEVEL`` upwards (F49, F51)."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(settings))
    handler.addFilter(Correlated())
    for name in (*OURS, *OF_OTHERS):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(settings.log_level)
    for name in OF_OTHERS:
        logging.getLogger(name).setLevel(max(logging.WARNING, _number(settings.log_level)))
    logging.getLogger(AUDIT).setLevel(logging.NOTSET if settings.audit_logging else NEVER)
    logging.getLogger(ERRORS).setLevel(logging.NOTSET if settings.error_reporting else NEVER)


def formatter(settings: ServerSettings) -> logging.Formatter:
    """As ``LOG_FORMAT`` and ``ENVIRONMENT`` want it."""
    if settings.log_format == "json":
        return _json()
    line = DEVELOPMENT if settings.environment == "development" else PRODUCTION
    return SecretFree(line.replace("%(levelname)s", "%(levelname)s [%(correlation_id)s]"))


def _json() -> BaseJsonFormatter:
    return SecretFreeJson(JSON, rename_fields=NAMES)


def _number(level: str) -> int:
    number: int = getattr(logging, level)
    return number
