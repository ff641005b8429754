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


def as_count(name: str, text: str) -> int:
    if text.strip().isascii() and text.strip().isdigit():
        return int(text)
    raise BadParameter(name, text, "is no whole number", "for example 1000")


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


def one_of(*allowed: str) -> Callable[[str, str], str]:
    def read(name: str, text: str) -> str:
        if text in allowed:
            return text
        raise BadParameter(name, text, "is not known", " or ".join(allowed))

    return read
