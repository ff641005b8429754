"""Who may ask, as settings say it: tokens, users with passwords, and what each may do.

``TAMS_AUTH_TOKENS``: entries ``token``, ``token=read+write`` or ``name:token=read``, with commas or
line breaks between them. ``TAMS_AUTH_BASIC``: ``user:password`` or ``user:password=read+write``;
what stands behind the last ``=`` is scopes. No scopes: all. Nothing here is quoted in an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tams_analytics.errors import BadParameter

READ, WRITE, DELETE, ADMIN = "read", "write", "delete", "admin"
SCOPES = frozenset({READ, WRITE, DELETE, ADMIN})
TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What can follow ``Bearer`` (RFC 6750)."""
LIKE_SCOPES = re.compile(r"[a-z]+(\+[a-z]+)*")


@dataclass(frozen=True)
class Caller:
    """Who asks: a name for ``created_by`` and the log, and the scopes."""

    name: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class Secret:
    """A text that shows nobody that it can be asked by, and for whom it stands."""

    text: str = field(repr=False)
    caller: Caller


def as_tokens(name: str, text: str) -> tuple[Secret, ...]:
    """The entries of ``TAMS_AUTH_TOKENS``; one without a name is ``token 1`` by its place."""
    return tuple(_token(name, place, entry) for place, entry in _entries(text))


def as_passwords(name: str, text: str) -> tuple[Secret, ...]:
    """The entries of ``TAMS_AUTH_BASIC``."""
    return tuple(_password(name, place, entry) for place, entry in _entries(text))


def _entries(text: str) -> list[tuple[int, str]]:
    """Each with its number; where there is more than one line, commas are part of an entry."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    parts = text.split(",") if len(lines) <= 1 else lines
    return list(enumerate((part.strip() for part in parts if part.strip()), 1))


def _token(setting: str, place: int, entry: str) -> Secret:
    rest, scopes = _scopes(setting, place, entry)
    name, colon, token = rest.rpartition(":")
    if not TOKEN.fullmatch(token):
        raise _bad(setting, place, "is no token", "name:token=read+write, as Bearer takes it")
    return Secret(token, Caller(name if colon and name else f"token {place}", scopes))


def _password(setting: str, place: int, entry: str) -> Secret:
    rest, scopes = _scopes(setting, place, entry)
    user, _colon, password = rest.partition(":")
    if not user or not password:
        raise _bad(setting, place, "is no user with a password", "user:password=read+write")
    return Secret(password, Caller(user, scopes))


def _scopes(setting: str, place: int, entry: str) -> tuple[str, frozenset[str]]:
    """An entry without its scopes, and those."""
    rest, equals, said = entry.rpartition("=")
    if not equals or not said:  # nothing behind the last =: the padding of a token
        return entry, SCOPES
    scopes = frozenset(said.split("+"))
    if LIKE_SCOPES.fullmatch(said) and scopes <= SCOPES:
        return rest, scopes
    expected = f"an entry that ends in = and {', '.join(sorted(SCOPES))}, with + between them"
    raise _bad(setting, place, "has scopes that are not known behind its last =", expected)


def _bad(setting: str, place: int, problem: str, expected: str) -> BadParameter:
    return BadParameter(setting, f"entry {place}", problem, expected)
