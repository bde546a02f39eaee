"""The kinds of values that reach over the network: URLs, networks, addresses to listen on."""

import re
from ipaddress import ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from config.fields import read_list

USER_AGENT_MAX = 200
PORT_MAX = 65_535
HEADERS_MAX = 20  # the adapter judges each of them


def _check_feed_url(url: str) -> str:
    """Refuse what is no URL; the value is not repeated, it may hold a key."""
    if url.startswith("file:///"):
        return url
    _check_http(url, 'must begin with "https://", "http://" or "file:"')
    if "@" in urlsplit(url).netloc:
        raise ValueError("must not hold a user name or password")
    return url


def _check_api_base(url: str) -> str:
    _check_http(url, 'must begin with "https://" or "http://"')
    return url.rstrip("/")


def _check_http(url: str, otherwise: str) -> None:
    if not url.lower().startswith(("http://", "https://")):
        raise ValueError(otherwise)
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        raise ValueError("must not hold spaces")
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("is not a usable URL: its host or port is wrong")


def _check_network(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError:
        pass
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        raise ValueError('is not a network: write "127.0.0.0/8" or "10.1.2.3"') from None
    raise ValueError(f'has bits set beyond its length; did you mean "{meant}"?')


def _check_listen(text: str) -> str:
    host, _, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    usable = bool(bare) and port.isascii() and port.isdigit() and int(port) <= PORT_MAX
    if text and (not usable or (":" in bare and not host.startswith("["))):
        raise ValueError('must be "HOST:PORT", such as "127.0.0.1:8080", or "" for off')
    return text


def _check_user_agent(text: str) -> str:
    if not (text.isascii() and text.isprintable()) or len(text) > USER_AGENT_MAX:
        raise ValueError(f"must be plain ASCII, at most {USER_AGENT_MAX} characters")
    return text


HeaderTable = Annotated[dict[str, SecretStr], Field(max_length=HEADERS_MAX)]
FeedUrl = Annotated[str, AfterValidator(_check_feed_url)]
ApiBase = Annotated[str, AfterValidator(_check_api_base)]
Network = Annotated[str, AfterValidator(_check_network)]
Networks = Annotated[tuple[Network, ...], BeforeValidator(read_list)]
Listen = Annotated[str, AfterValidator(_check_listen)]
UserAgent = Annotated[str, AfterValidator(_check_user_agent)]
