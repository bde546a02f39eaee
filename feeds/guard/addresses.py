"""PURE: which network addresses may be dialled.

The lists are our own: `ipaddress.is_global` calls multicast, NAT64, 6to4, site-local and
IPv4-compatible addresses global (seen on 3.11; research: delivery §6). They follow the IANA
special-purpose registries (RFC 6890 and its updates).
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from feeds.guard.urls import check_url

Network = IPv4Network | IPv6Network

_REFUSED_IPV4: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "local network"),
    ("100.64.0.0/10", "shared by a carrier"),
    ("127.0.0.0/8", "this machine"),
    ("168.63.129.16/32", "a cloud's own"),  # Azure's wire server, reachable from inside only
    ("169.254.0.0/16", "link-local"),  # holds the clouds' metadata at 169.254.169.254
    ("172.16.0.0/12", "local network"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "reserved"),  # AS112
    ("192.52.193.0/24", "reserved"),  # AMT
    ("192.88.99.0/24", "reserved"),  # 6to4 relays, withdrawn
    ("192.168.0.0/16", "local network"),
    ("192.175.48.0/24", "reserved"),  # AS112
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),  # with 255.255.255.255
)
_REFUSED_IPV6: tuple[tuple[str, str], ...] = (
    ("::1/128", "this machine"),
    ("::/96", "reserved"),  # unspecified, and IPv4-compatible: ::127.0.0.1
    ("::ffff:0:0:0/96", "reserved"),  # IPv4-translated: ::ffff:0:127.0.0.1
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "NAT64"),
    ("100::/64", "discard"),
    ("100:0:0:1::/64", "discard"),
    ("2001::/23", "reserved"),  # IETF protocols: Teredo, benchmarking, ORCHID
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "reserved"),  # AS112
    ("3fff::/20", "documentation"),
    ("5f00::/16", "reserved"),  # segment routing
    ("fc00::/7", "local network"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "local network"),  # site-local, withdrawn
    ("ff00::/8", "multicast"),
)
_UNICAST_IPV6 = IPv6Network("2000::/3")  # nothing outside is given out to anyone


class Guard:
    """Judges addresses; `allow` are networks the operator opened although they are private."""

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._allowed = tuple(ip_network(network) for network in allow)
        self._ipv4 = tuple((IPv4Network(network), why) for network, why in _REFUSED_IPV4)
        self._ipv6 = tuple((IPv6Network(network), why) for network, why in _REFUSED_IPV6)

    def refuses(self, address: str) -> str | None:
        """Tell why this numeric address may not be dialled, in a word or two; None: it may."""
        dialled = _read(address)
        if dialled is None:
            return "not an address"
        if any(dialled in network for network in self._allowed):
            return None
        return self._why_private(dialled)

    def refuses_literal(self, url: str) -> str | None:
        """Tell the operator what to open for a sound URL of a literal address; None: nothing.

        Names are not looked up: what they lead to is judged when they are dialled.
        """
        host = check_url(url)
        if _read(host) is None or self.refuses(host) is None:
            return None
        return f"{host} is private; name it in [network] allow_private"

    def is_private(self, address: str) -> bool:
        """Tell whether it lies in no public network, be it opened or not."""
        dialled = _read(address)
        return dialled is None or self._why_private(dialled) is not None

    def _why_private(self, address: IPv4Address | IPv6Address) -> str | None:
        if isinstance(address, IPv4Address):
            return next((why for network, why in self._ipv4 if address in network), None)
        for network, why in self._ipv6:
            if address in network:
                return why
        return None if address in _UNICAST_IPV6 else "reserved"


def _read(address: str) -> IPv4Address | IPv6Address | None:
    """Read it as it is dialled: one that is mapped is IPv4; one with a zone is never dialled."""
    if "%" in address:
        return None
    try:
        dialled = ip_address(address)
    except ValueError:
        return None
    return dialled.ipv4_mapped or dialled if isinstance(dialled, IPv6Address) else dialled
