"""Where webhooks may lead: to public addresses, and to those that a setting allows (§232).

A name is looked up when a webhook is registered and again for each delivery, which then connects
to the address that was found to be allowed: what the name says a moment later does not matter.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from tams_analytics.errors import BadParameter
from tams_analytics.settings import Network, redacted

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
PORTS = {"http": 80, "https": 443}
HOST = r"(?i:[0-9a-z._-]+|\[[0-9a-f:.]+\])(:[0-9]+)?"
"""Other names stand in a URL as their ``xn--`` form: not every client of HTTP makes it alike."""
PLACE = re.compile(r"[/?#]")
USABLE = re.compile(rf"(?i:https?)://{HOST}([/?#][^\x00-\x20\x7f]*)?")


class NoAddress(OSError):
    """The name in a URL cannot be looked up now."""


def host_of(url: str) -> str:
    """What may be told of a URL: all that follows its host may be a secret."""
    return PLACE.split(redacted(url).partition("://")[2])[0].rpartition("@")[2]


def allowed_address(url: str, allowed: Sequence[Network]) -> str:
    """The address that ``url`` is delivered to, as a text.

    Raises `BadParameter` where it may not be, `NoAddress` where its name leads nowhere now.
    """
    found = list(_addresses(url))
    for address in found:
        if is_allowed(address, allowed):
            return str(address)
    problem = f"leads to {found[0]}, which is no public address"
    expected = "a public address, or its network in TAMS_WEBHOOK_ALLOW_PRIVATE"
    raise BadParameter("url", redacted(url), problem, expected)


def refuse_private_target(url: str, allowed: Sequence[Network]) -> None:
    """Raise `BadParameter` for a URL that nothing may be delivered to, or that has a user in it.

    A name that cannot be looked up now is looked up again when there is something to deliver.
    """
    if not USABLE.fullmatch(url):
        expected = "http://host[:port]/path or https://…, the host in ASCII, without user"
        raise BadParameter("url", redacted(url), "is no address to deliver to", expected)
    try:
        allowed_address(url, allowed)
    except NoAddress:
        return


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """It is public, or in one of these networks."""
    meant = _embedded(address) or address
    if any(each in network for each in (address, meant) for network in allowed):
        return True
    return all(each.is_global and not each.is_multicast for each in (address, meant))


def _embedded(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 address leads to."""
    if address.version == 4:
        return None
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _addresses(url: str) -> Iterator[Address]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or PORTS[parts.scheme]
        known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NoAddress(f"its name leads nowhere: {error.strerror}") from error
    except (ValueError, KeyError) as error:  # a port or a name that is none
        expected = "http://host[:port]/path or https://…"
        raise BadParameter("url", redacted(url), "is no address to deliver to", expected) from error
    for _family, _kind, _protocol, _name, place in known:
        yield ipaddress.ip_address(str(place[0]).partition("%")[0])
