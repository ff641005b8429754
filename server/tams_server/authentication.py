"""Who asks, found out before anything else is looked at: bearer, basic, ``?access_token=``.

One replaceable piece (F84): the middleware `Authenticated` asks an `Authentication` for the caller,
refuses with 401 whoever shows nothing or something wrong, also on paths that are not there (§14),
and with 403 whoever may not do this (§19). What authenticates otherwise gives `create_app` another
`Authentication`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tams_server.credentials import Caller, Secret
from tams_server.current import current
from tams_server.errors import error_answer
from tams_server.permissions import is_open, needed
from tams_server.principals import SHOWED_NOTHING
from tams_server.settings import ServerSettings
from tams_server.tokens import Issuer

REALM = "TAMS"


@dataclass(frozen=True)
class Shown:
    """What a request shows: a token, or a user with a password."""

    secret: str = field(repr=False)
    user: str | None = None


class Authentication(Protocol):
    """Tells callers by what they show."""

    @property
    def challenge(self) -> str:
        """``WWW-Authenticate`` of a 401."""

    async def caller_of(self, shown: Shown) -> Caller | None:
        """Who it is; ``None``: nobody that is known. Raises `EngineFailed` where it cannot tell."""


class Configured:
    """By the settings: static tokens, users with passwords, and the tokens of an issuer."""

    def __init__(self, settings: ServerSettings) -> None:
        self._tokens = settings.auth_tokens
        self._passwords = settings.auth_basic
        self._issuer = Issuer(settings) if settings.jwt_issuer else None

    @property
    def schemes(self) -> list[str]:
        """What is taken, in words."""
        kinds = {"tokens": self._tokens, "JWT": self._issuer, "basic": self._passwords}
        return [name for name, found in kinds.items() if found]

    @property
    def challenge(self) -> str:
        has_bearer = self._tokens or self._issuer
        schemes = [*(["Bearer"] if has_bearer else []), *(["Basic"] if self._passwords else [])]
        return ", ".join(f'{scheme} realm="{REALM}"' for scheme in schemes)

    async def caller_of(self, shown: Shown) -> Caller | None:
        if shown.user is not None:
            known = [each for each in self._passwords if each.caller.name == shown.user]
            return _the_same(shown.secret, known)
        found = _the_same(shown.secret, self._tokens)
        if found is None and self._issuer is not None:
            return await self._issuer.caller_of(shown.secret)
        return found


def authentication_of(settings: ServerSettings) -> Configured | None:
    """What the settings say; ``None`` where nobody has a credential."""
    return Configured(settings) if settings.has_credentials else None


class Authenticated:
    """Lets a request through with its caller's name as ``principal`` (§20), or answers it."""

    def __init__(self, app: ASGIApp, authentication: Authentication | None) -> None:
        self.app = app
        self._authentication = authentication

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        by = self._authentication
        if by is None or scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = routed_path(scope)
        if is_open(path, scope["query_string"]):
            scope.setdefault("state", {})[SHOWED_NOTHING] = True
            await self.app(scope, receive, send)
            return
        shown = shown_by(scope)
        caller = None if shown is None else await by.caller_of(shown)
        refusal = _refusal(shown, caller, by, needed(scope["method"], path))
        if caller is not None:
            scope.setdefault("state", {})["principal"] = current().principal = caller.name
        await (refusal or self.app)(scope, receive, send)


def _refusal(
    shown: Shown | None, caller: Caller | None, by: Authentication, scope: str
) -> Response | None:
    """401 or 403; ``None`` for a caller with the scope."""
    if caller is None:
        said = "this needs a credential" if shown is None else "the credential is not known"
        return error_answer(401, "Unauthorized", said, {"WWW-Authenticate": by.challenge})
    if scope not in caller.scopes:
        return error_answer(403, "Forbidden", f"this needs the scope {scope}")
    return None


def routed_path(scope: Scope) -> str:
    """The path below what the server is mounted at."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def shown_by(scope: Scope) -> Shown | None:
    """What a request shows; the header ``Authorization`` wins over ``access_token``."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return _of_header(value.decode("latin-1"))
    if b"access_token" in scope["query_string"]:
        asked = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        if "access_token" in asked:
            return Shown(asked["access_token"])
    return None


def _of_header(value: str) -> Shown:
    """A header of another scheme, or that is ill-formed, shows a secret that nobody has."""
    scheme, _blank, rest = value.partition(" ")
    if scheme.lower() == "bearer":
        return Shown(rest.strip())
    if scheme.lower() == "basic":
        try:
            said = base64.b64decode(rest.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return Shown("")
        user, _colon, password = said.partition(":")
        return Shown(password, user)
    return Shown("")


def _the_same(secret: str, known: Sequence[Secret]) -> Caller | None:
    """Whose secret it is; every one is compared, in a time that tells nothing of how alike."""
    given = secret.encode()
    found = None
    for each in known:
        if hmac.compare_digest(given, each.text.encode()):
            found = each.caller
    return found
