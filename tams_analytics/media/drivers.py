"""The one place that imports PyAV, an extra of this library."""

from __future__ import annotations

from typing import Any

from tams_analytics.errors import Unsupported


def pyav() -> Any:
    """The module ``av``. Raises `Unsupported`, saying what to install."""
    try:
        import av  # noqa: PLC0415  (an extra: the library works without it)
    except ImportError as error:
        raise Unsupported(
            "media", "read media files without PyAV", 'pip install "tams-analytics[media]"'
        ) from error
    return av
