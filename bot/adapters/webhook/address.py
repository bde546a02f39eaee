"""PURE: the address of a webhook in the one form it is stored, compared and posted to."""

from typing import Final
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from feeds.errors import AddressError, WebError
from feeds.guard import check_url

ADDRESS_MAX: Final = 2_048  # characters
PLAIN_HTTP: Final = (
    "This webhook address is plain http, which anyone on the way can read and change: use "
    "https://, or allow it in the configuration with webhooks.allow_http = true."
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_KEPT = "/%:@!$&'()*+,;=~-._?"  # RFC 3986 §3.3, §3.4; an escape that is there already stays


def canonical(typed: str, *, allow_http: bool) -> str:
    """Bring a typed URL into canonical form; raises AddressError, whose text never quotes it.

    Scheme and host are lower case, the host in ASCII (IDNA), the default port and the fragment are
    left out, an empty path is "/", and what is not ASCII is escaped.
    """
    typed = typed.strip()
    try:
        host = check_url(typed)
    except WebError as error:
        raise AddressError(f"This webhook address cannot be used: {error}.") from None
    parts = urlsplit(typed)
    if parts.scheme == "http" and not allow_http:
        raise AddressError(PLAIN_HTTP)
    address = urlunsplit(
        (
            parts.scheme,
            _place(parts, host),
            quote(parts.path, _KEPT) or "/",
            quote(parts.query, _KEPT),
            "",
        )
    )
    if len(address) > ADDRESS_MAX:
        raise AddressError(f"This webhook address is longer than {ADDRESS_MAX:,} characters.")
    return address


def masked(address: str) -> str:
    """Name an endpoint without its path and query: hooks carry their secrets there."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/" + ("" if parts.path in ("", "/") else "…")


def _place(parts: SplitResult, host: str) -> str:
    name = f"[{host}]" if ":" in host else host.removesuffix(".")
    port = parts.port
    return name if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{name}:{port}"
