"""Links and guids folded to what is the same place: scheme, `www.`, tracking and the like aside."""

import re
from urllib.parse import SplitResult, urlsplit

_TRACKING_NAMES = frozenset(
    {
        "_ga",
        "dclid",
        "fbclid",
        "gbraid",
        "gclid",
        "igshid",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "msclkid",
        "twclid",
        "vero_id",
        "wbraid",
        "wt_mc",
        "xtor",
        "yclid",
    }
)
_TRACKING_PREFIXES = (
    "utm_",
    "at_campaign",  # BBC and other users of AT Internet
    "at_custom",
    "at_medium",
    "mtm_",  # Matomo, and its older names
    "pk_campaign",
    "pk_kwd",
    "ns_campaign",
    "ns_linkname",
    "ns_mchannel",
    "ns_source",
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_WEB_GUID = re.compile(r"https?://(?:www\.)?([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)


def canonical_link(link: str | None) -> str | None:
    """Fold a link to `host/path?query#fragment`; a fragment that only tracks is dropped.

    Folded: scheme, `www.`, the host's case, a default port, a trailing slash, tracking parameters.
    The query keeps its order and its escapes as they are.
    """
    text = (link or "").strip()
    if not text:
        return None
    try:
        parts = urlsplit(text)
        host = _host_of(parts)
    except ValueError:  # a port that is no number, a broken IPv6 literal
        return text
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _tracks(pair))
    fragment = "" if any(map(_tracks, parts.fragment.split("&"))) else parts.fragment
    return "".join(
        (
            host,
            parts.path.rstrip("/"),
            f"?{query}" if query else "",
            f"#{fragment}" if fragment else "",
        )
    )


def page_of(link: str) -> str:
    """Give a canonical link without its fragment."""
    return link.partition("#")[0]


def bare_guid(guid: str) -> str:
    """Give the guid without web scheme, `www.`, the host's case and trailing slashes (rule K2)."""
    match = _WEB_GUID.fullmatch(guid)
    if match is None:
        return guid
    return (match[1].lower() + match[2].rstrip("/")) or guid


def _host_of(parts: SplitResult) -> str:
    host = (parts.hostname or "").removeprefix("www.")
    port = parts.port
    return host if port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f"{host}:{port}"


def _tracks(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)
