"""PURE: which network addresses may be dialled, and which URLs are worth a try at all.

The lists are our own: `ipaddress.is_global` calls multicast, NAT64, 6to4, site-local and
IPv4-compatible addresses global (seen on 3.11; research: delivery §6). They follow the IANA
special-purpose registries (RFC 6890 and its updates). The gate that counts is the address dialled
(`Guard.refuses`, asked for every new socket, after DNS and after each redirect); `check_url` only
looks at the text, to say early and plainly what is wrong with it.
"""

import re
import unicodedata
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from feeds.errors import WebError, WebErrorKind

URL_CHARS_MAX = 4_096
HOST_CHARS_MAX = 253  # RFC 1035 §2.3.4, as text
LABEL_CHARS_MAX = 63
PORT_MAX = 65_535
SCHEMES = ("http", "https")
_LABEL = re.compile(r"[a-zA-Z0-9_\-\u0080-\U0010ffff]+")
_NEVER_IN_A_URL = ("Cc", "Cs", "Zs", "Zl", "Zp")  # control, surrogate, spaces (Unicode categories)

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
        if "%" in address:
            return "zoned"
        try:
            dialled = ip_address(address)
        except ValueError:
            return "not an address"
        if isinstance(dialled, IPv6Address) and dialled.ipv4_mapped is not None:
            dialled = dialled.ipv4_mapped
        if any(dialled in network for network in self._allowed):
            return None
        if isinstance(dialled, IPv4Address):
            return next((why for network, why in self._ipv4 if dialled in network), None)
        return self._why_not_ipv6(dialled)

    def _why_not_ipv6(self, address: IPv6Address) -> str | None:
        for network, why in self._ipv6:
            if address in network:
                return why
        return None if address in _UNICAST_IPV6 else "reserved"


def check_url(url: str) -> str:
    """Give the URL's host in lower case if its text is sound; raises WebError(BAD_URL).

    The text of the error never quotes the URL: a token may be in it.
    """
    fault = _fault_of_text(url)
    if fault is None:
        parts = _split(url)
        fault = "this is not a URL" if parts is None else _fault_of_parts(parts)
        if fault is None and parts is not None and parts.hostname:
            return parts.hostname
    raise WebError(WebErrorKind.BAD_URL, fault or "the URL names no host", request_left=False)


def _fault_of_text(url: str) -> str | None:
    if len(url) > URL_CHARS_MAX:
        return f"the URL is longer than {URL_CHARS_MAX:,} characters"
    plain = url.isascii() and url.isprintable() and " " not in url  # nearly always, and quick
    if not plain and any(unicodedata.category(each) in _NEVER_IN_A_URL for each in url):
        return "the URL holds a space or a control character"
    if "\\" in url:
        return "the URL holds a backslash"
    return None


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _fault_of_parts(parts: SplitResult) -> str | None:
    if not parts.scheme:
        return "this is not a URL: write it whole, like https://example.org/feed/"
    if parts.scheme not in SCHEMES:
        return "only http:// and https:// can be fetched"
    if "@" in parts.netloc:
        return "the URL holds a user name or password; those are not supported"
    host = parts.hostname
    if not host:
        return "the URL names no host"
    return _fault_of_port(parts) or _fault_of_host(host, bracketed="[" in parts.netloc)


def _fault_of_port(parts: SplitResult) -> str | None:
    wrong = f"the URL's port is not a number from 1 to {PORT_MAX}"
    try:
        return wrong if parts.port == 0 else None
    except ValueError:
        return wrong


def _fault_of_host(host: str, *, bracketed: bool) -> str | None:
    wrong = "the URL's host is neither a name nor an address"
    if bracketed:
        return wrong if "%" in host or not _is_ipv6(host) else None
    labels = host.removesuffix(".").split(".")
    if len(host) > HOST_CHARS_MAX or not all(_is_label(label) for label in labels):
        return wrong
    if _is_numeric(labels[-1]) and not _is_ipv4(host):
        # No top-level domain is a number (RFC 3696 §2): 127.1, 0x7f000001 and 2130706433 are
        # addresses in disguise, which resolvers read differently.
        return "the URL's host is a number: write an IPv4 address as four decimal numbers"
    return None


def _is_label(label: str) -> bool:
    if not 0 < len(label) <= LABEL_CHARS_MAX or not _LABEL.fullmatch(label):
        return False
    return label.isascii() or all(unicodedata.category(each) != "Cf" for each in label)


def _is_numeric(label: str) -> bool:
    return label.isdigit() or label.startswith("0x")


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True


def _is_ipv6(host: str) -> bool:
    try:
        IPv6Address(host)
    except ValueError:
        return False
    return True
