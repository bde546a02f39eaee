"""PURE: the address of a webhook in the one form it is stored, compared and posted to."""

from base64 import b64encode
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from feeds.errors import AddressError, WebError
from feeds.guard import check_url
from feeds.headers import HEADER_BYTES_MAX
from feeds.model import Headers

ADDRESS_MAX: Final = 2_048  # characters
PLAIN_HTTP: Final = (
    "This webhook address is plain http, which anyone on the way can read and change: use "
    "https://, or allow it in the configuration with webhooks.allow_http = true."
)
MISSING: Final = (
    "The webhook's address is missing: write it whole, like https://partner.example/hook"
)
KEYS: Final = {"error.url.scheme": "error.hook.scheme", "error.url.whole": "error.hook.whole"}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_KEPT = "/%:@!$&'()*+,;=~-._?"  # RFC 3986 §3.3, §3.4; an escape that is there already stays


def canonical(typed: str, *, allow_http: bool) -> str:
    """Bring a typed URL into canonical form; raises AddressError, whose text never quotes it.

    Scheme and host are lower case, the host in ASCII (IDNA), the default port and the fragment are
    left out, an empty path is "/", and what is not ASCII is escaped. User and password are left
    out, too: see `split_user`.
    """
    typed, _ = split_user(typed)
    if not typed:
        raise AddressError(MISSING, "error.hook.whole")
    try:
        host = check_url(typed)
    except WebError as error:
        key = KEYS.get(error.key, error.key)
        raise AddressError(f"This webhook address cannot be used: {error}.", key) from None
    parts = urlsplit(typed)
    if parts.scheme == "http" and not allow_http:
        raise AddressError(PLAIN_HTTP, "error.hook.plain_http")
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
        raise AddressError(
            f"This webhook address is longer than {ADDRESS_MAX:,} characters.", "error.url.long"
        )
    return address


def split_user(typed: str) -> tuple[str, Headers]:
    """Take "user:password@" off a URL, and give it as the Authorization header (RFC 7617).

    What cannot be split is given back as it is: `canonical` says what is wrong with it.
    """
    typed = typed.strip()
    scheme, separator, rest = typed.partition("://")
    end = next((at for at, each in enumerate(rest) if each in "/?#\\"), len(rest))
    user, at, place = rest[:end].rpartition("@")
    if not separator or not at or scheme.lower() not in _DEFAULT_PORTS:
        return typed, ()
    bare = f"{scheme}://{place}{rest[end:]}"
    name, _, password = user.partition(":")
    pair = f"{unquote(name)}:{unquote(password)}".encode()
    if len(pair) > HEADER_BYTES_MAX // 2:
        raise AddressError(
            "The user name and password of this address are too long.", "error.hook.long_login"
        )
    return bare, (("Authorization", f"Basic {b64encode(pair).decode()}"),) if user else ()


def masked(address: str) -> str:
    """Name an endpoint without its path and query: hooks carry their secrets there."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/" + ("" if parts.path in ("", "/") else "…")


def last_of(address: str) -> str:
    """Give the last part of the path, where chats have the key of a hook."""
    return urlsplit(address).path.rpartition("/")[2]


def _place(parts: SplitResult, host: str) -> str:
    name = f"[{host}]" if ":" in host else host.removesuffix(".")
    port = parts.port
    return name if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{name}:{port}"
