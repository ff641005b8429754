"""A setting's text as its value; each raises `BadParameter` that names the setting."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from tams_analytics.errors import BadParameter

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
EVERYWHERE: tuple[Network, ...] = tuple(map(ipaddress.ip_network, ("0.0.0.0/0", "::/0")))
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def as_bool(name: str, text: str) -> bool:
    if text.strip().lower() in TRUE | FALSE:
        return text.strip().lower() in TRUE
    raise BadParameter(name, text, "is no yes or no", "1 or 0")


def count_of(least: int, most: int) -> Callable[[str, str], int]:
    """Reads a whole number between these; what is beyond would fail where it is used."""

    def read(name: str, text: str) -> int:
        digits = text.strip()
        if not (digits.isascii() and digits.isdigit()):
            raise BadParameter(name, text, "is no whole number", "for example 1000")
        if len(digits.lstrip("0")) > len(str(most)) or int(digits) > most:
            raise BadParameter(name, text, "is too many", f"{most} or less")
        if int(digits) < least:
            raise BadParameter(name, text, "is too few", f"{least} or more")
        return int(digits)

    return read


MOST = 1_000_000_000
"""Of most things; as seconds 31 years."""
MOST_BYTES = 1 << 60
as_count = count_of(0, MOST)
as_bytes = count_of(1, MOST_BYTES)


def as_text(name: str, text: str) -> str:
    return text


def as_networks(name: str, text: str) -> tuple[Network, ...]:
    """Networks with commas between them; yes is every address, no is none."""
    said = text.strip().lower()
    if said in TRUE | FALSE:
        return EVERYWHERE if said in TRUE else ()
    try:
        return tuple(ipaddress.ip_network(each.strip()) for each in said.split(","))
    except ValueError as error:
        expected = "1, 0, or for example 10.1.0.0/16,192.168.7.5"
        raise BadParameter(name, text, "names no networks", expected) from error


def as_paths(name: str, text: str) -> tuple[tuple[str, str], ...]:
    """``bucket=/path``, with commas between."""
    pairs = [each.strip().partition("=") for each in text.split(",") if each.strip()]
    for bucket, _equals, path in pairs:
        if not bucket or not path.startswith("/"):
            raise BadParameter(name, text, "names no paths", "for example media=/tams/media")
    return tuple((bucket, path) for bucket, _equals, path in pairs)


def one_of(*allowed: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text in allowed:
            return text
        raise BadParameter(name, text, "is not known", " or ".join(allowed))

    return read
