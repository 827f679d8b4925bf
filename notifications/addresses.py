"""Where what we send out may go: to public addresses, and never to something inside our own network.

An address is looked at twice: as it is written, when the settings are read, and as it resolves, each time
something is sent. A name can come to mean another machine at any moment.

How a mailbox is written is one rule, for the handbook that names it and for the letter that goes to it.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

_INSIDE_CLOUDS = (IPv4Network("168.63.129.16/32"), IPv4Network("192.0.0.0/24"))
"""Public by their numbers, and answered by a cloud's own machinery."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that stand for an IPv4 address, which is their last four bytes."""
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_NAME = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_MAILBOX = re.compile(rf"(?=.{{1,254}}\Z)(?=.{{1,64}}@)(?!.*=\?){_WORD}(\.{_WORD})*@{_NAME}(\.{_NAME})+")
"""RFC 5321 without its quotation marks, and without what mail programs would decode (`=?`)."""


def unfit(url: str, *, loopback: bool) -> str:
    """Say what is wrong with a URL to send to, as it is written; empty if nothing is.

    `loopback` lets it be on this machine, and there without TLS: for demos and tests.
    """
    try:
        address = urlsplit(url)
        host, port = address.hostname or "", address.port
    except ValueError:
        return "is not an address that can be read"
    if not host or port == 0 or any(character.isspace() or not character.isprintable() for character in url):
        return "is not an address that can be read"
    if address.username is not None or address.password is not None:
        return "must not hold a name or password"
    if address.fragment:
        return "must not have a part after #"
    here = loopback and _is_here(host)
    if address.scheme != "https" and not (here and address.scheme == "http"):
        return "must begin with https://"
    if here:
        return ""
    return _unfit_host(host)


def mailbox(address: str) -> bool:
    """Say whether a letter can be addressed so: `name@organisation.example`, in plain signs."""
    return _MAILBOX.fullmatch(address) is not None


def forbidden(address: Address, *, loopback: bool) -> bool:
    """Say whether nothing of ours may be sent to a resolved address."""
    inner = _inner(address)
    if inner.is_loopback:
        return not loopback
    return (
        not inner.is_global
        or inner.is_multicast
        or inner.is_reserved
        or inner.is_unspecified
        or inner.is_link_local
        or (isinstance(inner, IPv6Address) and inner.is_site_local)
        or any(inner in network for network in _INSIDE_CLOUDS)
    )


def literal(host: str) -> Address | None:
    """Return the address that a host is written as; None for a name."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_here(host: str) -> bool:
    known = literal(host)
    return host == "localhost" or (known is not None and _inner(known).is_loopback)


def _unfit_host(host: str) -> str:
    known = literal(host)
    if known is not None:
        return "must not be inside a network of one's own" if forbidden(known, loopback=False) else ""
    labels = host.removesuffix(".").split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return "has a host that is no name"
    # What a resolver takes for a number: 2130706433, 0x7f.1 and 127.1 are all this machine.
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        return "has a number in the place of a host"
    if len(labels) < 2 or labels[-1] in ("localhost", "local", "internal", "localdomain"):
        return "must not be inside a network of one's own"
    return ""


def _inner(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, if it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address
