"""How long URLs and unused objects live, and what that must not be (F42, F42a, §62, §63).

An object must not be collected while a URL to put it lives, so a setting that would allow it is
refused before anything is served.
"""

from __future__ import annotations

from tams_analytics.errors import BadParameter, BadTimeRange
from tams_analytics.settings import Settings
from tams_analytics.timerange import parse_timestamp

NS = 1_000_000_000
NAME = "TAMS_MIN_OBJECT_TIMEOUT"
SHORTEST_OBJECT_S = 300
SHORTEST_URL_S = 30
EXPIRIES = ("s3_presigned_url_upload_timeout", "s3_presigned_url_download_timeout")


def refuse_unsafe_timeouts(settings: Settings) -> None:
    """Raise `BadParameter` for timeouts that break the specification, or would lose bytes."""
    for name in EXPIRIES:
        if getattr(settings, name) < SHORTEST_URL_S:
            expected = f"{SHORTEST_URL_S} seconds or more"
            raise BadParameter(name.upper(), getattr(settings, name), "is too short", expected)
    lives_s = min_object_timeout_s(settings)
    if lives_s < SHORTEST_OBJECT_S:
        _refuse(settings, f"at least {SHORTEST_OBJECT_S}:0")
    upload_s = settings.s3_presigned_url_upload_timeout
    if lives_s < upload_s:
        _refuse(settings, f"at least {upload_s}:0 (S3_PRESIGNED_URL_UPLOAD_TIMEOUT)")


def _refuse(settings: Settings, expected: str) -> None:
    value = settings.min_object_timeout
    raise BadParameter(NAME, value, "is too short", expected)


def min_object_timeout_s(settings: Settings) -> float:
    """Seconds that an object without references, or never registered, stays. Raises `BadParameter`.

    Source: `min_object_timeout` of the service, R5, §201.
    """
    try:
        return parse_timestamp(settings.min_object_timeout) / NS
    except BadTimeRange as error:
        written, expected = settings.min_object_timeout, "for example 3600:0, an hour"
        raise BadParameter(NAME, written, "is no TAMS timestamp", expected) from error


def min_presigned_url_timeout(settings: Settings) -> str:
    """What the service promises of every presigned URL: no more than any of the three (§63)."""
    lives_s = [getattr(settings, name) for name in EXPIRIES]
    return f"{min(*lives_s, int(min_object_timeout_s(settings)))}:0"
