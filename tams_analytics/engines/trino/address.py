"""Where a store on Trino is: coordinators, catalog, schema, who asks, and within which limits."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from tams_analytics.errors import BadParameter
from tams_analytics.settings import Settings, redacted

EXPECTED = "trino://user@host[:port][,host2[:port]]/catalog/schema[?option=value]"
WRONG = "names no schema of a Trino catalog"
SCHEMES = {"trino": "http", "trino+https": "https"}
PORTS = {"http": 8080, "https": 443}
SESSION = "session."
"""How an option begins that is a session property of Trino's or of a catalog's."""
LIMITS = {
    "max_run_time": "query_max_run_time",
    "max_memory": "query_max_memory",
    "max_memory_per_node": "query_max_memory_per_node",
    "max_scan": "query_max_scan_physical_bytes",
}
"""Limits of one query (mission T12), and Trino's names of them."""
OTHERS = ("ca", "client_tags", "request_timeout", "role", "source", "verify")
LATIN_1 = "\xff"
"""Its last letter."""
SOURCE = "tams_analytics"
"""What Trino's list of queries shows as the program that asked."""


@dataclass(frozen=True)
class Address:
    """One schema of one catalog behind one or several coordinators; secrets are never shown."""

    coordinators: tuple[tuple[str, int], ...]
    user: str
    catalog: str
    schema: str
    http_scheme: str = "http"
    password: str | None = field(default=None, repr=False)
    token: str | None = field(default=None, repr=False)
    session: tuple[tuple[str, str], ...] = ()
    """Session properties."""
    source: str = SOURCE
    client_tags: tuple[str, ...] = ()
    role: str | None = None
    request_timeout: float = 30.0
    """Seconds that one answer over HTTP may take; no limit of a query."""
    verify: bool | str = True
    """The server's certificate is checked, or by which file of authorities."""

    @classmethod
    def parse(cls, url: str, settings: Settings, *, shown: str | None = None) -> Address:
        """The address that a ``trino://`` or ``trino+https://`` URL means.

        A password comes from the URL (for named stores) or ``TAMS_TRINO_PASSWORD``, a JWT from
        ``TAMS_TRINO_TOKEN``; both go over TLS only. Raises `BadParameter`, which quotes ``shown``,
        by default ``url`` redacted.
        """
        shown = redacted(url) if shown is None else shown
        scheme, _, rest = url.partition("://")
        place, _, query = rest.partition("?")
        who, _, where = place.rpartition("@")
        hosts, _, path = where.partition("/")
        catalog, _, schema = path.strip("/").partition("/")
        user, _, password = (unquote(part) for part in who.partition(":"))
        http_scheme = SCHEMES.get(scheme.lower())
        if http_scheme is None or not (catalog and schema) or "#" in place:
            raise BadParameter("url", shown, WRONG, EXPECTED)
        if not user:
            raise BadParameter("url", shown, "does not say who asks", EXPECTED)
        _sendable("user", user)
        address = cls(
            coordinators=tuple(_coordinator(host, http_scheme, shown) for host in hosts.split(",")),
            user=user,
            **_lower(unquote(catalog), unquote(schema), shown),
            http_scheme=http_scheme,
            password=password or settings.trino_password,
            token=settings.trino_token,
            **_options(query, shown),
        )
        address._refuse_open_secrets(shown, named=bool(password))
        return address

    def _refuse_open_secrets(self, shown: str, *, named: bool) -> None:
        if self.password and self.token:
            problem = "is set beside a password"
            raise BadParameter("TAMS_TRINO_TOKEN", None, problem, "one of the two")
        for name, secret in (("password", self.password), ("TAMS_TRINO_TOKEN", self.token)):
            if secret:
                _sendable(name, secret, shown="***")
        if self.http_scheme == "http" and (named or self.token or self.password):
            problem = "would send a password or token without TLS"
            raise BadParameter("url", shown, problem, "trino+https://…")

    @property
    def url(self) -> str:
        """As `tams_analytics.connect` takes it, without secrets and options."""
        scheme = "trino" if self.http_scheme == "http" else "trino+https"
        hosts = ",".join(f"{bracketed(host)}:{port}" for host, port in self.coordinators)
        return f"{scheme}://{self.user}@{hosts}/{self.catalog}/{self.schema}"


