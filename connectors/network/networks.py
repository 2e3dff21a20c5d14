"""Which IP addresses are the open internet's, and which lead inside.

The list is ours and not ``ipaddress.is_global``: that one changes with the Python
release, and lets multicast, NAT64 and 6to4 pass. It follows IANA's special-purpose
registries (https://www.iana.org/assignments/iana-ipv4-special-registry and
https://www.iana.org/assignments/iana-ipv6-special-registry). An IPv6 address that has
an IPv4 address inside is refused whatever that one is: nobody has to be reached so.
"""

from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TypeAlias

from connectors.errors import ManifestError

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

INSIDE_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network; Linux connects 0.0.0.0 to itself
        "10.0.0.0/8",
        "100.64.0.0/10",  # behind a carrier's NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; the clouds' metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
UNICAST_V6 = IPv6Network("2000::/3")
"""All that is assigned to the open internet. Outside of it are ``::``, ``::1``, the
IPv4-mapped, NAT64 (64:ff9b::), fc00::/7, fe80::/10, ff00::/8 and what nobody has."""
INSIDE_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, benchmarks, ORCHID and other protocols
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


def is_public(address: Address) -> bool:
    """Say whether ``address`` is one of the open internet."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in INSIDE_V4)
    return address in UNICAST_V6 and not any(address in net for net in INSIDE_V6)


def is_allowed(address: Address, networks: Iterable[Network]) -> bool:
    """Say whether an agency may be at ``address``: public, or in ``networks``.

    An address belongs to a network of its own version only: ``::ffff:10.0.0.1`` is
    not in ``10.0.0.0/8``.
    """
    return is_public(address) or any(address in network for network in networks)


def is_allowed_text(text: str, networks: Iterable[Network]) -> bool:
    """Say the same of an address as a resolver or a socket spells it."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return is_allowed(address, networks)


def read_networks(texts: Iterable[str]) -> Sequence[Network]:
    """Read an operator's list of networks, such as ``10.20.0.0/16``.

    Raises:
        ManifestError: one is none, or has bits set beyond its length.
    """
    networks = []
    for text in texts:
        try:
            networks.append(ip_network(text))
        except ValueError as error:
            raise ManifestError(f"{text!r} is no network: {error}") from None
    return tuple(networks)
