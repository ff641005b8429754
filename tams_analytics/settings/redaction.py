"""URLs as they may be shown: without what may be a secret (mission L3)."""

from __future__ import annotations

import re
from collections.abc import Iterator

USER = re.compile(r"(?s)^(?P<scheme>[^:@]*://|(?=[^/]*:))(?P<user>.+)@")
"""Who asks, up to the last ``@``; without a scheme where a colon comes before any slash."""
OPTIONS = re.compile(r"(?s)^(?P<place>[^?#;&]*(?:://[^?#;&]*[?#;&]|[?#;&](?=.*=)))(?P<options>.+)")
"""What follows a URL's place; without ``://`` only where an ``=`` tells it from a file's name."""
URL = re.compile(r"[^\s()'\"]+://[^\s()'\"]+")
SECRET_OPTION = re.compile(
    r"(?i)[?&;#][^=&;#]*(?:secret|pass|pw|token|key|sig|auth|credential)[^=&;#]*=(?P<value>[^&;#]*)"
)


def redacted(url: str) -> str:
    """``url`` as it may be shown: without who asks, and without options.

    Only Trino's user is kept. A password may hold what ends a host in other URLs, so all up to the
    last ``@`` is taken for it; an option may be a secret whatever its name, or go on behind ``&``.
    """
    return OPTIONS.sub(r"\g<place>***", USER.sub(_hidden_user, url))


def redacted_within(sentence: str) -> str:
    """``sentence`` with the URLs that stand in it as they may be shown."""
    return URL.sub(lambda found: redacted(found[0]), sentence)


def has_options(url: str) -> bool:
    return OPTIONS.match(url) is not None


def secrets_in(url: str) -> Iterator[str]:
    """The parts of ``url`` that nobody may see: who asks, and options named like secrets."""
    for found in USER.finditer(url):
        shown, _colon, hidden = found["user"].partition(":")
        yield hidden
        if not _is_trino(found):
            yield shown
    for option in SECRET_OPTION.finditer(url):
        yield option["value"]


def _hidden_user(found: re.Match[str]) -> str:
    scheme, user = found["scheme"], found["user"]
    if _is_trino(found):
        return f"{scheme}{user.partition(':')[0]}{':***' if ':' in user else ''}@"
    return f"{scheme}***@"


def _is_trino(found: re.Match[str]) -> bool:
    return found["scheme"].lower() in {"trino://", "trino+https://"}
