"""PURE: which URLs are worth a try at all, and the host that each one names.

What is said of a host here is said of the one that is dialled: international names are mapped once,
in this file, and nothing behind it reads a host again in a way of its own.
"""

import re
import unicodedata
from functools import lru_cache
from ipaddress import ip_address
from string import printable
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from idna import IDNAError, uts46_remap

from feeds.errors import WebError, WebErrorKind

URL_CHARS_MAX = 4_096
URLS_KEPT = 2_048  # judged once: the same few are posted to all the time
HOST_CHARS_MAX = 253  # RFC 1035 §2.3.4, as text
PORT_MAX = 65_535
SCHEMES = ("http", "https")
_LABEL = re.compile(r"[a-z0-9_\-]{1,63}")  # RFC 1035 §2.3.4, and the underscores of the wild
_NEVER_IN_A_URL = ("Cc", "Cs", "Zs", "Zl", "Zp")  # control, surrogate, spaces (Unicode categories)


@lru_cache(URLS_KEPT)
def check_url(url: str) -> str:
    """Give the host that will be dialled, in ASCII and lower case; raises WebError(BAD_URL).

    The text of the error never quotes the URL: a token may be in it.
    """
    _check_text(url)
    parts = _split(url)
    _check_parts(parts)
    return _host_of(parts)


def in_ascii(url: str) -> str:
    """Write a sound URL as it is sent: its host as it is dialled, the rest escaped (RFC 3987 §3.1).

    What is ASCII already stays as it is written, escapes and all.
    """
    host, parts = check_url(url), urlsplit(url)
    place = f"[{host}]" if ":" in host else host
    place = place if parts.port is None else f"{place}:{parts.port}"
    return quote(urlunsplit(parts._replace(netloc=place)), safe=printable)


def _bad(fault: str, key: str) -> WebError:
    return WebError(WebErrorKind.BAD_URL, fault, key, request_left=False)


def _check_text(url: str) -> None:
    if len(url) > URL_CHARS_MAX:
        raise _bad(f"the URL is longer than {URL_CHARS_MAX:,} characters", "error.url.long")
    plain = url.isascii() and url.isprintable() and " " not in url  # nearly always, and quick
    if not plain and any(unicodedata.category(each) in _NEVER_IN_A_URL for each in url):
        raise _bad("the URL holds a space or a control character", "error.url.character")
    if "\\" in url:
        raise _bad("the URL holds a backslash", "error.url.character")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise _bad("this is not a URL", "error.url.whole") from None


def _check_parts(parts: SplitResult) -> None:
    if not parts.scheme:
        raise _bad(
            "this is not a URL: write it whole, like https://example.org/feed/", "error.url.whole"
        )
    if parts.scheme not in SCHEMES:
        raise _bad("only http:// and https:// can be fetched", "error.url.scheme")
    if "@" in parts.netloc:
        raise _bad(
            "the URL holds a user name or password; those are not supported", "error.url.login"
        )
    if not parts.hostname:
        raise _bad("the URL names no host", "error.url.whole")
    if not _has_usable_port(parts):
        raise _bad(f"the URL's port is not a number from 1 to {PORT_MAX}", "error.url.port")


def _has_usable_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _host_of(parts: SplitResult) -> str:
    if parts.netloc.startswith("["):
        host, _, rest = parts.netloc[1:].lower().partition("]")
        usable = rest[:1] in ("", ":") and ":" in host and "%" not in host and _is_address(host)
    else:
        host = _name_in_ascii(parts.netloc.partition(":")[0])
        usable = all(map(_LABEL.fullmatch, host.removesuffix(".").split(".")))
    if not usable or len(host) > HOST_CHARS_MAX:
        raise _bad("the URL's host is neither a name nor an address", "error.url.host")
    if _is_disguised(host):
        raise _bad(
            "the URL's host is a number: write an IPv4 address as four decimal numbers",
            "error.url.number",
        )
    return host


def _name_in_ascii(name: str) -> str:
    """Map a name as browsers do (UTS 46); empty if it cannot be one, or hides a character."""
    if name.isascii():
        return name.lower()
    if len(name) > HOST_CHARS_MAX or any(unicodedata.category(each) == "Cf" for each in name):
        return ""
    try:
        if not all(uts46_remap(each, std3_rules=False) for each in name):
            return ""  # one would be left out, unseen: a variation selector, a filler
        labels = uts46_remap(name, std3_rules=False).split(".")
    except IDNAError:
        return ""
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels
    )


def _is_disguised(host: str) -> bool:
    """Tell whether resolvers could read an address into it that is not written there.

    No top-level domain is a number (RFC 3696 §2): 127.1, 0x7f000001 and 2130706433 are addresses,
    to those who know.
    """
    last = host.removesuffix(".").rpartition(".")[2]
    return (last.isdigit() or last.startswith("0x")) and not _is_address(host)


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
