"""How the tests of the client ask, and what they expect of a failure."""

from datetime import timedelta

import pytest

from feeds.errors import WebError
from feeds.ports import WebResponse
from feeds.web import AiohttpWeb

SOON = timedelta(seconds=0.6)
AMPLE = timedelta(seconds=10)


async def got(web: AiohttpWeb, url: str, *, most: int = 200_000) -> WebResponse:
    return await web.get(url, headers={}, timeout=AMPLE, body_bytes_max=most)


async def failure_of(
    web: AiohttpWeb, url: str, *, timeout: timedelta = AMPLE, most: int = 200_000
) -> WebError:
    with pytest.raises(WebError) as failure:
        await web.get(url, headers={}, timeout=timeout, body_bytes_max=most)
    assert "\n" not in str(failure.value)
    return failure.value
