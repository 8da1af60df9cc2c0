"""Which addresses are of the public internet, and of nobody's own network.

`ipaddress.is_global` is not enough: it lets multicast through, and the IPv6 forms that carry an IPv4 address within, and its
tables differ between Python 3.11 and 3.13. So the tables are written out here, from the IANA registries of special-purpose
addresses (RFC 6890 and its updates): what is in none of them is public.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

NOT_PUBLIC_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, where some clouds keep their metadata
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local: 169.254.169.254 gives out credentials
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation, as are the next two of this kind
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, with 255.255.255.255
    )
)
ALLOCATED_V6 = IPv6Network("2000::/3")  # all that IANA has given to the public internet
NOT_PUBLIC_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # IETF protocols: Teredo (which carries an IPv4 address), ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries an IPv4 address, and is retired
        "3fff::/20",  # documentation
    )
)
NAT64 = IPv6Network("64:ff9b::/96")  # how a network without IPv4 reaches it: DNS64 answers with these


def is_public(address: str) -> bool:
    """Whether an IPv4 or IPv6 address, as a name lookup gives it, is of the public internet. What is no address is not."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_v4(parsed)
    if parsed.ipv4_mapped is not None:
        return _is_public_v4(parsed.ipv4_mapped)
    if parsed in NAT64:
        return _is_public_v4(IPv4Address(int(parsed) & 0xFFFFFFFF))
    return _is_public_v6(parsed)


def _is_public_v4(address: IPv4Address) -> bool:
    return not any(address in network for network in NOT_PUBLIC_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    return (
        address.scope_id is None
        and address in ALLOCATED_V6
        and not any(address in network for network in NOT_PUBLIC_V6)
    )
