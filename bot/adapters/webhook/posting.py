"""One POST of an adapter of this package: what came of it is a value, never an exception."""

from collections.abc import Mapping
from datetime import timedelta

from bot.adapter import DETAIL_MAX
from feeds.errors import WebError
from feeds.ports import Web, WebResponse


async def post(
    web: Web,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes,
    timeout: timedelta,  # noqa: ASYNC109  # the bound on the whole, which the web enforces
) -> WebResponse | WebError:
    """Post once; the answer's body is read as far as it is kept."""
    try:
        return await web.post(
            url, headers=headers, body=body, timeout=timeout, answer_bytes_max=DETAIL_MAX
        )
    except WebError as error:
        return error
