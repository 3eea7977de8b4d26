"""Who asks, as far as a connection tells: networks that are trusted to say so, the address they forwarded, and whom a
limit counts as one."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# 16 hops are more than any real way; a header may hold thousands.
MOST_HOPS = 16
HOME = 64  # bits of version 6 that one subscriber is given: each address of such a network is the same person
STREET = {4: 24, 6: HOME}
# Version 6 that stands for an address of version 4, which may lie inside: NAT64 (also of one's own), 6to4, and the old
# forms ::192.0.2.1 and ::ffff:0:192.0.2.1; and what was a network inside before fc00::/7 was.
TRANSLATED = ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "::/96", "::ffff:0:0:0/96", "fec0::/10")
KEPT = 4096  # addresses that were asked for of late


def networks(text: str) -> tuple[Network, ...]:
    """'127.0.0.1, 10.0.0.0/8, ::1' as networks; '' is none. Raises ValueError that names the bad part."""
    found: list[Network] = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        try:
            found.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            raise ValueError(
                f"'{part}' is no address and no network, such as 10.0.0.5 or 10.0.0.0/8"
            ) from None
    return tuple(found)


_TRANSLATED = networks(", ".join(TRANSLATED))


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; what is no address does not."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)


def is_public(address: str) -> bool:
    """Whether it is an address of the internet: none of this machine, of a network inside, or of a special use."""
    parsed = _parsed(address)
    if parsed is None or not parsed.is_global or parsed.is_multicast:
        return False
    return not any(parsed in network for network in _TRANSLATED)


def client_address(peer: str, forwarded: str | None, trusted: Sequence[Network]) -> str:
    """Who asks: the peer, or what a trusted one forwarded: the rightmost address that is not a trusted proxy.

    Each proxy adds whom it heard at the end, and what stands before that may be made up. A hop that is no address
    ends the way: the last one that is believed is who asks.
    """
    last = peer
    if not is_trusted(peer, trusted):
        return last
    for hop in reversed((forwarded or "").split(",")[-MOST_HOPS:]):
        address = _without_port(hop.strip())
        if _parsed(address) is None:
            return last
        last = address
        if not is_trusted(address, trusted):
            return last
    return last


def _without_port(hop: str) -> str:
    """Some proxies add the port: '203.0.113.9:4711', '[2001:db8::1]:4711'."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _parsed(address: str) -> Address | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    # A socket that hears both versions writes a version 4 peer as ::ffff:203.0.113.9.
    mapped = getattr(parsed, "ipv4_mapped", None)
    return mapped or parsed


@lru_cache(KEPT)
def sender_of(address: str) -> str:
    """Whom a limit counts as one: an address of version 4, the /64 network of version 6; what is neither is itself."""
    parsed = _parsed(address)
    if parsed is None:
        return address
    return str(parsed) if parsed.version == 4 else _network(parsed, HOME)


@lru_cache(KEPT)
def street_of(address: str) -> str:
    """'203.0.113.0/24', or the /64 of version 6: what one sender of many forms can have.

    '' where the address tells nothing: none, or this machine's own.
    """
    parsed = _parsed(address)
    return "" if parsed is None or parsed.is_loopback else _network(parsed, STREET[parsed.version])


def _network(parsed: Address, prefix: int) -> str:
    return str(ipaddress.ip_network((parsed, prefix), strict=False))
