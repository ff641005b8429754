"""Which scope a request needs: what a caller may do, apart from who it is.

Reading needs ``read``, POST and PUT ``write``, DELETE ``delete``. ``admin`` changes the service,
and has webhooks to itself: the specification wants their URLs shown to their owners only, and a
webhook sends what happens in the store to somebody else. The ping, which tells nothing, needs none,
nor do signed URLs of bytes under ``/media``.
"""

from __future__ import annotations

from urllib.parse import parse_qsl

from tams_server.credentials import ADMIN, DELETE, READ, WRITE

PING = "/_mgmt/ping"
MEDIA = "/media/"
SIGNATURE = "signature"
SERVICE = "/service"
WEBHOOKS = "/service/webhooks"
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def is_open(path: str, query: bytes) -> bool:
    """Nobody has to say who they are; whether the signature is right, the route looks."""
    return path == PING or (path.startswith(MEDIA) and _has_signature(query))


def _has_signature(query: bytes) -> bool:
    """A parameter of just that name, as routes read it."""
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return any(name == SIGNATURE for name, _value in asked)


def needed(method: str, path: str) -> str:
    """The scope that a request needs."""
    if path.startswith(WEBHOOKS) or (path == SERVICE and method not in READING):
        return ADMIN
    if method in READING:
        return READ
    return DELETE if method == "DELETE" else WRITE