def _coordinator(text: str, http_scheme: str, shown: str) -> tuple[str, int]:
    """``host[:port]``; an IPv6 address stands in brackets."""
    bracketed = text.startswith("[")
    host, bracket, rest = text[1:].partition("]") if bracketed else ("", "", text)
    if not bracketed:
        host, separator, port = text.partition(":")
    else:
        separator, port = rest[:1], rest[1:]
    is_port = port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16
    if not host or (bracketed and not bracket) or (separator not in ("", ":")):
        raise BadParameter("url", shown, "has a coordinator without a name", EXPECTED)
    if separator and not is_port:
        raise BadParameter("url", shown, f"has a coordinator with the port {port!r}", EXPECTED)
    return host, int(port) if separator else PORTS[http_scheme]


def bracketed(host: str) -> str:
    """As a URL has it: an IPv6 address stands in brackets."""
    return f"[{host}]" if ":" in host else host


def _lower(catalog: str, schema: str, shown: str) -> dict[str, Any]:
    place = f"{catalog}/{schema}"
    if place != place.lower():
        problem = f"names {place!r}, and Trino knows names in lower case only"
        raise BadParameter("url", shown, problem, place.lower())
    return {"catalog": catalog, "schema": schema}


def _options(query: str, shown: str) -> dict[str, Any]:
    """What the options of a URL say, as fields of `Address`."""
    found: dict[str, Any] = {}
    session: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if not value:
            raise BadParameter(name, None, f"is not given a value in {shown}")
        if name in LIMITS:
            session[LIMITS[name]] = value
        elif name.startswith(SESSION):
            session[name.removeprefix(SESSION)] = value
        elif name in OPTIONS:
            key, read = OPTIONS[name]
            found[key] = read(name, value)
        else:
            known = ", ".join((*LIMITS, *OTHERS, f"{SESSION}NAME"))
            raise BadParameter("url", shown, f"has the unknown option {name!r}", f"one of {known}")
    return {**found, "session": tuple(session.items())}


def _seconds(name: str, text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise BadParameter(name, text, "is no number of seconds", "for example 30")
    return seconds


def _checked(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise BadParameter(name, text, "is not known", "true or false; ca=FILE names authorities")
    return text == "true"


def _sendable(name: str, text: str, *, shown: str | None = None) -> str:
    """``text``, which goes to Trino in a header of HTTP; ``shown`` stands for a secret."""
    if not text.isprintable() or text != text.strip() or max(text) > LATIN_1:
        problem = "cannot be sent to Trino in a header of HTTP"
        expected = "letters of Latin-1, without line breaks or spaces around"
        raise BadParameter(name, shown or text, problem, expected)
    return text


def _tags(name: str, text: str) -> tuple[str, ...]:
    return tuple(_sendable(name, text).split(","))


def _authorities(name: str, text: str) -> str:
    """A file, or a folder, of certificates that can be read."""
    path = Path(text)
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if path.is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(path)
    except OSError as error:
        is_read = isinstance(error, ssl.SSLError)
        problem = "holds no certificates" if is_read else f"cannot be read: {error.strerror}"
        raise BadParameter(name, text, problem, "a file in PEM") from error
    return text


OPTIONS: Mapping[str, tuple[str, Callable[[str, str], Any]]] = {
    "ca": ("verify", _authorities),
    "verify": ("verify", _checked),
    "client_tags": ("client_tags", _tags),
    "request_timeout": ("request_timeout", _seconds),
    "role": ("role", _sendable),
    "source": ("source", _sendable),
}
"""The field of each option, and how its text is read."""
